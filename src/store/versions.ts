/** Versions: immutable documents at a place in a subject. */
import { and, asc, desc, eq, gt, inArray, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Page, PageRequest, VersionContent, WantedVersions } from '../registry/ports.ts';
import type { CurrentDocument, NewVersion, PastRecord, VersionRecord } from '../registry/records.ts';
import { together } from '../together.ts';
import { othersTurn } from '../turns.ts';
import { replaceContractConsumers } from './consumers.ts';
import { decodeCursor, encodeCursor, numberKey, pageOf } from './cursor.ts';
import type { Db } from './database.ts';
import { outdated, replaceFields } from './fields-written.ts';
import { type Present, present } from './optional.ts';
import { prepared } from './prepared.ts';
import { holdTargets, insertReferences } from './references.ts';
import { content, maxInteger } from './schemas.ts';
import { at, subjectId } from './subjects.ts';
import { schemas, subjects, versions } from './tables.ts';

const past = {
  catalog: subjects.catalog,
  subject: subjects.name,
  number: versions.number,
  label: versions.label,
  schema: content,
  contract: versions.contract,
  classification: versions.classification,
  tags: versions.tags,
  createdAt: versions.createdAt,
  createdBy: versions.createdBy,
};

const record = { ...past, report: versions.report };

function selectVersions(db: Db, where: SQL | undefined) {
  return db
    .select(record)
    .from(subjects)
    .innerJoin(versions, eq(versions.subjectId, subjects.id))
    .innerJoin(schemas, eq(schemas.id, versions.schemaId))
    .where(and(where, isNull(versions.withdrawnAt)));
}

const place = and(eq(subjects.catalog, sql.placeholder('catalog')), eq(subjects.name, sql.placeholder('subject')));

const byPlace = prepared((db: Db) =>
  selectVersions(db, and(place, eq(versions.number, sql.placeholder('number')))).prepare('herald_version_by_place'),
);

const latest = prepared((db: Db) =>
  selectVersions(db, and(place, eq(versions.number, subjects.latest))).prepare('herald_version_latest'),
);

export async function findVersion(
  db: Db,
  catalog: string,
  subject: string,
  number: number | 'latest',
): Promise<VersionRecord | undefined> {
  if (number === 'latest') {
    const [row] = await latest(db).execute({ catalog, subject });
    return row && whole(row);
  }
  if (!Number.isInteger(number) || number < 1 || number > maxInteger) return undefined;
  const [row] = await byPlace(db).execute({ catalog, subject, number });
  return row && whole(row);
}

function whole<S extends object, T extends { readonly schema: S }>(
  row: T & { readonly schema: S },
): Omit<Present<T>, 'schema'> & { readonly schema: Present<S> } {
  return { ...present(row as T), schema: present(row.schema) };
}

export async function listVersions(
  db: Db,
  catalog: string,
  subject: string,
  page: PageRequest,
): Promise<Page<VersionRecord>> {
  const before = decodeCursor('versions', numberKey.max(maxInteger), page.cursor);
  const rows = await selectVersions(
    db,
    and(at(catalog, subject), before === undefined ? undefined : lt(versions.number, before)),
  )
    .orderBy(desc(versions.number))
    .limit(page.limit + 1);
  return pageOf(rows, page.limit, whole, (last) => encodeCursor('versions', last.number));
}

function selectPast(db: Db, where?: SQL) {
  return db
    .select(past)
    .from(subjects)
    .innerJoin(versions, eq(versions.subjectId, subjects.id))
    .innerJoin(schemas, eq(schemas.id, versions.schemaId))
    .where(and(place, isNull(versions.withdrawnAt), where))
    .orderBy(asc(versions.number));
}

const wholeHistory = prepared((db: Db) => selectPast(db).prepare('herald_history'));

const wantedHistory = prepared((db: Db) =>
  selectPast(
    db,
    or(
      eq(versions.number, subjects.latest),
      inArray(
        versions.schemaId,
        db
          .select({ id: schemas.id })
          .from(schemas)
          .where(
            sql`${schemas.fingerprint} = any(array(select json_array_elements_text(${sql.placeholder('contents')}::json)))`,
          ),
      ),
      sql`${versions.number} in (select json_array_elements_text(${sql.placeholder('numbers')}::json)::integer)`,
      gt(versions.number, sql.placeholder('after')),
    ),
  ).prepare('herald_wanted_history'),
);

/** Of a subject with `wanted`: its latest version, and those that are named. */
export async function history(
  db: Db,
  catalog: string,
  subject: string,
  wanted?: WantedVersions,
): Promise<readonly PastRecord[]> {
  const { contents = [], numbers = [], after = maxInteger } = wanted ?? {};
  const rows = wanted
    ? await wantedHistory(db).execute({
        catalog,
        subject,
        contents: JSON.stringify(contents),
        numbers: JSON.stringify(numbers),
        after,
      })
    : await wholeHistory(db).execute({ catalog, subject });
  return rows.map(whole);
}

const contents = prepared((db: Db) =>
  db
    .select({
      numbers: sql<string | null>`string_agg(${versions.number}::text, ' ' order by ${versions.number})`,
      ids: sql<string | null>`string_agg(${versions.schemaId}::text, ' ' order by ${versions.number})`,
    })
    .from(subjects)
    .innerJoin(versions, eq(versions.subjectId, subjects.id))
    .where(and(place, isNull(versions.withdrawnAt)))
    .prepare('herald_version_contents'),
);

/** Oldest first, as one row: of a long history that is much less than the versions. */
export async function versionContents(db: Db, catalog: string, subject: string): Promise<readonly VersionContent[]> {
  const [row] = await contents(db).execute({ catalog, subject });
  const ids = (row?.ids ?? '').split(' ');
  const numbers = row?.numbers ? row.numbers.split(' ') : [];
  return numbers.map((number, index) => ({ number: Number(number), schemaId: Number(ids[index]) }));
}

/** Characters read in one statement: an embedded database works on the thread that answers all requests. */
const portionCharacters = 500_000;
/** Of what a row has beside its document and its report. */
const rowCharacters = 500;

/** In the order of their subjects. A subject that changes meanwhile is as it was before or after. */
export async function latestVersions(db: Db, catalog: string): Promise<readonly VersionRecord[]> {
  const isLatest = and(eq(subjects.catalog, catalog), eq(versions.number, subjects.latest));
  const sized = await db
    .select({
      name: subjects.name,
      characters: sql<number>`octet_length(${schemas.text}) + octet_length(${versions.report})`,
    })
    .from(subjects)
    .innerJoin(versions, eq(versions.subjectId, subjects.id))
    .innerJoin(schemas, eq(schemas.id, versions.schemaId))
    .where(isLatest)
    .orderBy(asc(subjects.name));
  const found: VersionRecord[] = [];
  for (const names of portionsOf(sized)) {
    if (found.length > 0) await othersTurn();
    const rows = await selectVersions(db, and(isLatest, inArray(subjects.name, [...names]))).orderBy(
      asc(subjects.name),
    );
    found.push(...rows.map(whole));
  }
  return found;
}

function portionsOf(sized: readonly { readonly name: string; readonly characters: number }[]): readonly string[][] {
  const portions: string[][] = [];
  let characters = portionCharacters;
  for (const each of sized) {
    if (characters >= portionCharacters) {
      portions.push([]);
      characters = 0;
    }
    portions.at(-1)?.push(each.name);
    characters += each.characters + rowCharacters;
  }
  return portions;
}

export async function currentDocuments(
  db: Db,
  catalog: string,
  named?: readonly string[],
): Promise<readonly CurrentDocument[]> {
  const rows = await db
    .select({
      catalog: subjects.catalog,
      subject: subjects.name,
      stage: subjects.stage,
      number: versions.number,
      title: subjects.title,
      contract: versions.contract,
      classification: versions.classification,
      dialect: schemas.dialect,
      text: schemas.text,
    })
    .from(subjects)
    .innerJoin(versions, and(eq(versions.subjectId, subjects.id), eq(versions.number, subjects.latest)))
    .innerJoin(schemas, eq(schemas.id, versions.schemaId))
    .where(and(eq(subjects.catalog, catalog), named === undefined ? undefined : inArray(subjects.name, [...named])))
    .orderBy(asc(subjects.name));
  return rows.map(present);
}

export async function insertVersion(db: Db, version: NewVersion, now: string): Promise<VersionRecord> {
  const { references, title, owner, searchText, fields, ...stored } = version;
  const { catalog, subject, number, label, contract, classification, tags, report } = stored;
  const id = await subjectId(db, catalog, subject);
  await holdTargets(db, references);
  const row = {
    subjectId: id,
    number,
    schemaId: stored.schema.id,
    label,
    contract,
    classification: classification ?? null,
    tags: [...tags],
    report,
    verdict: report.verdict,
    engineVersion: report.engine.version,
    level: report.level,
    world: report.world,
    createdAt: now,
    createdBy: stored.createdBy,
    given: stored.given ?? null,
  };
  const shown = {
    latest: sql`greatest(${subjects.latest}, ${number})`,
    issued: sql`greatest(${subjects.issued}, ${number})`,
    label,
    title: title ?? null,
    producer: contract.producer ?? null,
    owner: owner ?? contract.owner ?? null,
    classification: classification ?? null,
    tags: [...tags],
    searchText,
    fieldsOf: fields ? number : outdated,
  };
  await together([
    db.insert(versions).values(row),
    db.update(subjects).set(shown).where(eq(subjects.id, id)),
    replaceContractConsumers(db, id, contract.consumers ?? []),
    // of one that is not the latest they are of no use, and replaced by those that are
    replaceFields(db, fields ? [{ ...fields, catalog }] : []),
  ]);
  await insertReferences(db, id, number, references);
  return { ...stored, createdAt: now };
}
