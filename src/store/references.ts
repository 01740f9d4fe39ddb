/** References: which version refers to which pinned version of another subject. */
import { and, eq, isNull, or, type SQL } from 'drizzle-orm';
import { Fault } from '../errors.ts';
import type { Reference } from '../registry/records.ts';
import type { Db } from './database.ts';
import { at } from './subjects.ts';
import { references, subjects, versions } from './tables.ts';

/** Each must exist: a reference to nothing could never be resolved again. */
export async function insertReferences(
  db: Db,
  id: number,
  number: number,
  stated: readonly Reference[],
): Promise<void> {
  if (stated.length === 0) return;
  const targets = await selectTargets(db, stated);
  requireEach(stated, targets);
  await db
    .insert(references)
    .values(targets.map((to) => ({ subjectId: id, number, targetId: to.id, targetNumber: to.number })));
}

/** Holds them until the transaction ends: whoever withdraws one of them waits, and finds the reference. */
export async function holdTargets(db: Db, stated: readonly Reference[]): Promise<void> {
  if (stated.length === 0) return;
  requireEach(stated, await selectTargets(db, stated, isNull(versions.withdrawnAt)).for('share', { of: versions }));
}

function selectTargets(db: Db, stated: readonly Reference[], condition?: SQL) {
  return db
    .select({ id: subjects.id, catalog: subjects.catalog, name: subjects.name, number: versions.number })
    .from(subjects)
    .innerJoin(versions, eq(versions.subjectId, subjects.id))
    .where(and(condition, or(...stated.map((to) => and(at(to.catalog, to.subject), eq(versions.number, to.number))))));
}

function requireEach(
  stated: readonly Reference[],
  targets: readonly { readonly catalog: string; readonly name: string; readonly number: number }[],
): void {
  for (const to of stated) {
    const found = targets.some(
      (target) => target.catalog === to.catalog && target.name === to.subject && target.number === to.number,
    );
    if (!found) throw new Fault('VERSION_NOT_FOUND', { ...to });
  }
}
