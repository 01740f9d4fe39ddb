/** A consumer group of this service: what it handles, and the member of it that runs in this process. */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expanded } from '../../schema/group-members.ts';
import type { Backlog, Bus, Channel, Delivery, Subscription } from '../bus.ts';
import type { PublishContext } from '../context.ts';
import type { Gate } from '../contract.ts';
import { EventFault } from '../error.ts';
import { type Replayed, type ReplayOptions, replay, replayGroup } from '../replay.ts';
import type { ReplayRequest, ReplayRequests } from '../store/replay-requests.ts';
import {
  type AnyHandler,
  type HandlerContext,
  type HandlerOutcome,
  type HandlingParts,
  handleAll,
  redrive,
} from './handling.ts';
import { type ConsumerOptions, type ConsumerSettings, settingsOf } from './options.ts';
import type { ReceivedEvent } from './received.ts';

/** What a handler of one subject gets, typed by the generated maps. */
export type EventFor<Map, Payloads, Subject extends keyof Map & keyof Payloads> = ReceivedEvent<
  Subject,
  Payloads[Subject],
  Map[Subject]
>;

export type PublishFrom<Map, Payloads> = <Subject extends keyof Map & keyof Payloads & string>(
  subject: Subject,
  payload: Payloads[Subject],
  context?: PublishContext,
) => Promise<{ readonly id: string }>;

export interface Consumer<Map, Payloads, Left extends keyof Map & keyof Payloads & string> {
  /** Each subject has one handler in a group; handlers that must not depend on each other are groups of their own. */
  on<Subject extends Left>(
    subject: Subject,
    handler: (
      event: EventFor<Map, Payloads, Subject>,
      context: HandlerContext<PublishFrom<Map, Payloads>>,
    ) => HandlerOutcome | Promise<HandlerOutcome>,
  ): Consumer<Map, Payloads, Exclude<Left, Subject>>;
  /** Resolves when deliveries can come. Rejects with CONSUMER_UNDECLARED, STREAM_MISSING, BUS_UNSUPPORTED and the like. */
  start(): Promise<RunningConsumer>;
  /** Gives stored events once more to these handlers, with `context.replay` set. Resolves when all have been given. */
  replay(options: ReplayOptions): Promise<Replayed>;
}

export interface RunningConsumer {
  readonly group: string;
  backlog(): Promise<Backlog>;
  /** Takes no more, and waits for what is at work. */
  stop(timeoutMs?: number): Promise<void>;
  /** Lets the broker forget the group: what comes later is not kept for it. After `stop`. */
  forget(): Promise<void>;
}

export interface ConsumerParts extends Omit<HandlingParts, 'group' | 'settings' | 'handlers' | 'pause' | 'isStopping'> {
  readonly service: string;
  readonly bus: Bus;
  readonly onStart: (running: RunningConsumer) => void;
  /** Where replays are asked of this group. */
  readonly replays: ReplayRequests | undefined;
}

const stopMs = 30_000;

export async function startConsumer(
  parts: ConsumerParts,
  group: string,
  options: ConsumerOptions,
  handlers: ReadonlyMap<string, AnyHandler>,
): Promise<RunningConsumer> {
  if (handlers.size === 0)
    throw new EventFault(
      'OPTIONS_INVALID',
      { group },
      { message: `The group ${group} handles nothing: give it a handler with on().` },
    );
  const settings = settingsOf(options);
  const channels = await channelsOf(parts, settings, [...handlers.keys()]);
  await parts.bus.verify(channels);
  const stopping = new AbortController();
  // each event that waits for its next attempt listens, and so do the loops here
  setMaxListeners(0, stopping.signal);
  const handling: HandlingParts = {
    ...parts,
    group,
    settings,
    handlers,
    isStopping: () => stopping.signal.aborted,
    pause: (ms) => sleep(ms, undefined, { signal: stopping.signal }).catch(() => {}),
  };
  const queue = batches(handling);
  const subscription = await subscribe(handling, parts.bus, channels, queue.push);
  const redriving = redrives(handling, stopping.signal);
  const replaying = replays(parts, settings, group, stopping.signal, (replayed) =>
    replayInto(parts, group, options, handlers, replayed),
  );
  const running: RunningConsumer = {
    group,
    backlog: () => parts.bus.backlog(group, channels),
    forget: () => parts.bus.removeGroup(group, channels),
    async stop(timeoutMs = stopMs) {
      stopping.abort();
      await Promise.all([subscription.stop(timeoutMs), queue.idle(), redriving, replaying]);
    },
  };
  parts.onStart(running);
  return running;
}

export async function replayInto(
  parts: ConsumerParts,
  group: string,
  options: ConsumerOptions,
  handlers: ReadonlyMap<string, AnyHandler>,
  replayed: ReplayOptions,
): Promise<Replayed> {
  const settings = settingsOf(options);
  const channels = only(group, await channelsOf(parts, settings, [...handlers.keys()]), replayed.subjects);
  const id = replayed.id ?? new Date(parts.now()).toISOString().replaceAll(/[^0-9]/g, '');
  const signal = replayed.signal ?? new AbortController().signal;
  const handling: HandlingParts = {
    ...parts,
    group: replayGroup(group, id),
    settings: { ...settings, ordered: true },
    handlers,
    isReplay: true,
    isStopping: () => signal.aborted,
    pause: (ms) => sleep(ms, undefined, { signal }).catch(() => {}),
  };
  return replay(parts.bus, channels, replayed, id, handling);
}

async function channelsOf(
  { gates, service }: ConsumerParts,
  settings: ConsumerSettings,
  subjects: readonly string[],
): Promise<readonly Channel[]> {
  const found: Gate[] = [];
  for (const subject of [...subjects, ...Object.keys(settings.through)]) found.push(await gates.of(subject));
  if (settings.undeclared === 'refuse') for (const gate of found) refuseUndeclared(gate, service);
  return found.map(({ channel }) => channel);
}

function only(group: string, channels: readonly Channel[], subjects: readonly string[] | undefined) {
  if (subjects === undefined) return channels;
  const strange = subjects.filter((subject) => channels.every((channel) => channel.subject !== subject));
  if (strange.length > 0)
    throw new EventFault(
      'OPTIONS_INVALID',
      { group, subjects: strange },
      { message: `The group ${group} has no handler of ${strange.join(', ')}.` },
    );
  return channels.filter(({ subject }) => subjects.includes(subject));
}

function refuseUndeclared({ catalog, subject, contract: { consumers, producer } }: Gate, service: string): void {
  if (consumers === undefined) return;
  if (expanded(catalog, consumers, producer).some((consumer) => consumer.service === service)) return;
  const message = `The contract of ${subject} does not name ${service} among its consumers.`;
  throw new EventFault('CONSUMER_UNDECLARED', { subject, service }, { message });
}

function subscribe(
  { group, settings, onError }: HandlingParts,
  bus: Bus,
  channels: readonly Channel[],
  onDelivery: (delivery: Delivery) => void,
): Promise<Subscription> {
  const { ordered, start, concurrency, batch, ackWaitMs } = settings;
  return bus.subscribe({
    group,
    channels,
    ordered,
    start,
    maxInFlight: concurrency * batch,
    ackWaitMs,
    onDelivery,
    onError,
  });
}

/** Deliveries that are at hand at the same time are handled together, up to `batch`; up to `concurrency` of these side by side. */
function batches(handling: HandlingParts) {
  const { batch, concurrency } = handling.settings;
  const waiting: Delivery[] = [];
  const working = new Set<Promise<void>>();
  let isPlanned = false;
  let isClosed = false;
  const beat = setInterval(() => {
    for (const delivery of waiting) delivery.progress().catch(handling.onError);
  }, handling.settings.ackWaitMs / 3);
  beat.unref();
  const work = () => {
    isPlanned = false;
    while (waiting.length > 0 && working.size < concurrency) {
      const running: Promise<void> = handleAll(handling, waiting.splice(0, batch)).then(() => {
        working.delete(running);
        plan();
      });
      working.add(running);
    }
  };
  const plan = () => {
    if (isPlanned) return;
    isPlanned = true;
    setImmediate(work);
  };
  return {
    push(delivery: Delivery) {
      if (isClosed) void delivery.nak(0).catch(handling.onError);
      else waiting.push(delivery);
      plan();
    },
    async idle() {
      isClosed = true;
      clearInterval(beat);
      for (const delivery of waiting.splice(0)) await delivery.nak(0).catch(handling.onError);
      await Promise.all(working);
    },
  };
}

/** Takes up replays that were asked of the group; its daily work goes on beside them. */
async function replays(
  { replays: requests, onError }: ConsumerParts,
  { redrivePollMs }: ConsumerSettings,
  group: string,
  signal: AbortSignal,
  run: (replayed: ReplayOptions) => Promise<Replayed>,
): Promise<void> {
  const replayed = async ({ id, subjects, from, to, speed }: ReplayRequest) => {
    const { events } = await run({ id, subjects, from, speed, signal, ...(to !== undefined && { to }) });
    return signal.aborted ? undefined : events;
  };
  while (requests !== undefined && !signal.aborted) {
    const found = await requests.takeUp(group, replayed).catch((error: unknown) => void onError(error));
    if (found !== true) await sleep(redrivePollMs, undefined, { signal, ref: false }).catch(() => {});
  }
}

async function redrives(handling: HandlingParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const found = await handling.processed
      .takeUp(handling.group, (event) => redrive(handling, event))
      .catch((error: unknown) => void handling.onError(error));
    if (found !== true) await sleep(handling.settings.redrivePollMs, undefined, { signal, ref: false }).catch(() => {});
  }
}
