/** Looks up one version of a subject, or its latest. Pinned versions stay readable for ever; a retired subject has no latest. */
import { Fault } from '../errors.ts';
import type { Context } from './context.ts';
import type { DeprecationRecord, Reads, SubjectRecord, VersionRecord } from './ports.ts';

export interface Place {
  readonly catalog: string;
  readonly subject: string;
}

export interface Found {
  readonly version: VersionRecord;
  readonly subject: SubjectRecord;
  /** Present while the subject is deprecated. */
  readonly plan?: DeprecationRecord;
}

export async function lookUp(
  { store }: Pick<Context, 'store'>,
  { catalog, subject: name, version: number }: Place & { readonly version: number | 'latest' },
): Promise<Found> {
  const { subject, plan } = await findSubject(store, { catalog, subject: name });
  if (number === 'latest' && subject.stage === 'retired')
    throw new Fault(
      'SUBJECT_RETIRED',
      { catalog, subject: name, successor: plan?.successor ?? null, sunset: plan?.sunset ?? null },
      { message: plan ? `"${name}" is retired; its successor is "${plan.successor}".` : `"${name}" is retired.` },
    );
  const version = await store.version(catalog, name, number);
  if (!version)
    throw new Fault('VERSION_NOT_FOUND', { catalog, subject: name, version: number, latest: subject.latest });
  return { version, subject, ...(plan && { plan }) };
}

/** The subject with its plan; a miss says which part of the address is wrong. */
export async function findSubject(
  reads: Reads,
  { catalog, subject }: Place,
): Promise<{ readonly subject: SubjectRecord; readonly plan?: DeprecationRecord }> {
  const record = await reads.subject(catalog, subject);
  if (!record) {
    if (!(await reads.catalog(catalog))) throw new Fault('CATALOG_NOT_FOUND', { catalog });
    throw new Fault('SUBJECT_NOT_FOUND', { catalog, subject });
  }
  const plan = record.stage === 'active' ? undefined : await reads.deprecation(catalog, subject);
  return { subject: record, ...(plan && { plan }) };
}
