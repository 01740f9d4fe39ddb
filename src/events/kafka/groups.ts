/** Groups are Kafka's own: what they have settled stands in their commits, and which channels they read beside it. */
import type { Backlog, Channel, Group, Start } from '../bus.ts';
import type { KafkaAdmin, TopicPartition } from './client.ts';
import type { Connection } from './connection.ts';
import { type Progress, progressOf, settledBeyond } from './progress.ts';

export interface Bounds {
  /** The first offset that is stored. */
  readonly low: number;
  /** The next that will be. */
  readonly high: number;
}

/** By partition. */
export type Partitions<Value> = ReadonlyMap<number, Value>;

export const placeName = ({ topic, partition }: TopicPartition) => `${topic}:${partition}`;

export function topicsOf(channels: readonly Channel[]): readonly string[] {
  return [...new Set(channels.map(({ stream }) => stream))].sort();
}

/** What the group has committed of each partition, by `placeName`. */
export async function committed(
  connection: Connection,
  group: string,
  topics: readonly string[],
): Promise<ReadonlyMap<string, Progress>> {
  return connection.ask((admin) => committedOn(admin, group, topics));
}

async function committedOn(
  admin: KafkaAdmin,
  groupId: string,
  topics: readonly string[],
): Promise<ReadonlyMap<string, Progress>> {
  const found = new Map<string, Progress>();
  for (const { topic, partitions } of await admin.fetchOffsets({ groupId, topics: [...topics] }))
    for (const { partition, offset, metadata } of partitions) {
      const progress = progressOf(offset, metadata);
      if (progress !== undefined) found.set(placeName({ topic, partition }), progress);
    }
  return found;
}

export async function boundsOf(connection: Connection, topic: string): Promise<Partitions<Bounds>> {
  const offsets = await connection.ask((admin) => admin.fetchTopicOffsets(topic));
  return new Map(offsets.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]));
}

/** Where a group begins, or a reading: the offset of each partition, by `placeName`. */
export async function startsOf(
  connection: Connection,
  topics: readonly string[],
  start: Start,
): Promise<ReadonlyMap<string, number>> {
  const starts = new Map<string, number>();
  for (const topic of topics) {
    const bounds = await boundsOf(connection, topic);
    for (const [partition, { low, high }] of bounds)
      starts.set(placeName({ topic, partition }), start === 'earliest' ? low : high);
    if (typeof start !== 'object') continue;
    const { time } = start;
    const at = await connection.ask((admin) => admin.fetchTopicOffsetsByTimestamp(topic, time));
    for (const { partition, offset } of at) starts.set(placeName({ topic, partition }), Number(offset));
  }
  return starts;
}

/** Kafka does not say what members hold; this process knows what its own do. */
export async function backlogOf(
  connection: Connection,
  group: string,
  channels: readonly Channel[],
  inFlight: number,
): Promise<Backlog> {
  const topics = topicsOf(channels);
  const progresses = await committed(connection, group, topics);
  let left = 0;
  for (const topic of topics)
    for (const [partition, { low, high }] of await boundsOf(connection, topic)) {
      const progress = progresses.get(placeName({ topic, partition }));
      if (progress === undefined) continue;
      left += Math.max(0, high - Math.max(low, progress.offset) - settledBeyond(progress));
    }
  return { pending: Math.max(0, left - inFlight), inFlight };
}

export async function groupsReading(connection: Connection, { stream, address }: Channel): Promise<readonly Group[]> {
  const { groups } = await connection.ask((admin) => admin.listGroups());
  const found: Group[] = [];
  for (const { groupId, protocolType } of groups) {
    if (protocolType !== 'consumer' && protocolType !== '') continue;
    const progresses = [...(await committed(connection, groupId, [stream])).values()];
    if (progresses.length === 0) continue;
    // a group that another program made reads the whole topic
    const addresses = new Set(progresses.flatMap((progress) => progress.addresses ?? ['*']));
    if (addresses.has(address) || addresses.has('*')) found.push({ name: groupId, addresses: [...addresses].sort() });
  }
  return found;
}

export async function removeGroup(connection: Connection, group: string): Promise<void> {
  try {
    await connection.ask((admin) => admin.deleteGroups([group]));
  } catch (error) {
    if (!/GROUP_ID_NOT_FOUND/.test(String(connection.fault(error).details.code))) throw error;
  }
}
