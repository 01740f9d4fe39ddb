/** Usage: how often a service sent or received a version on one day. Absence of a row is "unknown", never "unused". */
import { and, asc, eq, gte, inArray, or, type SQL, sql } from 'drizzle-orm';
import { Fault } from '../errors.ts';
import type { UsageAdded, UsageRecord } from '../registry/records.ts';
import type { Db } from './database.ts';
import { at } from './subjects.ts';
import { subjects, usage, usageBatches } from './tables.ts';

type Counted = Omit<UsageRecord, 'lastSeen'>;

/** Beyond it numbers of JSON are no longer exact: a count stays there. */
const maxCount = Number.MAX_SAFE_INTEGER;

export async function listUsage(
  db: Db,
  filter: { readonly catalog: string; readonly subject: string; readonly since?: string },
): Promise<readonly UsageRecord[]> {
  return db
    .select({
      catalog: subjects.catalog,
      subject: subjects.name,
      number: usage.number,
      service: usage.service,
      role: usage.role,
      day: usage.day,
      count: usage.count,
      lastSeen: usage.lastSeen,
    })
    .from(usage)
    .innerJoin(subjects, eq(subjects.id, usage.subjectId))
    .where(
      and(at(filter.catalog, filter.subject), filter.since === undefined ? undefined : gte(usage.day, filter.since)),
    )
    .orderBy(asc(usage.day), asc(usage.number), asc(usage.service), asc(usage.role));
}

export async function addUsage(
  db: Db,
  batch: string | undefined,
  rows: readonly Counted[],
  now: string,
): Promise<UsageAdded> {
  if (batch !== undefined && !(await firstSeen(db, batch, now))) return { counted: false, first: 0 };
  const ids = await idsOf(db, rows);
  const summed = sum(rows, ids, now);
  let first = 0;
  for (let from = 0; from < summed.length; from += 500) {
    const written = await db
      .insert(usage)
      .values(summed.slice(from, from + 500))
      .onConflictDoUpdate({
        target: [usage.subjectId, usage.day, usage.number, usage.service, usage.role],
        set: {
          count: sql`least(least(${usage.count}, ${maxCount}) + excluded.count, ${maxCount})`,
          lastSeen: sql`greatest(${usage.lastSeen}, excluded.last_seen)`,
        },
      })
      // no transaction has touched a row that was inserted
      .returning({ inserted: sql<boolean>`${usage}.xmax = 0` });
    first += written.filter(({ inserted }) => inserted).length;
  }
  return { counted: true, first };
}

async function firstSeen(db: Db, batch: string, now: string): Promise<boolean> {
  const inserted = await db
    .insert(usageBatches)
    .values({ id: batch, at: now })
    .onConflictDoNothing()
    .returning({ id: usageBatches.id });
  return inserted.length > 0;
}

function placeOf(row: { readonly catalog: string; readonly subject: string }): string {
  return JSON.stringify([row.catalog, row.subject]);
}

async function idsOf(db: Db, rows: readonly Counted[]): Promise<ReadonlyMap<string, number>> {
  const places = new Map(rows.map((row) => [placeOf(row), row]));
  const named = new Map<string, string[]>();
  for (const { catalog, subject } of places.values()) named.set(catalog, [...(named.get(catalog) ?? []), subject]);
  const wanted: (SQL | undefined)[] = [...named].map(([catalog, names]) =>
    and(eq(subjects.catalog, catalog), inArray(subjects.name, names)),
  );
  const found =
    wanted.length === 0
      ? []
      : await db
          .select({ id: subjects.id, catalog: subjects.catalog, subject: subjects.name })
          .from(subjects)
          .where(or(...wanted));
  const ids = new Map(found.map((row) => [placeOf(row), row.id]));
  for (const [place, { catalog, subject }] of places)
    if (!ids.has(place)) throw new Fault('SUBJECT_NOT_FOUND', { catalog, subject });
  return ids;
}

/** One row for each key, in the order of keys: two batches then lock the same rows in the same order. */
function sum(rows: readonly Counted[], ids: ReadonlyMap<string, number>, now: string) {
  const sums = new Map<string, typeof usage.$inferInsert>();
  for (const { catalog, subject, day, number, service, role, count } of rows) {
    const subjectId = ids.get(placeOf({ catalog, subject }))!;
    const key = JSON.stringify([subjectId, day, number, service, role]);
    const before = sums.get(key)?.count ?? 0;
    sums.set(key, { subjectId, day, number, service, role, count: Math.min(before + count, maxCount), lastSeen: now });
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
