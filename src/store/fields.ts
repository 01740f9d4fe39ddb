/** What the fields of a catalog's subjects are: found by the names that a check asks about, each by the index. */
import { and, eq, sql } from 'drizzle-orm';
import type { FieldUse, NameStyle } from '../check/neighbours.ts';
import type { FieldsAsked, FieldsFound } from '../registry/ports.ts';
import type { Db } from './database.ts';
import { nameOf, storedName } from './field-name.ts';
import { statement } from './statement.ts';
import { fieldNameCounts, fieldNames, isWithoutFields, subjectFields, subjects } from './tables.ts';

interface Row {
  readonly catalog: string;
  readonly what: 'use' | 'own' | 'style' | 'waiting';
  readonly field: string | null;
  readonly type: string | null;
  readonly subject: string | null;
  readonly event: string | null;
  readonly style: string | null;
  readonly names: number | null;
}

/** `limit 1` and `offset 0` keep the planner to the index, one look-up for each row before: a plan serves for years. */
const find = statement<Row>(sql`
with recursive asked as materialized (
  select * from json_to_recordset(${sql.placeholder('asked')}::json) as asked(in_catalog text collate "C", events json, names json)
), without as materialized (
  select one collate "C" as subject from json_array_elements_text(${sql.placeholder('without')}::json) as one
), own as materialized (
  select asked.in_catalog, used.* from asked, json_array_elements_text(asked.events) as one,
    lateral (select field, type, subject, event, style from ${subjectFields}
      where catalog = asked.in_catalog and event = one collate "C" offset 0) as used
), wanted as materialized (
  select asked.in_catalog, one collate "C" as field from asked, json_array_elements_text(asked.names) as one
  union
  select in_catalog, field from own
), kinds as (
  select wanted.*, (
    select used.type from ${subjectFields} as used where used.catalog = wanted.in_catalog and used.field = wanted.field
    order by used.type limit 1
  ) as type from wanted
  union all
  select kinds.in_catalog, kinds.field, (
    select used.type from ${subjectFields} as used
    where used.catalog = kinds.in_catalog and used.field = kinds.field and used.type > kinds.type order by used.type limit 1
  ) from kinds where kinds.type is not null
), firsts as materialized (
  select kinds.*, used.subject, used.event, used.style from kinds, lateral (
    select subject, event, style from ${subjectFields} as used
    where used.catalog = kinds.in_catalog and used.field = kinds.field and used.type = kinds.type
      and used.subject not in (select subject from without)
    order by used.subject limit 1
  ) as used where kinds.type is not null
), seconds as (
  select firsts.in_catalog, firsts.field, firsts.type, used.* from firsts, lateral (
    select subject, event, style from ${subjectFields} as used
    where used.catalog = firsts.in_catalog and used.field = firsts.field and used.type = firsts.type
      and used.subject > firsts.subject and used.event <> firsts.event and used.subject not in (select subject from without)
    order by used.subject limit 1
  ) as used
), changes as (
  select asked.in_catalog, counted.style, counted.names from asked,
    lateral (select style, names from ${fieldNameCounts} where catalog = asked.in_catalog offset 0) as counted
  union all
  select asked.in_catalog, unused.style, -1 from asked,
    lateral (select field, style from ${fieldNames} where catalog = asked.in_catalog and doubtful offset 0) as unused
  where (
    select 1 from ${subjectFields} as used where used.catalog = asked.in_catalog and used.field = unused.field limit 1
  ) is null
)
select in_catalog as catalog, 'use' as what, field, type, subject, event, style, null::int as names from firsts
union all select in_catalog, 'use', field, type, subject, event, style, null from seconds
union all select in_catalog, 'own', field, type, subject, event, style, null from own
union all select in_catalog, 'style', null, null, null, null, style, sum(names)::int from changes group by in_catalog, style
union all select in_catalog, 'waiting', null, null, null, null, null, null from asked
  where (select 1 from ${subjects} where ${subjects.catalog} = in_catalog and ${isWithoutFields(subjects)} limit 1) is not null`);

/**
 * For all that ask in one statement, whose snapshot is one moment; a name that several ask about is looked up once. Of a name that all
 * subjects have not all rows are read: its types are found by steps from one to the next, and of each type the first subjects.
 * `without`: subjects left out for all that ask.
 */
export async function findFields(
  db: Db,
  asked: readonly FieldsAsked[],
  without: readonly string[] = [],
): Promise<readonly FieldsFound[]> {
  const values = { asked: JSON.stringify(questionsOf(asked)), without: JSON.stringify(without) };
  const rows = await find(db, values);
  const ofCatalog = new Map<string, Row[]>();
  for (const row of rows) {
    const rowsThere = ofCatalog.get(row.catalog);
    if (rowsThere) rowsThere.push(row);
    else ofCatalog.set(row.catalog, [row]);
  }
  return asked.map((one) => answerOf(one, ofCatalog.get(one.catalog) ?? []));
}

/** One for each catalog. */
function questionsOf(asked: readonly FieldsAsked[]) {
  const catalogs = new Set(asked.map(({ catalog }) => catalog));
  return [...catalogs].map((catalog) => {
    const ofCatalog = asked.filter((one) => one.catalog === catalog);
    const events = new Set(ofCatalog.flatMap((one) => one.events));
    const names = new Set(ofCatalog.flatMap((one) => one.names));
    return { in_catalog: catalog, events: [...events], names: [...names].map(storedName) };
  });
}

function answerOf({ events, names }: FieldsAsked, rows: readonly Row[]): FieldsFound {
  const known = new Map(names.map((name) => [storedName(name), name]));
  const asking = new Set(events);
  const own = rows.filter(({ what, event }) => what === 'own' && asking.has(event!));
  const wanted = new Set([...known.keys(), ...own.map(({ field }) => field)]);
  const uses = rows.filter(({ what, field }) => what === 'use' && wanted.has(field));
  const useOf = ({ field, type, subject, event, style }: Row): FieldUse => ({
    name: known.get(field!) ?? nameOf(field!),
    type: nameOf(type!),
    subject: subject!,
    event: event!,
    ...(style !== null && { style: style as NameStyle }),
  });
  const counted = rows.filter(({ what }) => what === 'style');
  return {
    uses: uses.map(useOf),
    own: own.map(useOf),
    styles: new Map(counted.map(({ style, names: count }) => [style as NameStyle, count!])),
    isWhole: !rows.some(({ what }) => what === 'waiting'),
  };
}

export async function listWithoutFields(db: Db, catalog: string, limit: number): Promise<readonly string[]> {
  const rows = await db
    .select({ name: subjects.name })
    .from(subjects)
    .where(and(eq(subjects.catalog, catalog), isWithoutFields(subjects)))
    .limit(limit);
  return rows.map(({ name }) => name);
}
