/** Streams of JetStream: what they are called, making them, and finding out what is missing. */
import type { MsgRequest, StoredMsg, StreamInfo } from '@nats-io/jetstream';
import { deduplicationMs, longestMs } from '../../schema/delivery.ts';
import { natsCovers, natsStreamName } from '../../schema/nats-names.ts';
import type { Channel } from '../bus.ts';
import { byStream } from '../by-stream.ts';
import { EventFault } from '../error.ts';
import { refuseMissing } from '../wire.ts';

import { apiCode, apiCodes, type Connected } from './connection.ts';

const millisecond = 1_000_000;

export async function streamInfo({ jsm }: Connected, stream: string): Promise<StreamInfo | undefined> {
  try {
    return await jsm.streams.info(natsStreamName(stream));
  } catch (error) {
    if (apiCode(error) === apiCodes.streamNotFound) return undefined;
    throw error;
  }
}

/** Makes streams that are missing, and lets those that are there take addresses they do not take yet. */
export async function ensureStreams(connected: Connected, channels: readonly Channel[], replicas: number) {
  for (const [stream, own] of byStream(channels)) await ensureStream(connected, stream, own, replicas);
}

/** Two services may make or widen a stream at the same time: the second looks again. */
const maxLooks = 5;

async function ensureStream(
  connected: Connected,
  stream: string,
  channels: readonly Channel[],
  replicas: number,
): Promise<void> {
  const { jsm } = connected;
  for (let look = 1; ; look += 1) {
    const info = await streamInfo(connected, stream);
    const lacking = uncovered(info?.config.subjects ?? [], channels);
    if (info !== undefined && lacking.length === 0) return;
    try {
      if (info === undefined) await jsm.streams.add(settingsOf(stream, channels, replicas));
      else await jsm.streams.update(info.config.name, { subjects: [...(info.config.subjects ?? []), ...lacking] });
    } catch (error) {
      if (apiCode(error) === apiCodes.subjectsOverlap) throw await taken(connected, stream, lacking, error);
      if (apiCode(error) !== apiCodes.streamNameInUse || look === maxLooks) throw error;
    }
    if (look === maxLooks) return;
  }
}

function settingsOf(stream: string, channels: readonly Channel[], replicas: number) {
  const maxAgeMs = longestMs(channels.map(({ retentionMs }) => retentionMs));
  const windowMs = maxAgeMs === 0 ? deduplicationMs : Math.min(deduplicationMs, maxAgeMs);
  return {
    name: natsStreamName(stream),
    subjects: addressesOf(channels),
    storage: 'file' as const,
    retention: 'limits' as const,
    max_age: maxAgeMs * millisecond,
    // the server refuses a window longer than messages are kept
    duplicate_window: windowMs * millisecond,
    num_replicas: replicas,
  };
}

export function addressesOf(channels: readonly Channel[]): string[] {
  return [...new Set(channels.map(({ address }) => address))].sort();
}

/** Null where the stream holds no such message. */
export async function messageIn({ jsm }: Connected, stream: string, query: MsgRequest): Promise<StoredMsg | null> {
  return jsm.streams.getMessage(natsStreamName(stream), query).catch((error: unknown) => {
    if (apiCode(error) === apiCodes.noMessage) return null;
    throw error;
  });
}

async function taken(
  { jsm }: Connected,
  stream: string,
  addresses: readonly string[],
  cause: unknown,
): Promise<EventFault> {
  const holders = await Promise.all(addresses.map((address) => jsm.streams.find(address).catch(() => undefined)));
  const others = [...new Set(holders.filter((name) => name !== undefined))];
  return new EventFault(
    'BUS_UNSUPPORTED',
    { bus: 'nats', stream, addresses, streams: others },
    {
      message: `${addresses.join(', ')} cannot go to the stream ${stream}: ${others.join(', ') || 'another stream'} takes it.`,
      remedy: 'Name that stream in the catalog, or take the subject out of it.',
      cause,
    },
  );
}

/** Rejects with STREAM_MISSING, naming streams and addresses. */
export async function verifyStreams(connected: Connected, channels: readonly Channel[]): Promise<void> {
  const missing = new Set<string>();
  const lacking: string[] = [];
  for (const [stream, own] of byStream(channels)) {
    const info = await streamInfo(connected, stream);
    const addresses = uncovered(info?.config.subjects ?? [], own);
    if (addresses.length > 0) missing.add(stream);
    if (info !== undefined) lacking.push(...addresses);
  }
  refuseMissing([...missing], lacking);
}

function uncovered(patterns: readonly string[], channels: readonly Channel[]): readonly string[] {
  return addressesOf(channels).filter((address) => !patterns.some((pattern) => natsCovers(pattern, address)));
}
