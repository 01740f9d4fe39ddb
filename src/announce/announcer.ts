/**
 * Drains the outbox: what happened is sent to every webhook that wants it, at least once, in order per subject. Several processes
 * may run one each; the store gives a delivery to one of them at a time.
 */
import type { Clock, Deliveries, Store } from '../registry/ports.ts';
import type { Announcement, DeliveryRecord, OutboxRecord, WebhookRecord } from '../registry/records.ts';
import { type Backoff, backoff as usual, waitAfter } from './backoff.ts';
import { cloudEvent, mediaType } from './cloud-event.ts';
import type { Outcome, Post } from './post.ts';
import { signatureHeader, signatureOf } from './signature.ts';

export interface AnnouncerParts {
  readonly store: Pick<Deliveries, 'fanOut' | 'claim' | 'settle'> & Pick<Store, 'write' | 'onChange'>;
  readonly clock: Clock;
  readonly post: (post: Post, stop?: AbortSignal) => Promise<Outcome>;
  /** In [0, 1). */
  readonly random: () => number;
  /** The `source` of the CloudEvents: a URI of this registry. */
  readonly source: string;
  readonly backoff?: Backoff;
  /** Milliseconds between looks at the outbox when nobody says that something changed. */
  readonly everyMs?: number;
  readonly onError: (error: unknown) => void;
}

type Claimed = Awaited<ReturnType<Deliveries['claim']>>[number];

/** Deliveries on their way at once, in all and to one webhook: a receiver that is slow holds up its own alone. */
const maxConcurrent = 64;
const slotsPerWebhook = 8;
/** Announcements handed to their webhooks in one transaction. */
const maxFanned = 500;
/** Milliseconds until what changed is looked at: under load many changes are one look, and nobody waits for an announcement. */
const settleMs = 50;
/** Milliseconds for more slots to become free, so that one look fills them all. */
const freedMs = 5;
/** Milliseconds a claim holds: longer than any attempt takes, so that only a process that died lets go of one. */
const claimMs = 60_000;

export const parkedType = 'herald.webhook.parked.v1';

interface Dispatcher {
  /** Begins every attempt that is due and has a slot. Answers how many. */
  begin(): Promise<number>;
  /** Attempts under way. */
  readonly running: ReadonlySet<Promise<void>>;
}

function dispatcher(parts: AnnouncerParts, stop?: AbortSignal): Dispatcher {
  const { store, clock } = parts;
  const busy = new Map<string, number>();
  const running = new Set<Promise<void>>();
  // twice as far as anything is put off: the clocks of several processes need not agree to the second
  const horizonMs = 2 * Math.max((parts.backoff ?? usual).longestMs, claimMs);
  const after = (milliseconds: number) => new Date(clock.now() + milliseconds).toISOString();
  const run = async (claimed: Claimed) => {
    const { id } = claimed.webhook;
    busy.set(id, (busy.get(id) ?? 0) + 1);
    // what was not settled is tried again once its claim has run out
    await attempt(parts, claimed, stop).catch(parts.onError);
    busy.set(id, (busy.get(id) ?? 1) - 1);
  };
  return {
    running,
    async begin() {
      while ((await store.fanOut(after(0), maxFanned)) === maxFanned);
      const slots = { free: maxConcurrent - running.size, perWebhook: slotsPerWebhook, busy };
      const claimed = stop?.aborted ? [] : await store.claim(after(0), after(claimMs), after(horizonMs), slots);
      for (const one of claimed) {
        const attempted = run(one).finally(() => running.delete(attempted));
        running.add(attempted);
      }
      return claimed.length;
    },
  };
}

/** Everything that is due, once. Answers how many attempts were made. */
export async function announceDue(parts: AnnouncerParts, stop?: AbortSignal): Promise<number> {
  const { begin, running } = dispatcher(parts, stop);
  let made = 0;
  for (;;) {
    // what was under way when the look began may have let go of what it held back after the look
    const underWay = running.size;
    const begun = await begin();
    made += begun;
    if (begun === 0 && underWay === 0) return made;
    if (begun === 0 && running.size > 0) await Promise.race(running);
  }
}

async function attempt(parts: AnnouncerParts, claimed: Claimed, stop?: AbortSignal): Promise<void> {
  const { delivery, webhook, announcement } = claimed;
  const body = JSON.stringify(cloudEvent(announcement, parts.source));
  const headers = {
    'content-type': mediaType,
    'user-agent': 'herald-registry',
    'herald-delivery': delivery.id,
    ...(announcement.origin?.traceparent !== undefined && { traceparent: announcement.origin.traceparent }),
    [signatureHeader]: signatureOf(webhook.secret, body, parts.clock.now()),
  };
  const outcome = await parts.post({ url: webhook.url, headers, body }, stop);
  // Cut off by our own end: not the receiver's failure. The claim runs out and the next process tries again.
  if (!outcome.ok && stop?.aborted) return;
  const settled = settledAs(parts, delivery, outcome);
  await parts.store.settle(settled);
  if (settled.state === 'parked') await announceParked(parts, webhook, announcement, settled);
}

function settledAs(parts: AnnouncerParts, delivery: DeliveryRecord, outcome: Outcome): DeliveryRecord {
  const { lastError: _earlier, ...rest } = delivery;
  const attempts = delivery.attempts + 1;
  if (outcome.ok) return { ...rest, attempts, state: 'delivered' };
  const plan = parts.backoff ?? usual;
  const failed = { ...rest, attempts, lastError: outcome.error };
  if (attempts >= plan.attempts) return { ...failed, state: 'parked' };
  const nextAt = new Date(parts.clock.now() + waitAfter(attempts, parts.random, plan)).toISOString();
  return { ...failed, state: 'pending', nextAt };
}

/** To the other webhooks. Not of a parked word about parking: two broken receivers would announce each other for ever. */
async function announceParked(
  { store }: AnnouncerParts,
  { id }: WebhookRecord,
  about: OutboxRecord,
  { attempts, lastError = '' }: DeliveryRecord,
): Promise<void> {
  if (about.type === parkedType) return;
  const data = { webhookId: id, attempts, lastError };
  const parked: Announcement = { type: parkedType, catalog: '', subject: `webhook/${id}`, data };
  await store.write((transaction) => transaction.announce(parked));
}

export interface Announcer {
  /** Ends the attempts under way and resolves when nothing runs any more. */
  stop(): Promise<void>;
}

export function startAnnouncer(parts: AnnouncerParts): Announcer {
  const stop = new AbortController();
  let wake = () => {};
  const forget = parts.store.onChange(() => wake());
  const { begin, running } = dispatcher(parts, stop.signal);
  const run = async () => {
    while (!stop.signal.aborted) {
      const changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const earlier = running.size;
      const begun = await begin().catch((error) => {
        parts.onError(error);
        return 0;
      });
      const underWay = earlier + begun;
      // what ended during the look may have let go of what it held back after the look
      if (running.size === underWay) {
        await sleep(parts.everyMs ?? 1_000, stop.signal, Promise.race([changed, ...running]));
      }
      // a slot that became free is wanted at once
      await sleep(running.size < underWay ? freedMs : settleMs, stop.signal);
    }
    await Promise.all(running);
  };
  const ended = run();
  return {
    stop: async () => {
      forget();
      stop.abort();
      await ended;
    },
  };
}

function sleep(milliseconds: number, signal: AbortSignal, changed?: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    // also when time is up: a listener left behind each second would pile up for as long as the process lives
    const timer = setTimeout(() => end(), milliseconds);
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    signal.addEventListener('abort', end);
    void changed?.then(end);
  });
}
