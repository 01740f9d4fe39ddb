/** Reading what a stream holds, without a group: through a consumer that is there for the reading alone. */

import type { ConsumerInfo } from '@nats-io/jetstream';
import type { Msg } from '@nats-io/transport-node';
import { natsCovers, natsStreamName } from '../../schema/nats-names.ts';
import type { Channel, ReadOptions, StoredMessage } from '../bus.ts';
import { byStream } from '../by-stream.ts';
import { EventFault } from '../error.ts';
import type { Connected } from './connection.ts';
import { pullFrom, type StreamPosition } from './pull.ts';
import { readMessages } from './read-messages.ts';
import { storedOf } from './stored.ts';
import { addressesOf, messageIn, streamInfo } from './streams.ts';

const batch = 200;
const millisecond = 1_000_000;
const maxTries = 5;
const answerMs = 10_000;

export async function* readStreams(
  connect: () => Promise<Connected>,
  { channels, from, to }: ReadOptions,
  reads: 'consumer' | 'messages',
): AsyncGenerator<StoredMessage> {
  for (const [stream, own] of byStream(channels)) {
    if (from === 'last') yield* newest(await connect(), stream, own, to);
    else if (reads === 'messages') yield* readMessages(await connect(), stream, own, from, to);
    else yield* readStream(connect, stream, own, from, to);
  }
}

async function* newest(
  connected: Connected,
  stream: string,
  channels: readonly Channel[],
  to = Number.POSITIVE_INFINITY,
) {
  const found: { readonly sequence: number; readonly stored: StoredMessage }[] = [];
  for (const address of addressesOf(channels)) {
    const message = await messageIn(connected, stream, { last_by_subj: address });
    if (message === null) continue;
    const at = { sequence: message.seq, storedAt: message.time.getTime() };
    const { subject, data, header } = message;
    found.push({ sequence: message.seq, stored: storedOf(stream, { subject, data, headers: header }, at, channels) });
  }
  found.sort((a, b) => a.sequence - b.sequence);
  for (const { stored } of found) if (stored.storedAt < to) yield stored;
}

async function* readStream(
  connect: () => Promise<Connected>,
  stream: string,
  channels: readonly Channel[],
  from: 'earliest' | { readonly time: number },
  to = Number.POSITIVE_INFINITY,
): AsyncGenerator<StoredMessage> {
  const end = (await streamInfo(await connect(), stream))?.state.last_seq ?? 0;
  let after = 0;
  for (let failures = 0; ; ) {
    const reader = await readerOf(await connect(), stream, channels, after > 0 ? after : from);
    try {
      for (;;) {
        const got = await reader.next();
        if (got === undefined) return;
        failures = 0;
        for (const { message, place } of got) {
          const { streamSequence: sequence, storedAt } = place;
          if (sequence > end || storedAt >= to) return;
          after = sequence;
          if (reader.isMeant(message.subject)) yield storedOf(stream, message, { sequence, storedAt }, channels);
          if (sequence === end) return;
        }
      }
    } catch (error) {
      // a reader lives as long as its connection: another one goes on behind what was read
      failures += 1;
      if (failures === maxTries || !(error instanceof Interrupted)) throw error;
    } finally {
      await reader.end();
    }
  }
}

class Interrupted extends EventFault {
  constructor(stream: string) {
    super('BUS_UNREACHABLE', { bus: 'nats', stream }, { message: `Reading ${stream} was interrupted.` });
  }
}

interface Got {
  readonly message: Msg;
  readonly place: StreamPosition;
}

interface Reader {
  /** The next messages; undefined where there are no more. Rejects where messages were lost on the way. */
  next(): Promise<readonly Got[] | undefined>;
  isMeant(address: string): boolean;
  end(): Promise<void>;
}

async function readerOf(
  connected: Connected,
  stream: string,
  channels: readonly Channel[],
  from: 'earliest' | { readonly time: number } | number,
): Promise<Reader> {
  const { jsm, filtersSeveral } = connected;
  const addresses = addressesOf(channels);
  const [only] = addresses;
  const several = filtersSeveral ? { filter_subjects: addresses } : {};
  const info: ConsumerInfo = await jsm.consumers.add(natsStreamName(stream), {
    ...(addresses.length === 1 ? { filter_subject: only! } : several),
    ...startOf(from),
    ack_policy: 'none',
    mem_storage: true,
    inactive_threshold: 30_000 * millisecond,
  });
  let got: Got[] = [];
  let expected = 1;
  let heard = () => {};
  const pull = pullFrom(connected, natsStreamName(stream), info.name, {
    onMessage: (message, place) => got.push({ message, place }),
    onEnd: () => heard(),
    onGone: () => heard(),
  });
  return {
    isMeant: (address) => addresses.some((pattern) => natsCovers(pattern, address)),
    async next() {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Interrupted(stream)), answerMs);
        heard = () => {
          clearTimeout(timer);
          resolve();
        };
        pull.request(batch, { waits: false });
      });
      const batchGot = got;
      got = [];
      for (const { place } of batchGot) {
        if (place.consumerSequence !== expected) throw new Interrupted(stream);
        expected += 1;
      }
      if (batchGot.length > 0) return batchGot;
      const { num_pending: left } = await jsm.consumers.info(natsStreamName(stream), info.name);
      if (left > 0) throw new Interrupted(stream);
      return undefined;
    },
    async end() {
      await pull.end();
      await jsm.consumers.delete(natsStreamName(stream), info.name).catch(() => {});
    },
  };
}

function startOf(from: 'earliest' | { readonly time: number } | number) {
  if (typeof from === 'number') return { deliver_policy: 'by_start_sequence' as const, opt_start_seq: from + 1 };
  if (from === 'earliest') return { deliver_policy: 'all' as const };
  return { deliver_policy: 'by_start_time' as const, opt_start_time: new Date(from.time).toISOString() };
}
