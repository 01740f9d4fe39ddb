/**
 * Reading a stream message by message, for services that may not make consumers. Slower than a consumer, and all it takes is the right to
 * get messages of the stream.
 */
import type { StoredMsg } from '@nats-io/jetstream';
import { natsCovers } from '../../schema/nats-names.ts';
import type { Channel, StoredMessage } from '../bus.ts';
import type { Connected } from './connection.ts';
import { storedOf } from './stored.ts';
import { addressesOf, messageIn, streamInfo } from './streams.ts';

/** Asked for side by side. */
const window = 64;

export async function* readMessages(
  connected: Connected,
  stream: string,
  channels: readonly Channel[],
  from: 'earliest' | { readonly time: number },
  to = Number.POSITIVE_INFINITY,
): AsyncGenerator<StoredMessage> {
  const state = (await streamInfo(connected, stream))?.state;
  if (state === undefined || state.messages === 0) return;
  const addresses = addressesOf(channels);
  const isMeant = (address: string) => addresses.some((pattern) => natsCovers(pattern, address));
  let next = from === 'earliest' ? state.first_seq : await firstSince(connected, stream, state, from.time);
  while (next <= state.last_seq) {
    const count = Math.min(window, state.last_seq - next + 1);
    const sequences = Array.from({ length: count }, (_, index) => next + index);
    const got = await Promise.all(sequences.map((seq) => messageIn(connected, stream, { seq })));
    for (const message of got) {
      if (message === null || !isMeant(message.subject)) continue;
      const storedAt = message.time.getTime();
      if (storedAt >= to) return;
      yield stored(stream, message, channels);
    }
    next += count;
  }
}

function stored(stream: string, { subject, data, header, seq, time }: StoredMsg, channels: readonly Channel[]) {
  const at = { sequence: seq, storedAt: time.getTime() };
  return storedOf(stream, { subject, data, headers: header }, at, channels);
}

/** The first sequence stored at `time` or later: sequences and times grow together. */
async function firstSince(
  connected: Connected,
  stream: string,
  { first_seq, last_seq }: { readonly first_seq: number; readonly last_seq: number },
  time: number,
): Promise<number> {
  let low = first_seq;
  let high = last_seq + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const next = { seq: middle, next_by_subj: '>' };
    const found = await messageIn(connected, stream, next);
    if (found === null || found.time.getTime() >= time) high = middle;
    else low = found.seq + 1;
  }
  return low;
}
