/**
 * A whole registry, row by row, as it was at one time. What is large (documents and the reports beside them) never changes, so
 * only the list of versions is read then, together with everything small; the versions follow as they are asked for.
 */
import { and, asc, eq, getTableColumns, or, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Exported, TransferRow } from '../registry/records.ts';
import { asJson, type JsonObject } from '../schema/json.ts';
import type { Db } from './database.ts';
import { present } from './optional.ts';
import { references, schemas, subjects, versions } from './tables.ts';
import { type KindName, kinds, recordOf, type SubjectKey } from './travelling.ts';
import { type VersionKey, writingOrder } from './writing-order.ts';

type Row = Readonly<Record<string, unknown>>;

/** Small tables that follow the versions, in the order in which they can be written again. */
const after = ['consumer', 'deprecation', 'pairs', 'transition', 'waiver', 'confluent', 'usage'] as const;
/** Versions read in one step. */
const chunk = 25;

/** Everything in one snapshot but the versions themselves. Run it in a transaction of its own. */
export async function readExport(db: Db): Promise<Snapshot> {
  await db.execute(sql`set transaction isolation level repeatable read, read only`);
  const places = new Map<number, SubjectKey>();
  const opened = await db.select().from(subjects).orderBy(asc(subjects.catalog), asc(subjects.name));
  for (const { id, catalog, name } of opened) places.set(id, { catalog, subject: name });
  const keys = await db
    .select({ subjectId: versions.subjectId, number: versions.number })
    .from(versions)
    .orderBy(asc(versions.subjectId), asc(versions.number));
  const links = await db.select().from(references);
  const small = new Map<KindName, readonly JsonObject[]>();
  for (const kind of ['catalog', ...after] as const) small.set(kind, await smallRows(db, kind, places));
  return { places, opened, order: writingOrder([...places.keys()], keys, links), links, small };
}

interface Snapshot {
  readonly places: ReadonlyMap<number, SubjectKey>;
  readonly opened: readonly (typeof subjects.$inferSelect)[];
  readonly order: readonly VersionKey[];
  readonly links: readonly (typeof references.$inferSelect)[];
  readonly small: ReadonlyMap<KindName, readonly JsonObject[]>;
}

export function exported(db: Db, snapshot: Snapshot): Exported {
  const { order, small } = snapshot;
  // one whose versions were all removed for ever does not travel
  const travelling = new Set(order.map(({ subjectId }) => subjectId));
  const counts: Record<string, number> = { subject: travelling.size, version: order.length };
  for (const [kind, rows] of small) counts[kind] = rows.length;
  return { counts, rows: rowsOf(db, snapshot) };
}

async function* rowsOf(db: Db, snapshot: Snapshot): AsyncGenerator<TransferRow> {
  for (const record of snapshot.small.get('catalog') ?? []) yield { kind: 'catalog', record };
  const written = new Set<number>();
  const subjectOf = new Map(snapshot.opened.map((row) => [row.id, row]));
  for (let from = 0; from < snapshot.order.length; from += chunk) {
    const keys = snapshot.order.slice(from, from + chunk);
    const found = await versionRecords(db, snapshot, keys);
    for (const key of keys) {
      // just before its first version: a subject is never there without one
      const subject = subjectOf.get(key.subjectId);
      if (!written.has(key.subjectId) && subject) yield { kind: 'subject', record: recordOf(kinds.subject, subject) };
      written.add(key.subjectId);
      const record = found.get(`${key.subjectId} ${key.number}`);
      if (!record) throw new Error('a version that was there is there');
      yield { kind: 'version', record };
    }
  }
  for (const kind of after) for (const record of snapshot.small.get(kind) ?? []) yield { kind, record };
}

async function versionRecords(
  db: Db,
  { places, links }: Pick<Snapshot, 'places' | 'links'>,
  keys: readonly VersionKey[],
): Promise<ReadonlyMap<string, JsonObject>> {
  const rows = await db
    .select({ version: versions, schema: schemas })
    .from(versions)
    .innerJoin(schemas, eq(schemas.id, versions.schemaId))
    .where(or(...keys.map((key) => and(eq(versions.subjectId, key.subjectId), eq(versions.number, key.number)))));
  return new Map(
    rows.map(({ version, schema }) => {
      const { subjectId, number } = version;
      const to = links
        .filter((link) => link.subjectId === subjectId && link.number === number)
        .map(({ targetId, targetNumber }) => ({ ...(places.get(targetId) as SubjectKey), number: targetNumber }));
      return [`${subjectId} ${number}`, versionRecord(version, schema, places.get(subjectId), to)];
    }),
  );
}

export interface Reference extends SubjectKey {
  readonly number: number;
}

export function versionRecord(
  version: typeof versions.$inferSelect,
  { id, fingerprint, dialect, text, format, source, attached }: typeof schemas.$inferSelect,
  at: SubjectKey | undefined,
  to: readonly Reference[],
): JsonObject {
  const sorted = to
    .map(({ catalog, subject, number }) => ({ catalog, subject, number }))
    .toSorted((a, b) => byText(JSON.stringify(a), JSON.stringify(b)));
  // a JSON Schema with nothing attached travels as it did before there were other formats
  const schema = {
    id,
    fingerprint,
    dialect,
    text,
    ...(format !== 'json' && { format }),
    ...present({ source, attached }),
  };
  return { ...recordOf(kinds.version, version, at), schema: asJson(schema), references: sorted };
}

/** By their keys in one order on every database. */
async function smallRows(
  db: Db,
  name: KindName,
  places: ReadonlyMap<number, SubjectKey>,
): Promise<readonly JsonObject[]> {
  const kind = kinds[name];
  const table: PgTable = kind.table;
  const columns = getTableColumns(table);
  const rows: readonly Row[] =
    name === 'transition' ? await db.select().from(table).orderBy(asc(columns.id!)) : await db.select().from(table);
  const records = rows.map((row) => recordOf(kind, row, places.get(Number(row.subjectId))));
  const positioned = name === 'transition' ? withPositions(records) : records;
  const keyOf = (record: JsonObject) =>
    JSON.stringify([record.catalog, record.subject, ...kind.key.map((key) => sortable(record[key]))]);
  return positioned
    .map((record) => [keyOf(record), record] as const)
    .toSorted(([a], [b]) => byText(a, b))
    .map(([, record]) => record);
}

/** Numbers by their size: as text, 10 stands before 9. */
function sortable(value: unknown): unknown {
  return typeof value === 'number' ? String(value).padStart(16, '0') : value;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A step has no name but its place among its subject's. */
function withPositions(records: readonly JsonObject[]): readonly JsonObject[] {
  const seen = new Map<string, number>();
  return records.map((record) => {
    const key = JSON.stringify([record.catalog, record.subject]);
    const position = (seen.get(key) ?? 0) + 1;
    seen.set(key, position);
    return { ...record, position };
  });
}
