/**
 * Hands a member what its adapter took from the broker, where the broker itself cannot keep the order of keys or bring a message
 * back after a delay: adapters for such brokers take messages in, and everything `bus.ts` says of a delivery is kept here.
 */
import type { Delivery, StoredMessage, SubscribeOptions } from './bus.ts';
import { oncePerTurn } from './once-per-turn.ts';

/** A message this member has taken from the broker and the broker counts as under way. */
export interface Taken {
  readonly stored: StoredMessage;
  /** Places it among the others: ascending in stream order. */
  readonly order: number;
  /** How often the broker has given it out, this time included. */
  readonly attempt: number;
  ack(): Promise<void>;
  /** Back to the broker, for any member, after `delayMs`. */
  release(delayMs: number): Promise<void>;
  /** Nobody settled it in time, where the broker itself keeps no time. */
  lapse?(): Promise<void>;
  /** Begins the broker's own time anew. */
  progress(): Promise<void>;
}

export interface HandOver {
  /** Messages taken and not settled. */
  readonly size: number;
  /** How many of them are at this place or before it. */
  sizeUpTo(order: number): number;
  /** The same place again replaces how it is settled and changes nothing else. */
  take(taken: Taken): void;
  /** Nothing is handed over while paused; what was, may be settled. */
  pause(): void;
  resume(): void;
  /** Gives back what was not handed over. */
  releaseWaiting(): Promise<void>;
  /** Gives back such messages and hands them over no more; one that is handed over may still be settled, in its time. */
  giveUp(which: (taken: Taken) => boolean): Promise<void>;
  /** Hands over nothing more, gives back what waits; resolves when all is settled, or after `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>;
}

export type HandOverOptions = Pick<
  SubscribeOptions,
  'ordered' | 'maxInFlight' | 'ackWaitMs' | 'onDelivery' | 'onError'
> & {
  /** Hears of every settlement: there is room again. */
  readonly onSettled: () => void;
};

interface Entry {
  taken: Taken;
  /** How often it was given out, by the broker or here. */
  given: number;
  availableAt: number;
  /** It is no longer this member's to hand over. */
  isGivenUp: boolean;
  /** Set while it is handed over: which of its deliveries may settle it, and until when. */
  held: { readonly token: object; deadline: number } | undefined;
}

export function handOver(options: HandOverOptions): HandOver {
  const { ordered, maxInFlight, ackWaitMs, onDelivery, onError, onSettled } = options;
  const entries: Entry[] = [];
  let held = 0;
  let isPaused = false;
  let isStopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let whenEmpty = () => {};

  // what waits here is not late: the broker must not give it to somebody else
  const beat = setInterval(() => {
    for (const { taken, held: isHeld } of entries) if (isHeld === undefined) taken.progress().catch(onError);
  }, ackWaitMs / 3);
  beat.unref();

  const plan = oncePerTurn(() => dispatch());

  const dispatch = () => {
    const now = Date.now();
    for (const entry of [...entries]) if (entry.held !== undefined && entry.held.deadline <= now) expire(entry);
    if (!isPaused && !isStopped) handAll(now);
    planTimer(now);
  };

  const handAll = (now: number) => {
    const busy = new Set<string | undefined>();
    for (const entry of [...entries]) {
      if (held >= maxInFlight) return;
      const { key } = entry.taken.stored;
      const isBlocked = ordered && busy.has(key);
      if (entry.held === undefined && entry.availableAt <= now && !isBlocked) hand(entry, now);
      busy.add(key);
    }
  };

  const hand = (entry: Entry, now: number) => {
    entry.held = { token: {}, deadline: now + ackWaitMs };
    entry.given += 1;
    held += 1;
    onDelivery(deliveryOf(entry, entry.held.token));
  };

  const letGo = (entry: Entry) => {
    entry.held = undefined;
    held -= 1;
  };

  /** Nobody settled it: the broker gives it to somebody else, unless that would let its successors overtake it. */
  const expire = (entry: Entry) => {
    letGo(entry);
    if (ordered && !entry.isGivenUp) {
      entry.taken.progress().catch(onError);
      return;
    }
    if (entry.isGivenUp) entry.taken.release(0).catch(onError);
    else entry.taken.lapse?.().catch(onError);
    remove(entry);
  };

  const remove = (entry: Entry) => {
    const index = entries.indexOf(entry);
    if (index >= 0) entries.splice(index, 1);
    if (entries.length === 0) whenEmpty();
    onSettled();
    plan();
  };

  const deliveryOf = (entry: Entry, token: object): Delivery => {
    const isMine = () => entry.held?.token === token;
    return {
      ...entry.taken.stored,
      attempt: entry.given,
      async ack() {
        if (!isMine()) return;
        letGo(entry);
        remove(entry);
        await entry.taken.ack();
      },
      async nak(delayMs) {
        if (!isMine()) return;
        letGo(entry);
        if (isStopped || entry.isGivenUp) {
          remove(entry);
          await entry.taken.release(delayMs);
          return;
        }
        entry.availableAt = Date.now() + delayMs;
        plan();
        // the broker's own time began when it gave the message out, not now
        await entry.taken.progress();
      },
      async progress() {
        if (!isMine()) return;
        entry.held!.deadline = Date.now() + ackWaitMs;
        await entry.taken.progress();
      },
    };
  };

  const planTimer = (now: number) => {
    clearTimeout(timer);
    const times = entries.map((entry) => entry.held?.deadline ?? entry.availableAt).filter((time) => time > now);
    if (times.length === 0) return;
    timer = setTimeout(dispatch, Math.min(...times) - now);
    timer.unref();
  };

  const releaseWaiting = async (which: (entry: Entry) => boolean = () => true) => {
    const waiting = entries.filter((entry) => entry.held === undefined && which(entry));
    for (const entry of waiting) remove(entry);
    const now = Date.now();
    await Promise.all(
      waiting.map(({ taken, availableAt }) => taken.release(Math.max(0, availableAt - now)).catch(onError)),
    );
  };

  return {
    get size() {
      return entries.length;
    },
    sizeUpTo: (order) => entries.filter(({ taken }) => taken.order <= order).length,
    take(taken) {
      const known = entries.find(({ taken: { stored } }) => stored.position === taken.stored.position);
      if (known !== undefined) {
        known.taken = taken;
        known.given = Math.max(known.given, taken.attempt - 1);
        return;
      }
      if (isStopped) {
        taken.release(0).catch(onError);
        return;
      }
      let index = entries.length;
      while (index > 0 && entries[index - 1]!.taken.order > taken.order) index -= 1;
      entries.splice(index, 0, { taken, given: taken.attempt - 1, availableAt: 0, isGivenUp: false, held: undefined });
      plan();
    },
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
      plan();
    },
    releaseWaiting: () => releaseWaiting(),
    async giveUp(which) {
      for (const entry of entries) if (which(entry.taken)) entry.isGivenUp = true;
      await releaseWaiting((entry) => entry.isGivenUp);
    },
    async stop(timeoutMs) {
      isStopped = true;
      await releaseWaiting();
      if (entries.length > 0) await emptied(timeoutMs, (heard) => (whenEmpty = heard));
      clearInterval(beat);
      clearTimeout(timer);
      // whoever settles one from now on is too late: it comes again
      for (const entry of entries.splice(0)) entry.held = undefined;
    },
  };
}

function emptied(timeoutMs: number, listen: (heard: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeoutMs);
    listen(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
