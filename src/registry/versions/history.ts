/** A subject's past as a check wants it. */
import type { History, PastVersion } from '../../check/input.ts';
import { looksAtAll } from '../../compat/history.ts';
import type { Level } from '../../compat/report.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import type { Limits } from '../../schema/limits.ts';
import { trustedSchema } from '../../schema/parse.ts';
import { together } from '../../together.ts';
import type { Reads } from '../ports.ts';
import type { PastRecord, SubjectRecord } from '../records.ts';
import { loadBundle } from './bundle.ts';
import { loadDefinition } from './definition.ts';

/** What the check is of. */
export interface Asked {
  readonly level: Level;
  /** Of the candidate; absent where it has none. */
  readonly fingerprint: string | undefined;
}

export async function loadHistory(
  reads: Reads,
  subject: SubjectRecord,
  { level, fingerprint }: Asked,
  limits: Limits,
): Promise<History> {
  const records = await reads.history(subject.catalog, subject.name, looksAtAll(level) ? undefined : fingerprint);
  const versions = await together(records.map((record) => pastVersion(reads, record, limits)));
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
    ...(record.classification !== undefined && { classification: record.classification }),
  };
}

async function documentsOf(reads: Reads, { schema }: PastRecord, limits: Limits) {
  if (schema.format !== 'json') return new Map<string, SchemaDocument>();
  const root: Json = JSON.parse(schema.text);
  return (await loadBundle(reads, root, limits.bundle)).documents;
}
