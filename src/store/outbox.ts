/** The outbox: announcements, written in the transaction that makes them true. */
import { randomUUID } from 'node:crypto';
import { asc, gt, sql } from 'drizzle-orm';
import type { Announcement, OutboxRecord } from '../registry/records.ts';
import type { Db } from './database.ts';
import { present } from './optional.ts';
import { outbox } from './tables.ts';

export const announcement = {
  sequence: outbox.sequence,
  id: outbox.id,
  at: outbox.at,
  type: outbox.type,
  catalog: outbox.catalog,
  subject: outbox.subject,
  data: outbox.data,
  origin: outbox.origin,
};

export async function readOutbox(db: Db, after: number, limit: number): Promise<readonly OutboxRecord[]> {
  const rows = await db
    .select(announcement)
    .from(outbox)
    .where(gt(outbox.sequence, after))
    .orderBy(asc(outbox.sequence))
    .limit(limit);
  return rows.map(present);
}

export interface DatedAnnouncement extends Announcement {
  readonly at: string;
}

/**
 * Held until the commit: within one stream sequences are then given in the order of commits, so a lower one never appears after
 * a higher one was announced. One order for everybody, or two transactions could wait for each other.
 */
export async function lockStreams(db: Db, stated: readonly DatedAnnouncement[]): Promise<void> {
  if (stated.length === 0) return;
  const streams = [...new Set(stated.map(({ catalog, subject }) => `herald outbox ${catalog}/${subject}`))].sort();
  await db
    .select({ locked: sql`pg_advisory_xact_lock(hashtextextended(stream, 0))` })
    .from(sql`json_array_elements_text(${JSON.stringify(streams)}::json) as stream`);
}

export async function insertAnnouncements(db: Db, stated: readonly DatedAnnouncement[]): Promise<void> {
  if (stated.length === 0) return;
  await db.insert(outbox).values(stated.map((one) => ({ ...one, id: randomUUID(), origin: one.origin ?? null })));
}
