/** Records as HTTP shows them. The text of what is immutable never changes. */
import { noticeHeaders } from '../lifecycle/notice.ts';
import type {
  CatalogRecord,
  ConsumerRecord,
  DeprecationRecord,
  SchemaRecord,
  SubjectSummary,
  VersionRecord,
  WebhookRecord,
} from '../registry/records.ts';
import type { Validation } from '../registry/validation/validate.ts';
import type { VersionValidator } from '../registry/validation/version-validators.ts';

export function catalogSummaryOf({ name, rules, fingerprint, updatedAt }: CatalogRecord) {
  const { title, description, level, world } = rules;
  return { name, title, ...(description !== undefined && { description }), level, world, fingerprint, updatedAt };
}

export function catalogOfRecord({ name, fingerprint, createdAt, updatedAt, rules }: CatalogRecord) {
  return { name, fingerprint, createdAt, updatedAt, rules };
}

export function subjectOf(summary: SubjectSummary) {
  const { catalog, name, title, stage, latest, label, producer, owner, classification, tags, settings, createdAt } =
    summary;
  return { catalog, name, title, stage, latest, label, producer, owner, classification, tags, settings, createdAt };
}

/** A version without its document and without the whole report. */
export function versionOf(version: VersionRecord) {
  const { catalog, subject, number, label, schema, contract, classification, tags, createdAt, createdBy, report } =
    version;
  const { id, fingerprint, dialect } = schema;
  return {
    catalog,
    subject,
    number,
    label,
    id,
    fingerprint,
    dialect,
    ...definitionOf(schema),
    contract,
    classification,
    tags,
    createdAt,
    createdBy,
    verdict: report.verdict,
  };
}

/** The document is inserted as the registered text: parsing and printing it again could change how a number is written. */
export function versionText(version: VersionRecord, beside: Readonly<Record<string, unknown>> = {}): string {
  return withMember({ ...versionOf(version), ...beside }, 'schema', version.schema.text);
}

export function schemaText(schema: SchemaRecord): string {
  const { id, fingerprint, dialect, text } = schema;
  return withMember({ id, fingerprint, dialect, ...definitionOf(schema) }, 'schema', text);
}

/** Of Avro and Protobuf the schema shown is the JSON Schema of the events, and the definition stands beside it. */
function definitionOf({ format, source }: SchemaRecord) {
  return { ...(format !== 'json' && { format }), ...(source !== undefined && { definition: source }) };
}

/** `object` as JSON with one more member whose value is JSON text already. */
function withMember(object: Readonly<Record<string, unknown>>, name: string, text: string): string {
  return `${JSON.stringify(object).slice(0, -1)},${JSON.stringify(name)}:${text.trim()}}`;
}

export function consumerOf({ service, reads, requires, samples, critical, note, origin }: ConsumerRecord) {
  return { service, reads, requires, samples, critical, note, origin };
}

/** Without the secret, which is shown once, when the webhook is made. */
export function webhookOf({ id, url, subjects, types, createdAt, createdBy }: WebhookRecord) {
  return { id, url, subjects, types, createdAt, createdBy };
}

export interface PayloadVerdict extends Validation {
  readonly catalog: string;
  readonly subject: string;
  readonly number: number;
}

/** The verdict on one payload, and the version it was held against. */
export function payloadVerdict({ catalog, subject, number }: VersionValidator, validation: Validation): PayloadVerdict {
  return { ...validation, catalog, subject, number };
}

export function subjectPath(catalog: string, subject: string): string {
  return `/v1/catalogs/${encodeURIComponent(catalog)}/subjects/${encodeURIComponent(subject)}`;
}

/** The headers that look-ups and validations of a deprecated subject carry. */
export function noticeOf(plan: DeprecationRecord | undefined): Readonly<Record<string, string>> {
  return plan ? { ...noticeHeaders(plan, subjectPath(plan.catalog, plan.successor)) } : {};
}
