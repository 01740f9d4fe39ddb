/** What a consumer group remembers: what it has handled, what failed, what is parked. SQL, Redis and memory each keep it. */
import type { SqlTransaction } from '../sql.ts';

/** What happened to an event so far in one group. */
export interface Failures {
  readonly attempts: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** The error contract. */
export interface ParkedError {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface ParkedEvent {
  readonly id: string;
  readonly group: string;
  readonly subject: string;
  readonly eventId: string;
  readonly key: string;
  /** As it came. */
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly error: ParkedError;
  readonly attempts: number;
  readonly firstFailedAt: number;
  readonly lastFailedAt: number;
  /** When the broker had stored it, and where. */
  readonly storedAt: number | undefined;
  readonly position: string;
  readonly parkedAt: number;
  readonly state: 'parked' | 'redrive' | 'redriven' | 'discarded';
}

export interface ParkedFilter {
  readonly group?: string;
  readonly subject?: string;
  readonly state?: ParkedEvent['state'];
  /** Default 100, at most 10000. */
  readonly limit?: number;
}

export interface ParkedStore {
  list(filter: ParkedFilter): Promise<readonly ParkedEvent[]>;
  get(id: string): Promise<ParkedEvent | undefined>;
  /** The running consumer of its group, or the relay, takes it up again. False where there is none or it is settled. */
  redrive(id: string): Promise<boolean>;
  /** False where there is none or it is settled. */
  discard(id: string): Promise<boolean>;
}

export interface Handled {
  /** Present where the store is a database: what the handler writes through it stands or falls with the mark that it was done. */
  readonly tx: SqlTransaction | undefined;
  /** The driver's own transaction. */
  readonly native: unknown;
}

export type NewParked = Omit<ParkedEvent, 'parkedAt' | 'state'>;

/** The documents' ProcessedEventStore: which events a group has processed, is processing, or gave up. */
export interface ProcessedEventStore {
  /**
   * Runs `run` for those of `ids` this group has not processed, and remembers that it has, as one. Rejects with EVENT_BUSY where
   * another process is at one of them.
   */
  process(
    group: string,
    ids: readonly string[],
    run: (fresh: ReadonlySet<string>, handled: Handled) => Promise<void>,
  ): Promise<void>;
  /** Remembers that the process is about to try; answers how often it tried before and left no word of how it ended. */
  starting(group: string, id: string): Promise<number>;
  /** Remembers that handling failed, and forgets the tries. */
  failed(group: string, id: string, error: ParkedError): Promise<Failures>;
  /** Keeps the event aside and remembers it as processed, so that the broker's next delivery is skipped. */
  park(event: NewParked): Promise<void>;
  /**
   * Takes up one event that was asked to be redriven; `run` resolves with whether it is handled or parked again. It counts as redriven
   * only where it was not parked again meanwhile.
   */
  takeUp(group: string, run: (event: ParkedEvent) => Promise<boolean>): Promise<boolean>;
  readonly parked: ParkedStore;
}

/** The third document's: guards a side effect by a key. */
export interface IdempotencyKeyStore {
  has(key: string): Promise<boolean>;
  put(key: string, ttlSeconds: number): Promise<void>;
}
