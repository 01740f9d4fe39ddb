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
  readonly store: Deliveries & Pick<Store, 'write' | 'onChange'>;
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

/** Deliveries on their way at once, each of another subject or webhook. */
const maxConcurrent = 16;
/** Milliseconds until what changed is looked at: under load many changes are one look, and nobody waits for an announcement. */
const settleMs = 50;
/** Milliseconds a claim holds: longer than any attempt takes, so that only a process that died lets go of one. */
const claimMs = 60_000;

export const parkedType = 'herald.webhook.parked.v1';

/** Everything that is due, once. Answers how many attempts were made. */
export async function announceDue(parts: AnnouncerParts, stop?: AbortSignal): Promise<number> {
  const { store, clock } = parts;
  // twice as far as anything is put off: the clocks of several processes need not agree to the second
  const horizonMs = 2 * Math.max((parts.backoff ?? usual).longestMs, claimMs);
  const after = (milliseconds: number) => new Date(clock.now() + milliseconds).toISOString();
  const now = () => after(0);
  while ((await store.fanOut(now())) > 0);
  let made = 0;
  while (!stop?.aborted) {
    const claimed = await store.claim(now(), after(claimMs), after(horizonMs), maxConcurrent);
    if (claimed.length === 0) break;
    await Promise.all(claimed.map((one) => attempt(parts, one, stop)));
    made += claimed.length;
  }
  return made;
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
  const run = async () => {
    while (!stop.signal.aborted) {
      const changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await announceDue(parts, stop.signal).catch(parts.onError);
      await sleep(parts.everyMs ?? 1_000, stop.signal, changed);
      await sleep(settleMs, stop.signal);
    }
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
