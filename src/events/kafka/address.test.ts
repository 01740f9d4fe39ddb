import { expect, test } from 'vitest';
import { brokersOf } from './address.ts';
import { newTopics } from './topics.ts';

test('an address may name several brokers, a user and that it is to be encrypted', () => {
  expect(brokersOf('kafka://a')).toEqual({ brokers: ['a:9092'] });
  expect(brokersOf('kafkas://u:p%40x@a:1,b:2/')).toEqual({
    brokers: ['a:1', 'b:2'],
    ssl: true,
    sasl: { mechanism: 'plain', username: 'u', password: 'p@x' },
  });
});

test('another address is refused, and shows no password', () => {
  expect(() => brokersOf('kafka://u:secret@a:9092?x=1')).toThrow(/^"kafka:\/\/a:9092\?x=1" is no address of Kafka/);
  expect(() => brokersOf('kafka://a:b:c')).toThrow(/is no address of Kafka/);
});

test('a topic keeps what is published for as long as the longest of its channels', () => {
  const channel = (subject: string, stream: string, retentionMs?: number) => ({
    subject,
    address: subject,
    stream,
    ...(retentionMs !== undefined && { retentionMs }),
  });
  const made = newTopics(
    [channel('a', 't', 1_000), channel('b', 't', 2_000), channel('c', 'u', 5), channel('d', 'u')],
    {
      partitions: 6,
      replicas: -1,
    },
  );
  expect(made).toEqual([
    { topic: 't', numPartitions: 6, replicationFactor: -1, configEntries: [{ name: 'retention.ms', value: '2000' }] },
    { topic: 'u', numPartitions: 6, replicationFactor: -1, configEntries: [] },
  ]);
});
