/** Deprecations: the plan of a subject on its way out, and the steps it took. */
import { asc, eq } from 'drizzle-orm';
import type { DeprecationRecord, TransitionRecord } from '../registry/ports.ts';
import type { Db } from './database.ts';
import { present } from './optional.ts';
import { at, subjectId } from './subjects.ts';
import { deprecations, subjects, transitions } from './tables.ts';

const record = {
  catalog: subjects.catalog,
  subject: subjects.name,
  stage: deprecations.stage,
  successor: deprecations.successor,
  announcedOn: deprecations.announcedOn,
  sunset: deprecations.sunset,
  reason: deprecations.reason,
  migration: deprecations.migration,
  entered: deprecations.entered,
  attestedBy: deprecations.attestedBy,
  consumers: deprecations.consumers,
  mapping: deprecations.mapping,
};

export async function findDeprecation(
  db: Db,
  catalog: string,
  subject: string,
): Promise<DeprecationRecord | undefined> {
  const [row] = await db
    .select(record)
    .from(deprecations)
    .innerJoin(subjects, eq(subjects.id, deprecations.subjectId))
    .where(at(catalog, subject));
  return row && present(row);
}

export async function listDeprecations(db: Db, catalog?: string): Promise<readonly DeprecationRecord[]> {
  const rows = await db
    .select(record)
    .from(deprecations)
    .innerJoin(subjects, eq(subjects.id, deprecations.subjectId))
    .where(catalog === undefined ? undefined : eq(subjects.catalog, catalog))
    .orderBy(asc(subjects.catalog), asc(subjects.name));
  return rows.map(present);
}

export async function putDeprecation(db: Db, plan: DeprecationRecord): Promise<void> {
  const { catalog, subject, attestedBy = null, mapping = null, ...rest } = plan;
  const id = await subjectId(db, catalog, subject);
  const row = { ...rest, attestedBy, mapping };
  await db
    .insert(deprecations)
    .values({ subjectId: id, ...row })
    .onConflictDoUpdate({ target: deprecations.subjectId, set: row });
}

export async function deleteDeprecation(db: Db, catalog: string, subject: string): Promise<void> {
  const id = await subjectId(db, catalog, subject);
  await db.delete(deprecations).where(eq(deprecations.subjectId, id));
}

export async function insertTransition(db: Db, transition: TransitionRecord): Promise<void> {
  const { catalog, subject, ...step } = transition;
  const id = await subjectId(db, catalog, subject);
  await db.insert(transitions).values({ subjectId: id, ...step });
}

/** Oldest first. */
export async function listTransitions(db: Db, catalog: string, subject: string): Promise<readonly TransitionRecord[]> {
  const rows = await db
    .select({
      catalog: subjects.catalog,
      subject: subjects.name,
      from: transitions.from,
      to: transitions.to,
      actor: transitions.actor,
      at: transitions.at,
      reason: transitions.reason,
      forced: transitions.forced,
    })
    .from(transitions)
    .innerJoin(subjects, eq(subjects.id, transitions.subjectId))
    .where(at(catalog, subject))
    .orderBy(asc(transitions.id));
  return rows.map(present);
}
