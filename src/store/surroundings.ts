/**
 * What a check of a subject depends on beside its versions, for many subjects at once and in one statement. Each place is looked up
 * by its index: a plan made while a table was small serves when it is large.
 */
import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { FirstLine, Surroundings } from '../registry/ports.ts';
import type {
  CatalogRecord,
  ConsumerRecord,
  DeprecationRecord,
  SubjectRecord,
  WaiverRecord,
} from '../registry/records.ts';
import { together } from '../together.ts';
import { consumer, firstOfEach } from './consumers.ts';
import type { Db } from './database.ts';
import { record as planRecord } from './deprecations.ts';
import { keyOf, lock } from './lock.ts';
import type { SubjectKey } from './many-reads.ts';
import { statement } from './statement.ts';
import { lockSubject, record as subjectRecord } from './subjects.ts';
import { catalogs, consumers, deprecations, subjects, waivers } from './tables.ts';

/** `firstLine`: where the subject may have to be created. */
export interface AskedPlace extends SubjectKey {
  readonly firstLine?: FirstLine | undefined;
}

type Columns = Readonly<Record<string, PgColumn>>;
type Raw = Readonly<Record<string, unknown>>;

const asked = sql`json_to_recordset(${sql.placeholder('places')}::json) as asked(
  place int, in_catalog text collate "C", named text collate "C", twin text collate "C", first_line text)`;

function placesOf(places: readonly AskedPlace[]): string {
  return JSON.stringify(
    places.map(({ catalog, subject, firstLine }, place) => ({
      place,
      in_catalog: catalog,
      named: subject,
      twin: firstLine?.twin,
      first_line: firstLine?.lock,
    })),
  );
}

/** A row of a table as an object of JSON, its members named as those of the record. */
function objectOf(columns: Columns): SQL {
  const members = Object.entries(columns).map(([name, column]) => sql`${sql.raw(`'${name}'`)}, ${column}`);
  return sql`json_build_object(${sql.join(members, sql`, `)})`;
}

/** The record, without what is null. */
function decoderOf<T>(columns: Columns): (row: Raw) => T {
  const members = Object.entries(columns);
  return (row) => {
    const record: Record<string, unknown> = {};
    for (const [name, column] of members) {
      const value = row[name];
      if (value !== null && value !== undefined) record[name] = column.mapFromDriverValue(value);
    }
    return record as T;
  };
}

const catalogRecord = decoderOf<CatalogRecord>(getTableColumns(catalogs));
const subjectOf = decoderOf<SubjectRecord>(subjectRecord);
const waiverOf = decoderOf<WaiverRecord>(getTableColumns(waivers));
const consumerOf = decoderOf<ConsumerRecord>(consumer);
const planOf = decoderOf<DeprecationRecord>(planRecord);

function subjectNamed(name: SQL): SQL {
  return sql`${subjects.catalog} = asked.in_catalog and ${subjects.name} = ${name}`;
}

const here = subjectNamed(sql`asked.named`);

const read = statement(sql`
with asked as materialized (select * from ${asked})
select (
  select json_agg(${objectOf(getTableColumns(catalogs))}) from ${catalogs}
  where ${catalogs.name} = any(array(select in_catalog from asked))
)::text as catalogs, (
  select json_agg(json_build_object(
    'subject', (select ${objectOf(subjectRecord)} from ${subjects} where ${here} limit 1),
    'twin', (select ${objectOf(subjectRecord)} from ${subjects} where ${subjectNamed(sql`asked.twin`)} limit 1),
    'waivers', (
      select json_agg(${objectOf(getTableColumns(waivers))} order by ${waivers.createdAt}, ${waivers.id})
      from ${waivers} where ${waivers.catalog} = asked.in_catalog and ${waivers.subject} = asked.named
    ),
    'consumers', (
      select json_agg(${objectOf(consumer)} order by ${consumers.service}, ${consumers.origin} desc)
      from (select * from ${subjects} where ${here} limit 1) as ${subjects},
        lateral (select * from ${consumers} where ${consumers.subjectId} = ${subjects.id} offset 0) as ${consumers}
    ),
    'plans', (
      select json_agg(${objectOf(planRecord)} order by ${subjects.name})
      from ${deprecations}, lateral (select * from ${subjects} where ${subjects.id} = ${deprecations.subjectId} limit 1) as ${subjects}
      where ${deprecations.mapping} is not null and ${subjects.catalog} = asked.in_catalog
        and (${subjects.name} = asked.named or ${deprecations.successor} = asked.named)
    )
  ) order by asked.place) from asked
)::text as places`);

interface RawPlace {
  readonly subject: Raw | null;
  readonly twin: Raw | null;
  readonly waivers: readonly Raw[] | null;
  readonly consumers: readonly Raw[] | null;
  readonly plans: readonly Raw[] | null;
}

export async function surroundingsOf(db: Db, places: readonly AskedPlace[]): Promise<readonly Surroundings[]> {
  const [row] = await read(db, { places: placesOf(places) });
  const found = parsed<Raw>(row?.catalogs).map((one) => catalogRecord(one));
  const byName = new Map(found.map((catalog) => [catalog.name, catalog]));
  const byPlace = parsed<RawPlace>(row?.places);
  return places.map(({ catalog }, place) => surroundings(byName.get(catalog), byPlace[place]!));
}

/** Rows as JSON; null where there are none. */
function parsed<T>(text: unknown): readonly T[] {
  return typeof text === 'string' ? (JSON.parse(text) as readonly T[]) : [];
}

function surroundings(catalog: CatalogRecord | undefined, raw: RawPlace): Surroundings {
  return {
    catalog,
    subject: raw.subject ? subjectOf(raw.subject) : undefined,
    waivers: (raw.waivers ?? []).map(waiverOf),
    consumers: firstOfEach((raw.consumers ?? []).map(consumerOf)),
    plans: (raw.plans ?? []).map(planOf),
    ...(raw.twin && { twin: subjectOf(raw.twin) }),
  };
}

/** Of subjects that are not there, so that nobody else creates them meanwhile. In one order for everybody: that of `places`. */
const lockFirstLines = statement(sql`
select pg_advisory_xact_lock(${keyOf(sql`asked.first_line`)}) from ${asked}
where asked.first_line is not null and (select true from ${subjects} where ${here} limit 1) is null`);

const lockFree = statement(sql`
select asked.place, ${subjects.id} as id from ${asked},
  lateral (select * from ${subjects} where ${here} limit 1 for no key update skip locked) as ${subjects}`);

/** The row's id; absent where there is none. */
export interface LockedPlace extends Surroundings {
  readonly id?: number;
}

/**
 * The subjects locked as `lockSubject` does, with their surroundings while they are; `busy` where another transaction holds a lock: it is
 * not waited for. The statements follow one another, so that what is read is what holds while the lock is held.
 */
export async function lockFreeSurroundings(
  db: Db,
  places: readonly AskedPlace[],
): Promise<readonly (LockedPlace | 'busy')[]> {
  const values = { places: placesOf(places) };
  const inOrder = { places: placesOf([...places].sort(byFirstLine)) };
  const [, locked, found] = await together([
    lockFirstLines(db, inOrder),
    lockFree(db, values),
    surroundingsOf(db, places),
  ]);
  const ids = new Map(locked.map((row) => [Number(row.place), Number(row.id)]));
  return found.map((one, place) => {
    const id = ids.get(place);
    if (one.subject === undefined) return one;
    return id === undefined ? 'busy' : { ...one, id };
  });
}

function byFirstLine(a: AskedPlace, b: AskedPlace): number {
  const [one = '', other = ''] = [a.firstLine?.lock, b.firstLine?.lock];
  return one < other ? -1 : Number(one > other);
}

/** The same for one subject, whose lock is waited for. */
export async function lockSurroundings(db: Db, place: AskedPlace): Promise<Surroundings> {
  const subject = await lockSubject(db, place.catalog, place.subject);
  if (subject === undefined && place.firstLine) await lock(db, place.firstLine.lock);
  const [found] = await surroundingsOf(db, [place]);
  // one that was created meanwhile is not locked: whoever creates it now finds it, and locks it
  return { ...found!, subject };
}
