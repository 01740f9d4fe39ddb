/** Deliveries: each announcement on its way to each webhook that subscribes it. */
import { and, asc, eq, gt, inArray, isNull, lt, lte, notExists, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { DeliverySlots, Page, PageRequest } from '../registry/ports.ts';
import type { DeliveryRecord, OutboxRecord, WebhookRecord } from '../registry/records.ts';
import { matchesSubject } from '../schema/subject.ts';
import { decodeCursor, encodeCursor, numberKey, pageOf } from './cursor.ts';
import type { Db } from './database.ts';
import { present } from './optional.ts';
import { announcement } from './outbox.ts';
import { statement } from './statement.ts';
import { deliveries, outbox, webhooks } from './tables.ts';
import { listWebhooks } from './webhooks.ts';

/** Rows of one insert. */
const batch = 500;

const lockFanOut = statement(sql`select pg_advisory_xact_lock(hashtextextended('herald fan out', 0))`);

const markFanned = statement(
  sql`update ${outbox} set fanned = true where ${outbox.sequence} = any(array(
    select stated.value::bigint from json_array_elements_text(${sql.placeholder('sequences')}::json) as stated(value)))`,
);

/**
 * One process at a time, lowest sequence first, and by mark rather than by "after the last": a row of another stream may commit
 * late with a lower sequence.
 */
export async function fanOut(db: Db, now: string, limit: number): Promise<number> {
  await lockFanOut(db, {});
  const unfanned = await db
    .select(announcement)
    .from(outbox)
    .where(sql`not ${outbox.fanned}`)
    .orderBy(asc(outbox.sequence))
    .limit(limit);
  const waiting = unfanned.map(present);
  if (waiting.length === 0) return 0;
  const subscribed = await listWebhooks(db);
  const rows = waiting.flatMap((announced) =>
    subscribed
      .filter((webhook) => subscribes(webhook, announced))
      .map((webhook) => ({
        sequence: announced.sequence,
        webhook: webhook.id,
        stream: `${announced.catalog}/${announced.subject}`,
        state: 'pending' as const,
        nextAt: now,
      })),
  );
  for (let from = 0; from < rows.length; from += batch)
    await db
      .insert(deliveries)
      .values(rows.slice(from, from + batch))
      .onConflictDoNothing();
  await markFanned(db, { sequences: JSON.stringify(waiting.map(({ sequence }) => sequence)) });
  return waiting.length;
}

/** Patterns read `catalog/subject`, each part with the wildcards of subject patterns; types are patterns too. */
export function subscribes(webhook: Pick<WebhookRecord, 'subjects' | 'types'>, announced: OutboxRecord): boolean {
  return (
    (webhook.subjects.length === 0 || webhook.subjects.some((pattern) => matchesPattern(pattern, announced))) &&
    (webhook.types.length === 0 || webhook.types.some((pattern) => matchesSubject(pattern, announced.type)))
  );
}

function matchesPattern(pattern: string, announced: OutboxRecord): boolean {
  const [catalog = '', subject = '**'] = pattern.split('/', 2);
  return (
    (catalog === '*' || catalog === announced.catalog) &&
    (subject === '**' || matchesSubject(subject, announced.subject))
  );
}

const ahead = alias(deliveries, 'ahead');

/** Due, not claimed, and first of its stream: what stands behind a pending one waits. */
function isDue(db: Db, now: string, beyond: string) {
  return and(
    eq(deliveries.state, 'pending'),
    or(lte(deliveries.nextAt, now), gt(deliveries.nextAt, beyond)),
    or(isNull(deliveries.claimedUntil), lte(deliveries.claimedUntil, now), gt(deliveries.claimedUntil, beyond)),
    notExists(
      db
        .select({ one: sql`1` })
        .from(ahead)
        .where(
          and(
            eq(ahead.webhook, deliveries.webhook),
            eq(ahead.stream, deliveries.stream),
            eq(ahead.state, 'pending'),
            sql`${ahead.sequence} < ${deliveries.sequence}`,
          ),
        ),
    ),
  );
}

/** For each webhook as many as it has slots for: one whose receiver is slow takes none of the others'. */
export async function claim(db: Db, now: string, until: string, beyond: string, slots: DeliverySlots) {
  const ids: number[] = [];
  for (const { webhook } of await dueWebhooks(db, now, beyond)) {
    const limit = Math.min(slots.perWebhook - (slots.busy.get(webhook) ?? 0), slots.free - ids.length);
    if (limit <= 0) continue;
    const due = await db
      .select({ id: deliveries.id })
      .from(deliveries)
      .where(and(eq(deliveries.webhook, webhook), isDue(db, now, beyond)))
      .orderBy(asc(deliveries.nextAt), asc(deliveries.sequence))
      .limit(limit)
      .for('update', { skipLocked: true });
    ids.push(...due.map((row) => row.id));
  }
  if (ids.length === 0) return [];
  await db.update(deliveries).set({ claimedUntil: until }).where(inArray(deliveries.id, ids));
  const rows = await db
    .select({ delivery: deliveries, webhook: webhooks, announcement })
    .from(deliveries)
    .innerJoin(webhooks, eq(webhooks.id, deliveries.webhook))
    .innerJoin(outbox, eq(outbox.sequence, deliveries.sequence))
    .where(inArray(deliveries.id, ids))
    .orderBy(asc(deliveries.sequence), asc(deliveries.id));
  return rows.map((row) => ({
    webhook: row.webhook,
    delivery: recordOf(row.delivery),
    announcement: present(row.announcement),
  }));
}

/** Who waits longest comes first. */
function dueWebhooks(db: Db, now: string, beyond: string) {
  return db
    .select({ webhook: deliveries.webhook })
    .from(deliveries)
    .where(isDue(db, now, beyond))
    .groupBy(deliveries.webhook)
    .orderBy(sql`min(${deliveries.nextAt})`);
}

/**
 * Writes down how an attempt ended and lets go of the claim. What stands behind a failed one waits as long: it could not go before
 * it, and would be looked at again and again while a receiver is down.
 */
export async function settle(db: Db, delivery: DeliveryRecord): Promise<void> {
  const { state, attempts, nextAt, lastError = null } = delivery;
  const [settled] = await db
    .update(deliveries)
    .set({ state, attempts, nextAt, lastError, claimedUntil: null })
    .where(eq(deliveries.id, Number(delivery.id)))
    .returning({ webhook: deliveries.webhook, stream: deliveries.stream });
  if (settled === undefined || state !== 'pending') return;
  await db
    .update(deliveries)
    .set({ nextAt })
    .where(
      and(
        eq(deliveries.webhook, settled.webhook),
        eq(deliveries.stream, settled.stream),
        eq(deliveries.state, 'pending'),
        lt(deliveries.nextAt, nextAt),
      ),
    );
}

export async function listDeliveries(
  db: Db,
  webhook: string,
  page: PageRequest,
  state?: DeliveryRecord['state'],
): Promise<Page<DeliveryRecord>> {
  const after = decodeCursor('deliveries', numberKey, page.cursor);
  const rows = await db
    .select()
    .from(deliveries)
    .where(
      and(
        eq(deliveries.webhook, webhook),
        after === undefined ? undefined : gt(deliveries.id, after),
        state === undefined ? undefined : eq(deliveries.state, state),
      ),
    )
    .orderBy(asc(deliveries.id))
    .limit(page.limit + 1);
  return pageOf(rows, page.limit, recordOf, (last) => encodeCursor('deliveries', last.id));
}

/** From the start, attempts counted anew. Also of what was delivered: the receiver may have lost it. */
export async function redeliver(db: Db, webhook: string, id: string, now: string): Promise<boolean> {
  if (!/^[1-9]\d{0,14}$/.test(id)) return false;
  const changed = await db
    .update(deliveries)
    .set({ state: 'pending', attempts: 0, nextAt: now, claimedUntil: null })
    .where(and(eq(deliveries.webhook, webhook), eq(deliveries.id, Number(id))))
    .returning({ id: deliveries.id });
  return changed.length > 0;
}

export async function backlog(db: Db, now: string) {
  const [row] = await db
    .select({
      pending: sql<number>`(select count(*) from ${deliveries} where ${deliveries.state} = 'pending')::int + (select count(*) from ${outbox} where not ${outbox.fanned})::int`,
      parked: sql<number>`(select count(*) from ${deliveries} where ${deliveries.state} = 'parked')::int`,
      oldest: sql<
        string | null
      >`least((select min(o.at) from ${outbox} o where not o.fanned), (select min(o.at) from ${deliveries} d join ${outbox} o on o.sequence = d.sequence where d.state = 'pending'))`,
    })
    .from(sql`(select 1) as one`);
  const oldest = row?.oldest == null ? undefined : Date.parse(row.oldest);
  const oldestSeconds = oldest === undefined ? 0 : Math.max(0, Math.floor((Date.parse(now) - oldest) / 1_000));
  return { pending: row!.pending, parked: row!.parked, oldestSeconds };
}

function recordOf(row: typeof deliveries.$inferSelect): DeliveryRecord {
  const { stream: _stream, claimedUntil: _claimed, id, ...rest } = row;
  return { ...present(rest), id: String(id) };
}
