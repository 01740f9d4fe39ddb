/**
 * A query built once for each connection pool instead of once for each call: building costs more than running it, and only a
 * named one is prepared on PostgreSQL.
 */
import type { Db } from './database.ts';

export function prepared<Q extends object>(build: (db: Db) => Q): (db: Db) => Q {
  const built = new WeakMap<Db, Q>();
  return (db) => {
    const query = built.get(db) ?? build(db);
    built.set(db, query);
    return query;
  };
}
