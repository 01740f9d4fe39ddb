/** Deprecations: the plan of a subject on its way out, and the steps it took. */
import { and, asc, eq, gte, sql } from 'drizzle-orm';
import type { DeprecationRecord, PairCount, TransitionRecord } from '../registry/records.ts';
import type { Db } from './database.ts';
import { decoded } from './decoded.ts';
import { present } from './optional.ts';
import { at, subjectId } from './subjects.ts';
import { deprecations, pairs, subjects, transitions } from './tables.ts';

export const record = {
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
  revision: deprecations.revision,
  revisedAt: deprecations.revisedAt,
  reminded: deprecations.reminded,
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
    .select(decoded(record))
    .from(deprecations)
    // one by one: plans are few, and a catalog's subjects many
    .innerJoinLateral(
      sql`(select * from ${subjects} where ${subjects.id} = ${deprecations.subjectId} limit 1) as ${subjects}`,
      catalog === undefined ? sql`true` : eq(subjects.catalog, catalog),
    )
    .orderBy(asc(subjects.catalog), asc(subjects.name));
  return rows.map(present);
}

export async function putDeprecation(db: Db, plan: DeprecationRecord): Promise<void> {
  const { catalog, subject, attestedBy = null, mapping = null, reminded = null, ...rest } = plan;
  const id = await subjectId(db, catalog, subject);
  const row = { ...rest, attestedBy, mapping, reminded };
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

export async function listPairs(
  db: Db,
  filter: { readonly catalog: string; readonly subject: string; readonly since: string },
): Promise<readonly PairCount[]> {
  return db
    .select({
      catalog: subjects.catalog,
      subject: subjects.name,
      day: pairs.day,
      agreed: pairs.agreed,
      disagreed: pairs.disagreed,
    })
    .from(pairs)
    .innerJoin(subjects, eq(subjects.id, pairs.subjectId))
    .where(and(at(filter.catalog, filter.subject), gte(pairs.day, filter.since)))
    .orderBy(asc(pairs.day));
}

export async function addPairs(db: Db, count: PairCount): Promise<void> {
  const { catalog, subject, day, agreed, disagreed } = count;
  const id = await subjectId(db, catalog, subject);
  await db
    .insert(pairs)
    .values({ subjectId: id, day, agreed, disagreed })
    .onConflictDoUpdate({
      target: [pairs.subjectId, pairs.day],
      set: {
        agreed: sql`${pairs.agreed} + excluded.agreed`,
        disagreed: sql`${pairs.disagreed} + excluded.disagreed`,
      },
    });
}
