/** One durable group of the memory broker: which messages it has not acknowledged, and who holds them. */
import type { Backlog, Delivery, SubscribeOptions, Subscription } from '../bus.ts';
import { oncePerTurn } from '../once-per-turn.ts';
import type { Stored } from './log.ts';

interface Entry {
  readonly stored: Stored;
  attempt: number;
  availableAt: number;
  holder: Member | undefined;
  deadline: number;
}

interface Member {
  readonly options: SubscribeOptions;
  held: number;
  stopped: boolean;
  /** Called when nothing is held any more. */
  idle: () => void;
}

export interface MemoryGroup {
  readonly addresses: ReadonlySet<string>;
  add(stored: Stored): void;
  /** The group reads these addresses from now on, beginning with what is given. */
  extend(addresses: readonly string[], earlier: readonly Stored[]): void;
  join(options: SubscribeOptions): Subscription;
  backlog(): Backlog;
  wake(): void;
}

export function memoryGroup(now: () => number, isReachable: () => boolean): MemoryGroup {
  const addresses = new Set<string>();
  // in stream order, whatever has been given back: a message keeps its place until it is acknowledged
  const entries = new Map<object, Entry>();
  const members: Member[] = [];
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const plan = oncePerTurn(() => dispatch());

  // at one time from end to end: what becomes due in between would be neither given nor waited for
  const dispatch = () => {
    const at = now();
    expire(at);
    if (isReachable()) for (const [key, entry] of due(at)) give(key, entry);
    planTimer(at);
  };

  const expire = (at: number) => {
    for (const entry of entries.values())
      if (entry.holder !== undefined && entry.deadline <= at) release(entry, entry.holder);
  };

  const free = () => members.some((member) => hasRoom(member));

  function* due(at: number): Generator<readonly [object, Entry]> {
    const busy = new Set<string>();
    for (const [key, entry] of entries) {
      if (!free()) return;
      const { key: orderingKey } = entry.stored.message;
      const isBlocked = isOrdered() && busy.has(orderingKey);
      if (entry.holder === undefined && entry.availableAt <= at && !isBlocked) yield [key, entry];
      busy.add(orderingKey);
    }
  }

  const isOrdered = () => members.some(({ options }) => options.ordered);

  const give = (key: object, entry: Entry) => {
    const member = nextMember();
    if (member === undefined) return;
    entry.attempt += 1;
    entry.holder = member;
    entry.deadline = now() + member.options.ackWaitMs;
    member.held += 1;
    member.options.onDelivery(delivery(key, entry, member));
  };

  const nextMember = () => {
    for (let tried = 0; tried < members.length; tried += 1) {
      turn = (turn + 1) % members.length;
      const member = members[turn];
      if (member !== undefined && hasRoom(member)) return member;
    }
    return undefined;
  };

  const release = (entry: Entry, member: Member) => {
    entry.holder = undefined;
    member.held -= 1;
    if (member.held === 0) member.idle();
    plan();
  };

  const delivery = (key: object, entry: Entry, member: Member): Delivery => {
    const { attempt } = entry;
    const isMine = () => entry.holder === member && entry.attempt === attempt;
    return {
      ...entry.stored.seen,
      attempt,
      async ack() {
        if (!isMine()) return;
        entries.delete(key);
        release(entry, member);
      },
      async nak(delayMs) {
        if (!isMine()) return;
        entry.availableAt = now() + delayMs;
        release(entry, member);
      },
      async progress() {
        if (isMine()) entry.deadline = now() + member.options.ackWaitMs;
      },
    };
  };

  const planTimer = (at: number) => {
    clearTimeout(timer);
    const times = [...entries.values()].map((entry) => (entry.holder ? entry.deadline : entry.availableAt));
    const later = times.filter((time) => time > at);
    if (later.length === 0 || members.length === 0) return;
    timer = setTimeout(dispatch, Math.max(0, Math.min(...later) - now()));
    timer.unref();
  };

  const put = (stored: Stored) => {
    entries.set({}, { stored, attempt: 0, availableAt: 0, holder: undefined, deadline: 0 });
    plan();
  };

  return {
    addresses,
    add: put,
    extend(added, earlier) {
      for (const address of added) addresses.add(address);
      earlier.forEach(put);
    },
    join(options) {
      const member: Member = { options, held: 0, stopped: false, idle: () => {} };
      members.push(member);
      plan();
      return {
        async stop(timeoutMs) {
          if (!member.stopped) {
            member.stopped = true;
            members.splice(members.indexOf(member), 1);
            plan();
          }
          if (member.held > 0) await settled(member, timeoutMs);
        },
      };
    },
    backlog: () => {
      const all = [...entries.values()];
      const inFlight = all.filter(({ holder }) => holder !== undefined).length;
      const [oldest] = all;
      return { pending: all.length - inFlight, inFlight, ...(oldest && { oldestAt: oldest.stored.seen.storedAt }) };
    },
    wake: plan,
  };
}

function hasRoom({ stopped, held, options }: Member): boolean {
  return !stopped && held < options.maxInFlight;
}

function settled(member: Member, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeoutMs);
    member.idle = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
