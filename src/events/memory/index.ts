/**
 * `herald-registry/events/memory`: a broker in this process, for tests. It keeps every promise of the port, durable groups among
 * them, for as long as the process lives.
 */
import type { Bus, Channel, Message } from '../bus.ts';
import { EventFault } from '../error.ts';
import { refuseLarge, refuseMissing } from '../wire.ts';
import { type MemoryGroup, memoryGroup } from './group.ts';
import { memoryLog, type Stored } from './log.ts';

export interface MemoryOptions {
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: () => number;
  /** Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Default 120000. 0: every publication is stored. */
  readonly deduplicationMs?: number;
  /** Whether publishing makes streams that are missing. Default true. */
  readonly makesStreams?: boolean;
}

/** What tests ask of it beside the port. */
export interface MemoryBroker {
  /** A connection of its own to the same streams and groups. */
  connect(): Bus;
  /** Whole events published under this subject, oldest first. */
  eventsOfType(subject: string): readonly unknown[];
  /** Everything published, oldest first in each stream. */
  published(): readonly Message[];
  /** Delivers a stored message once more to every group that reads it, as a broker does that lost an acknowledgement. */
  redeliver(id: string): void;
  /** While it is out of reach publishing fails with BUS_UNREACHABLE and nothing is delivered. */
  setReachable(reachable: boolean): void;
}

export type MemoryBus = Bus & Omit<MemoryBroker, 'connect'>;

/**
 * A bus on a broker of its own.
 *
 * @example
 * const bus = memoryBus();
 * // … publish 'session.created' through createEvents({ bus, … })
 * bus.eventsOfType('session.created').length; // 1
 */
export function memoryBus(options: MemoryOptions = {}): MemoryBus {
  const { connect, ...broker } = memoryBroker(options);
  return { ...connect(), ...broker };
}

interface State {
  readonly log: ReturnType<typeof memoryLog>;
  readonly groups: Map<string, MemoryGroup>;
  readonly settings: Required<MemoryOptions>;
  reachable: boolean;
}

export function memoryBroker(options: MemoryOptions = {}): MemoryBroker {
  const settings = { now: Date.now, maxBodyBytes: 1_048_576, deduplicationMs: 120_000, makesStreams: true, ...options };
  const log = memoryLog(settings.now, settings.deduplicationMs);
  const state: State = { log, groups: new Map(), settings, reachable: true };
  return {
    connect: () => connection(state),
    eventsOfType: (subject) =>
      messages(state)
        .filter(({ channel }) => channel.subject === subject)
        .map(({ body }): unknown => JSON.parse(new TextDecoder().decode(body))),
    published: () => messages(state),
    redeliver: (id) => {
      const found = log.all().filter(({ message }) => message.id === id);
      for (const stored of found) hand(state, stored);
    },
    setReachable(reachable) {
      state.reachable = reachable;
      for (const group of state.groups.values()) group.wake();
    },
  };
}

function messages({ log }: State): readonly Message[] {
  return log.all().map(({ message }) => message);
}

function hand({ groups }: State, stored: Stored): void {
  for (const group of groups.values()) if (group.addresses.has(stored.seen.address)) group.add(stored);
}

function connection(state: State): Bus {
  const { log, groups, settings } = state;
  const subscriptions: { stop(timeoutMs: number): Promise<void> }[] = [];
  let isClosed = false;
  const open = () => {
    if (isClosed) throw new EventFault('BUS_CLOSED');
    if (!state.reachable) throw new EventFault('BUS_UNREACHABLE', { bus: 'memory' });
  };
  return {
    kind: 'memory',
    limits: async () => ({
      maxBodyBytes: settings.maxBodyBytes,
      deduplicationMs: settings.deduplicationMs,
      canRead: true,
    }),
    async ensure(channels) {
      open();
      for (const { stream } of channels) log.make(stream);
    },
    async verify(channels) {
      open();
      if (!settings.makesStreams) refuseMissing(missing(state, channels));
    },
    async publish(message) {
      open();
      refuseLarge(message, settings.maxBodyBytes);
      if (settings.makesStreams) log.make(message.channel.stream);
      refuseMissing(missing(state, [message.channel]));
      if (log.knows(message)) return { duplicate: true };
      hand(state, log.append(message));
      return { duplicate: false };
    },
    async subscribe(options) {
      open();
      const group = groups.get(options.group) ?? memoryGroup(settings.now, () => state.reachable);
      groups.set(options.group, group);
      const added = options.channels.filter(({ address }) => !group.addresses.has(address));
      group.extend(
        added.map(({ address }) => address),
        options.start === 'new' ? [] : log.select({ channels: added, from: options.start }),
      );
      const subscription = group.join(options);
      subscriptions.push(subscription);
      return subscription;
    },
    async backlog(name) {
      open();
      return groups.get(name)?.backlog() ?? { pending: 0, inFlight: 0 };
    },
    async groupsOf({ address }) {
      open();
      const reading = [...groups].filter(([, group]) => group.addresses.has(address));
      return reading.map(([name, group]) => ({ name, addresses: [...group.addresses].sort() }));
    },
    async removeGroup(name) {
      open();
      groups.delete(name);
    },
    async *read(options) {
      open();
      if (!settings.makesStreams) refuseMissing(missing(state, options.channels));
      for (const { seen } of log.select(options)) yield seen;
    },
    async close() {
      isClosed = true;
      await Promise.all(subscriptions.map((subscription) => subscription.stop(0)));
    },
  };
}

function missing({ log }: State, channels: readonly Channel[]): readonly string[] {
  return [...new Set(channels.map(({ stream }) => stream).filter((stream) => !log.has(stream)))];
}
