/** Candidates that were kept for a while: schemas that were tried, shown to others by a link. */
import { desc, eq, inArray, lt } from 'drizzle-orm';
import type { CandidateBounds } from '../registry/ports.ts';
import type { CandidateRecord } from '../registry/records.ts';
import type { Db } from './database.ts';
import { lock } from './lock.ts';
import { candidates } from './tables.ts';

export async function findCandidate(db: Db, id: string): Promise<CandidateRecord | undefined> {
  const [row] = await db.select().from(candidates).where(eq(candidates.id, id));
  return row;
}

/** Room is made by one writer at a time: two would wait for each other's rows. */
export async function keepCandidate(db: Db, candidate: CandidateRecord, bounds: CandidateBounds): Promise<void> {
  await lock(db, 'candidates');
  const { author, createdAt } = candidate;
  await db
    .insert(candidates)
    .values(candidate)
    .onConflictDoUpdate({ target: candidates.id, set: { author, createdAt } });
  await db.delete(candidates).where(lt(candidates.createdAt, bounds.since));
  const newest = [desc(candidates.createdAt), desc(candidates.id)] as const;
  const ids = db.select({ id: candidates.id }).from(candidates);
  const ofAuthor = ids
    .where(eq(candidates.author, author))
    .orderBy(...newest)
    .offset(bounds.perAuthor);
  await db.delete(candidates).where(inArray(candidates.id, ofAuthor));
  const all = db
    .select({ id: candidates.id })
    .from(candidates)
    .orderBy(...newest)
    .offset(bounds.inAll);
  await db.delete(candidates).where(inArray(candidates.id, all));
}
