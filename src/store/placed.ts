/** Versions with those that were withdrawn, and what withdraws and removes them. */
import { and, asc, desc, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { PlacedFilter, PlacedVersion, Referrer, Shown } from '../registry/ports.ts';
import type { SchemaRecord } from '../registry/records.ts';
import { replaceContractConsumers } from './consumers.ts';
import type { Db } from './database.ts';
import { outdated } from './fields-written.ts';
import { present } from './optional.ts';
import { content } from './schemas.ts';
import { subjectId } from './subjects.ts';
import { references, schemas, subjects, versions } from './tables.ts';

const row = {
  subject: subjects.name,
  number: versions.number,
  schema: content,
  createdAt: versions.createdAt,
  withdrawnAt: versions.withdrawnAt,
  given: versions.given,
};

/** By subject and number. */
export async function listPlaced(db: Db, filter: PlacedFilter): Promise<readonly PlacedVersion[]> {
  const { catalog, subject, number, schemaId, fingerprint, live } = filter;
  const rows = await db
    .select(row)
    .from(subjects)
    .innerJoin(versions, eq(versions.subjectId, subjects.id))
    .innerJoin(schemas, eq(schemas.id, versions.schemaId))
    .where(
      and(
        eq(subjects.catalog, catalog),
        optional(subject, (name) => eq(subjects.name, name)),
        optional(number, (at) => (at === 'latest' ? eq(versions.number, subjects.latest) : eq(versions.number, at))),
        optional(schemaId, (id) => eq(versions.schemaId, id)),
        optional(fingerprint, (digest) => eq(schemas.fingerprint, digest)),
        live === true ? isNull(versions.withdrawnAt) : undefined,
      ),
    )
    .orderBy(asc(subjects.name), asc(versions.number));
  return rows.map((each) => ({ ...present(each), schema: present(each.schema) }) as PlacedVersion);
}

function optional<T>(value: T | undefined, condition: (value: T) => SQL): SQL | undefined {
  return value === undefined ? undefined : condition(value);
}

/** Every subject with a version, withdrawn ones counted apart. */
export async function listSubjectNames(db: Db, catalog: string) {
  return db
    .select({ name: subjects.name, latest: subjects.latest })
    .from(subjects)
    .innerJoin(versions, eq(versions.subjectId, subjects.id))
    .where(eq(subjects.catalog, catalog))
    .groupBy(subjects.name, subjects.latest)
    .orderBy(asc(subjects.name));
}

/** What refers to a version, itself withdrawn or not. */
export async function listReferrers(
  db: Db,
  catalog: string,
  subject: string,
  number: number,
): Promise<readonly Referrer[]> {
  const target = await subjectId(db, catalog, subject);
  const rows = await db
    .select({
      catalog: subjects.catalog,
      subject: subjects.name,
      number: versions.number,
      schemaId: versions.schemaId,
      withdrawnAt: versions.withdrawnAt,
    })
    .from(references)
    .innerJoin(versions, and(eq(versions.subjectId, references.subjectId), eq(versions.number, references.number)))
    .innerJoin(subjects, eq(subjects.id, references.subjectId))
    .where(and(eq(references.targetId, target), eq(references.targetNumber, number)))
    .orderBy(asc(versions.schemaId));
  return rows.map(present);
}

export interface Withdrawal {
  readonly catalog: string;
  readonly subject: string;
  readonly number: number;
  readonly at: string;
  readonly shown?: Shown;
}

export async function withdraw(db: Db, { catalog, subject, number, at, shown }: Withdrawal): Promise<void> {
  const id = await subjectId(db, catalog, subject);
  await db
    .update(versions)
    .set({ withdrawnAt: at })
    .where(and(eq(versions.subjectId, id), eq(versions.number, number), isNull(versions.withdrawnAt)));
  await settleLatest(db, id, shown);
}

/** Of a withdrawn version alone: the database refuses any other. Its number is never given again. */
export async function remove(db: Db, catalog: string, subject: string, number: number): Promise<void> {
  const id = await subjectId(db, catalog, subject);
  await db.delete(references).where(and(eq(references.subjectId, id), eq(references.number, number)));
  await db.delete(versions).where(and(eq(versions.subjectId, id), eq(versions.number, number)));
}

/** Title and owner follow the document, which only the registry reads. */
async function settleLatest(db: Db, id: number, shown: Shown | undefined): Promise<void> {
  const [left] = await db
    .select()
    .from(versions)
    .where(and(eq(versions.subjectId, id), isNull(versions.withdrawnAt)))
    .orderBy(desc(versions.number))
    .limit(1);
  await db
    .update(subjects)
    .set({
      latest: left?.number ?? 0,
      fieldsOf: outdated,
      label: left?.label ?? '',
      producer: left?.contract.producer ?? null,
      classification: left?.classification ?? null,
      tags: left?.tags ?? [],
      ...(shown && { title: shown.title ?? null, owner: shown.owner ?? null }),
    })
    .where(eq(subjects.id, id));
  await replaceContractConsumers(db, id, left?.contract.consumers ?? []);
}

/** With an id of its own, as a copy of another registry has; undefined where the id or the content is taken otherwise. */
export async function putSchemaAs(db: Db, made: SchemaRecord): Promise<SchemaRecord | undefined> {
  const [taken] = await db.select(content).from(schemas).where(eq(schemas.id, made.id));
  if (taken) return taken.fingerprint === made.fingerprint ? present(taken) : undefined;
  const [inserted] = await db
    .insert(schemas)
    .overridingSystemValue()
    .values(made)
    .onConflictDoNothing({ target: schemas.fingerprint })
    .returning({ id: schemas.id });
  if (inserted === undefined) return undefined;
  await db.execute(
    sql`select setval(s, greatest(${made.id}::bigint, coalesce(pg_sequence_last_value(s), 1))) from (select pg_get_serial_sequence('schemas', 'id')::regclass as s) as sequence`,
  );
  return made;
}
