/** KafkaJS as the client. */
import type {
  Kafka,
  KafkaConfig,
  Assigner as KafkaJsAssigner,
  PartitionAssigner as KafkaJsPartitionAssigner,
} from 'kafkajs';
import { loaded } from '../wire.ts';
import type { ConsumerListeners, ConsumerSettings, KafkaClient, KafkaConsumer } from './client.ts';

type Library = typeof import('kafkajs');

const fetchWaitMs = 250;
/** A member that cannot reach its broker goes on trying for longer than its group waits for it. */
const consumerTries = 8;

export async function kafkaJsClient(config: KafkaConfig): Promise<KafkaClient> {
  const library = await loaded('kafka', 'kafkajs', async () => (await import('kafkajs')).default);
  return kafkaJsClientOf(library, new library.Kafka({ ...defaults(library), ...config }));
}

function defaults({ logLevel }: Library): Partial<KafkaConfig> {
  return {
    connectionTimeout: 5_000,
    requestTimeout: 10_000,
    // its log would be the program's standard output
    logLevel: logLevel.NOTHING,
    retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 500 },
  };
}

export function kafkaJsClientOf(library: Library, kafka: Kafka): KafkaClient {
  return {
    admin: () => kafka.admin(),
    producer() {
      const producer = kafka.producer({
        allowAutoTopicCreation: false,
        // murmur2 of the key, as Java's clients have it
        createPartitioner: library.Partitioners.DefaultPartitioner,
      });
      return {
        connect: () => producer.connect(),
        disconnect: () => producer.disconnect(),
        async send(topic, records) {
          await producer.send({ topic, acks: -1, messages: [...records] });
        },
      };
    },
    consumer: (settings, listeners) => consumerOf(library, kafka, settings, listeners),
  };
}

function consumerOf(
  library: Library,
  kafka: Kafka,
  { groupId, topics, sessionTimeoutMs }: ConsumerSettings,
  { onAssigned, onBatch, onHeard, onOver }: ConsumerListeners,
): KafkaConsumer {
  const consumer = kafka.consumer({
    groupId,
    allowAutoTopicCreation: false,
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: Math.round(sessionTimeoutMs / 6),
    maxWaitTimeInMs: fetchWaitMs,
    partitionAssigners: [assigner(library)],
    retry: {
      retries: consumerTries,
      initialRetryTime: 100,
      maxRetryTime: 2_000,
      // what begins anew is a member of ours
      restartOnFailure: async () => false,
    },
  });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) =>
    onAssigned(
      Object.entries(memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition })),
      ),
    ),
  );
  consumer.on(consumer.events.HEARTBEAT, onHeard);
  consumer.on(consumer.events.CRASH, ({ payload: { error } }) => onOver(error));
  return {
    async join() {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatch: ({ batch: { topic, partition, messages }, heartbeat }) =>
          onBatch({ topic, partition, records: messages }, heartbeat),
      });
    },
    leave: () => consumer.disconnect(),
    seek: (place, offset) => consumer.seek({ ...place, offset: String(offset) }),
    pause: ({ topic, partition }) => consumer.pause([{ topic, partitions: [partition] }]),
    resume: ({ topic, partition }) => consumer.resume([{ topic, partitions: [partition] }]),
    commit: (commits) => consumer.commitOffsets([...commits]),
  };
}

/** Deals partitions out in turn, to whoever reads their topic: KafkaJS' own gives them to members that do not. */
function assigner({ AssignerProtocol }: Library): KafkaJsPartitionAssigner {
  const { MemberAssignment, MemberMetadata } = AssignerProtocol;
  return ({ cluster }): KafkaJsAssigner => ({
    name: 'roundrobin',
    version: 0,
    async assign({ members }) {
      const wanted = new Map(
        members.map(({ memberId, memberMetadata }) => [
          memberId,
          new Set(MemberMetadata.decode(memberMetadata)?.topics ?? []),
        ]),
      );
      const topics = [...new Set([...wanted.values()].flatMap((names) => [...names]))].sort();
      await cluster.addMultipleTargetTopics(topics);
      const dealt = new Map([...wanted.keys()].sort().map((id) => [id, new Map<string, number[]>()]));
      let turn = 0;
      for (const topic of topics) {
        const readers = [...dealt].filter(([id]) => wanted.get(id)?.has(topic));
        for (const { partitionId } of cluster.findTopicPartitionMetadata(topic)) {
          const [, own] = readers[turn % readers.length]!;
          own.set(topic, [...(own.get(topic) ?? []), partitionId]);
          turn += 1;
        }
      }
      return [...dealt].map(([memberId, own]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({
          version: 0,
          assignment: Object.fromEntries(own),
          userData: Buffer.alloc(0),
        }),
      }));
    },
    protocol: ({ topics }) => ({
      name: 'roundrobin',
      metadata: MemberMetadata.encode({ version: 0, topics, userData: Buffer.alloc(0) }),
    }),
  });
}
