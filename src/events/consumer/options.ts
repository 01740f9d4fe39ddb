/** Options of a consumer. */
import type { Backoff } from '../backoff.ts';
import type { Start } from '../bus.ts';
import { EventFault } from '../error.ts';
import type { IdempotencyKeyStore, ProcessedEventStore } from '../store/consumer-store.ts';
import type { Mappings } from './through.ts';

export interface RetryOptions extends Partial<Backoff> {
  /** After so many failed attempts the event is parked. Default 6. */
  readonly maxAttempts?: number;
}

export interface ConsumerOptions {
  /**
   * Whether the events of one key are handled in their order: a failing one holds its key, and no other, until it is handled or
   * parked. Default true.
   */
  readonly ordered?: boolean;
  /** Where a group begins that the broker does not know yet. Default `earliest`. */
  readonly start?: Start;
  /** Events handled side by side in this process. Default 10. */
  readonly concurrency?: number;
  /** Events handled in one transaction, where that many are at hand. Default 1. Where one fails, each is tried by itself. */
  readonly batch?: number;
  /** Default: six attempts, 1 second to 5 minutes. */
  readonly retry?: RetryOptions;
  /** Default 30000. */
  readonly handlerTimeoutMs?: number;
  /** Silence after which the broker gives an event to another process. Default 60000. */
  readonly ackWaitMs?: number;
  /** How far ahead of this clock an event may have happened. Default a day. */
  readonly maxClockSkewMs?: number;
  /** Processes an event may take with it before it is parked. Default 3. */
  readonly maxCrashes?: number;
  /** Whether a service that no contract names as consumer may read. Default `refuse`. */
  readonly undeclared?: 'refuse' | 'allow';
  /** Where the group remembers what it has processed. Default: the store of createEvents. */
  readonly processed?: ProcessedEventStore;
  /** Keys of `context.once`. Default: the store of createEvents. */
  readonly keys?: IdempotencyKeyStore;
  /** By subject: masks what this service is not cleared for, such as the generated `redact.js` does, before a handler sees it. */
  readonly redact?: Readonly<Record<string, (event: unknown) => unknown>>;
  /** By subject that was replaced: how its events become the successor's. The group reads these subjects too. */
  readonly through?: Mappings;
  /** How often parked events are looked for that were asked to be redriven. Default 2000. */
  readonly redrivePollMs?: number;
}

export type ConsumerSettings = Required<Omit<ConsumerOptions, 'processed' | 'keys' | 'retry'>> & {
  readonly retry: Required<RetryOptions>;
};

export function settingsOf(stated: ConsumerOptions): ConsumerSettings {
  const { processed: _, keys: __, retry, ...options } = stated;
  const settings = {
    ordered: true,
    start: 'earliest' as const,
    concurrency: 10,
    batch: 1,
    handlerTimeoutMs: 30_000,
    ackWaitMs: 60_000,
    maxClockSkewMs: 86_400_000,
    maxCrashes: 3,
    undeclared: 'refuse' as const,
    redact: {},
    through: {},
    redrivePollMs: 2_000,
    ...options,
    retry: { maxAttempts: 6, firstMs: 1_000, maxMs: 300_000, ...retry },
  };
  const numbers = ['concurrency', 'batch', 'handlerTimeoutMs', 'ackWaitMs', 'maxCrashes', 'redrivePollMs'] as const;
  for (const name of numbers) if (!(settings[name] >= 1)) refuse(name, settings[name]);
  if (!(settings.retry.maxAttempts >= 1)) refuse('retry.maxAttempts', settings.retry.maxAttempts);
  return settings;
}

function refuse(option: string, value: unknown): never {
  throw new EventFault(
    'OPTIONS_INVALID',
    { option },
    { message: `${option} must be at least 1, not ${String(value)}.` },
  );
}
