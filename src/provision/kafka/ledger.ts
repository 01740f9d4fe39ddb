/**
 * Whose topics and rules are: Kafka has no place to say so beside them, so that it stands in a topic of its own, compacted to the last
 * word about each. A record's key is what was provisioned, its value the catalog; none after it was deleted.
 */
import { randomUUID } from 'node:crypto';
import type { Admin, Consumer, Kafka } from 'kafkajs';

export const kafkaLedger = 'herald.provisioned';

/** A broker answers no sooner where it has nothing. */
const fetchWaitMs = 500;

export interface Ledger {
  read(): Promise<ReadonlyMap<string, string>>;
  /** `catalog` undefined: no longer anybody's. */
  write(key: string, catalog: string | undefined): Promise<void>;
}

export interface LedgerOptions {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly timeoutMs: number;
}

/** It is read once: joining a group takes a cluster three seconds. What is written afterwards is known. */
export function kafkaLedgerOf({ kafka, admin, timeoutMs }: LedgerOptions): Ledger {
  let making: Promise<void> | undefined;
  let reading: Promise<Map<string, string>> | undefined;
  const owners = () => {
    reading ??= allIn(kafka, admin, timeoutMs).catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    return reading;
  };
  return {
    read: owners,
    async write(key, catalog) {
      making ??= made(admin).catch((error: unknown) => {
        making = undefined;
        throw error;
      });
      await making;
      const producer = kafka.producer({ allowAutoTopicCreation: false });
      await producer.connect();
      try {
        await producer.send({ topic: kafkaLedger, acks: -1, messages: [{ key, value: catalog ?? null }] });
      } finally {
        await producer.disconnect();
      }
      const known = await owners();
      if (catalog === undefined) known.delete(key);
      else known.set(key, catalog);
    },
  };
}

/** As many copies as the cluster gives by itself, three at most. */
async function made(admin: Admin): Promise<void> {
  const { brokers } = await admin.describeCluster();
  const topic = {
    topic: kafkaLedger,
    numPartitions: 1,
    replicationFactor: Math.min(3, brokers.length),
    configEntries: [{ name: 'cleanup.policy', value: 'compact' }],
  };
  await admin.createTopics({ topics: [topic], waitForLeaders: true });
}

/** Clients of Kafka read as members of a group: this one has one member and commits nothing, so that nothing is left of it. */
async function allIn(kafka: Kafka, admin: Admin, timeoutMs: number): Promise<Map<string, string>> {
  const owners = new Map<string, string>();
  if (!(await admin.listTopics()).includes(kafkaLedger)) return owners;
  const [place] = await admin.fetchTopicOffsets(kafkaLedger);
  if (place === undefined || place.low === place.high) return owners;
  const { topics } = await admin.fetchTopicMetadata({ topics: [kafkaLedger] });
  const consumer = kafka.consumer({
    groupId: `herald-provision-${randomUUID()}`,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: fetchWaitMs,
    retry: { retries: 2, restartOnFailure: async () => false },
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [kafkaLedger], fromBeginning: true });
    await readAll(consumer, owners, { end: Number(place.high), leader: topics[0]?.partitions[0]?.leader, timeoutMs });
  } finally {
    await consumer.disconnect();
  }
  return owners;
}

interface Reading {
  readonly end: number;
  /** The broker that has the records. */
  readonly leader: number | undefined;
  readonly timeoutMs: number;
}

function readAll(consumer: Consumer, owners: Map<string, string>, { end, leader, timeoutMs }: Reading): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = new Error(`${kafkaLedger} could not be read within ${timeoutMs / 1_000} seconds`);
    const timer = setTimeout(reject, timeoutMs, late);
    const over = (error?: unknown) => {
      clearTimeout(timer);
      if (error === undefined) resolve();
      else reject(error);
    };
    // compaction may have taken what stood last: whoever has waited for more in vain has read all
    consumer.on(consumer.events.FETCH, ({ payload: { nodeId, numberOfBatches, duration } }) => {
      if (Number(nodeId) === leader && numberOfBatches === 0 && duration >= fetchWaitMs) over();
    });
    consumer.on(consumer.events.CRASH, ({ payload: { error } }) => over(error));
    consumer
      .run({
        autoCommit: false,
        async eachMessage({ message: { key, value, offset } }) {
          if (key !== null && value !== null) owners.set(key.toString(), value.toString());
          else if (key !== null) owners.delete(key.toString());
          if (Number(offset) + 1 >= end) over();
        },
      })
      .catch(over);
  });
}
