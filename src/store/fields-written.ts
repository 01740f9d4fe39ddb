/** Writes down the fields of subjects, in the transaction of the version that has them or later. */
import { sql } from 'drizzle-orm';
import type { SubjectFields } from '../check/neighbours.ts';
import type { VersionFields } from '../registry/ports.ts';
import type { Db } from './database.ts';
import { storedName } from './field-name.ts';
import { statement } from './statement.ts';
import { fieldNameCounts, fieldNames, subjectFields, subjects } from './tables.ts';

/** In the place of a version's number: what stands there, if anything, is of none that has to be known. */
export const outdated = -1;

export interface PlacedFields extends SubjectFields {
  readonly catalog: string;
}

const replaceEach = statement(sql`
with stated as materialized (
  select * from json_to_recordset(${sql.placeholder('stated')}::json) as stated(
    catalog text collate "C", subject text collate "C", event text collate "C", field text collate "C", type text collate "C", style text)
), places as materialized (
  select * from json_to_recordset(${sql.placeholder('places')}::json) as place(
    catalog text collate "C", subject text collate "C", event text collate "C")
), gone as (
  delete from ${subjectFields} as used where used.ctid = any(array(
    select former.row from places, lateral (
      select ctid as row, field, type from ${subjectFields}
      where catalog = places.catalog and event = places.event and subject = places.subject offset 0
    ) as former
    where not exists (
      select from stated where stated.catalog = places.catalog and stated.subject = places.subject
        and stated.field = former.field and stated.type = former.type
    )
  )) returning used.catalog, used.field, used.style
), come as (
  insert into ${subjectFields} (catalog, field, type, subject, event, style)
  select catalog, field, type, subject, event, style from stated
  on conflict do nothing
), doubted as (
  update ${fieldNames} as known set doubtful = true from (select distinct catalog, field from gone where style is not null) as left_by
  where known.catalog = left_by.catalog and known.field = left_by.field and not known.doubtful
), known as (
  insert into ${fieldNames} (catalog, field, style)
  select distinct catalog, field, style from stated
  where style is not null and (
    select 1 from ${fieldNames} as known where known.catalog = stated.catalog and known.field = stated.field limit 1
  ) is null
  order by catalog, field
  on conflict do nothing
  returning catalog, style
)
insert into ${fieldNameCounts} (catalog, style, names) select catalog, style, count(*) from known group by catalog, style`);

/**
 * In place of those before, in one statement. Hold the subjects' rows. A name that is new to its catalog is counted by whoever inserts
 * it; of one that a subject stops using it is noted that somebody has to look.
 */
export async function replaceFields(db: Db, written: readonly PlacedFields[]): Promise<void> {
  if (written.length === 0) return;
  const places = written.map(({ catalog, subject, event }) => ({ catalog, subject, event }));
  const stated = written.flatMap(({ catalog, subject, event, fields }) =>
    fields.map(({ name, type, style }) => ({
      catalog,
      subject,
      event,
      field: storedName(name),
      type: storedName(type),
      style,
    })),
  );
  await replaceEach(db, { stated: JSON.stringify(stated), places: JSON.stringify(places) });
}

/** Where the version is still the latest of its subject, and its fields are not there yet. */
export async function putFields(db: Db, catalog: string, found: readonly VersionFields[]): Promise<void> {
  // in one order for everybody, or two transactions could wait for each other
  const sorted = found.toSorted((left, right) => (left.subject < right.subject ? -1 : 1));
  const asked = JSON.stringify(sorted.map(({ subject, number }) => ({ named: subject, number })));
  const held = await db.select({ subject: sql<string>`held.name` }).from(
    sql`json_to_recordset(${asked}::json) as asked(named text collate "C", number int), lateral (
        select name from ${subjects} where catalog = ${catalog} and name = asked.named and latest = asked.number and fields_of <> latest
        limit 1 for no key update
      ) as held`,
  );
  if (held.length === 0) return;
  const names = new Set(held.map(({ subject }) => subject));
  await db.execute(
    sql`update ${subjects} set fields_of = latest where catalog = ${catalog}
      and name = any(array(select json_array_elements_text(${JSON.stringify([...names])}::json)))`,
  );
  await replaceFields(
    db,
    sorted.filter(({ subject }) => names.has(subject)).map((one) => ({ ...one, catalog })),
  );
}

/** Rows of `field_name_counts` of one catalog that are summed up at each check without anybody noticing. */
const fewCounts = 100;
/** Looked at while nobody registers. */
const doubtfulAtOnce = 1_000;

/** Whether `settleNames` has something to do. */
export async function hasUnsettledNames(db: Db): Promise<boolean> {
  const [row] = await db
    .select({
      unsettled: sql<boolean>`(select 1 from ${fieldNames} where doubtful limit 1) is not null
        or exists (select from ${fieldNameCounts} group by catalog having count(*) > ${fewCounts}::int)`,
    })
    .from(sql`(values (1)) as once`);
  return row?.unsettled ?? false;
}

/**
 * Removes names that no subject uses any more, and folds the counts. Nobody writes fields meanwhile: a name that a transaction is about
 * to use is one that nobody uses for everybody else.
 */
export async function settleNames(db: Db): Promise<void> {
  await db.execute(sql`select set_config('lock_timeout', '100ms', true)`);
  await db.execute(sql`lock table ${subjectFields} in share row exclusive mode`);
  await db.execute(sql`
with looked as materialized (
  select doubtful.*, (
    select 1 from ${subjectFields} as used where used.catalog = doubtful.catalog and used.field = doubtful.field limit 1
  ) is null as unused
  from (select catalog, field from ${fieldNames} where doubtful limit ${doubtfulAtOnce}::int) as doubtful
), gone as (
  delete from ${fieldNames} as known using looked
  where looked.unused and known.catalog = looked.catalog and known.field = looked.field
  returning known.catalog, known.style
), kept as (
  update ${fieldNames} as known set doubtful = false from looked
  where not looked.unused and known.catalog = looked.catalog and known.field = looked.field
), folded as (
  delete from ${fieldNameCounts} returning catalog, style, names
)
insert into ${fieldNameCounts} (catalog, style, names)
select catalog, style, sum(names) from (
  select catalog, style, names from folded union all select catalog, style, -1 from gone
) as changes group by catalog, style having sum(names) <> 0`);
}
