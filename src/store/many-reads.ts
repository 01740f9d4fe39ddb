/**
 * The questions that every check asks, for many at once: one statement each, whose text and plan are the same however many ask.
 * Each place is looked up by its index (`limit 1` keeps the planner to that): a plan made while a table was small serves when it is large.
 */
import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { CatalogRecord, ConsumerRecord, SubjectRecord, WaiverRecord } from '../registry/records.ts';
import { consumer, firstOfEach } from './consumers.ts';
import type { Db } from './database.ts';
import { decoded } from './decoded.ts';
import { present } from './optional.ts';
import { record } from './subjects.ts';
import { catalogs, consumers, subjects, waivers } from './tables.ts';

export interface SubjectKey {
  readonly catalog: string;
  readonly subject: string;
}

/** `asked(place, in_catalog, named)`: one row for each place, numbered from 0. */
function askedOf(places: readonly SubjectKey[]): SQL {
  const rows = places.map(({ catalog, subject }, place) => ({ place, in_catalog: catalog, named: subject }));
  return sql`json_to_recordset(${JSON.stringify(rows)}::json) as asked(place int, in_catalog text collate "C", named text collate "C")`;
}

const place = sql<number>`asked.place`;
const here = sql`${subjects.catalog} = asked.in_catalog and ${subjects.name} = asked.named`;

function inOrder<Row extends { readonly place: number }>(places: readonly SubjectKey[], rows: readonly Row[]): Row[][] {
  const found: Row[][] = places.map(() => []);
  for (const row of rows) found[row.place]?.push(row);
  return found;
}

function withoutPlace<Row extends { readonly place: number }>({ place: _, ...row }: Row): Omit<Row, 'place'> {
  return row;
}

export async function findCatalogs(db: Db, names: readonly string[]): Promise<readonly (CatalogRecord | undefined)[]> {
  const distinct = JSON.stringify([...new Set(names)]);
  const rows = await db
    .select()
    .from(catalogs)
    .where(sql`${catalogs.name} = any(array(select json_array_elements_text(${distinct}::json)))`);
  const byName = new Map(rows.map((row) => [row.name, row]));
  return names.map((name) => byName.get(name));
}

export async function findSubjects(
  db: Db,
  places: readonly SubjectKey[],
): Promise<readonly (SubjectRecord | undefined)[]> {
  const rows = await db
    .select({ place, ...decoded(record) })
    .from(sql`${askedOf(places)}, lateral (select * from ${subjects} where ${here} limit 1) as ${subjects}`);
  return inOrder(places, rows).map(([row]) => row && withoutPlace(row));
}

export async function listWaiversOfEach(
  db: Db,
  places: readonly SubjectKey[],
): Promise<readonly (readonly WaiverRecord[])[]> {
  const ofPlace = sql`${waivers.catalog} = asked.in_catalog and ${waivers.subject} = asked.named`;
  const rows = await db
    .select({ place, ...decoded(getTableColumns(waivers)) })
    .from(sql`${askedOf(places)}, lateral (select * from ${waivers} where ${ofPlace} offset 0) as ${waivers}`)
    .orderBy(sql`asked.place`, waivers.createdAt, waivers.id);
  return inOrder(places, rows).map((own) => own.map((row) => present(withoutPlace(row))));
}

export async function listConsumersOfEach(
  db: Db,
  places: readonly SubjectKey[],
): Promise<readonly (readonly ConsumerRecord[])[]> {
  const rows = await db
    .select({ place, ...decoded(consumer) })
    .from(
      sql`${askedOf(places)}, lateral (select * from ${subjects} where ${here} limit 1) as ${subjects}, lateral (select * from ${consumers} where ${consumers.subjectId} = ${subjects.id} offset 0) as ${consumers}`,
    )
    .orderBy(sql`asked.place`, consumers.service, sql`${consumers.origin} desc`);
  return inOrder(places, rows).map((own) => firstOfEach(own.map((row) => present(withoutPlace(row)))));
}
