/** What both drivers give the rest of this folder: a database to ask, transactions, and word of changes elsewhere. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type { Change } from '../registry/ports.ts';
import type { Standby } from './standby.ts';

/** A connection or a transaction. Ask by typed selects and `returning`: what `execute` gives differs between the drivers. */
export type Db = PgDatabase<PgQueryResultHKT, Record<string, never>>;

export interface Driver {
  readonly db: Db;
  /**
   * Milliseconds after which an answer is no longer waited for. The server's own limits end a statement that runs too long; they
   * say nothing when the server has stopped, or the network swallows every packet.
   */
  readonly timeoutMs: number;
  transaction<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /** Tells other processes of a change once the transaction commits. */
  notify(db: Db, changes: readonly Change[]): Promise<void>;
  /** Calls back with changes other processes made, from the time it resolves until close. */
  listen(onChange: (change: Change) => void): Promise<void>;
  /** Throws unless the database answers and its migrations are ours. */
  ping(): Promise<void>;
  /**
   * Told of each answer, and of each that did not come in `timeoutMs`. A network can drop what it knew of a connection without a word
   * to either side; then nothing but silence tells that others have to be made.
   */
  answered?(): void;
  unanswered?(): void;
  /** What look-ups and lists may be asked of instead. */
  readonly standby?: Standby;
  close(): Promise<void>;
}

/** The transaction this stretch of asynchronous work runs in. `open` ends with it: what it left running may read again. */
const current = new AsyncLocalStorage<{ open: boolean }>();

/**
 * The embedded database has one connection. A question asked of the store while its own transaction waits for the answer would
 * wait for ever, so it is a bug at once, on every driver.
 */
export function refuseInsideTransaction(): void {
  if (current.getStore()?.open) throw new Error('the store was asked inside its own transaction; ask the transaction');
}

let running = 0;

export async function asTransaction<T>(work: () => Promise<T>): Promise<T> {
  const mark = { open: true };
  running += 1;
  try {
    return await current.run(mark, work);
  } finally {
    mark.open = false;
    running -= 1;
    // while it is enabled every timer, promise and request of the process pays for it: look-ups from memory by a twentieth
    if (running === 0) current.disable();
  }
}
