/** A subject's past as a check wants it. */
import type { History, PastVersion } from '../../check/input.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import type { Limits } from '../../schema/limits.ts';
import { trustedSchema } from '../../schema/parse.ts';
import { together } from '../../together.ts';
import type { Reads, WantedVersions } from '../ports.ts';
import type { CatalogRecord, PastRecord, SubjectRecord } from '../records.ts';
import { loadBundle } from './bundle.ts';
import { loadDefinition } from './definition.ts';

export interface Loading {
  /** Absent: every version. */
  readonly wanted?: WantedVersions | undefined;
  /** By version, the last day an event was seen to be sent; absent where that is not asked. */
  readonly produced?: ReadonlyMap<number, string> | undefined;
}

/** Asked where the catalog leaves out versions of which no event is left. */
export async function producedDays(
  reads: Reads,
  rules: Pick<CatalogRecord['rules'], 'history'>,
  at: { readonly catalog: string; readonly subject: string },
): Promise<ReadonlyMap<number, string> | undefined> {
  if (rules.history !== 'retained') return undefined;
  const rows = (await reads.usage(at)).filter(({ role }) => role === 'produce');
  // oldest day first: the last word counts
  return new Map(rows.map(({ number, day }) => [number, day]));
}

export async function loadHistory(
  reads: Reads,
  subject: SubjectRecord,
  { wanted, produced }: Loading,
  limits: Limits,
): Promise<History> {
  const records = await reads.history(subject.catalog, subject.name, wanted);
  const read = await together(records.map((record) => pastVersion(reads, record, limits)));
  const versions = read.map((version) => {
    const lastProduced = produced?.get(version.number);
    return lastProduced === undefined ? version : { ...version, lastProduced };
  });
  const plan = subject.stage === 'active' ? undefined : await reads.deprecation(subject.catalog, subject.name);
  return { versions, stage: subject.stage, ...(plan && { successor: plan.successor, sunset: plan.sunset }) };
}

/** A version as a check or a comparison reads it: with everything it refers to. */
export async function pastVersion(reads: Reads, record: PastRecord, limits: Limits): Promise<PastVersion> {
  const { format, attached } = record.schema;
  const documents = await documentsOf(reads, record, limits);
  // what a JSON Schema refers to by name is read again with it; in the other formats everything is
  const isDefinition = format !== 'json' || (attached?.references?.length ?? 0) > 0;
  return {
    ...(isDefinition && {
      definition: await loadDefinition(reads, record.catalog, record.schema, limits.bundle),
    }),
    number: record.number,
    label: record.label,
    fingerprint: record.schema.fingerprint,
    document: trustedSchema(record.schema.text, record.schema.dialect, documents),
    contract: record.contract,
    createdAt: record.createdAt,
    ...(record.classification !== undefined && { classification: record.classification }),
  };
}

async function documentsOf(reads: Reads, { schema }: PastRecord, limits: Limits) {
  if (schema.format !== 'json') return new Map<string, SchemaDocument>();
  const root: Json = JSON.parse(schema.text);
  return (await loadBundle(reads, root, limits.bundle)).documents;
}
