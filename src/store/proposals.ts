/** Proposals: changes that break and are meant to, and what was decided about them. */
import { and, desc, eq, lt, or } from 'drizzle-orm';
import * as z from 'zod';
import type { Page, PageRequest, ProposalFilter } from '../registry/ports.ts';
import type { ProposalRecord } from '../registry/records.ts';
import { decodeCursor, encodeCursor, nameKey, pageOf } from './cursor.ts';
import type { Db } from './database.ts';
import { present } from './optional.ts';
import { proposals } from './tables.ts';

const key = z.tuple([z.string(), z.string()]);

export async function findProposal(db: Db, id: string): Promise<ProposalRecord | undefined> {
  const [row] = await db.select().from(proposals).where(eq(proposals.id, id));
  return row && present(row);
}

/** Newest first. */
export async function listProposals(db: Db, filter: ProposalFilter, page: PageRequest): Promise<Page<ProposalRecord>> {
  const after = decodeCursor('proposals', nameKey, page.cursor);
  const rows = await db
    .select()
    .from(proposals)
    .where(
      and(
        filter.catalog === undefined ? undefined : eq(proposals.catalog, filter.catalog),
        filter.subject === undefined ? undefined : eq(proposals.subject, filter.subject),
        filter.content === undefined ? undefined : eq(proposals.content, filter.content),
        filter.state === undefined ? undefined : eq(proposals.state, filter.state),
        after === undefined ? undefined : olderThan(after),
      ),
    )
    .orderBy(desc(proposals.createdAt), desc(proposals.id))
    .limit(page.limit + 1);
  return pageOf(rows, page.limit, present, (last) =>
    encodeCursor('proposals', JSON.stringify([last.createdAt, last.id])),
  );
}

function olderThan(cursor: string) {
  const [createdAt, id] = key.parse(JSON.parse(cursor));
  return or(lt(proposals.createdAt, createdAt), and(eq(proposals.createdAt, createdAt), lt(proposals.id, id)));
}

export async function insertProposal(db: Db, proposal: ProposalRecord): Promise<void> {
  await db.insert(proposals).values(proposal);
}

/** Locked until the transaction ends: two decisions about one proposal follow one another. */
export async function lockProposal(db: Db, id: string): Promise<ProposalRecord | undefined> {
  const [row] = await db.select().from(proposals).where(eq(proposals.id, id)).for('update');
  return row && present(row);
}

export async function decideProposal(db: Db, { id, ...decided }: ProposalRecord): Promise<void> {
  const { state, decidedBy, decidedAt, decision, expires } = decided;
  await db.update(proposals).set({ state, decidedBy, decidedAt, decision, expires }).where(eq(proposals.id, id));
}
