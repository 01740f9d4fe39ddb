/**
 * Reading what topics hold. Clients of Kafka read as members of a group: whoever reads here is the only member of one of its own,
 * which commits nothing, so that nothing is left of it.
 */
import { randomUUID } from 'node:crypto';
import type { Channel, ReadOptions, StoredMessage } from '../bus.ts';
import { EventFault } from '../error.ts';
import type { Batch, TopicPartition } from './client.ts';
import { type Connection, goodbye } from './connection.ts';
import { boundsOf, placeName, startsOf, topicsOf } from './groups.ts';
import { storedOf } from './records.ts';
import { verifyTopics } from './topics.ts';

/** Where nothing more comes for so long though the group hears of the reader, what is left are marks of transactions. */
const silentMs = 8_000;
/** Of one partition read ahead of the others. */
const maxAhead = 500;

export async function* readTopics(
  connection: Connection,
  { channels, from, to = Number.POSITIVE_INFINITY }: ReadOptions,
  sessionTimeoutMs: number,
): AsyncGenerator<StoredMessage> {
  await verifyTopics(connection, channels);
  for (const topic of topicsOf(channels)) {
    const own = channels.filter(({ stream }) => stream === topic);
    const since = typeof from === 'object' ? from.time : 0;
    const newest = new Map<string | undefined, StoredMessage>();
    for await (const stored of readTopic(connection, topic, own, from, sessionTimeoutMs)) {
      if (stored.storedAt < since || stored.storedAt >= to) continue;
      if (from !== 'last') yield stored;
      else if ((newest.get(stored.subject)?.storedAt ?? 0) <= stored.storedAt) newest.set(stored.subject, stored);
    }
    yield* newest.values();
  }
}

interface Reading {
  readonly place: TopicPartition;
  /** Undefined stands for a record of none of these channels. */
  readonly got: { readonly offset: number; readonly stored: StoredMessage | undefined }[];
  next: number;
  readonly end: number;
  isPaused: boolean;
}

/** Up to what is stored now; partitions side by side, by the time of their records. */
async function* readTopic(
  connection: Connection,
  topic: string,
  channels: readonly Channel[],
  from: ReadOptions['from'],
  sessionTimeoutMs: number,
): AsyncGenerator<StoredMessage> {
  const starts = await startsOf(connection, [topic], from === 'last' ? 'earliest' : from);
  const readings = new Map<string, Reading>();
  for (const [partition, { high }] of await boundsOf(connection, topic)) {
    const place = { topic, partition };
    const next = starts.get(placeName(place)) ?? 0;
    if (next < high) readings.set(placeName(place), { place, got: [], next, end: high, isPaused: false });
  }
  if (readings.size === 0) return;

  let failed: unknown;
  let heard = () => {};
  let isAlive = false;
  const consumer = (await connection.client()).consumer(
    { groupId: `herald-read-${randomUUID()}`, topics: [topic], sessionTimeoutMs },
    {
      onAssigned: (places) => {
        for (const place of places) {
          const reading = readings.get(placeName(place));
          if (reading === undefined) consumer.pause(place);
          else consumer.seek(place, reading.next);
        }
      },
      onHeard: () => {
        isAlive = true;
      },
      async onBatch(batch) {
        const reading = readings.get(placeName(batch));
        if (reading === undefined || reading.isPaused) return;
        take(reading, batch, channels);
        if (reading.next >= reading.end || reading.got.length > maxAhead) {
          reading.isPaused = true;
          consumer.pause(reading.place);
        }
        heard();
      },
      onOver(error) {
        failed = error ?? new Error('over');
        heard();
      },
    },
  );
  try {
    await consumer.join();
    while (readings.size > 0) {
      const lacking = [...readings.values()].filter(({ got }) => got.length === 0);
      if (lacking.length === 0) {
        const first = earliest([...readings.values()]);
        const { stored } = first.got.shift()!;
        if (stored !== undefined) yield stored;
        if (first.got.length === 0 && first.next >= first.end) readings.delete(placeName(first.place));
        continue;
      }
      for (const reading of lacking.filter(({ isPaused }) => isPaused)) {
        reading.isPaused = false;
        // a client may have thrown away what it had fetched
        consumer.seek(reading.place, reading.next);
        consumer.resume(reading.place);
      }
      isAlive = false;
      const isHeard = await within(silentMs, (listen) => (heard = listen));
      if (failed !== undefined) throw connection.fault(failed);
      if (isHeard) continue;
      if (!isAlive) throw new EventFault('BUS_UNREACHABLE', { bus: 'kafka' }, { message: `Reading ${topic} stopped.` });
      for (const { place } of lacking) readings.delete(placeName(place));
    }
  } finally {
    await goodbye(consumer.leave());
  }
}

function take(reading: Reading, batch: Batch, channels: readonly Channel[]): void {
  for (const record of batch.records) {
    const offset = Number(record.offset);
    if (offset < reading.next) continue;
    reading.next = offset + 1;
    if (offset < reading.end) reading.got.push({ offset, stored: storedOf(batch, record, channels) });
  }
}

function earliest(readings: readonly Reading[]): Reading {
  const timeOf = ({ got: [first] }: Reading) => first?.stored?.storedAt ?? 0;
  return readings.reduce((best, each) => (timeOf(each) < timeOf(best) ? each : best));
}

/** Whether it was heard of in time. */
function within(ms: number, listen: (heard: () => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms, false);
    listen(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
