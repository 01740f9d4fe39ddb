/**
 * Looks up one version of a subject or its latest, a subject's versions, and content by its id or fingerprint. Pinned versions
 * and content stay readable for ever, since stored events refer to them; a retired subject has no latest.
 */
import { Fault } from '../../errors.ts';
import { fingerprintPattern } from '../../schema/canonical.ts';
import type { Context } from '../context.ts';
import type { Page, PageRequest, Reads } from '../ports.ts';
import type { CatalogRecord, DeprecationRecord, SchemaRecord, SubjectRecord, VersionRecord } from '../records.ts';

export interface SubjectKey {
  readonly catalog: string;
  readonly subject: string;
}

export interface VersionKey extends SubjectKey {
  readonly version: number | 'latest';
}

export interface Found {
  readonly version: VersionRecord;
  readonly subject: SubjectRecord;
  /** Present while the subject is deprecated. */
  readonly plan?: DeprecationRecord;
}

export async function lookUp(
  { store }: Pick<Context, 'store'>,
  { catalog, subject: name, version: number }: VersionKey,
): Promise<Found> {
  const { subject, plan } = await findSubject(store, { catalog, subject: name });
  if (number === 'latest' && subject.stage === 'retired')
    throw new Fault(
      'SUBJECT_RETIRED',
      { catalog, subject: name, successor: plan?.successor ?? null, sunset: plan?.sunset ?? null },
      { message: plan ? `"${name}" is retired; its successor is "${plan.successor}".` : `"${name}" is retired.` },
    );
  const version = await store.version(catalog, name, number);
  requireVersion(version, subject, number);
  return { version, subject, ...(plan && { plan }) };
}

/** Throws Fault VERSION_NOT_FOUND where there is no version, and says so where it was withdrawn. */
export function requireVersion(
  version: VersionRecord | undefined,
  { catalog, name, latest, issued }: SubjectRecord,
  number: number | 'latest',
): asserts version is VersionRecord {
  if (version) return;
  const wasWithdrawn = number !== 'latest' && number <= issued;
  const message = wasWithdrawn
    ? `Version ${number} of "${name}" was withdrawn.`
    : `"${name}" has no version ${number}; its latest is ${latest}.`;
  throw new Fault('VERSION_NOT_FOUND', { catalog, subject: name, version: number, latest }, { message });
}

/** The subject with its plan; a miss says which part of the address is wrong. */
export async function findSubject(
  reads: Reads,
  { catalog, subject }: SubjectKey,
): Promise<{ readonly subject: SubjectRecord; readonly plan?: DeprecationRecord }> {
  const record = await reads.subject(catalog, subject);
  // one whose versions were all withdrawn is there for its numbers alone
  if (!record || record.latest === 0) {
    if (!(await reads.catalog(catalog))) throw new Fault('CATALOG_NOT_FOUND', { catalog });
    throw new Fault('SUBJECT_NOT_FOUND', { catalog, subject });
  }
  const plan = record.stage === 'active' ? undefined : await reads.deprecation(catalog, subject);
  return { subject: record, ...(plan && { plan }) };
}

export async function listVersions(
  { store }: Pick<Context, 'store'>,
  key: SubjectKey,
  page: PageRequest,
): Promise<Page<VersionRecord> & { readonly plan?: DeprecationRecord }> {
  const { plan } = await findSubject(store, key);
  return { ...(await store.versions(key.catalog, key.subject, page)), ...(plan && { plan }) };
}

const maxId = 2_147_483_647;

export async function lookUpSchema({ store }: Pick<Context, 'store'>, key: string): Promise<SchemaRecord> {
  const found = await find(store, key);
  if (!found) throw new Fault('SCHEMA_NOT_FOUND', { key });
  return found;
}

async function find(store: Context['store'], key: string): Promise<SchemaRecord | undefined> {
  if (fingerprintPattern.test(key)) return store.schemaByFingerprint(key);
  const id = /^[1-9]\d{0,9}$/.test(key) ? Number(key) : undefined;
  return id !== undefined && id <= maxId ? store.schemaById(id) : undefined;
}

export async function catalogOf(reads: Reads, name: string): Promise<CatalogRecord> {
  const record = await reads.catalog(name);
  if (!record) throw new Fault('CATALOG_NOT_FOUND', { catalog: name });
  return record;
}
