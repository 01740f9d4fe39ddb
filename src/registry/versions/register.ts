/**
 * Registration: a check inside a transaction that has locked the subject, then the version and its announcement in the same
 * transaction. No other version can come in between, only what is stored is announced, and repeating a request is safe.
 */
import { type Raised, raised } from '../../check/raised.ts';
import type { CheckFinding, Report } from '../../check/report.ts';
import { blocks } from '../../check/waive.ts';
import { Fault, isFaultCode } from '../../errors.ts';
import { isAttached } from '../../schema/definition.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { isObject, member } from '../../schema/json.ts';
import { parseSubject } from '../../schema/subject.ts';
import { together } from '../../together.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../ports.ts';
import type { CatalogRecord, SchemaRecord, SubjectRecord, VersionRecord } from '../records.ts';
import { audited, entry, type Refusal } from '../refusal.ts';
import { searchTextOf } from '../search-text.ts';
import { type CheckedCandidate, type CheckInput, checkAgainst } from './check.ts';
import { catalogOf } from './look-up.ts';

export interface Registered {
  readonly version: VersionRecord;
  readonly report: Report;
  /** False where the subject had this very content already. */
  readonly created: boolean;
}

export async function register(context: Context, input: CheckInput): Promise<Registered> {
  const about = { action: 'version.register', catalog: input.catalog, subject: input.subject };
  const work = async (transaction: Transaction): Promise<Registered> => {
    const [catalog, known] = await together([
      catalogOf(transaction, input.catalog),
      transaction.lockSubject(input.catalog, input.subject),
    ]);
    if (!parseSubject(input.subject)) throw new Fault('SUBJECT_NAME_INVALID', { subject: input.subject.slice(0, 200) });
    const subject = known ?? (await transaction.createSubject(input.catalog, input.subject));
    const outcome = await checkAgainst(context, transaction, catalog, subject, input);
    const { report } = outcome.checked;
    authorize(context, input, outcome);
    if (report.same !== undefined && input.place?.version === undefined) {
      const version = await transaction.version(input.catalog, input.subject, report.same);
      if (version) return { version, report, created: false };
    }
    if (!report.gate.allowed) throw refusedWith(report, report.gate);
    const version = await insert(context, transaction, catalog, subject, input, outcome);
    const before = outcome.history.versions.at(-1)?.fingerprint;
    await transaction.appendAudit({
      ...entry(context, about),
      outcome: 'done',
      ...(before !== undefined && { before }),
      after: version.schema.fingerprint,
      details: { number: version.number, schemaId: version.schema.id },
    });
    return { version, report, created: true };
  };
  await context.fields.ready(context.store, input.catalog);
  return audited(context, about, work, refusalOf);
}

/** The report that refused a registration, by its fault. */
const reports = new WeakMap<Fault, Report>();

/** Only ids of rules and findings: messages and witnesses quote documents and events. */
function refusalOf(fault: Fault): Refusal {
  const report = reports.get(fault);
  if (!report) return {};
  const { code } = fault;
  const { catalog, subject, fingerprint, findings } = report;
  const rules = rulesOf(findings);
  const data = { code, rules, ...(fingerprint !== '' && { fingerprint }) };
  return {
    ...(fingerprint !== '' && { after: fingerprint }),
    details: { rules },
    announcement: { type: 'herald.version.refused.v1', catalog, subject, data },
  };
}

function rulesOf(findings: readonly Pick<CheckFinding, 'rule' | 'severity' | 'waiver'>[]): string[] {
  return [...new Set(findings.filter((finding) => blocks(finding)).map(({ rule }) => rule))].sort();
}

/** Why a registration was refused: the rules of its report, or the code of the fault. */
export function refusedBy(fault: Fault): readonly string[] {
  const rules = rulesOf(reports.get(fault)?.findings ?? []);
  return rules.length > 0 ? rules : [fault.code];
}

/** A publisher registers only for services it may speak for. An unreadable document names no service: the check refuses it anyway. */
function authorize(context: Context, input: CheckInput, { checked }: CheckedCandidate): void {
  const service = checked.version?.contract.producer;
  const about = { catalog: input.catalog, subject: input.subject, ...(service !== undefined && { service }) };
  if (!context.caller.can('publish', about)) throw new Fault('FORBIDDEN', { permission: 'publish', ...about });
}

function refusedWith(report: Report, { fault: stated, because }: Extract<Report['gate'], { allowed: false }>): Fault {
  const code = isFaultCode(stated) ? stated : 'POLICY_REFUSED';
  const fault = new Fault(code, { report: JSON.parse(JSON.stringify(report)) }, { message: because });
  reports.set(fault, report);
  return fault;
}

async function insert(
  context: Context,
  transaction: Transaction,
  catalog: CatalogRecord,
  subject: SubjectRecord,
  input: CheckInput,
  { checked, references, history }: CheckedCandidate,
): Promise<VersionRecord> {
  const { report, version: made } = checked;
  if (!made) throw new Error('the gate allowed a document that could not be read');
  const { document, contract, classification, tags } = made;
  const schema = await putContent(transaction, input, {
    fingerprint: report.fingerprint,
    dialect: document.dialect,
    ...contentOf(input, document),
  });
  const domain = catalog.rules.domains[parseSubject(subject.name)?.domain ?? ''];
  const title = isObject(document.root) ? member(document.root, 'title') : undefined;
  const owner = contract.owner ?? domain?.owner;
  const version = await transaction.insertVersion({
    ...(typeof title === 'string' && { title: listed(title) }),
    ...(owner !== undefined && { owner }),
    searchText: searchTextOf({ subject: subject.name, document, contract, tags, owner, classification }),
    catalog: subject.catalog,
    subject: subject.name,
    number: input.place?.version ?? subject.issued + 1,
    label: report.label,
    schema,
    contract,
    ...(classification !== undefined && { classification }),
    tags,
    report,
    references,
    createdBy: context.caller.actor,
  });
  const key = { catalog: subject.catalog, subject: subject.name };
  if (version.number === 1)
    await transaction.announce({
      type: 'herald.subject.registered.v1',
      ...key,
      data: { ...(owner !== undefined && { owner }) },
    });
  await transaction.announce({
    type: 'herald.version.registered.v1',
    ...key,
    data: {
      number: version.number,
      label: version.label,
      schemaId: schema.id,
      fingerprint: report.fingerprint,
      change: report.change,
    },
  });
  const { levels } = catalog.rules.classification;
  const before = history.versions.at(-1);
  const change =
    before && raised(levels, before, { document, ...(classification !== undefined && { classification }) });
  if (change) await announceRaised(transaction, version, change);
  return version;
}

async function putContent(
  transaction: Transaction,
  { place }: CheckInput,
  content: Omit<SchemaRecord, 'id'>,
): Promise<SchemaRecord> {
  if (place?.id === undefined) return transaction.putSchema(content);
  const schema = await transaction.putSchemaAs({ ...content, id: place.id });
  if (schema === undefined)
    throw new Fault(
      'IMPORT_CONFLICT',
      { id: place.id },
      { message: `Schema id ${place.id} is another content here, or this content has another id.` },
    );
  return schema;
}

/** Of Avro and Protobuf the text is the JSON Schema of their events, and the definition stands beside it. */
function contentOf({ source, given }: CheckInput, document: SchemaDocument) {
  if (given === undefined) {
    const text = 'text' in source ? source.text : JSON.stringify(source.value);
    return { format: 'json', text } as const;
  }
  const { definition, attached } = given;
  const { format } = definition;
  return {
    format,
    ...(format === 'json'
      ? { text: definition.text }
      : { text: JSON.stringify(document.root), source: definition.text }),
    ...(isAttached(attached) && { attached }),
  };
}

async function announceRaised(transaction: Transaction, version: VersionRecord, change: Raised): Promise<void> {
  const { catalog, subject, number } = version;
  const { previous, classification, pointers } = change;
  await transaction.announce({
    type: 'herald.classification.raised.v1',
    catalog,
    subject,
    data: { number, previous, classification, pointers },
  });
}

/** The part of a title that lists show and searches find: indexing a very long one would occupy the database for hours. */
function listed(title: string): string {
  return title.slice(0, 500).replace(/[\ud800-\udbff]$/u, '');
}
