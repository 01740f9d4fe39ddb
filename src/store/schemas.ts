/** Content: one id for each distinct fingerprint. */
import { and, asc, between, eq, isNull, sql } from 'drizzle-orm';
import type { SchemaRecord } from '../registry/records.ts';
import type { Db } from './database.ts';
import { present } from './optional.ts';
import { prepared } from './prepared.ts';
import { schemas, subjects, versions } from './tables.ts';

/** The largest id or number a column holds: beyond it nothing is found, and PostgreSQL would refuse the question. */
export const maxInteger = 2_147_483_647;

/** A schema as look-ups read it. */
export const content = {
  id: schemas.id,
  fingerprint: schemas.fingerprint,
  dialect: schemas.dialect,
  text: schemas.text,
  format: schemas.format,
  source: schemas.source,
  attached: schemas.attached,
};

const byId = prepared((db: Db) =>
  db
    .select()
    .from(schemas)
    .where(eq(schemas.id, sql.placeholder('id')))
    .prepare('herald_schema_by_id'),
);

const byFingerprint = prepared((db: Db) =>
  db
    .select()
    .from(schemas)
    .where(eq(schemas.fingerprint, sql.placeholder('fingerprint')))
    .prepare('herald_schema_by_fingerprint'),
);

export async function findSchema(db: Db, id: number): Promise<SchemaRecord | undefined> {
  if (!Number.isInteger(id) || id < 1 || id > maxInteger) return undefined;
  const [row] = await byId(db).execute({ id });
  return row && present(row);
}

export async function findSchemaByFingerprint(db: Db, fingerprint: string): Promise<SchemaRecord | undefined> {
  const [row] = await byFingerprint(db).execute({ fingerprint });
  return row && present(row);
}

/** In order of their digits, a fingerprint that begins with others comes between them and the next: an index finds it. */
export async function findSchemaByPrefix(db: Db, digits: string): Promise<SchemaRecord | undefined> {
  const [row] = await db
    .select(content)
    .from(schemas)
    .where(between(schemas.fingerprint, `${digits}${'0'.repeat(32)}`, `${digits}${'f'.repeat(32)}`));
  return row && present(row);
}

export async function placesOf(db: Db, schemaId: number) {
  if (!Number.isInteger(schemaId) || schemaId < 1 || schemaId > maxInteger) return [];
  return db
    .select({ catalog: subjects.catalog, subject: subjects.name, number: versions.number })
    .from(versions)
    .innerJoin(subjects, eq(subjects.id, versions.subjectId))
    .where(and(eq(versions.schemaId, schemaId), isNull(versions.withdrawnAt)))
    .orderBy(asc(subjects.catalog), asc(subjects.name), asc(versions.number));
}

/**
 * Looked for first, since an insert that meets a conflict has used up an id. One that meets another transaction's insert waits
 * for it to end, then finds what it committed.
 */
export async function putSchema(db: Db, made: Omit<SchemaRecord, 'id'>): Promise<SchemaRecord> {
  const known = await findSchemaByFingerprint(db, made.fingerprint);
  if (known !== undefined) return known;
  const [inserted] = await db
    .insert(schemas)
    .values(made)
    .onConflictDoNothing({ target: schemas.fingerprint })
    .returning({ id: schemas.id });
  if (inserted !== undefined) return { ...made, id: inserted.id };
  const other = await findSchemaByFingerprint(db, made.fingerprint);
  return other!;
}
