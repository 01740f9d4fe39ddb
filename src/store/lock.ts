/** A lock among all processes on one database, for work that one of them is enough for. It ends with the transaction. */
import { type SQL, sql } from 'drizzle-orm';
import type { Db } from './database.ts';

/** Waits for it, as long as for the lock on a row. */
export async function lock(db: Db, name: string): Promise<void> {
  await db.select({ held: sql`pg_advisory_xact_lock(${keyOf(name)})` }).from(sql`(select 1) as one`);
}

export async function tryLock(db: Db, name: string): Promise<boolean> {
  const held = sql<boolean>`pg_try_advisory_xact_lock(${keyOf(name)})`;
  const [row] = await db.select({ held }).from(sql`(select 1) as one`);
  return row?.held === true;
}

/** The schema is part of the name: two registries in one database do not wait for each other. */
export function keyOf(name: string | SQL): SQL {
  return sql`hashtextextended(current_schema() || ' herald ' || ${name}, 0)`;
}
