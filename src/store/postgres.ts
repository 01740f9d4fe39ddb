/** PostgreSQL through postgres.js: many processes, one database. */
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { Fault } from '../errors.ts';
import { begun } from './begun.ts';
import { connectionLimit } from './connection-limit.ts';
import type { Db, Driver } from './database.ts';
import { listening } from './listening.ts';
import { survivingLostConnections } from './lost-connection.ts';
import { readsOn } from './methods.ts';
import { migrate, readMigrations, requireMigrated } from './migrate.ts';
import { preparingStatements } from './prepared-statements.ts';
import { renewedClient } from './renewed-client.ts';
import { type StandbyState, standbyOf } from './standby.ts';
import { statement } from './statement.ts';
import { wholeResults } from './whole-results.ts';

export interface PostgresOptions {
  readonly url: string;
  /** The database schema our tables live in. Default `public`. */
  readonly schema?: string;
  /** Connections for queries; one more listens. Default 10. */
  readonly connections?: number;
  /** A standby for look-ups and lists, with as many connections; `onStandby` hears when it begins and ceases to answer. */
  readonly readUrl?: string;
  readonly onStandby?: (state: StandbyState, why?: string) => void;
  /** Milliseconds one statement may take. Default 10,000. */
  readonly statementTimeoutMs?: number;
  /** Milliseconds to wait for another's lock on a row. Default 8,000. */
  readonly lockTimeoutMs?: number;
}

const notifyOfEach = statement(
  sql`select pg_notify(${sql.placeholder('channel')}, change) from json_array_elements_text(${sql.placeholder('texts')}::json) as change`,
);

const statementTimeoutMs = 10_000;
const idleTimeoutMs = 60_000;

export async function openPostgres(options: PostgresOptions): Promise<Driver> {
  const schema = options.schema ?? 'public';
  const migrations = readMigrations();
  await migrateLocked(options, schema);

  const timeoutMs = (options.statementTimeoutMs ?? statementTimeoutMs) + 2_000;
  const maxConnections = options.connections ?? 10;
  const limit = connectionLimit(maxConnections);
  const renewed = renewedClient((onLoss) => {
    const onclose = () => limit.takeRefusal() || onLoss();
    const client = connect(options, maxConnections, { onclose });
    drizzle(client); // changes how the client reads dates and JSON
    return wholeResults(preparingStatements(survivingLostConnections(client)), limit.run, onLoss);
  }, 6 * timeoutMs);
  const db: Db = drizzle(renewed.client);
  const channel = `herald.${schema}`;
  const listener = listening((onLoss, onNotify) => {
    const callbacks = { onclose: onLoss, onnotify: onNotify, max_lifetime: null };
    return connect(options, 1, callbacks);
  }, channel);
  const standby =
    options.readUrl === undefined ? undefined : await openStandby(options, options.readUrl, renewed.client);
  let answeredAt = performance.now();
  return {
    db,
    ...(standby && { standby: standby.standby }),
    timeoutMs,
    transaction: (work) => db.transaction((tx) => work(tx)),
    notify: async (tx, changes) => {
      if (changes.length === 0) return;
      const texts = JSON.stringify(changes.map((change) => JSON.stringify(change)));
      await begun(notifyOfEach(tx, { channel, texts }));
    },
    listen: (onChange) => listener.listen(onChange),
    ping: async () => {
      await requireMigrated({ run: (statement) => renewed.client.unsafe(statement) }, schema, migrations);
      const [row] = await renewed.client.unsafe("select current_setting('transaction_read_only') as read_only");
      if (row?.read_only !== 'off')
        throw new Fault(
          'STORE_UNAVAILABLE',
          { retryable: true },
          { message: 'The database takes no writes: it is read-only, or a standby.' },
        );
    },
    answered: () => {
      answeredAt = performance.now();
    },
    unanswered: () => {
      // Others are answered: the database has much to do, and more connections would not help it.
      if (performance.now() - answeredAt < timeoutMs) return;
      answeredAt = performance.now();
      renewed.renew();
      listener.restart();
    },
    close: async () => {
      await Promise.all([renewed.end(5), listener.end(), standby?.end()]);
    },
  };
}

async function openStandby(options: PostgresOptions, url: string, primary: postgres.Sql) {
  const renewed = renewedClient((onLoss) => {
    const client = connect({ ...options, url }, options.connections ?? 10, { onclose: onLoss });
    drizzle(client); // as for the primary
    return wholeResults(preparingStatements(survivingLostConnections(client)), (run) => run(), onLoss);
  }, 5_000);
  try {
    const reads = readsOn(drizzle(renewed.client));
    const standby = await standbyOf({ primary, standby: renewed, reads, onState: options.onStandby ?? (() => {}) });
    const end = () => {
      standby.close();
      return renewed.end(1);
    };
    return { standby, end };
  } catch (error) {
    await renewed.end(1);
    throw error;
  }
}

/** One process at a time migrates; the others wait, then find it done. */
async function migrateLocked(options: PostgresOptions, schema: string): Promise<void> {
  const client = connect({ ...options, statementTimeoutMs: 0, lockTimeoutMs: 0 }, 1);
  try {
    await client.begin(async (tx) => {
      await refusePooler(tx);
      await tx`select pg_advisory_xact_lock(hashtextextended(${`herald migrations ${schema}`}, 0))`;
      await migrate({ run: (statement) => tx.unsafe(statement) }, schema);
    });
  } finally {
    await client.end({ timeout: 5 });
  }
}

/**
 * A pooler such as PgBouncer, told to ignore them, drops the settings of a connection: then no statement ends, names are looked up
 * in another schema, and nothing is heard of what other processes change.
 */
async function refusePooler(tx: postgres.TransactionSql): Promise<void> {
  const [row] = await tx`select current_setting('idle_in_transaction_session_timeout') as kept`;
  if (row?.kept === `${idleTimeoutMs / 60_000}min`) return;
  throw new Fault(
    'STORE_UNAVAILABLE',
    { retryable: false },
    {
      message:
        'What answers at DATABASE_URL drops the settings of a connection, as PgBouncer does: connect to PostgreSQL itself. Herald keeps a pool of its own, of HERALD_CONNECTIONS.',
    },
  );
}

export function connect(options: PostgresOptions, max: number, more: { onclose?: () => void } = {}): postgres.Sql {
  const schema = options.schema ?? 'public';
  return postgres(options.url, {
    max,
    connect_timeout: 5,
    // How long, in seconds, until a lost server is tried again: it grows to 20 by default, and queries wait for it. A caller
    // with `onclose` does not try again.
    backoff: (attempt: number) => (more.onclose ? 0 : Math.min(0.05 * 2 ** attempt, 1)),
    onnotice: () => {},
    ...more,
    // It would ask each new connection for array types, in a promise nobody holds: a connection lost just then ends the process.
    // Drizzle reads and writes arrays itself.
    fetch_types: false,
    connection: {
      application_name: `herald ${schema}`,
      search_path: schema,
      TimeZone: 'UTC',
      DateStyle: 'ISO',
      // compiling a statement takes longer than any of ours runs
      jit: 'off',
      default_transaction_isolation: 'read committed',
      statement_timeout: options.statementTimeoutMs ?? statementTimeoutMs,
      lock_timeout: options.lockTimeoutMs ?? 8_000,
      idle_in_transaction_session_timeout: idleTimeoutMs,
    },
  });
}
