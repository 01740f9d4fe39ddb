/**
 * A group is a durable consumer on each of its streams. Before 2.10 a durable has one filter: then a group of several subjects reads
 * its whole stream, its durable's description says which of it is meant, and members acknowledge the rest unseen.
 */
import type { ConsumerConfig, ConsumerInfo } from '@nats-io/jetstream';
import {
  addressesOfDurable,
  describedDurable,
  durableName,
  durableReading,
  maxAckPending,
  natsCovers,
  natsStreamName,
} from '../../schema/nats-names.ts';
import type { Backlog, Channel, Group, SubscribeOptions } from '../bus.ts';
import { byStream } from '../by-stream.ts';
import { apiCode, apiCodes, type Connected, isForbidden } from './connection.ts';
import { addressesOf, messageIn, streamInfo } from './streams.ts';

const millisecond = 1_000_000;
export async function groupInfo({ jsm }: Connected, stream: string, group: string): Promise<ConsumerInfo | undefined> {
  try {
    return await jsm.consumers.info(natsStreamName(stream), durableName(group));
  } catch (error) {
    if (apiCode(error) === apiCodes.consumerNotFound || apiCode(error) === apiCodes.streamNotFound) return undefined;
    throw error;
  }
}

/** Makes the durable, or lets one that is there read what it does not read yet; from its place on, not from the beginning. */
export async function ensureGroup(
  connected: Connected,
  stream: string,
  channels: readonly Channel[],
  { group, start, ackWaitMs }: Pick<SubscribeOptions, 'group' | 'start' | 'ackWaitMs'>,
): Promise<ConsumerInfo> {
  const { jsm } = connected;
  const known = await groupInfo(connected, stream, group);
  const before = known === undefined ? [] : addressesOfDurable(known.config);
  const added = addressesOf(channels).filter((address) => !before.some((pattern) => natsCovers(pattern, address)));
  const settings = {
    ...reading(connected.filtersSeveral, known, group, [...before, ...added]),
    ack_wait: ackWaitMs * millisecond,
  };
  if (known === undefined)
    return jsm.consumers.add(natsStreamName(stream), {
      ...settings,
      ...startOf(start),
      durable_name: durableName(group),
      ack_policy: 'explicit',
      max_deliver: -1,
      max_ack_pending: maxAckPending,
    });
  if (added.length === 0 && known.config.ack_wait === settings.ack_wait) return known;
  return jsm.consumers.update(natsStreamName(stream), durableName(group), settings);
}

/** A durable that was provisioned goes on saying so. */
function reading(several: boolean, known: ConsumerInfo | undefined, group: string, addresses: readonly string[]) {
  const catalog = describedDurable(known?.config.description)?.catalog;
  const reads = durableReading(several, { group, ...(catalog !== undefined && { catalog }) }, addresses);
  const { filter_subject, filter_subjects, description } = reads;
  return { description, filter_subject, filter_subjects } as Partial<ConsumerConfig>;
}

function startOf(start: SubscribeOptions['start']): Partial<ConsumerConfig> {
  if (start === 'earliest') return { deliver_policy: 'all' };
  if (start === 'new') return { deliver_policy: 'new' };
  return { deliver_policy: 'by_start_time', opt_start_time: new Date(start.time).toISOString() };
}

export async function backlogOf(connected: Connected, group: string, channels: readonly Channel[]): Promise<Backlog> {
  let pending = 0;
  let inFlight = 0;
  const oldest: number[] = [];
  for (const stream of byStream(channels).keys()) {
    const info = await groupInfo(connected, stream, group);
    if (info === undefined) continue;
    pending += info.num_pending;
    inFlight += info.num_ack_pending;
    if (info.num_pending + info.num_ack_pending > 0) oldest.push(...(await oldestIn(connected, stream, info)));
  }
  return { pending, inFlight, ...(oldest.length > 0 && { oldestAt: Math.min(...oldest) }) };
}

/** Streams whose messages this user may not look at: asked once, since the server tells of every refusal. */
const closed = new WeakMap<Connected, Set<string>>();

/** The first message behind the one up to which all is acknowledged. */
async function oldestIn(connected: Connected, stream: string, info: ConsumerInfo): Promise<readonly number[]> {
  const known = closed.get(connected) ?? new Set();
  if (known.has(stream)) return [];
  const times = addressesOfDurable(info.config).map(async (address) => {
    const asked = { seq: info.ack_floor.stream_seq + 1, next_by_subj: address };
    const found = await messageIn(connected, stream, asked);
    return found === null ? [] : [found.time.getTime()];
  });
  try {
    return (await Promise.all(times)).flat();
  } catch (error) {
    if (!isForbidden(error)) throw error;
    closed.set(connected, known.add(stream));
    return [];
  }
}

export async function groupsReading(connected: Connected, channel: Channel): Promise<readonly Group[]> {
  if ((await streamInfo(connected, channel.stream)) === undefined) return [];
  const found: Group[] = [];
  for await (const info of connected.jsm.consumers.list(natsStreamName(channel.stream))) {
    const addresses = addressesOfDurable(info.config);
    if (info.config.durable_name === undefined || !addresses.some((pattern) => natsCovers(pattern, channel.address)))
      continue;
    found.push({
      name: describedDurable(info.config.description)?.group ?? info.config.durable_name,
      addresses: [...addresses].sort(),
    });
  }
  return found;
}

export async function removeGroup({ jsm }: Connected, group: string, channels: readonly Channel[]): Promise<void> {
  for (const stream of byStream(channels).keys())
    await jsm.consumers.delete(natsStreamName(stream), durableName(group)).catch((error: unknown) => {
      const code = apiCode(error);
      if (code !== apiCodes.consumerNotFound && code !== apiCodes.streamNotFound) throw error;
    });
}
