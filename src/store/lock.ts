/** A lock among all processes on one database, for work that one of them is enough for. It ends with the transaction. */
import { sql } from 'drizzle-orm';
import type { Db } from './database.ts';

/** The schema is part of the name: two registries in one database do not wait for each other. */
export async function tryLock(db: Db, name: string): Promise<boolean> {
  const key = sql`hashtextextended(current_schema() || ' ' || ${`herald ${name}`}, 0)`;
  const [row] = await db.select({ held: sql<boolean>`pg_try_advisory_xact_lock(${key})` }).from(sql`(select 1) as one`);
  return row?.held === true;
}
