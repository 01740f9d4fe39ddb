/**
 * Confluent's client, which has KafkaJS' shape but for the consumer: partitions are announced to a callback, and heartbeats are its
 * own. It is built when it is installed, so that no types of it can be had where it is not.
 */
import type {
  ConsumerListeners,
  ConsumerSettings,
  KafkaAdmin,
  KafkaClient,
  KafkaConsumer,
  KafkaRecord,
  NewRecord,
  TopicPartition,
} from './client.ts';

/** As much of `KafkaJS` of `@confluentinc/kafka-javascript` as is used here. */
export interface ConfluentLibrary {
  readonly Kafka: new (config: { readonly kafkaJS: object }) => ConfluentKafka;
  readonly logLevel: { readonly NOTHING: number };
}

interface ConfluentKafka {
  admin(): KafkaAdmin;
  producer(config: object): {
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    send(records: { topic: string; messages: readonly NewRecord[] }): Promise<unknown>;
  };
  consumer(config: object): ConfluentConsumer;
}

interface ConfluentConsumer {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  subscribe(subscription: { topics: readonly string[] }): Promise<void>;
  run(config: { eachBatch: (payload: EachBatch) => Promise<void> }): Promise<void>;
  seek(place: TopicPartition & { offset: string }): void;
  pause(places: readonly { topic: string; partitions: readonly number[] }[]): void;
  resume(places: readonly { topic: string; partitions: readonly number[] }[]): void;
  commitOffsets(commits: readonly object[]): Promise<void>;
}

interface EachBatch {
  readonly batch: { readonly topic: string; readonly partition: number; readonly messages: readonly KafkaRecord[] };
  /** Whether its partition was taken away, or sought in, meanwhile. */
  isStale(): boolean;
}

interface Assigning {
  assign(places: readonly TopicPartition[]): void;
  assignmentLost(): boolean;
}

/** librdkafka's numbers of what a rebalance is. */
const assigned = -175;
const heardMs = 1_000;

/** `kafkaJS`: what KafkaJS would be given. */
export function confluentClient({ Kafka, logLevel }: ConfluentLibrary, kafkaJS: object): KafkaClient {
  const kafka = new Kafka({ kafkaJS: { logLevel: logLevel.NOTHING, ...kafkaJS } });
  return {
    admin: () => kafka.admin(),
    producer() {
      const producer = kafka.producer({
        kafkaJS: { allowAutoTopicCreation: false, acks: -1, retry: { retries: 2 } },
        // what is published in one turn comes together
        'linger.ms': 0,
        'message.timeout.ms': 5_000,
      });
      return {
        connect: () => producer.connect(),
        disconnect: () => producer.disconnect(),
        async send(topic, messages) {
          await producer.send({ topic, messages });
        },
      };
    },
    consumer: (settings, listeners) => consumerOf(kafka, settings, listeners),
  };
}

function consumerOf(
  kafka: ConfluentKafka,
  { groupId, topics, sessionTimeoutMs }: ConsumerSettings,
  { onAssigned, onBatch, onHeard }: ConsumerListeners,
): KafkaConsumer {
  let beat: ReturnType<typeof setInterval> | undefined;
  const consumer = kafka.consumer({
    kafkaJS: {
      groupId,
      fromBeginning: true,
      autoCommit: false,
      allowAutoTopicCreation: false,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.round(sessionTimeoutMs / 6),
      maxWaitTimeInMs: 250,
    },
    'partition.assignment.strategy': 'roundrobin',
    'js.consumer.max.batch.size': 500,
    rebalance_cb(event: { readonly code: number }, places: readonly TopicPartition[], assigning: Assigning) {
      if (event.code !== assigned) {
        // it was replaced before it knew
        if (assigning.assignmentLost()) onAssigned([]);
        return;
      }
      assigning.assign(places);
      onAssigned(places.map(({ topic, partition }) => ({ topic, partition })));
    },
  });
  const alive = (isStale: () => boolean) => async () => {
    if (isStale()) throw new Error('the partitions are shared out anew');
  };
  return {
    async join() {
      await consumer.connect();
      await consumer.subscribe({ topics });
      await consumer.run({
        eachBatch: ({ batch: { topic, partition, messages }, isStale }) =>
          onBatch({ topic, partition, records: messages }, alive(isStale)),
      });
      // it tells of no heartbeats, and takes partitions away when they are not answered
      beat = setInterval(onHeard, heardMs);
      beat.unref();
    },
    async leave() {
      clearInterval(beat);
      await consumer.disconnect();
    },
    seek: (place, offset) => consumer.seek({ ...place, offset: String(offset) }),
    pause: ({ topic, partition }) => consumer.pause([{ topic, partitions: [partition] }]),
    resume: ({ topic, partition }) => consumer.resume([{ topic, partitions: [partition] }]),
    commit: (commits) => consumer.commitOffsets(commits),
  };
}
