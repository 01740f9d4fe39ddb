/** A subject's past as a check wants it. */
import type { History, PastVersion } from '../check/input.ts';
import type { Json } from '../schema/json.ts';
import type { Limits } from '../schema/limits.ts';
import { trustedSchema } from '../schema/parse.ts';
import { loadBundle } from './bundle.ts';
import type { Reads, SubjectRecord, VersionRecord } from './ports.ts';

export async function loadHistory(reads: Reads, subject: SubjectRecord, limits: Limits): Promise<History> {
  const records = await reads.history(subject.catalog, subject.name);
  const versions = await Promise.all(records.map((record) => pastVersion(reads, record, limits)));
  const plan = subject.stage === 'active' ? undefined : await reads.deprecation(subject.catalog, subject.name);
  return { versions, stage: subject.stage, ...(plan && { successor: plan.successor, sunset: plan.sunset }) };
}

async function pastVersion(reads: Reads, record: VersionRecord, limits: Limits): Promise<PastVersion> {
  const root: Json = JSON.parse(record.schema.text);
  const { documents } = await loadBundle(reads, root, limits.bundle);
  return {
    number: record.number,
    label: record.label,
    fingerprint: record.schema.fingerprint,
    document: trustedSchema(record.schema.text, record.schema.dialect, documents),
    contract: record.contract,
  };
}
