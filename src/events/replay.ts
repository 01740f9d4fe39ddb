/**
 * Replay: stored events once more, for one group, beside its daily work. A replay remembers what it has processed under its own name,
 * so that it may be stopped and taken up again, and marks its events so that handlers can hold back side effects.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus, Channel, Delivery, StoredMessage } from './bus.ts';
import { type HandlingParts, handleAll } from './consumer/handling.ts';
import { EventFault } from './error.ts';

export interface ReplayOptions {
  /** Only these of what the group handles. Default: all of it. */
  readonly subjects?: readonly string[];
  /** The first that is replayed: the earliest there is, the last of each subject, or what was stored from a time on. */
  readonly from: 'earliest' | 'last' | Date;
  /** Only what was stored before. Default: now. */
  readonly to?: Date;
  /** `instant` (default), or with the pauses that lay between the events. */
  readonly speed?: 'instant' | 'original';
  /** Names the replay: the same name again goes on where it stopped. Default: made from the time. */
  readonly id?: string;
  /** Reads from here instead of the bus, such as `readArchive(folder)`. */
  readonly source?: AsyncIterable<StoredMessage>;
  readonly signal?: AbortSignal;
}

export interface Replayed {
  readonly id: string;
  /** Given to handlers; what this replay had processed before is among them. */
  readonly events: number;
  /** The group under which it remembers and parks. */
  readonly group: string;
}

/** The longest pause kept at the original speed: a night without events is not waited through. */
const maxPauseMs = 60_000;

export function replayGroup(group: string, id: string): string {
  return `${group}@replay-${id}`;
}

export async function replay(
  bus: Bus,
  channels: readonly Channel[],
  options: ReplayOptions,
  id: string,
  parts: HandlingParts,
): Promise<Replayed> {
  if (options.source === undefined && !(await bus.limits()).canRead)
    throw new EventFault(
      'BUS_UNSUPPORTED',
      { bus: bus.kind },
      {
        message: `A ${bus.kind} bus keeps no events to replay.`,
        remedy: 'Replay an archive: pass source: readArchive(folder).',
      },
    );
  const wanted = new Set(channels.map(({ address }) => address));
  // an archive may come from another bus, with addresses of its own
  const names = new Set(channels.map(({ subject }) => subject));
  let events = 0;
  let before: number | undefined;
  for await (const stored of options.source ?? bus.read(readOptions(channels, options))) {
    if (options.signal?.aborted) break;
    if (!wanted.has(stored.address) && !names.has(stored.subject ?? '')) continue;
    if (!isWithin(stored, options)) continue;
    if (options.speed === 'original' && before !== undefined)
      await sleep(Math.min(maxPauseMs, Math.max(0, stored.storedAt - before)), undefined, {
        ...(options.signal && { signal: options.signal }),
      }).catch(() => {});
    before = stored.storedAt;
    await handleAll(parts, [asDelivery(stored)]);
    events += 1;
  }
  return { id, events, group: parts.group };
}

function readOptions(channels: readonly Channel[], { from, to }: ReplayOptions) {
  return {
    channels,
    from: from instanceof Date ? { time: from.getTime() } : from,
    ...(to !== undefined && { to: to.getTime() }),
  };
}

/** An archive holds more than was asked for. */
function isWithin({ storedAt }: StoredMessage, { from, to }: ReplayOptions): boolean {
  const isEarly = from instanceof Date && storedAt < from.getTime();
  return !isEarly && (to === undefined || storedAt < to.getTime());
}

/** Nobody waits for its acknowledgement, and it is the first attempt of this replay. */
function asDelivery(stored: StoredMessage): Delivery {
  return { ...stored, attempt: 1, ack: async () => {}, nak: async () => {}, progress: async () => {} };
}
