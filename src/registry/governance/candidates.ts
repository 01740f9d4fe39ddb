/**
 * Candidates kept for a while: a schema that was tried against a subject's history, so that a link shows others what it would break.
 * Nothing refers to one; the oldest make room, and everybody who may read the catalog may see it.
 */
import { Fault } from '../../errors.ts';
import { canonicalize, sha256 } from '../../schema/canonical.ts';
import { type Context, dayAfter, timestamp } from '../context.ts';
import type { CandidateRecord } from '../records.ts';
import { inTransaction } from '../refusal.ts';
import { findSubject, type SubjectKey } from '../versions/look-up.ts';

/** Days a candidate is kept; keeping it again begins them anew. */
export const candidateDays = 90;
/** Candidates of one author, and of all of them: past that the oldest are removed. */
const perAuthor = 50;
const inAll = 1_000;
const idDigits = 32;

/** Faults: those of the look-up, FORBIDDEN, SCHEMA_TOO_LARGE. */
export async function keepCandidate(
  context: Context,
  { catalog, subject, text }: SubjectKey & { readonly text: string },
): Promise<CandidateRecord> {
  if (!context.caller.can('read', { catalog, subject })) throw new Fault('FORBIDDEN', { permission: 'read' });
  const { bytes } = context.limits;
  if (Buffer.byteLength(text) > bytes)
    throw new Fault('SCHEMA_TOO_LARGE', { limit: bytes }, { message: `A candidate has at most ${bytes} bytes.` });
  await findSubject(context.store, { catalog, subject });
  const record: CandidateRecord = {
    id: sha256(canonicalize([catalog, subject, text])).slice(0, idDigits),
    catalog,
    subject,
    text,
    author: context.caller.actor,
    createdAt: timestamp(context.clock),
  };
  const since = `${dayAfter(context.clock, -candidateDays)}T00:00:00.000Z`;
  await inTransaction(context, (transaction) => transaction.keepCandidate(record, { since, perAuthor, inAll }));
  return record;
}

/** Fault CANDIDATE_NOT_FOUND: never kept, or removed since. */
export async function findCandidate(
  { store, clock }: Pick<Context, 'store' | 'clock'>,
  { catalog, subject, id }: SubjectKey & { readonly id: string },
): Promise<CandidateRecord> {
  const found = await store.candidate(id);
  const isOver = found && found.createdAt.slice(0, 10) < dayAfter(clock, -candidateDays);
  if (found && !isOver && found.catalog === catalog && found.subject === subject) return found;
  throw new Fault(
    'CANDIDATE_NOT_FOUND',
    { id: id.slice(0, 100) },
    {
      message: `No candidate is kept under this link. Candidates are removed after ${candidateDays} days, or earlier where many are kept.`,
    },
  );
}
