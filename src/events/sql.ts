/** The one thing this room asks of a database, and the drivers it knows how to ask. Nothing here is loaded but what is used. */
import type { SQL } from 'drizzle-orm';
import { EventFault } from './error.ts';

export type Row = Readonly<Record<string, unknown>>;

/** One statement in a transaction: `$1`, `$2`, … stand for `values`. */
export interface SqlTransaction {
  query(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

export interface SqlDatabase extends SqlTransaction {
  /** Commits what `run` did, or undoes all of it where it rejects. READ COMMITTED is assumed. */
  transaction<Result>(run: (tx: SqlTransaction, native: unknown) => Promise<Result>): Promise<Result>;
  /** One connection for everybody: whoever holds a transaction keeps all others waiting. */
  readonly isSingle: boolean;
  /** Hears NOTIFY on a channel, where the driver can. Resolves to what ends it. */
  readonly listen?: (channel: string, heard: () => void) => Promise<() => Promise<void>>;
}

/** postgres.js: `sql`, or the `sql` of `sql.begin`. */
interface PostgresJs {
  unsafe(text: string, values?: unknown[], options?: { readonly prepare?: boolean }): PromiseLike<readonly object[]>;
}
interface PostgresJsDatabase extends PostgresJs {
  begin(run: (tx: PostgresJs) => Promise<unknown>): Promise<unknown>;
  listen(channel: string, heard: () => void): Promise<{ unlisten(): Promise<void> }>;
}
/** `pg` and PGlite: `query(text, values)` answers `{ rows }`. */
interface Querying {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly object[] }>;
}
interface PgPool extends Querying {
  connect(): Promise<Querying & { release(error?: Error | boolean): void }>;
}
interface Pglite extends Querying {
  transaction(run: (tx: Querying) => Promise<unknown>): Promise<unknown>;
  listen(channel: string, heard: () => void): Promise<() => Promise<void>>;
}
/** Drizzle: `execute(sql)` answers rows or `{ rows }`. */
interface Drizzling {
  execute(query: SQL): PromiseLike<unknown>;
}
interface DrizzleDatabase extends Drizzling {
  transaction(run: (tx: Drizzling) => Promise<unknown>): Promise<unknown>;
}

/** A transaction of the caller's own: postgres.js, `pg`, PGlite or Drizzle, or the tiny interface itself. */
export type TransactionLike = PostgresJs | Querying | Drizzling | SqlTransaction;
export type DatabaseLike = PostgresJsDatabase | PgPool | Pglite | DrizzleDatabase | SqlDatabase;

/** The tiny interface on a transaction of any driver. */
export function sqlTransaction(tx: TransactionLike): SqlTransaction {
  if (has(tx, 'unsafe')) return onPostgresJs(tx);
  if (has(tx, 'query')) return onQuerying(tx);
  if (has(tx, 'execute')) return onDrizzle(tx);
  throw new EventFault('DATABASE_UNKNOWN');
}

export function sqlDatabase(db: DatabaseLike): SqlDatabase {
  if (isOurs(db)) return db;
  if (has(db, 'begin') && has(db, 'unsafe')) return postgresJsDatabase(db);
  if (has(db, 'connect') && has(db, 'query')) return poolDatabase(db);
  if (has(db, 'transaction') && has(db, 'execute')) return drizzleDatabase(db);
  if (has(db, 'transaction') && has(db, 'query')) return pgliteDatabase(db);
  throw new EventFault('DATABASE_UNKNOWN');
}

function isOurs(db: DatabaseLike): db is SqlDatabase {
  return 'isSingle' in db;
}

/** Callable objects have members too: `sql` of postgres.js is a function. */
function has<Value, Name extends string>(
  value: Value,
  name: Name,
): value is Extract<Value, Readonly<Record<Name, unknown>>> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const member: unknown = Reflect.get(value, name);
  return typeof member === 'function';
}

/**
 * Prepared, unless the client was made with `prepare: false`: else postgres.js asks what the parameters are before each execution,
 * which is a second way to the server and back. Without values it may be several statements, which cannot be prepared.
 */
function onPostgresJs(sql: PostgresJs): SqlTransaction {
  return {
    query: async (text, values = []) =>
      (await sql.unsafe(text, [...values], { prepare: values.length > 0 })) as readonly Row[],
  };
}

/** Our own interface answers rows, drivers answer an object around them. */
function onQuerying(client: Querying | SqlTransaction): SqlTransaction {
  return { query: async (text, values = []) => rowsIn(await client.query(text, [...values])) };
}

function rowsIn(answer: unknown): readonly Row[] {
  if (Array.isArray(answer)) return answer as readonly Row[];
  return (answer as { readonly rows: readonly Row[] }).rows;
}

function onDrizzle(db: Drizzling): SqlTransaction {
  return {
    async query(text, values = []) {
      const { sql } = await import('drizzle-orm');
      const parts = text.split(/\$(\d+)/);
      const chunks = parts.map((part, index) =>
        index % 2 === 0 ? sql.raw(part) : sql.param(values[Number(part) - 1]),
      );
      return rowsIn(await db.execute(sql.join(chunks)));
    },
  };
}

function postgresJsDatabase(db: PostgresJsDatabase): SqlDatabase {
  return {
    ...onPostgresJs(db),
    isSingle: false,
    transaction: <Result>(run: (tx: SqlTransaction, native: unknown) => Promise<Result>) =>
      db.begin((tx) => run(onPostgresJs(tx), tx)) as Promise<Result>,
    listen: async (channel, heard) => {
      const listening = await db.listen(channel, heard);
      return () => listening.unlisten();
    },
  };
}

function poolDatabase(pool: PgPool): SqlDatabase {
  return {
    ...onQuerying(pool),
    isSingle: false,
    async transaction(run) {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        await client.query('begin');
        const result = await run(onQuerying(client), client);
        await client.query('commit');
        return result;
      } catch (error) {
        // a connection that cannot even roll back is thrown away, and its transaction with it
        broken = await client.query('rollback').then(
          () => undefined,
          (lost: Error) => lost,
        );
        throw error;
      } finally {
        client.release(broken);
      }
    },
  };
}

function pgliteDatabase(db: Pglite): SqlDatabase {
  return {
    ...onQuerying(db),
    isSingle: true,
    transaction: <Result>(run: (tx: SqlTransaction, native: unknown) => Promise<Result>) =>
      db.transaction((tx) => run(onQuerying(tx), tx)) as Promise<Result>,
    listen: (channel, heard) => db.listen(channel, heard),
  };
}

function drizzleDatabase(db: DrizzleDatabase): SqlDatabase {
  const client: unknown = (db as { readonly $client?: unknown }).$client;
  return {
    ...onDrizzle(db),
    // of Drizzle's PostgreSQL drivers only PGlite's client can run the raw protocol
    isSingle: has(client, 'execProtocol'),
    transaction: <Result>(run: (tx: SqlTransaction, native: unknown) => Promise<Result>) =>
      db.transaction((tx) => run(onDrizzle(tx), tx)) as Promise<Result>,
  };
}
