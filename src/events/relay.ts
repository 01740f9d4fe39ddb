/**
 * The relay: publishes what the outbox holds. Any number may run. A lane is one relay's at a time; within it keys go out side by
 * side and the events of one key strictly one after another, since a retry behind a success is a change of order that no broker
 * undoes. An outage counts against nobody: nothing is parked because a broker was away.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Backoff, delayAfter } from './backoff.ts';
import type { Bus, Message } from './bus.ts';
import type { Gates } from './contract.ts';
import { EventFault } from './error.ts';
import type { EventMetrics } from './metrics.ts';
import type { SqlTransaction } from './sql.ts';
import type { Outcome, Waiting } from './store/outbox.ts';
import type { SqlStore } from './store/sql.ts';

/** What becomes of an event that the broker will never take: the key waits for people, the event steps aside, or the key does. */
export type PoisonPolicy = 'block-key' | 'park-event' | 'park-key';

export interface RelayOptions {
  /** Default `park-event`. A function: by subject. */
  readonly onPoison?: PoisonPolicy | ((subject: string) => PoisonPolicy);
  /** Attempts of one event that are its own failures, before it counts as poison. Default 50. */
  readonly maxAttempts?: number;
  /** Default 50 ms to 5 minutes. */
  readonly backoff?: Backoff;
  /** Events taken from a lane at once. Default 500. */
  readonly batch?: number;
  /** Keys published side by side. Default 128. */
  readonly maxInFlight?: number;
  /** Default 10000. */
  readonly publishTimeoutMs?: number;
  /** Keeps what was published in `herald_outbox_archive`. Default false. */
  readonly archives?: boolean;
  /** Longest pause between two looks at an empty outbox. Default 1000. */
  readonly maxPollMs?: number;
}

export interface Relay {
  /** Publishes until nothing is due; answers how many events it published. Rejects with what keeps it from going on. */
  drain(): Promise<number>;
  /** Goes on until stopped. */
  start(): Relay;
  /** Looks at the outbox now. */
  wake(): void;
  stop(): Promise<void>;
}

export interface RelayParts {
  readonly store: SqlStore;
  readonly bus: Bus;
  readonly gates: Gates;
  readonly group: string;
  readonly metrics: EventMetrics;
  readonly now: () => number;
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
}

/** Lanes of a single connection that relays of this process hold, since no transaction may stay open there. */
const heldLanes = new WeakMap<object, Set<number>>();

const minPollMs = 20;
const outageBackoff: Backoff = { firstMs: 100, maxMs: 10_000 };
const missingStreamMs = 5_000;

const defaults = {
  onPoison: 'park-event' as const,
  maxAttempts: 50,
  backoff: { firstMs: 50, maxMs: 300_000 },
  batch: 500,
  maxInFlight: 128,
  publishTimeoutMs: 10_000,
  archives: false,
  maxPollMs: 1_000,
};

interface Cycle {
  readonly published: number;
  /** Rows that were looked at; 0: nothing is due. */
  readonly rows: number;
  /** Set where not one publication went through, and why. */
  readonly outage: unknown;
}

export function relayOf(parts: RelayParts, stated: RelayOptions): Relay {
  const options = { ...defaults, ...stated };
  let running: Promise<void> | undefined;
  let stopping: AbortController | undefined;
  // set by whoever adds; read before sleeping, so that a hint between "nothing is due" and "sleep" is not lost
  let isDirty = false;
  let interrupt = () => {};

  const pause = async (ms: number, signal: AbortSignal) => {
    if (isDirty || signal.aborted) return;
    const timer = new AbortController();
    interrupt = () => timer.abort();
    signal.addEventListener('abort', interrupt, { once: true });
    await sleep(ms, undefined, { signal: timer.signal }).catch(() => {});
    signal.removeEventListener('abort', interrupt);
  };

  const loop = async (signal: AbortSignal) => {
    let idle = 0;
    let outages = 0;
    let isBusy = false;
    while (!signal.aborted) {
      const wasWoken = isDirty;
      isDirty = false;
      const cycle: Cycle = await cyclesOf(parts, options, isBusy).catch((error: unknown) => ({
        published: 0,
        rows: 0,
        outage: error,
      }));
      if (cycle.outage !== undefined) {
        parts.onError(cycle.outage);
        outages += 1;
        isDirty = false;
        await pause(delayAfter(outages, outageBackoff, parts.random()), signal);
        continue;
      }
      outages = 0;
      isBusy = cycle.rows > 0;
      // a hint may come before the commit it is about: then the next looks follow soon
      idle = cycle.rows > 0 || wasWoken ? 0 : idle + 1;
      if (cycle.rows === 0) await pause(Math.min(options.maxPollMs, minPollMs * 2 ** Math.min(idle, 10)), signal);
    }
  };

  const relay: Relay = {
    async drain() {
      for (let published = 0; ; ) {
        const cycle: Cycle = await cyclesOf(parts, options, true);
        published += cycle.published;
        if (cycle.outage !== undefined) throw cycle.outage;
        if (cycle.rows === 0) return published;
      }
    },
    start() {
      if (running !== undefined) return relay;
      stopping = new AbortController();
      const { signal } = stopping;
      running = withListening(parts, relay.wake, () => loop(signal));
      return relay;
    },
    wake() {
      isDirty = true;
      interrupt();
    },
    async stop() {
      stopping?.abort();
      await running;
      running = undefined;
    },
  };
  return relay;
}

/** NOTIFY is a hint: where it cannot be heard polling finds the same rows, later. */
async function withListening(
  { store, onError }: RelayParts,
  heard: () => void,
  run: () => Promise<void>,
): Promise<void> {
  const end = await store.db.listen?.(notifyChannel, heard).catch((error: unknown) => void onError(error));
  await run();
  await end?.().catch(onError);
}

export const notifyChannel = 'herald_outbox';

type Settings = Required<RelayOptions>;

/** While there is much to do two lanes are worked on: one goes out while the other is claimed or settled. */
async function cyclesOf(parts: RelayParts, options: Settings, isBusy: boolean): Promise<Cycle> {
  if (parts.store.db.isSingle) return shortCycle(parts, options);
  if (!isBusy) return lockedCycle(parts, options);
  const [one, other] = await Promise.allSettled([lockedCycle(parts, options), lockedCycle(parts, options)]);
  if (one.status === 'rejected') throw one.reason;
  if (other.status === 'rejected') throw other.reason;
  const outage = one.value.outage ?? other.value.outage;
  return {
    published: one.value.published + other.value.published,
    rows: one.value.rows + other.value.rows,
    outage,
  };
}

/** The lane's row stays locked while its events are published: a relay that dies lets go of it with its connection. */
function lockedCycle(parts: RelayParts, options: Settings): Promise<Cycle> {
  const { db, outbox } = parts.store;
  return db.transaction(async (tx) => {
    // what this transaction deletes was published: losing it to a crash publishes again, under the same ids
    await tx.query(settings);
    const lane = await outbox.claim(tx, []);
    if (lane === undefined) return nothing;
    const rows = await outbox.due(tx, lane, options.batch);
    const outcome = await publishAll(parts, options, rows);
    return finish(parts, options, tx, lane, rows, outcome);
  });
}

/** Compiling a query takes PostgreSQL a second, and pays where it runs for several: here it runs for a millisecond. */
const settings =
  "select set_config('synchronous_commit', 'off', true), set_config('jit', 'off', true), set_config('idle_in_transaction_session_timeout', '60s', true)";

const nothing: Cycle = { published: 0, rows: 0, outage: undefined };

/** On a single connection a transaction that waits for a broker would keep every writer waiting. */
async function shortCycle(parts: RelayParts, options: Settings): Promise<Cycle> {
  const { db, outbox } = parts.store;
  const held = heldLanes.get(db) ?? new Set<number>();
  heldLanes.set(db, held);
  const lane = await db.transaction((tx) => outbox.claim(tx, [...held]));
  if (lane === undefined || held.has(lane)) return nothing;
  held.add(lane);
  try {
    const rows = await outbox.due(db, lane, options.batch);
    const outcome = await publishAll(parts, options, rows);
    return await db.transaction((tx) => finish(parts, options, tx, lane, rows, outcome));
  } finally {
    held.delete(lane);
  }
}

interface Published extends Outcome {
  readonly outage: unknown;
}

async function finish(
  parts: RelayParts,
  options: Settings,
  tx: SqlTransaction,
  lane: number,
  rows: readonly Waiting[],
  outcome: Published,
): Promise<Cycle> {
  const { group, store, metrics } = parts;
  await store.outbox.settle(tx, lane, outcome, { group, archives: options.archives });
  for (const { subject } of outcome.done) metrics.published(subject);
  for (const { row } of outcome.parked) metrics.deliveryFailed(group, row.subject, 'poison');
  const isOutage = outcome.outage !== undefined && outcome.done.length === 0 && outcome.parked.length === 0;
  return { published: outcome.done.length, rows: rows.length, outage: isOutage ? outcome.outage : undefined };
}

async function publishAll(parts: RelayParts, options: Settings, rows: readonly Waiting[]): Promise<Published> {
  const keys = byKey(rows);
  const outcome = {
    done: [] as Waiting[],
    failed: [] as Failed[],
    parked: [] as Given[],
    outage: undefined as unknown,
  };
  const worker = async () => {
    for (let next = keys.pop(); next !== undefined; next = keys.pop())
      if (outcome.outage === undefined) await publishKey(parts, options, next, outcome);
  };
  await Promise.all(Array.from({ length: Math.min(options.maxInFlight, keys.length) }, worker));
  return outcome;
}

function byKey(rows: readonly Waiting[]): Waiting[][] {
  const keys = new Map<string, Waiting[]>();
  for (const row of rows) {
    const before = keys.get(row.okey);
    if (before === undefined) keys.set(row.okey, [row]);
    else before.push(row);
  }
  return [...keys.values()];
}

type Failed = Outcome['failed'][number];
type Given = Outcome['parked'][number];

interface Gathering {
  readonly done: Waiting[];
  readonly failed: Failed[];
  readonly parked: Given[];
  outage: unknown;
}

async function publishKey(
  parts: RelayParts,
  options: Settings,
  rows: readonly Waiting[],
  outcome: Gathering,
): Promise<void> {
  for (const [index, row] of rows.entries()) {
    const error = await attempt(parts, options, row);
    if (error === undefined) {
      outcome.done.push(row);
      continue;
    }
    const goesOn = fail(parts, options, rows.slice(index), error, outcome);
    if (!goesOn) return;
  }
}

/** Whether the key's next event may go out. */
function fail(
  parts: RelayParts,
  options: Settings,
  rows: readonly Waiting[],
  error: unknown,
  outcome: Gathering,
): boolean {
  const [row] = rows as readonly [Waiting];
  const retry = error instanceof EventFault ? error.retry : 'later';
  const code = error instanceof EventFault ? error.code : 'BUS_TIMEOUT';
  if (retry === 'outage' && code !== 'STREAM_MISSING') {
    outcome.outage ??= error;
    return false;
  }
  parts.onError(error);
  if (retry === 'outage') {
    outcome.failed.push({ row, delayMs: missingStreamMs, error: code, counts: false });
    return false;
  }
  const isPoison = retry === 'never' || row.attempts + 1 >= options.maxAttempts;
  const policy = isPoison ? policyFor(options, row.subject) : 'block-key';
  if (policy === 'block-key') {
    const delayMs = delayAfter(row.attempts + 1, options.backoff, parts.random());
    outcome.failed.push({ row, delayMs, error: code, counts: true });
    return false;
  }
  const given = policy === 'park-key' ? rows : [row];
  outcome.parked.push(...given.map((parked) => ({ row: parked, error: contractOf(error, parked === row) })));
  return policy === 'park-event';
}

function policyFor({ onPoison }: Settings, subject: string): PoisonPolicy {
  return typeof onPoison === 'function' ? onPoison(subject) : onPoison;
}

function contractOf(error: unknown, isItself: boolean): string {
  const code = error instanceof EventFault ? error.code : 'BUS_TIMEOUT';
  const message = isItself && error instanceof Error ? error.message : 'An earlier event of the same key was parked.';
  return JSON.stringify({ code, message, details: isItself && error instanceof EventFault ? error.details : {} });
}

/** What went wrong; undefined where the broker has it. */
async function attempt(parts: RelayParts, options: Settings, row: Waiting): Promise<unknown> {
  try {
    const { channel } = await parts.gates.of(row.subject);
    const message: Message = {
      channel,
      id: row.eventId,
      key: row.key,
      body: Buffer.from(row.body),
      headers: row.headers,
    };
    await parts.bus.publish(message, { timeoutMs: options.publishTimeoutMs });
    return undefined;
  } catch (error) {
    return error ?? new EventFault('BUS_TIMEOUT');
  }
}
