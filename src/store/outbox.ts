/** The outbox: announcements, written in the transaction that makes them true. */
import { randomUUID } from 'node:crypto';
import { asc, gt, sql } from 'drizzle-orm';
import type { Announcement, OutboxRecord } from '../registry/ports.ts';
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

/**
 * The lock is on the stream and lasts until the commit: within one stream sequences are then given in the order of commits, so a
 * lower one never appears after a higher one was announced.
 */
export async function announce(db: Db, stated: Announcement, now: string): Promise<void> {
  const { type, catalog, subject, data, origin = null } = stated;
  const stream = `herald outbox ${catalog}/${subject}`;
  await db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${stream}, 0))`);
  await db.insert(outbox).values({ id: randomUUID(), type, catalog, subject, data, origin, at: now });
}
