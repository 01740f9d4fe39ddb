/** `createEvents`: the one surface of this room. */
import type { Client } from '../client/client.ts';
import { levelOf } from '../schema/envelope.ts';
import type { JsonObject } from '../schema/json.ts';
import type { Bus, Group } from './bus.ts';
import {
  type Consumer,
  type ConsumerParts,
  type EventFor,
  type PublishFrom,
  type RunningConsumer,
  replayInto,
  startConsumer,
} from './consumer/consumer.ts';
import type { AnyHandler, HandlerContext, HandlerOutcome } from './consumer/handling.ts';
import type { ConsumerOptions } from './consumer/options.ts';
import { inherited, type PublishContext, runInContext } from './context.ts';
import { gatesOf } from './contract.ts';
import { type DualWrite, type DualWriteOptions, dualWriteOf } from './dual-write.ts';
import { EventFault } from './error.ts';
import { messageOf, type Sender } from './message.ts';
import { type EventMetrics, noMetrics } from './metrics.ts';
import { reportReaders } from './readers.ts';
import { notifyChannel, type Relay, type RelayOptions, relayOf } from './relay.ts';
import type { Replayed, ReplayOptions } from './replay.ts';
import { type SqlTransaction, sqlTransaction, type TransactionLike } from './sql.ts';
import type { ParkedStore } from './store/consumer-store.ts';
import type { SqlStore } from './store/sql.ts';
import { noTracing, type Tracing } from './telemetry.ts';

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
  /** What reports to the registry call this bus. Default: its kind. Where a service is on two of one kind, name them. */
  readonly busName?: string;
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
  /** Spans, where the service has OpenTelemetry: `await openTelemetry()`. Trace ids are carried on without it too. */
  readonly tracing?: Tracing;
}

export interface Sensitivity {
  /** Undefined where neither contract nor domain states one. */
  readonly level: string | undefined;
  readonly levels: readonly string[];
}

export interface Published {
  /** The event's id. */
  readonly id: string;
}

export interface Events<EventMap, Payloads = PayloadsOf<EventMap>> {
  /**
   * Publishes now, without a database: resolves when the broker has it. A crash between the change it tells of and this call
   * loses the event; where there is a database, `add`.
   */
  publish<Subject extends keyof EventMap & keyof Payloads & string>(
    subject: Subject,
    payload: Payloads[Subject],
    context?: PublishContext,
  ): Promise<Published>;
  /** Writes to the outbox in the caller's transaction: published if, and only if, it commits. */
  add<Subject extends keyof EventMap & keyof Payloads & string>(
    tx: TransactionLike,
    subject: Subject,
    payload: Payloads[Subject],
    context?: PublishContext,
  ): Promise<Published>;
  /** A transaction of the store's database that wakes the relay once it has committed. */
  transaction<Result>(run: (tx: SqlTransaction, native: unknown) => Promise<Result>): Promise<Result>;
  /** Makes the streams of these subjects, or of all that the catalog's domains list, where the broker lacks them. */
  ensure(subjects: readonly (keyof EventMap & string)[] | '*'): Promise<void>;
  /** Publishes what was added. Each process of the service may run one. */
  relay(options?: RelayOptions): Relay;
  /**
   * A group of consumers: every group gets every event of its subjects, the members of one group share them. Each event is
   * processed once in a group, whatever the broker repeats.
   */
  consumer(
    group: string,
    options?: ConsumerOptions,
  ): Consumer<EventMap, Payloads, keyof EventMap & keyof Payloads & string>;
  /** One handler for several subjects, or for all that the catalog's domains list. Started at once. */
  subscribeAll<Subject extends keyof EventMap & keyof Payloads & string>(
    group: string,
    subjects: readonly Subject[] | '*',
    handler: (
      event: { [Each in Subject]: EventFor<EventMap, Payloads, Each> }[Subject],
      context: HandlerContext<PublishFrom<EventMap, Payloads>>,
    ) => HandlerOutcome | Promise<HandlerOutcome>,
    options?: ConsumerOptions,
  ): Promise<RunningConsumer>;
  /**
   * While a subject is being replaced: `add` writes the old event and its successor under one correlation, tells the registry of
   * the pairs and of who still reads the old one, and leaves it out once it is retired.
   */
  dualWrite<
    Old extends keyof EventMap & keyof Payloads & string,
    Successor extends keyof EventMap & keyof Payloads & string,
  >(
    old: Old,
    successor: Successor,
    dualWriteOptions: DualWriteOptions<Payloads[Old], Payloads[Successor]>,
  ): DualWrite<Payloads[Old]>;
  /** How sensitive events of a subject are as a whole, among the levels of its catalog from harmless to most sensitive. */
  sensitivityOf(subject: keyof EventMap & string): Promise<Sensitivity>;
  /** Durable groups that still read a subject on the bus, whether they run or not. */
  readersOf(subject: keyof EventMap & string): Promise<readonly Group[]>;
  /** The same, and tells the registry: the subject is not retired while there are any. The producer may, or a steward. */
  reportReaders(subject: keyof EventMap & string): Promise<readonly Group[]>;
  /** What was set aside: of a group, of this service's relay, or of all. */
  parked(group?: string): ParkedStore;
  /** Runs `body` so that what it publishes belongs to this context. */
  runInContext: typeof runInContext;
  /** Stops relays and consumers, waits for what is at work, and disconnects the bus. */
  close(): Promise<void>;
}

/** A process notifies the others of its wake-ups at most this often. */
const notifyEveryMs = 20;

/**
 * @example
 * const events = createEvents<Events>({ catalog: 'choice-sherpa', service: 'session', client, bus, store });
 * await sql.begin(async (tx) => {
 *   await tx`insert into sessions …`;
 *   await events.add(tx, 'session.created', { session_id, user_id, title, created_at });
 * });
 */
export function createEvents<EventMap, Payloads = PayloadsOf<EventMap>>(
  options: EventsOptions,
): Events<EventMap, Payloads>;
export function createEvents(options: EventsOptions): AnyEvents {
  const parts = partsOf(options);
  const { gates, sender, closing } = parts;
  const relays = new Set<Relay>();
  const wake = wakerOf(options, relays);
  const inSpan = <Result>(
    verb: string,
    subject: string,
    context: PublishContext,
    body: (within: PublishContext) => Promise<Result>,
  ) => {
    const traceparent = context.traceparent ?? inherited().traceparent;
    const attributes = { 'messaging.system': options.bus.kind, 'messaging.destination.name': subject };
    return parts.tracing.span(`${verb} ${subject}`, 'producer', traceparent, attributes, () => {
      const own = parts.tracing.active();
      return body(own === undefined ? context : { ...context, traceparent: own });
    });
  };
  const write = (tx: SqlTransaction, subject: string, payload: unknown, context: PublishContext) =>
    inSpan('add', subject, context, async (within) => {
      const message = messageOf(sender, await gates.toPublish(subject), payload, within);
      await storeOf(options).outbox.add(tx, [message]);
      wake.soon();
      return { id: message.id };
    });
  const send = (subject: string, payload: unknown, context: PublishContext) =>
    inSpan('publish', subject, context, async (within) => {
      const message = messageOf(sender, await gates.toPublish(subject), payload, within);
      await options.bus.publish(message, { timeoutMs: options.publishTimeoutMs ?? 10_000 });
      parts.metrics.published(subject);
      return { id: message.id };
    });
  const readerParts = { ...options, busName: options.busName ?? options.bus.kind };
  const reportReadersOf = async (subject: string) => reportReaders(readerParts, (await gates.of(subject)).channel);
  const consumerParts = (stated: ConsumerOptions): ConsumerParts => ({
    ...parts,
    service: options.service,
    bus: options.bus,
    isReplay: false,
    processed: stated.processed ?? storeOf(options).processed,
    keys: stated.keys ?? options.store?.keys,
    replays: options.store?.replays,
    keysWithin: stated.keys === undefined && options.store?.db.isSingle ? options.store.keysWithin : undefined,
    publish: (tx, ...publication) => (tx === undefined ? send(...publication) : write(tx, ...publication)),
    onStart: (running) => closing.push(() => running.stop()),
  });
  const consumerOn = (
    handlers: ReadonlyMap<string, AnyHandler>,
    group: string,
    stated: ConsumerOptions,
  ): AnyConsumer => ({
    on(subject, handler) {
      const message = `The group ${group} has a handler of ${subject} already.`;
      if (handlers.has(subject)) throw new EventFault('OPTIONS_INVALID', { group, subject }, { message });
      return consumerOn(new Map([...handlers, [subject, handler]]), group, stated);
    },
    start: async () => startConsumer(consumerParts(stated), group, stated, handlers),
    replay: async (replayed) => replayInto(consumerParts(stated), group, stated, handlers, replayed),
  });
  return {
    publish: (subject, payload, context = {}) => send(subject, payload, context),
    add: async (tx, subject, payload, context = {}) => write(sqlTransaction(tx), subject, payload, context),
    async transaction(run) {
      const result = await storeOf(options).db.transaction(run);
      wake.now();
      return result;
    },
    async ensure(subjects) {
      const all = subjects === '*' ? await listedSubjects(options) : subjects;
      const found = await Promise.all(all.map((subject) => gates.of(subject)));
      await options.bus.ensure(found.map(({ channel }) => channel));
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
    consumer: (group, consumerOptions = {}) => consumerOn(new Map(), group, consumerOptions),
    async subscribeAll(group, subjects, handler, consumerOptions = {}) {
      const all = subjects === '*' ? await listedSubjects(options) : subjects;
      const handlers = new Map(all.map((subject) => [subject, handler] as const));
      return startConsumer(consumerParts(consumerOptions), group, consumerOptions, handlers);
    },
    dualWrite: (old, successor, dualWriteOptions) =>
      dualWriteOf(
        {
          ...parts,
          catalog: options.catalog,
          client: options.client,
          old,
          successor,
          add: (tx, ...publication) => write(sqlTransaction(tx), ...publication),
          reportReaders: () => reportReadersOf(old),
        },
        dualWriteOptions,
      ),
    async sensitivityOf(subject) {
      const { catalog, contract } = await gates.of(subject);
      return { level: levelOf(catalog, subject, contract), levels: catalog.classification.levels };
    },
    readersOf: async (subject) => options.bus.groupsOf((await gates.of(subject)).channel),
    reportReaders: (subject) => reportReadersOf(subject),
    parked(group) {
      const { parked } = storeOf(options).processed;
      return group === undefined ? parked : { ...parked, list: (filter) => parked.list({ group, ...filter }) };
    },
    runInContext,
    async close() {
      wake.stop();
      await Promise.all(closing.splice(0).map((stop) => stop()));
      await options.bus.close();
    },
  };
}

/** The surface without the generated types: what is done here does not depend on them. */
interface AnyEvents extends Omit<Events<Readonly<Record<string, unknown>>>, 'consumer' | 'subscribeAll'> {
  consumer(group: string, options?: ConsumerOptions): AnyConsumer;
  subscribeAll(
    group: string,
    subjects: readonly string[] | '*',
    handler: AnyHandler,
    options?: ConsumerOptions,
  ): Promise<RunningConsumer>;
}

interface AnyConsumer {
  on(subject: string, handler: AnyHandler): AnyConsumer;
  start(): Promise<RunningConsumer>;
  replay(options: ReplayOptions): Promise<Replayed>;
}

async function listedSubjects({ client, catalog }: EventsOptions): Promise<readonly string[]> {
  const listed = await client.subjects(catalog);
  if (listed.length > 0) return listed;
  throw new EventFault(
    'OPTIONS_INVALID',
    { catalog },
    { message: `The catalog ${catalog} lists no subjects: name those to subscribe to.` },
  );
}

function partsOf(options: EventsOptions) {
  const now = options.now ?? Date.now;
  const sender: Sender = {
    service: options.service,
    now,
    envelope: options.envelope ?? {},
    activeTrace: tracingOf(options).active,
  };
  return {
    now,
    sender,
    gates: gatesOf({ ...options, now }),
    metrics: options.metrics ?? noMetrics,
    tracing: tracingOf(options),
    random: Math.random,
    onError: options.onError ?? (() => {}),
    closing: [] as (() => Promise<void>)[],
  };
}

function tracingOf({ tracing }: EventsOptions): Tracing {
  return tracing ?? noTracing;
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
  const notify = () => {
    timer = undefined;
    for (const relay of relays) relay.wake();
    options.store?.db
      .query(`select pg_notify('${notifyChannel}', '')`)
      .catch((error: unknown) => options.onError?.(error));
  };
  const within = (ms: number) => {
    timer ??= setTimeout(notify, ms);
    timer.unref();
  };
  return {
    now: () => within(1),
    /** The caller's transaction has not committed yet. */
    soon: () => within(notifyEveryMs),
    stop: () => clearTimeout(timer),
  };
}
