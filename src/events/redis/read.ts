/** Reading what a stream holds, without a group. */

import type { Keys } from '../../schema/redis-keys.ts';
import type { Channel, ReadOptions, StoredMessage } from '../bus.ts';
import { byStream } from '../by-stream.ts';
import type { Asker } from './connection.ts';
import { entriesIn, millisecondsOf, storedOf } from './entries.ts';

const page = 200;

export async function* readStreams(
  redis: Asker,
  keys: Keys,
  { channels, from, to }: ReadOptions,
): AsyncGenerator<StoredMessage> {
  for (const [stream, own] of byStream(channels)) {
    if (from === 'last') yield* newest(redis, keys.stream(stream), stream, own, to);
    else yield* readStream(redis, keys.stream(stream), stream, own, from, to);
  }
}

async function* readStream(
  redis: Asker,
  key: string,
  stream: string,
  channels: readonly Channel[],
  from: 'earliest' | { readonly time: number },
  to = Number.POSITIVE_INFINITY,
): AsyncGenerator<StoredMessage> {
  const [last] = entriesIn(await redis.ask('XREVRANGE', key, '+', '-', 'COUNT', 1));
  if (last === undefined) return;
  for (let start = from === 'earliest' ? '-' : `${from.time}-0`; ; ) {
    const entries = entriesIn(await redis.ask('XRANGE', key, start, last.id, 'COUNT', page));
    for (const entry of entries) {
      if (millisecondsOf(entry.id) >= to) return;
      const stored = storedOf(stream, entry, channels);
      if (stored !== undefined) yield stored;
    }
    const end = entries.at(-1);
    if (end === undefined || entries.length < page) return;
    start = `(${end.id}`;
  }
}

/** From the end backwards, until each channel was met. */
async function* newest(
  redis: Asker,
  key: string,
  stream: string,
  channels: readonly Channel[],
  to = Number.POSITIVE_INFINITY,
): AsyncGenerator<StoredMessage> {
  const found = new Map<string, StoredMessage>();
  const wanted = new Set(channels.map(({ address }) => address));
  for (let end = '+'; found.size < wanted.size; ) {
    const entries = entriesIn(await redis.ask('XREVRANGE', key, end, '-', 'COUNT', page));
    for (const entry of entries) {
      const stored = storedOf(stream, entry, channels);
      if (stored !== undefined && !found.has(stored.address)) found.set(stored.address, stored);
    }
    const last = entries.at(-1);
    if (last === undefined || entries.length < page) break;
    end = `(${last.id}`;
  }
  for (const stored of [...found.values()].reverse()) if (stored.storedAt < to) yield stored;
}
