/** Writes what another registry exported: as it is, or not at all. What is there already must be the same. */
import { and, asc, eq, getTableColumns, or, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { Fault } from '../errors.ts';
import type { Imported, TransferRow } from '../registry/records.ts';
import { canonicalize } from '../schema/canonical.ts';
import { isObject, type JsonObject, member } from '../schema/json.ts';
import type { Db } from './database.ts';
import { type Reference, versionRecord } from './export.ts';
import { insertReferences } from './references.ts';
import { at } from './subjects.ts';
import { references, schemas, subjects, transitions, versions } from './tables.ts';
import { isKind, type Kind, kinds, misfit, recordOf, type SubjectKey } from './travelling.ts';

/** Nobody else takes a schema id until the transaction ends: the next one of this database may be one that comes in the file. */
export async function lockForImport(db: Db): Promise<void> {
  await db.execute(sql`lock table ${schemas} in share row exclusive mode`);
}

/** Faults IMPORT_INVALID where the row cannot be one, IMPORT_CONFLICT where something else is in its place. */
export async function importRow(db: Db, { kind: name, record }: TransferRow): Promise<Imported> {
  if (!isKind(name)) throw invalid(`is of a kind "${name}" that is not known here`);
  const kind = kinds[name];
  const beside = name === 'version' ? ['schema', 'references'] : name === 'transition' ? ['position'] : [];
  const problem = misfit(kind, record, beside);
  if (problem !== undefined) throw invalid(problem);
  try {
    if (name === 'version') return await importVersion(db, record);
    if (name === 'transition') return await importTransition(db, record);
    if (name === 'subject') return await importSubject(db, record);
    return await importOther(db, kind, name, record);
  } catch (error) {
    if (error instanceof Fault && error.code === 'VERSION_NOT_FOUND')
      throw invalid('refers to a version that is not here: lines before it are missing', error);
    // of what the database refuses, its rules alone are the row's fault: 22 is about values, 23 about constraints
    const state = sqlStateOf(error);
    if (state === undefined || !/^2[23]/.test(state)) throw error;
    throw invalid('holds a value that the database refuses', error);
  }
}

function invalid(problem: string, cause?: unknown): Fault {
  return new Fault('IMPORT_INVALID', { problem }, { message: problem, cause });
}

function conflict(what: string): Fault {
  return new Fault('IMPORT_CONFLICT', { problem: what }, { message: what });
}

function sqlStateOf(error: unknown): string | undefined {
  for (let link = error, depth = 0; link instanceof Error && depth < 10; link = link.cause, depth += 1)
    if ('code' in link && typeof link.code === 'string' && /^[0-9A-Z]{5}$/.test(link.code)) return link.code;
  return undefined;
}

const same = (a: JsonObject, b: JsonObject) => canonicalize(a) === canonicalize(b);

async function importOther(db: Db, kind: Kind, name: string, record: JsonObject): Promise<Imported> {
  const columns = getTableColumns(kind.table);
  const place = 'subjectId' in columns ? placeOf(record) : undefined;
  const id = place && (await subjectIdOf(db, place));
  const { catalog: _, subject: __, ...own } = record;
  const row: Record<string, unknown> = place ? { ...own, subjectId: id } : record;
  const wanted = [...(place ? ['subjectId'] : []), ...kind.key];
  const where = and(...wanted.map((key) => eq(columns[key]!, row[key])));
  const [found] = await db
    .select()
    .from(kind.table as PgTable)
    .where(where);
  if (found) {
    if (same(recordOf(kind, found, place), record)) return 'same';
    throw conflict(`is another ${name} than the one that is here${nameOf(kind, record, place)}`);
  }
  await insertRow(db, kind.table, row);
  return 'new';
}

/** A row of any table: `misfit` has held its members against the columns, and the database refuses what is left. */
async function insertRow(db: Db, table: PgTable, row: Readonly<Record<string, unknown>>): Promise<void> {
  await db.insert(table).values(row);
}

function nameOf(kind: Kind, record: JsonObject, place?: SubjectKey): string {
  const parts = [
    ...(place ? [`${place.catalog}/${place.subject}`] : []),
    ...kind.key.map((key) => String(record[key])),
  ];
  return `: ${parts.join(' ')}`;
}

function placeOf({ catalog, subject }: JsonObject): SubjectKey {
  return { catalog: String(catalog), subject: String(subject) };
}

async function subjectIdOf(db: Db, { catalog, subject }: SubjectKey): Promise<number> {
  const [row] = await db.select({ id: subjects.id }).from(subjects).where(at(catalog, subject));
  if (row === undefined)
    throw invalid(`belongs to ${catalog}/${subject}, which is not here: lines before it are missing`);
  return row.id;
}

/** Title and owner follow its latest version, which may be a later one here. */
async function importSubject(db: Db, record: JsonObject): Promise<Imported> {
  const { catalog, name } = record;
  const [found] = await db
    .select()
    .from(subjects)
    .where(at(String(catalog), String(name)));
  const lasting = ({ title: _, owner: __, ...rest }: JsonObject) => rest;
  if (found) {
    if (same(lasting(recordOf(kinds.subject, found)), lasting(record))) return 'same';
    throw conflict(
      `is another subject than the one that is here: ${catalog}/${name} differs in settings, stage or age`,
    );
  }
  await insertRow(db, subjects, record);
  return 'new';
}

async function importTransition(db: Db, record: JsonObject): Promise<Imported> {
  const place = placeOf(record);
  const subjectId = await subjectIdOf(db, place);
  const steps = await db
    .select()
    .from(transitions)
    .where(eq(transitions.subjectId, subjectId))
    .orderBy(asc(transitions.id));
  const { position, ...step } = record;
  const found = steps[Number(position) - 1];
  if (found) {
    if (same(recordOf(kinds.transition, found, place), step)) return 'same';
    throw conflict(`is another step than step ${position} of ${place.catalog}/${place.subject} here`);
  }
  if (position !== steps.length + 1) throw invalid(`is step ${position} of a subject that took ${steps.length}`);
  const { catalog: _, subject: __, ...own } = step;
  await insertRow(db, transitions, { ...own, subjectId });
  return 'new';
}

async function importVersion(db: Db, record: JsonObject): Promise<Imported> {
  const place = placeOf(record);
  const number = Number(record.number);
  const id = await subjectIdOf(db, place);
  const found = await storedVersion(db, id, number, place);
  const name = `version ${number} of ${place.catalog}/${place.subject}`;
  if (found) {
    if (same(found, record)) return 'same';
    throw conflict(`is another ${name} than the one that is here`);
  }
  const [row] = await db
    .select({ issued: subjects.issued })
    .from(subjects)
    .where(eq(subjects.id, id))
    .for('no key update');
  if (row === undefined || row.issued >= number) throw invalid(`is ${name}, which has ${row?.issued} here already`);
  const schema = record.schema;
  if (!isObject(schema)) throw invalid('has no usable "schema"');
  const schemaId = await importSchema(db, schema);
  const { catalog: _, subject: __, schema: ___, references: to, ...own } = record;
  await insertRow(db, versions, { ...own, subjectId: id, schemaId });
  await insertReferences(db, id, number, referencesOf(to));
  await updateSubject(db, id, record);
  return 'new';
}

function referencesOf(to: unknown): readonly Reference[] {
  const isReference = (one: unknown): one is Reference =>
    isObject(one as JsonObject) &&
    typeof (one as JsonObject).catalog === 'string' &&
    typeof (one as JsonObject).subject === 'string' &&
    Number.isSafeInteger((one as JsonObject).number);
  if (!Array.isArray(to) || !to.every(isReference)) throw invalid('has no usable "references"');
  return to;
}

/** What lists show of the subject, as far as its newest version says it. */
async function updateSubject(
  db: Db,
  id: number,
  { number, label, contract, classification, tags, withdrawnAt }: JsonObject,
): Promise<void> {
  const producer = isObject(contract) ? member(contract, 'producer') : undefined;
  await db
    .update(subjects)
    .set({
      issued: Number(number),
      ...(withdrawnAt === undefined && {
        latest: Number(number),
        label: String(label),
        producer: typeof producer === 'string' ? producer : null,
        classification: typeof classification === 'string' ? classification : null,
        tags: Array.isArray(tags) ? tags.map(String) : [],
      }),
    })
    .where(eq(subjects.id, id));
}

/** One content has one id for ever, and one id one content: neither gives way. */
async function importSchema(db: Db, { id, fingerprint, dialect, text, ...beside }: JsonObject): Promise<number> {
  if (
    typeof id !== 'number' ||
    typeof fingerprint !== 'string' ||
    typeof dialect !== 'string' ||
    typeof text !== 'string'
  )
    throw invalid('has no usable "schema"');
  const known = await db
    .select()
    .from(schemas)
    .where(or(eq(schemas.id, id), eq(schemas.fingerprint, fingerprint)));
  const own = known.find((row) => row.fingerprint === fingerprint);
  if (own && own.id !== id) throw conflict(`has content that is schema ${own.id} here and ${id} in the file`);
  if (own) return id;
  if (known.length > 0) throw conflict(`has schema id ${id}, which is other content here`);
  const row = { id, fingerprint, dialect, text, ...beside } as typeof schemas.$inferInsert;
  await db.insert(schemas).overridingSystemValue().values(row);
  await db.execute(
    sql`select setval(s, greatest(${id}::bigint, coalesce(pg_sequence_last_value(s), 1))) from (select pg_get_serial_sequence('schemas', 'id')::regclass as s) as sequence`,
  );
  return id;
}

async function storedVersion(db: Db, id: number, number: number, place: SubjectKey): Promise<JsonObject | undefined> {
  const [row] = await db
    .select({ version: versions, schema: schemas })
    .from(versions)
    .innerJoin(schemas, eq(schemas.id, versions.schemaId))
    .where(and(eq(versions.subjectId, id), eq(versions.number, number)));
  if (!row) return undefined;
  const to = await db
    .select({ catalog: subjects.catalog, subject: subjects.name, number: references.targetNumber })
    .from(references)
    .innerJoin(subjects, eq(subjects.id, references.targetId))
    .where(and(eq(references.subjectId, id), eq(references.number, number)));
  return versionRecord(row.version, row.schema, place, to);
}
