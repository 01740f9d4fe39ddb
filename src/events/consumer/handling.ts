/**
 * One group at work in one process: deliveries become handled events, parked events, or deliveries given back. Whatever happens here,
 * a delivery ends settled or comes again.
 */
import { createHash } from 'node:crypto';
import { delayAfter } from '../backoff.ts';
import type { Delivery } from '../bus.ts';
import { type PublishContext, runInContext } from '../context.ts';
import type { Gates } from '../contract.ts';
import { EventFault } from '../error.ts';
import type { EventMetrics, FailureClass } from '../metrics.ts';
import type { SqlTransaction } from '../sql.ts';
import type {
  Failures,
  Handled,
  IdempotencyKeyStore,
  NewParked,
  ParkedError,
  ParkedEvent,
  ProcessedEventStore,
} from '../store/consumer-store.ts';
import type { Tracing } from '../telemetry.ts';
import type { ConsumerSettings } from './options.ts';
import { type ReceivedEvent, receive } from './received.ts';
import { throughMapping } from './through.ts';

/** What a handler may answer instead of nothing. */
export type HandlerOutcome =
  | undefined
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing is the usual one
  | void
  /** Keep the event aside now, with this reason. */
  | { readonly park: string }
  /** Undo, and try again after so long; counts as an attempt. */
  | { readonly retryInMs: number }
  /** Handled by leaving it alone. */
  | { readonly skip: string };

export interface HandlerContext<
  Publish = (subject: string, payload: never, context?: PublishContext) => Promise<{ readonly id: string }>,
> {
  readonly group: string;
  /** Of this event in this group, this one included. */
  readonly attempt: number;
  /** Whether the event is replayed: then side effects belong in `once`. */
  readonly replay: boolean;
  /** Commits together with the mark that the event was processed. Only where the store is a database. */
  readonly tx: SqlTransaction;
  /** The driver's own transaction, for query builders. */
  readonly native: unknown;
  /** Aborts when the handler has taken too long or the consumer stops waiting for it. */
  readonly signal: AbortSignal;
  /** Publishes as part of the handling: correlation and cause are carried on, and in a database it stands or falls with it. */
  readonly publish: Publish;
  /** Runs `effect` unless it has run for this event and key before, in replays too. At least once: a crash may fall between. */
  once(key: string, effect: () => Promise<void>): Promise<boolean>;
}

export type AnyHandler = (event: ReceivedEvent, context: HandlerContext) => HandlerOutcome | Promise<HandlerOutcome>;

export interface HandlingParts {
  readonly group: string;
  readonly settings: ConsumerSettings;
  readonly processed: ProcessedEventStore;
  readonly keys: IdempotencyKeyStore | undefined;
  /** Set where the handler's own transaction keeps `keys` waiting: the same keys, asked in that transaction. */
  readonly keysWithin: ((tx: SqlTransaction) => IdempotencyKeyStore) | undefined;
  readonly gates: Gates;
  readonly metrics: EventMetrics;
  readonly tracing: Tracing;
  readonly handlers: ReadonlyMap<string, AnyHandler>;
  readonly isReplay: boolean;
  readonly now: () => number;
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
  /** In the handler's transaction, or at once where there is none. */
  readonly publish: (
    tx: SqlTransaction | undefined,
    subject: string,
    payload: unknown,
    context: PublishContext,
  ) => Promise<{ readonly id: string }>;
  /** Resolves early when the consumer stops. */
  readonly pause: (ms: number) => Promise<void>;
  readonly isStopping: () => boolean;
}

interface Work {
  readonly delivery: Delivery;
  readonly event: ReceivedEvent;
}

const keyTtlSeconds = 90 * 86_400;
const outageMs = 1_000;

/** Handles deliveries until each is settled. Never rejects. */
export async function handleAll(parts: HandlingParts, deliveries: readonly Delivery[]): Promise<void> {
  const beat = setInterval(() => {
    for (const delivery of deliveries) delivery.progress().catch(parts.onError);
  }, parts.settings.ackWaitMs / 3);
  try {
    const works = (await Promise.all(deliveries.map((delivery) => admitted(parts, delivery)))).filter(
      (work) => work !== undefined,
    );
    if (works.length > 1 && (await together(parts, works))) return;
    for (const work of works) await alone(parts, work);
  } catch (error) {
    // only a broker or a store that is gone leads here: what is unsettled comes again
    parts.onError(error);
  } finally {
    clearInterval(beat);
  }
}

/** The event of a delivery; undefined where the delivery is settled already. */
async function admitted(parts: HandlingParts, delivery: Delivery): Promise<Work | undefined> {
  const { settings, gates, group, processed } = parts;
  const [first = ''] = parts.handlers.keys();
  const options = { maxClockSkewMs: settings.maxClockSkewMs, now: parts.now() };
  try {
    const received = await receive(gates, first, delivery, options);
    const event = await throughMapping(gates, settings.through, received);
    if (!parts.handlers.has(event.subject)) {
      await delivery.ack();
      return undefined;
    }
    // given before and nobody said how it ended: it may have taken the process with it
    const isSuspect = delivery.attempt === undefined || delivery.attempt > 1;
    const crashes = isSuspect ? await processed.starting(group, event.id) : 0;
    if (crashes < settings.maxCrashes) return { delivery, event };
    await park(
      parts,
      delivery,
      event,
      new EventFault(
        'POISON_SUSPECTED',
        { crashes },
        { message: `The process ended ${crashes} times while it handled this event.` },
      ),
      'poison',
    );
    return undefined;
  } catch (error) {
    parts.onError(error);
    if (retryOf(error) === 'never') await park(parts, delivery, undefined, error, 'contract').catch(parts.onError);
    else await delivery.nak(outageMs);
    return undefined;
  }
}

/** Several events in one transaction. False where one failed, and all are undone. */
async function together(parts: HandlingParts, works: readonly Work[]): Promise<boolean> {
  try {
    await attempt(parts, works, 1);
  } catch {
    return false;
  }
  await Promise.all(works.map(({ delivery }) => delivery.ack()));
  return true;
}

/** One event, until it is settled. */
async function alone(parts: HandlingParts, work: Work): Promise<void> {
  const { delivery } = work;
  for (let tried = 1; ; tried += 1) {
    try {
      await attempt(parts, [work], tried);
      await delivery.ack();
      return;
    } catch (error) {
      const delayMs = await failed(parts, work, error);
      if (delayMs === undefined) return;
      // in an ordered group a message given back would let its successor overtake it
      if (!parts.settings.ordered || parts.isStopping()) {
        await delivery.nak(delayMs);
        return;
      }
      await parts.pause(delayMs);
      if (parts.isStopping()) {
        await delivery.nak(0);
        return;
      }
    }
  }
}

/** How long to wait before the next attempt; undefined where the event is parked. */
async function failed(parts: HandlingParts, work: Work, error: unknown): Promise<number | undefined> {
  const { group, settings, processed, metrics } = parts;
  const { event, delivery } = work;
  const retry = retryOf(error);
  if (retry === 'outage') {
    parts.onError(error);
    return delayAfter(1, { firstMs: outageMs, maxMs: outageMs }, parts.random());
  }
  parts.onError(error);
  const why: FailureClass = error instanceof EventFault && error.code === 'HANDLER_TIMEOUT' ? 'timeout' : 'handler';
  if (retry === 'never') {
    await park(parts, delivery, event, error, why);
    return undefined;
  }
  metrics.deliveryFailed(group, event.subject, why);
  const failures = await processed.failed(group, event.id, contractOf(error));
  if (failures.attempts < settings.retry.maxAttempts)
    return error instanceof RetryRequest
      ? error.delayMs
      : delayAfter(failures.attempts, settings.retry, parts.random());
  await park(parts, delivery, event, error, why, failures);
  return undefined;
}

async function attempt(parts: HandlingParts, works: readonly Work[], tried: number): Promise<void> {
  const { group, processed, metrics } = parts;
  const ids = works.map(({ event }) => event.id);
  const handled = new Set<string>();
  const late = new Set<string>();
  try {
    await processed.process(group, ids, async (fresh, within) => {
      for (const { event } of works) {
        if (!fresh.has(event.id) || handled.has(event.id)) continue;
        handled.add(event.id);
        await run(parts, event, within, tried, late);
      }
    });
  } finally {
    // what has had its effect has had it, also where the transaction was undone
    for (const key of late) await parts.keys?.put(key, keyTtlSeconds);
  }
  for (const { event } of works) if (!handled.has(event.id)) metrics.duplicateSkipped(group, event.subject);
}

class RetryRequest extends EventFault {
  readonly delayMs: number;
  constructor(delayMs: number) {
    super('HANDLER_FAILED', {}, { message: 'The handler asked to be tried again.' });
    this.delayMs = delayMs;
  }
}

async function run(
  parts: HandlingParts,
  event: ReceivedEvent,
  handled: Handled,
  tried: number,
  late: Set<string>,
): Promise<void> {
  const { group, handlers, metrics, settings } = parts;
  const startedAt = parts.now();
  const abort = new AbortController();
  const handler = handlers.get(event.subject)!;
  const redact = settings.redact[event.subject];
  const shown = redact === undefined ? event : masked(event, redact(event.event));
  const context = contextOf(parts, event, handled, abort.signal, tried, late);
  const around = {
    correlation: event.correlation,
    causation: event.id,
    tenant: event.tenant,
    traceparent: event.traceparent,
  };
  const inherited = Object.fromEntries(Object.entries(around).filter(([, value]) => value !== undefined));
  const attributes = { 'messaging.consumer.group.name': group, 'messaging.message.id': event.id };
  const outcome = await within(settings.handlerTimeoutMs, abort, event.subject, () =>
    parts.tracing.span(`process ${event.subject}`, 'consumer', event.traceparent, attributes, () => {
      const traceparent = parts.tracing.active() ?? event.traceparent;
      return runInContext({ ...inherited, ...(traceparent && { traceparent }) }, async () => handler(shown, context));
    }),
  );
  if (outcome && 'park' in outcome)
    throw new EventFault(
      'HANDLER_PARKED',
      { reason: outcome.park },
      { message: `The handler parked it: ${outcome.park}.` },
    );
  if (outcome && 'retryInMs' in outcome) throw new RetryRequest(outcome.retryInMs);
  const happenedAt = event.time === undefined ? Number.NaN : Date.parse(event.time);
  const lag = Number.isNaN(happenedAt) ? undefined : Math.max(0, startedAt - happenedAt) / 1_000;
  metrics.processed(group, event.subject, (parts.now() - startedAt) / 1_000, lag);
}

/** What the handler reads is what it is cleared for; the payload stands where the envelope has it. */
function masked(event: ReceivedEvent, whole: unknown): ReceivedEvent {
  const members = whole as { readonly payload?: unknown; readonly data?: unknown };
  return { ...event, event: whole, payload: members.payload ?? members.data };
}

function contextOf(
  parts: HandlingParts,
  event: ReceivedEvent,
  { tx, native }: Handled,
  signal: AbortSignal,
  tried: number,
  late: Set<string>,
): HandlerContext {
  let published = 0;
  return {
    group: parts.group,
    attempt: tried,
    replay: parts.isReplay,
    get tx(): SqlTransaction {
      if (tx === undefined)
        throw new EventFault(
          'STORE_MISSING',
          {},
          { message: 'There is no transaction: this group remembers elsewhere.' },
        );
      return tx;
    },
    native,
    signal,
    publish(subject, payload, context = {}) {
      published += 1;
      // without a transaction a second attempt publishes again: under the same id it is the same event
      const id = tx === undefined ? { id: derivedId(parts.group, event.id, subject, published) } : {};
      return parts.publish(tx, subject, payload, { ...id, ...context });
    },
    async once(key, effect) {
      const { keys } = parts;
      if (keys === undefined) throw new EventFault('STORE_MISSING', {}, { message: 'once() needs a store of keys.' });
      const whole = JSON.stringify([parts.group.split('@replay-')[0], event.id, key]);
      const within = tx === undefined ? undefined : parts.keysWithin?.(tx);
      if (late.has(whole) || (await (within ?? keys).has(whole))) return false;
      await effect();
      if (within === undefined) await keys.put(whole, keyTtlSeconds);
      else late.add(whole);
      return true;
    },
  };
}

/** A UUID of version 8 (RFC 9562 §5.8) made of what the publication is. */
function derivedId(...parts: readonly (string | number)[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

async function within<Result>(
  ms: number,
  abort: AbortController,
  subject: string,
  body: () => Promise<Result>,
): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `The handler of ${subject} did not return within ${ms} ms.`;
      const fault = new EventFault('HANDLER_TIMEOUT', { subject, handlerTimeoutMs: ms }, { message });
      abort.abort(fault);
      reject(fault);
    }, ms);
  });
  try {
    return await Promise.race([body(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** SQLSTATE classes and driver codes of a database that is gone, not of a statement that is wrong. */
const lostConnection = /^(?:ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|CONNECT|57P0|08|53300)/;

function retryOf(error: unknown): 'never' | 'later' | 'outage' {
  if (error instanceof EventFault) return error.retry;
  const code: unknown = error instanceof Error ? (error as Error & { readonly code?: unknown }).code : undefined;
  return typeof code === 'string' && lostConnection.test(code) ? 'outage' : 'later';
}

const maxMessage = 500;

/** A handler's own error may quote the event: its name and code are kept, and its message only where it is ours. */
function contractOf(error: unknown): ParkedError {
  if (error instanceof EventFault)
    return { code: error.code, message: error.message.slice(0, maxMessage), details: error.details };
  const name = error instanceof Error ? error.name : typeof error;
  const code: unknown = error instanceof Error ? (error as Error & { readonly code?: unknown }).code : undefined;
  const stack = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  return {
    code: 'HANDLER_FAILED',
    message: `The handler threw ${name}.`,
    details: { name, ...(typeof code === 'string' && { code }), stack: stack.slice(0, 10).map((line) => line.trim()) },
  };
}

async function park(
  parts: HandlingParts,
  delivery: Delivery,
  event: ReceivedEvent | undefined,
  error: unknown,
  why: FailureClass,
  known?: Failures,
): Promise<void> {
  const { group, processed, metrics } = parts;
  const subject = event?.subject ?? delivery.subject ?? delivery.address;
  const eventId = event?.id ?? delivery.id ?? `${delivery.address}@${delivery.position}`;
  const failures = known ?? (await processed.failed(group, eventId, contractOf(error)));
  const parked: NewParked = {
    id: `${group}/${eventId}`,
    group,
    subject,
    eventId,
    key: event?.key ?? delivery.key ?? '',
    body: delivery.body,
    headers: delivery.headers,
    error: contractOf(error),
    attempts: failures.attempts,
    firstFailedAt: failures.firstAt,
    lastFailedAt: failures.lastAt,
    storedAt: delivery.storedAt,
    position: delivery.position,
  };
  await processed.park(parked);
  // an attempt that was counted when it failed is not counted again
  if (known === undefined) metrics.deliveryFailed(group, subject, why);
  metrics.parked(group, subject);
  await delivery.ack();
}

/** A parked event as if it had come just now; resolves with whether it is handled or parked again. It is tried once. */
export async function redrive(parts: HandlingParts, parked: ParkedEvent): Promise<boolean> {
  let isSettled = false;
  const delivery: Delivery = {
    subject: parked.subject,
    address: parked.subject,
    id: parked.eventId,
    key: parked.key,
    body: parked.body,
    headers: parked.headers,
    storedAt: parked.storedAt ?? parts.now(),
    position: parked.position,
    attempt: 1,
    ack: async () => {
      isSettled = true;
    },
    nak: async () => {},
    progress: async () => {},
  };
  const once: HandlingParts = {
    ...parts,
    settings: { ...parts.settings, retry: { ...parts.settings.retry, maxAttempts: 1 } },
  };
  await handleAll(once, [delivery]);
  return isSettled;
}
