/** The event store on PostgreSQL and PGlite: outbox, inbox, parked events, idempotency keys. */
import { EventFault } from '../error.ts';
import { type DatabaseLike, type SqlDatabase, type SqlTransaction, sqlDatabase } from '../sql.ts';
import type { IdempotencyKeyStore, ProcessedEventStore } from './consumer-store.ts';
import { ddl, table } from './ddl.ts';
import { type Outbox, outboxOf } from './outbox.ts';
import { type ReplayRequests, replayRequests } from './replay-requests.ts';
import { sqlProcessed } from './sql-processed.ts';

export interface SqlStore {
  readonly db: SqlDatabase;
  readonly outbox: Outbox;
  readonly processed: ProcessedEventStore;
  /** Replays asked of groups from outside. */
  readonly replays: ReplayRequests;
  readonly keys: IdempotencyKeyStore;
  /** The same keys, asked in a transaction. */
  keysWithin(tx: SqlTransaction): IdempotencyKeyStore;
  /** Makes the tables that are missing. May be called at every start, by any number of processes. */
  migrate(): Promise<void>;
  /** Rejects with STORE_NOT_MIGRATED where tables are missing, STORE_UNREACHABLE where nothing answers. */
  check(): Promise<void>;
  /** Forgets what was processed before this time, and expired keys: after it a redelivery would be handled again. */
  prune(before: Date): Promise<void>;
  readonly schema: string | undefined;
}

/** Any number that nobody else locks: processes that migrate at once take turns. */
const migrationLock = 4_711_206_515;

/**
 * @example
 * const store = sqlStore(postgres(process.env.DATABASE_URL)); // or a pg Pool, a Drizzle database, a PGlite
 * await store.migrate();
 */
export function sqlStore(database: DatabaseLike, options: { readonly schema?: string } = {}): SqlStore {
  const db = sqlDatabase(database);
  const { schema } = options;
  const t = (name: string) => table(schema, name);
  return {
    db,
    schema,
    outbox: outboxOf(schema),
    processed: sqlProcessed(db, schema),
    replays: replayRequests(db, schema),
    keys: keysOn(db, t('herald_idempotency')),
    keysWithin: (tx) => keysOn(tx, t('herald_idempotency')),
    async migrate() {
      await db.transaction(async (tx) => {
        await tx.query(`select pg_advisory_xact_lock(${migrationLock})`);
        for (const statement of ddl(schema)) await tx.query(statement);
      });
    },
    async check() {
      const rows = await db
        .query('select to_regclass($1)::text as outbox', [t('herald_outbox')])
        .catch((cause: unknown) => {
          throw new EventFault('STORE_UNREACHABLE', {}, { cause });
        });
      if (rows[0]?.outbox === null) throw new EventFault('STORE_NOT_MIGRATED');
    },
    async prune(before) {
      await db.query(`delete from ${t('herald_inbox')} where done_at < to_timestamp($1::float8 / 1000)`, [
        before.getTime(),
      ]);
      await db.query(
        `delete from ${t('herald_failure')} where coalesce(last_at, since) < to_timestamp($1::float8 / 1000)`,
        [before.getTime()],
      );
      await db.query(`delete from ${t('herald_idempotency')} where expires_at < clock_timestamp()`);
    },
  };
}

function keysOn(db: SqlTransaction, keys: string): IdempotencyKeyStore {
  return {
    async has(key) {
      const rows = await db.query(`select 1 from ${keys} where key = $1 and expires_at > clock_timestamp()`, [key]);
      return rows.length > 0;
    },
    async put(key, ttlSeconds) {
      await db.query(
        `insert into ${keys} (key, expires_at) values ($1, clock_timestamp() + $2::float8 * interval '1 second')
  on conflict (key) do update set expires_at = excluded.expires_at`,
        [key, ttlSeconds],
      );
    },
  };
}
