/** `createEvents`: the one surface of this room. */
import type { Client } from '../client/client.ts';
import type { JsonObject } from '../schema/json.ts';
import type { Bus } from './bus.ts';
import { type PublishContext, runInContext } from './context.ts';
import { gatesOf } from './contract.ts';
import { EventFault } from './error.ts';
import { messageOf, type Sender } from './message.ts';
import { type EventMetrics, noMetrics } from './metrics.ts';
import { notifyChannel, type Relay, type RelayOptions, relayOf } from './relay.ts';
import { type SqlTransaction, sqlTransaction, type TransactionLike } from './sql.ts';
import type { SqlStore } from './store/sql.ts';

/** Subject → payload, found in the generated map of whole events. Where the envelope keeps the payload elsewhere: unknown. */
export type PayloadsOf<Events> = {
  [Subject in keyof Events]: Events[Subject] extends { payload: infer Payload }
    ? Payload
    : Events[Subject] extends { data: infer Payload }
      ? Payload
      : unknown;
};

export interface EventsOptions {
  /** The catalog's name. */
  readonly catalog: string;
  /** This service, as contracts name it. */
  readonly service: string;
  /** Where contracts come from: the registry, the lock file, or both. */
  readonly client: Client;
  readonly bus: Bus;
  /** The outbox and the inbox. Without it only `publish` works, and consumers bring a store of their own. */
  readonly store?: SqlStore;
  /** Members of the envelope that every event of this service carries and no catalog knows, such as DAARION's `actor`. */
  readonly envelope?: JsonObject;
  readonly metrics?: EventMetrics;
  /** Milliseconds a direct publication may take. Default 10000. */
  readonly publishTimeoutMs?: number;
  /** Hears what nobody waits for: a relay that cannot publish, a handler that fails. Default: nobody. */
  readonly onError?: (error: unknown) => void;
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: () => number;
  /** A W3C traceparent of the active span. Default: none; see `openTelemetry()`. */
  readonly activeTrace?: () => string | undefined;
}

export interface Published {
  /** The event's id. */
  readonly id: string;
}

export interface Events<Map, Payloads = PayloadsOf<Map>> {
  /**
   * Publishes now, without a database: resolves when the broker has it. A crash between the change it tells of and this call
   * loses the event; where there is a database, `add`.
   */
  publish<Subject extends keyof Map & keyof Payloads & string>(
    subject: Subject,
    payload: Payloads[Subject],
    context?: PublishContext,
  ): Promise<Published>;
  /** Writes to the outbox in the caller's transaction: published if, and only if, it commits. */
  add<Subject extends keyof Map & keyof Payloads & string>(
    tx: TransactionLike,
    subject: Subject,
    payload: Payloads[Subject],
    context?: PublishContext,
  ): Promise<Published>;
  /** A transaction of the store's database that wakes the relay once it has committed. */
  transaction<Result>(run: (tx: SqlTransaction, native: unknown) => Promise<Result>): Promise<Result>;
  /** Publishes what was added. Each process of the service may run one. */
  relay(options?: RelayOptions): Relay;
  /** Runs `body` so that what it publishes belongs to this context. */
  runInContext: typeof runInContext;
  /** Stops relays and consumers, waits for what is at work, and disconnects the bus. */
  close(): Promise<void>;
}

/** Wake-ups of one process are told to the others at most this often. */
const notifyEveryMs = 20;

/**
 * @example
 * const events = createEvents<Events>({ catalog: 'choice-sherpa', service: 'session', client, bus, store });
 * await sql.begin(async (tx) => {
 *   await tx`insert into sessions …`;
 *   await events.add(tx, 'session.created', { session_id, user_id, title, created_at });
 * });
 */
export function createEvents<Map, Payloads = PayloadsOf<Map>>(options: EventsOptions): Events<Map, Payloads> {
  const parts = partsOf(options);
  const { gates, sender, closing } = parts;
  const relays = new Set<Relay>();
  const wake = wakerOf(options, relays);
  return {
    async publish(subject, payload, context = {}) {
      const message = messageOf(sender, await gates.toPublish(subject), payload, context);
      await options.bus.publish(message, { timeoutMs: options.publishTimeoutMs ?? 10_000 });
      parts.metrics.published(subject);
      return { id: message.id };
    },
    async add(tx, subject, payload, context = {}) {
      const store = storeOf(options);
      const message = messageOf(sender, await gates.toPublish(subject), payload, context);
      await store.outbox.add(sqlTransaction(tx), [message]);
      wake.soon();
      return { id: message.id };
    },
    async transaction(run) {
      const result = await storeOf(options).db.transaction(run);
      wake.now();
      return result;
    },
    relay(relayOptions = {}) {
      const relay = relayOf(
        { ...parts, store: storeOf(options), bus: options.bus, group: `relay:${options.service}` },
        relayOptions,
      );
      relays.add(relay);
      closing.push(() => relay.stop());
      return relay;
    },
    runInContext,
    async close() {
      wake.stop();
      await Promise.all(closing.splice(0).map((stop) => stop()));
      await options.bus.close();
    },
  };
}

function partsOf(options: EventsOptions) {
  const now = options.now ?? Date.now;
  const sender: Sender = {
    service: options.service,
    now,
    envelope: options.envelope ?? {},
    activeTrace: options.activeTrace ?? (() => undefined),
  };
  return {
    now,
    sender,
    gates: gatesOf({ ...options, now }),
    metrics: options.metrics ?? noMetrics,
    random: Math.random,
    onError: options.onError ?? (() => {}),
    closing: [] as (() => Promise<void>)[],
  };
}

function storeOf({ store }: EventsOptions): SqlStore {
  if (store === undefined) throw new EventFault('STORE_MISSING');
  return store;
}

/**
 * NOTIFY inside a business transaction takes a lock of the whole cluster at commit and costs most of its throughput; so it is sent
 * afterwards, by itself, for many commits at once. It is only a hint.
 */
function wakerOf(options: EventsOptions, relays: ReadonlySet<Relay>) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    timer = undefined;
    for (const relay of relays) relay.wake();
    options.store?.db
      .query(`select pg_notify('${notifyChannel}', '')`)
      .catch((error: unknown) => options.onError?.(error));
  };
  const within = (ms: number) => {
    timer ??= setTimeout(tell, ms);
    timer.unref();
  };
  return {
    now: () => within(1),
    /** The caller's transaction has not committed yet. */
    soon: () => within(notifyEveryMs),
    stop: () => clearTimeout(timer),
  };
}
