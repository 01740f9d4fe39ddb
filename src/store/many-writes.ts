/** What every registration writes, for many at once: a few statements, whose text is the same however many there are. */
import { sql } from 'drizzle-orm';
import type { NewVersion, SchemaRecord, SubjectRecord, VersionRecord } from '../registry/records.ts';
import { together } from '../together.ts';
import { begun } from './begun.ts';
import { rowsOf as consumerRows } from './consumers.ts';
import type { Db } from './database.ts';
import { decoded } from './decoded.ts';
import { outdated, replaceFields } from './fields-written.ts';
import { keyOf } from './lock.ts';
import { lockFreeSubjects, type SubjectKey } from './many-reads.ts';
import { present } from './optional.ts';
import { content } from './schemas.ts';
import { consumers, schemas, subjects, versions } from './tables.ts';

/** In one order for everybody, or two transactions could wait for each other. */
export function lockNames(db: Db, names: readonly string[]): Promise<void> {
  const sorted = JSON.stringify([...new Set(names)].sort());
  return begun(
    db.execute(
      sql`select pg_advisory_xact_lock(${keyOf(sql`name`)}) from json_array_elements_text(${sorted}::json) as name`,
    ),
  );
}

/** New rows, locked; `busy` where another transaction made one meanwhile and holds it. */
export async function createSubjects(
  db: Db,
  places: readonly SubjectKey[],
  now: string,
): Promise<readonly (SubjectRecord | undefined | 'busy')[]> {
  const rows = JSON.stringify(places);
  const inserted = begun(
    db.execute(sql`
insert into ${subjects} (catalog, name, settings, stage, created_at)
select made.catalog, made.subject, '{}', 'active', ${now}::timestamptz
from json_to_recordset(${rows}::json) as made(catalog text collate "C", subject text collate "C")
order by made.catalog, made.subject
on conflict do nothing`),
  );
  const [, made] = await together([inserted, lockFreeSubjects(db, places)]);
  return made;
}

/**
 * Each content as it is stored, now or before. What is there is not inserted again: an insert that meets a conflict has used up an id.
 */
export async function putSchemas(db: Db, made: readonly Omit<SchemaRecord, 'id'>[]): Promise<readonly SchemaRecord[]> {
  const distinct = [...new Map(made.map((one) => [one.fingerprint, one])).values()];
  const rows = JSON.stringify(
    distinct.map(({ fingerprint, dialect, text, format, source, attached }) => ({
      fingerprint,
      dialect,
      text,
      format,
      source,
      attached: attached && JSON.stringify(attached),
    })),
  );
  const fingerprints = JSON.stringify(distinct.map(({ fingerprint }) => fingerprint));
  const inserted = begun(
    db.execute(sql`
insert into ${schemas} (fingerprint, dialect, text, format, source, attached)
select made.* from json_to_recordset(${rows}::json)
  as made(fingerprint text, dialect text, text text, format text, source text, attached text)
where not exists (select 1 from ${schemas} as known where known.fingerprint = made.fingerprint)
order by made.fingerprint
on conflict (fingerprint) do nothing`),
  );
  const [, stored] = await together([
    inserted,
    db
      .select(decoded(content))
      .from(
        sql`json_array_elements_text(${fingerprints}::json) as asked, lateral (select * from ${schemas} where ${schemas.fingerprint} = asked limit 1) as ${schemas}`,
      )
      .execute(),
  ]);
  const byFingerprint = new Map<string, SchemaRecord>(stored.map((row) => [row.fingerprint, present(row)] as const));
  return made.map(({ fingerprint }) => byFingerprint.get(fingerprint)!);
}

/** Versions that refer to no other, each of a subject that this transaction holds. */
export async function insertVersions(
  db: Db,
  made: readonly NewVersion[],
  now: string,
): Promise<readonly VersionRecord[]> {
  const rows = JSON.stringify(made.map((version) => versionRow(version)));
  const replaced = begun(
    db.execute(sql`
with made as materialized (
  select stated.*, array(select json_array_elements_text(stated.tags)) as tag_list, place.id as subject_id
  from json_to_recordset(${rows}::json) as stated(
    catalog text collate "C", subject text collate "C", number int, schema_id int, label text, contract text, classification text,
    tags json, report text, verdict text, engine_version text, level text, world text, created_by text, given text, title text,
    producer text, owner text, search_text text, fields_of int)
  left join lateral (
    select id from ${subjects} where ${subjects.catalog} = stated.catalog and ${subjects.name} = stated.subject limit 1
  ) as place on true
), inserted as (
  insert into ${versions} (subject_id, number, schema_id, label, contract, classification, tags, report, verdict, engine_version,
    level, world, created_at, created_by, given)
  select subject_id, number, schema_id, label, contract, classification, tag_list, report, verdict, engine_version,
    level, world, ${now}::timestamptz, created_by, given from made
), gone as (
  delete from ${consumers} using made where ${consumers.subjectId} = made.subject_id and ${consumers.origin} = 'contract'
)
update ${subjects} set latest = greatest(latest, made.number), issued = greatest(issued, made.number), label = made.label,
  title = made.title, producer = made.producer, owner = made.owner, classification = made.classification, tags = made.tag_list,
  search_text = made.search_text, fields_of = made.fields_of
from made where ${subjects.id} = made.subject_id`),
  );
  const fields = made.flatMap(({ catalog, fields: own }) => (own ? [{ ...own, catalog }] : []));
  await together([replaced, insertConsumers(db, made), replaceFields(db, fields)]);
  return made.map(({ references: _, title: _title, owner: _owner, searchText: _text, fields: _own, ...stored }) => ({
    ...stored,
    createdAt: now,
  }));
}

function versionRow({ report, contract, owner, schema, ...version }: NewVersion) {
  const { references: _, searchText, createdBy, fields, ...rest } = version;
  return {
    ...rest,
    schema_id: schema.id,
    contract: JSON.stringify(contract),
    report: JSON.stringify(report),
    verdict: report.verdict,
    engine_version: report.engine.version,
    level: report.level,
    world: report.world,
    created_by: createdBy,
    producer: contract.producer,
    owner: owner ?? contract.owner,
    search_text: searchText,
    fields_of: fields ? version.number : outdated,
  };
}

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
  if (stated.length === 0) return;
  await db.execute(sql`
insert into ${consumers} (subject_id, service, origin, reads, requires, samples, critical, note)
select ${subjects.id}, stated.service, stated.origin, stated.reads, stated.requires, stated.samples, stated.critical, stated.note
from json_to_recordset(${JSON.stringify(stated)}::json) as stated(catalog text collate "C", subject text collate "C",
  service text, origin text, reads text, requires text, samples text, critical boolean, note text)
join ${subjects} on ${subjects.catalog} = stated.catalog and ${subjects.name} = stated.subject`);
}

function asText(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
