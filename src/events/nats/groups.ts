/**
 * A group is a durable consumer on each of its streams. Before 2.10 a durable has one filter: then a group of several subjects reads
 * its whole stream, its durable's description says which of it is meant, and members acknowledge the rest unseen.
 */
import type { ConsumerConfig, ConsumerInfo } from '@nats-io/jetstream';
import type { Backlog, Channel, Group, SubscribeOptions } from '../bus.ts';
import { fnv1a } from '../lane.ts';
import { apiCode, apiCodes, type Connected } from './connection.ts';
import { addressesOf, byStream, covers, messageIn, streamInfo, streamName } from './streams.ts';

const millisecond = 1_000_000;
/** Of all members together; how much one member holds is its own `maxInFlight`. */
const maxAckPending = 10_000;

/** Durables may not be called what groups may: what is changed carries a mark of the whole name. */
export function durableName(group: string): string {
  const plain = group.replaceAll(/[^A-Za-z0-9_-]/g, '_');
  return plain === group ? group : `${plain}-${fnv1a(group).toString(16).padStart(8, '0')}`;
}

/** What the description of a durable says, for this adapter and for people who list consumers. */
interface Described {
  readonly group: string;
  /** Only where the filter cannot say it. */
  readonly addresses?: readonly string[];
}

function described({ config: { description } }: ConsumerInfo): Described | undefined {
  if (!description?.startsWith('{"group":')) return undefined;
  try {
    return JSON.parse(description) as Described;
  } catch {
    return undefined;
  }
}

/** The addresses a durable reads. */
export function addressesRead(info: ConsumerInfo): readonly string[] {
  const { filter_subject: one, filter_subjects: several } = info.config;
  const filters = several ?? (one ? [one] : ['>']);
  return described(info)?.addresses ?? filters;
}

export async function groupInfo({ jsm }: Connected, stream: string, group: string): Promise<ConsumerInfo | undefined> {
  try {
    return await jsm.consumers.info(streamName(stream), durableName(group));
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
  const before = known === undefined ? [] : addressesRead(known);
  const added = addressesOf(channels).filter((address) => !before.some((pattern) => covers(pattern, address)));
  const settings = { ...reading(connected, group, [...before, ...added]), ack_wait: ackWaitMs * millisecond };
  if (known === undefined)
    return jsm.consumers.add(streamName(stream), {
      ...settings,
      ...startOf(start),
      durable_name: durableName(group),
      ack_policy: 'explicit',
      max_deliver: -1,
      max_ack_pending: maxAckPending,
    });
  if (added.length === 0 && known.config.ack_wait === settings.ack_wait) return known;
  return jsm.consumers.update(streamName(stream), durableName(group), settings);
}

function reading({ filtersSeveral }: Connected, group: string, addresses: readonly string[]): Partial<ConsumerConfig> {
  const [only, ...others] = addresses;
  const says = (more: Partial<Described> = {}) => ({ description: JSON.stringify({ group, ...more }) });
  // an update keeps what it does not name
  const none: Partial<ConsumerConfig> = { filter_subject: undefined, filter_subjects: undefined };
  if (only !== undefined && others.length === 0) return { ...says(), ...none, filter_subject: only };
  if (filtersSeveral) return { ...says(), ...none, filter_subjects: [...addresses] };
  return { ...says({ addresses }), ...none };
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

/** The first message behind the one up to which all is acknowledged. */
async function oldestIn(connected: Connected, stream: string, info: ConsumerInfo): Promise<readonly number[]> {
  const times = addressesRead(info).map(async (address) => {
    const asked = { seq: info.ack_floor.stream_seq + 1, next_by_subj: address };
    const found = await messageIn(connected, stream, asked);
    return found === null ? [] : [found.time.getTime()];
  });
  return (await Promise.all(times)).flat();
}

export async function groupsReading(connected: Connected, channel: Channel): Promise<readonly Group[]> {
  if ((await streamInfo(connected, channel.stream)) === undefined) return [];
  const found: Group[] = [];
  for await (const info of connected.jsm.consumers.list(streamName(channel.stream))) {
    const addresses = addressesRead(info);
    if (info.config.durable_name === undefined || !addresses.some((pattern) => covers(pattern, channel.address)))
      continue;
    found.push({ name: described(info)?.group ?? info.config.durable_name, addresses: [...addresses].sort() });
  }
  return found;
}

export async function removeGroup({ jsm }: Connected, group: string, channels: readonly Channel[]): Promise<void> {
  for (const stream of byStream(channels).keys())
    await jsm.consumers.delete(streamName(stream), durableName(group)).catch((error: unknown) => {
      const code = apiCode(error);
      if (code !== apiCodes.consumerNotFound && code !== apiCodes.streamNotFound) throw error;
    });
}
