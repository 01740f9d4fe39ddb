/** What every registration writes, for many at once: a few statements, whose text is the same however many there are. */
import { sql } from 'drizzle-orm';
import type { NewVersion, SchemaRecord } from '../registry/records.ts';
import { together } from '../together.ts';
import { rowsOf as consumerRows } from './consumers.ts';
import type { Db } from './database.ts';
import { outdated, replaceFields } from './fields-written.ts';
import type { SubjectKey } from './many-reads.ts';
import { present } from './optional.ts';
import { statement } from './statement.ts';
import { consumers, schemas, subjects, versions } from './tables.ts';

/** Of each content that is asked about the row that is there, or the id of the row that is to be: an insert that meets a conflict has used one up. */
const identify = statement<Record<string, unknown>>(sql`
select stated.fingerprint, known.*, case when known.id is null then nextval(pg_get_serial_sequence('schemas', 'id')) end as next
from json_array_elements_text(${sql.placeholder('fingerprints')}::json) as stated(fingerprint)
  left join lateral (select ${schemas.id}, ${sql.join(
    ['dialect', 'text', 'format', 'source', 'attached'].map((name) => sql.identifier(name)),
    sql`, `,
  )} from ${schemas} where ${schemas.fingerprint} = stated.fingerprint limit 1) as known on true`);

/** The row of a content, or the id that it gets. */
export type Identified = { readonly known: SchemaRecord } | { readonly next: number };

export async function identifySchemas(db: Db, fingerprints: readonly string[]): Promise<readonly Identified[]> {
  const distinct = [...new Set(fingerprints)];
  const rows = await identify(db, { fingerprints: JSON.stringify(distinct) });
  const found = new Map(rows.map(({ next, ...row }) => [row.fingerprint, identified(next, row)]));
  return fingerprints.map((fingerprint) => found.get(fingerprint)!);
}

function identified(next: unknown, row: Readonly<Record<string, unknown>>): Identified {
  if (next !== null) return { next: Number(next) };
  const { attached, ...rest } = row;
  const known = { ...rest, attached: typeof attached === 'string' ? JSON.parse(attached) : null };
  return { known: present(known) as SchemaRecord };
}

const insertNew = statement<Pick<SchemaRecord, 'id'>>(sql`
insert into ${schemas} (id, fingerprint, dialect, text, format, source, attached) overriding system value
select made.* from json_to_recordset(${sql.placeholder('rows')}::json)
  as made(id int, fingerprint text, dialect text, text text, format text, source text, attached text)
order by made.fingerprint
on conflict (fingerprint) do nothing
returning id`);

/** Fails where another transaction was faster with one of them. */
export async function insertSchemas(db: Db, made: readonly SchemaRecord[]): Promise<void> {
  if (made.length === 0) return;
  const rows = made.map((one) => ({ ...one, attached: one.attached && asText(one.attached) }));
  const inserted = await insertNew(db, { rows: JSON.stringify(rows) });
  if (inserted.length !== made.length) throw new Error('content that was to be put is there');
}

export interface DatedVersion extends NewVersion {
  readonly createdAt: string;
}

interface PlacedId extends SubjectKey {
  readonly id: number;
}

export interface Inserted {
  /** Subjects to be created: nobody else creates them meanwhile. */
  readonly created: readonly SubjectKey[];
  /** Versions that refer to no other; of one subject in the order in which they were registered. */
  readonly versions: readonly DatedVersion[];
  /** Of a subject that this transaction holds. */
  readonly idOf: (place: SubjectKey) => number | undefined;
  readonly at: string;
}

/**
 * A subject is written once, with what its last version says. One that is there is found by its id (`on conflict (id)` always does),
 * which the plan of an update would not make sure of.
 */
const insertRows = statement<PlacedId>(sql`
with made as materialized (
  select stated.*, array(select json_array_elements_text(coalesce(stated.tags, '[]'))) as tag_list
  from json_to_recordset(${sql.placeholder('rows')}::json) as stated(
    id int, catalog text collate "C", subject text collate "C", created_at timestamptz, number int, schema_id int, label text,
    contract text, classification text, tags json, report text, verdict text, engine_version text, level text, world text,
    created_by text, given text, title text, producer text, owner text, search_text text, fields_of int, is_last boolean)
), created as (
  insert into ${subjects} (catalog, name, settings, stage, created_at, latest, issued, label, title, producer, owner,
    classification, tags, search_text, fields_of)
  select catalog, subject, '{}', 'active', created_at, coalesce(number, 0), coalesce(number, 0), coalesce(label, ''), title,
    producer, owner, classification, tag_list, search_text, coalesce(fields_of, 0)
  from made where id is null and is_last order by catalog, subject
  on conflict (catalog, name) do nothing
  returning id, catalog, name
), changed as (
  insert into ${subjects} (id, catalog, name, settings, stage, created_at, latest, issued, label, title, producer, owner,
    classification, tags, search_text, fields_of) overriding system value
  select id, catalog, subject, '{}', 'active', created_at, number, number, label, title, producer, owner, classification, tag_list,
    search_text, fields_of
  from made where id is not null and is_last
  on conflict (id) do update set latest = greatest(${subjects}.latest, excluded.latest),
    issued = greatest(${subjects}.issued, excluded.issued), label = excluded.label, title = excluded.title,
    producer = excluded.producer, owner = excluded.owner, classification = excluded.classification, tags = excluded.tags,
    search_text = excluded.search_text, fields_of = excluded.fields_of
), inserted as (
  insert into ${versions} (subject_id, number, schema_id, label, contract, classification, tags, report, verdict, engine_version,
    level, world, created_at, created_by, given)
  select coalesce(made.id, created.id), number, schema_id, label, contract, classification, tag_list, report, verdict,
    engine_version, level, world, created_at, created_by, given
  from made left join created on created.catalog = made.catalog and created.name = made.subject
  where made.number is not null
)
select id, catalog, name as subject from created`);

/** The ids of the subjects created. Fails where one that was to be created is there. */
export async function insertVersions(
  db: Db,
  { created, versions: made, idOf, at }: Inserted,
): Promise<readonly PlacedId[]> {
  const last = new Map(made.map((version) => [placeOf(version), version]));
  const bare = created.filter((place) => !last.has(placeOf(place)));
  const rows = [
    ...made.map((version) => ({
      id: idOf(version),
      is_last: last.get(placeOf(version)) === version,
      ...versionRow(version),
    })),
    ...bare.map((place) => ({ ...place, is_last: true, created_at: at })),
  ];
  const shown = [...last.values()];
  const [inserted] = await together([
    insertRows(db, { rows: JSON.stringify(rows) }),
    deleteConsumers(
      db,
      shown.flatMap((version) => idOf(version) ?? []),
    ),
    insertConsumers(db, shown),
    replaceFields(
      db,
      shown.flatMap(({ catalog, fields }) => (fields ? [{ ...fields, catalog }] : [])),
    ),
  ]);
  const isNew = (row: (typeof rows)[number]) => row.is_last && !('id' in row && row.id !== undefined);
  if (inserted.length !== rows.filter(isNew).length) throw new Error('a subject that was to be created is there');
  return inserted;
}

function placeOf({ catalog, subject }: SubjectKey): string {
  return JSON.stringify([catalog, subject]);
}

function versionRow({
  report,
  contract,
  owner,
  schema,
  createdAt,
  createdBy,
  searchText,
  fields,
  ...version
}: DatedVersion) {
  const { references: _, ...rest } = version;
  return {
    ...rest,
    schema_id: schema.id,
    // as text: within the rows' own JSON, PostgreSQL would refuse the NUL that a witness may hold
    contract: JSON.stringify(contract),
    report: JSON.stringify(report),
    verdict: report.verdict,
    engine_version: report.engine.version,
    level: report.level,
    world: report.world,
    created_at: createdAt,
    created_by: createdBy,
    producer: contract.producer,
    owner: owner ?? contract.owner,
    search_text: searchText,
    fields_of: fields ? version.number : outdated,
  };
}

/** By the place of the row: it is found by the key of its subject, whatever the size of the table. */
const deleteOfContracts = statement(sql`
delete from ${consumers} where ctid = any(array(
  select ${consumers}.ctid from json_array_elements_text(${sql.placeholder('ids')}::json) as asked,
    lateral (select ctid from ${consumers} where ${consumers.subjectId} = asked::int and ${consumers.origin} = 'contract' offset 0)
      as ${consumers}
))`);

async function deleteConsumers(db: Db, ofSubjects: readonly number[]): Promise<void> {
  if (ofSubjects.length > 0) await deleteOfContracts(db, { ids: JSON.stringify(ofSubjects) });
}

const insertStated = statement(sql`
insert into ${consumers} (subject_id, service, origin, reads, requires, samples, critical, note)
select place.id, stated.service, stated.origin, stated.reads, stated.requires, stated.samples, stated.critical, stated.note
from json_to_recordset(${sql.placeholder('rows')}::json) as stated(catalog text collate "C", subject text collate "C",
    service text, origin text, reads text, requires text, samples text, critical boolean, note text),
  lateral (
    select id from ${subjects} where ${subjects.catalog} = stated.catalog and ${subjects.name} = stated.subject limit 1
  ) as place`);

/** After those of the contracts before are gone. */
async function insertConsumers(db: Db, made: readonly NewVersion[]): Promise<void> {
  const stated = made.flatMap(({ catalog, subject, contract }) =>
    consumerRows(contract.consumers ?? []).map(({ reads, requires, samples, ...row }) => ({
      catalog,
      subject,
      ...row,
      reads: asText(reads),
      requires: asText(requires),
      samples: asText(samples),
    })),
  );
  if (stated.length > 0) await insertStated(db, { rows: JSON.stringify(stated) });
}

function asText(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
