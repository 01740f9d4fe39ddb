/** A message as Kafka carries it, and back. */
import type { Channel, Message, StoredMessage } from '../bus.ts';
import { headersOf, seenIn } from '../wire.ts';
import type { Batch, KafkaRecord, NewRecord } from './client.ts';

export function recordOf(message: Message): NewRecord {
  return { key: message.key, value: Buffer.from(message.body), headers: { ...headersOf(message) } };
}

/**
 * Undefined where it is of none of these channels. Another program may say nothing of channels: then it is for whoever reads the
 * topic, and its body may tell.
 */
export function storedOf(
  { topic, partition }: Pick<Batch, 'topic' | 'partition'>,
  record: KafkaRecord,
  channels: readonly Channel[],
): StoredMessage | undefined {
  const [only, ...others] = channels;
  const seen = seenIn(plain(record), '', []);
  const channel =
    seen.subject === undefined && others.length === 0 ? only : channels.find(({ subject }) => subject === seen.subject);
  if (channel === undefined && seen.subject !== undefined) return undefined;
  return {
    ...seen,
    subject: channel?.subject,
    address: channel?.address ?? topic,
    key: seen.key ?? (record.key === null ? undefined : Buffer.from(record.key).toString()),
    body: record.value ?? new Uint8Array(),
    storedAt: Number(record.timestamp),
    position: `${topic}:${partition}:${record.offset}`,
  };
}

function* plain({ headers = {} }: KafkaRecord): Generator<readonly [string, string]> {
  for (const [name, value] of Object.entries(headers)) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) yield [name, typeof last === 'string' ? last : Buffer.from(last).toString()];
  }
}
