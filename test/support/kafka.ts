/**
 * Kafka for tests: the broker that librdkafka brings along, in a process of its own. It is one broker that keeps topics, groups and
 * commits in memory, and speaks no requests about topics and groups; those that tests need are answered here instead.
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { KafkaAdmin, KafkaClient } from '../../src/events/kafka/client.ts';
import { type ConfluentLibrary, confluentClient } from '../../src/events/kafka/confluent.ts';
import { kafkaJsClient } from '../../src/events/kafka/kafkajs.ts';

const python = '/usr/bin/python3';
const script = new URL('kafka-mock.py', import.meta.url).pathname;

/** Whether librdkafka is there. TEST_REQUIRES_KAFKA_CLIENT makes it a failure where it is not. */
export function hasKafka(): boolean {
  const isThere = spawnSync(python, ['-c', 'import ctypes; ctypes.CDLL("librdkafka.so.1")']).status === 0;
  if (!isThere && process.env.TEST_REQUIRES_KAFKA_CLIENT)
    throw new Error('librdkafka is not installed, and TEST_REQUIRES_KAFKA_CLIENT is set.');
  return isThere;
}

export interface KafkaMock {
  readonly address: string;
  make(topic: string, partitions: number): Promise<void>;
  down(): Promise<void>;
  up(): Promise<void>;
  close(): void;
}

export async function kafkaMock(): Promise<KafkaMock> {
  const child: ChildProcessWithoutNullStreams = spawn(python, [script]);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => String((await lines.next()).value);
  let before: Promise<unknown> = Promise.resolve();
  const tell = async (command: string) => {
    const answered = before.then(async () => {
      child.stdin.write(`${command}\n`);
      await line();
    });
    before = answered;
    await answered;
  };
  return {
    address: await line(),
    make: (topic, partitions) => tell(`make ${topic} ${partitions}`),
    down: () => tell('down'),
    up: () => tell('up'),
    close: () => void child.stdin.end(),
  };
}

export interface Cuttable {
  readonly client: () => Promise<KafkaClient>;
  /** Ends every connection of this client and refuses new ones, until it is mended. */
  cut(): void;
  mend(): void;
}

/** Confluent's client, where CONFLUENT_KAFKA names a folder in which it is installed: it is built there, which takes minutes. */
export function confluentLibrary(): ConfluentLibrary | undefined {
  const folder = process.env.CONFLUENT_KAFKA;
  if (folder === undefined) return undefined;
  const { KafkaJS } = createRequire(`${folder}/package.json`)('@confluentinc/kafka-javascript') as {
    readonly KafkaJS: ConfluentLibrary;
  };
  return KafkaJS;
}

/**
 * Clients of one mock; what it does not answer itself is answered for all of them alike. It does not answer what Confluent's
 * client asks about topics, so that KafkaJS asks it.
 */
export function kafkaClients(mock: KafkaMock, confluent?: ConfluentLibrary): () => Cuttable {
  const groups = new Set<string>();
  return () => {
    const sockets = new Set<Socket>();
    let isCut = false;
    return {
      cut() {
        isCut = true;
        for (const socket of sockets) socket.destroy(new Error('cut'));
      },
      mend() {
        isCut = false;
      },
      async client() {
        const client = await kafkaJsClient({
          brokers: [mock.address],
          socketFactory({ host, port, onConnect }) {
            const socket = connect({ host, port }, onConnect);
            if (isCut) setImmediate(() => socket.destroy(new Error('cut')));
            sockets.add(socket);
            return socket;
          },
        });
        const data = confluent === undefined ? client : confluentClient(confluent, { brokers: [mock.address] });
        return {
          ...data,
          consumer(settings, listeners) {
            groups.add(settings.groupId);
            return data.consumer(settings, listeners);
          },
          admin: () => completed(client, mock, groups),
        };
      },
    };
  };
}

function completed(client: KafkaClient, mock: KafkaMock, groups: Set<string>): KafkaAdmin {
  const admin = client.admin();
  return {
    connect: () => admin.connect(),
    disconnect: () => admin.disconnect(),
    listTopics: () => admin.listTopics(),
    fetchTopicOffsets: (topic) => admin.fetchTopicOffsets(topic),
    fetchOffsets: (options) => admin.fetchOffsets(options),
    async createTopics({ topics }) {
      for (const { topic, numPartitions } of topics) await mock.make(topic, numPartitions);
      return true;
    },
    listGroups: async () => ({ groups: [...groups].map((groupId) => ({ groupId, protocolType: 'consumer' })) }),
    async deleteGroups(names) {
      for (const name of names) groups.delete(name);
    },
    fetchTopicOffsetsByTimestamp: (topic, time) => firstSince(client, admin, topic, time),
  };
}

/** The first record of each partition that is not older; its end where there is none. */
async function firstSince(client: KafkaClient, admin: KafkaAdmin, topic: string, time: number) {
  const bounds = await admin.fetchTopicOffsets(topic);
  const found = new Map<number, string>();
  const unread = new Map(bounds.filter(({ high }) => high !== '0').map(({ partition, high }) => [partition, high]));
  if (unread.size > 0) {
    let done = () => {};
    const read = new Promise<void>((resolve) => {
      done = resolve;
    });
    const consumer = client.consumer(
      { groupId: `since-${time}-${Math.random()}`, topics: [topic], sessionTimeoutMs: 6_000 },
      {
        onAssigned: () => {},
        onHeard: () => {},
        onOver: done,
        async onBatch({ partition, records }) {
          const first = records.find(({ timestamp }) => Number(timestamp) >= time);
          if (first !== undefined && !found.has(partition)) found.set(partition, first.offset);
          if (Number(records.at(-1)?.offset) + 1 >= Number(unread.get(partition))) unread.delete(partition);
          if (unread.size === 0) done();
        },
      },
    );
    await consumer.join();
    await read;
    await consumer.leave();
  }
  return bounds.map(({ partition, high }) => ({ partition, offset: found.get(partition) ?? high }));
}
