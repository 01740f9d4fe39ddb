/** The outbox: announcements, written in the transaction that makes them true. */
import { randomUUID } from 'node:crypto';
import { asc, gt, sql } from 'drizzle-orm';
import type { Announcement, OutboxRecord } from '../registry/records.ts';
import { begun } from './begun.ts';
import type { Db } from './database.ts';
import { present } from './optional.ts';
import { statement } from './statement.ts';
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

const lockEach = statement(sql`
select pg_advisory_xact_lock(hashtextextended(stream, 0))
from json_array_elements_text(${sql.placeholder('streams')}::json) as stream`);

const insertEach = statement(sql`
insert into ${outbox} (id, type, catalog, subject, data, at, origin)
select id, type, catalog, subject, data, at, origin
from rows from (
  json_to_recordset(${sql.placeholder('rows')}::json) as (id text, type text, catalog text, subject text, data text, at timestamptz, origin text)
) with ordinality as stated(id, type, catalog, subject, data, at, origin, place)
order by place`);

/**
 * Held until the commit: within one stream sequences are then given in the order of commits, so a lower one never appears after
 * a higher one was announced. One order for everybody, or two transactions could wait for each other.
 */
export function lockStreams(db: Db, stated: readonly DatedAnnouncement[]): Promise<void> {
  if (stated.length === 0) return Promise.resolve();
  const streams = [...new Set(stated.map(({ catalog, subject }) => `herald outbox ${catalog}/${subject}`))].sort();
  return begun(lockEach(db, { streams: JSON.stringify(streams) }));
}

export function insertAnnouncements(db: Db, stated: readonly DatedAnnouncement[]): Promise<void> {
  if (stated.length === 0) return Promise.resolve();
  const rows = stated.map(({ data, origin, ...one }) => ({
    ...one,
    id: randomUUID(),
    data: JSON.stringify(data),
    origin: origin && JSON.stringify(origin),
  }));
  return begun(insertEach(db, { rows: JSON.stringify(rows) }));
}
