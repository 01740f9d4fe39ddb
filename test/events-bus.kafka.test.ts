/** Kafka keeps the contract of every bus: on the broker that librdkafka brings along, and on a real one where KAFKA_BROKERS names it. */
import { Kafka } from 'kafkajs';
import { afterAll, describe } from 'vitest';
import { kafkaBus } from '../src/events/kafka/index.ts';
import { busContract } from './events-bus.contract.ts';
import { confluentLibrary, hasKafka, type KafkaMock, kafkaClients, kafkaMock } from './support/kafka.ts';

const mock: KafkaMock | undefined = hasKafka() ? await kafkaMock() : undefined;
afterAll(() => mock?.close());

describe.skipIf(mock === undefined)('on the broker of librdkafka', () => {
  const clientOf = mock === undefined ? undefined : kafkaClients(mock);
  const made = () => {
    const { client, cut } = clientOf!();
    const bus = kafkaBus({ url: `kafka://${mock!.address}`, client, partitions: 3, sessionTimeoutMs: 4_000 });
    return { bus, cut };
  };
  busContract({
    name: 'kafka',
    lateMs: 20_000,
    joinsSlowly: true,
    connect: () => made().bus,
    async outage() {
      await mock!.down();
      return () => mock!.up();
    },
    async vanishing() {
      const { bus, cut } = made();
      return { bus, vanish: cut };
    },
  });
});

const confluent = mock === undefined ? undefined : confluentLibrary();

describe.skipIf(confluent === undefined)('through Confluent’s client', () => {
  const clientOf = mock === undefined ? undefined : kafkaClients(mock, confluent);
  busContract({
    name: 'kafka',
    lateMs: 20_000,
    joinsSlowly: true,
    connect: () =>
      kafkaBus({
        url: `kafka://${mock!.address}`,
        client: clientOf!().client,
        partitions: 3,
        sessionTimeoutMs: 6_000,
      }),
    async outage() {
      await mock!.down();
      return () => mock!.up();
    },
  });
});

const brokers = process.env.KAFKA_BROKERS?.split(',');

describe.skipIf(brokers === undefined)('on the brokers of KAFKA_BROKERS', () => {
  busContract({
    name: 'kafka',
    lateMs: 20_000,
    joinsSlowly: true,
    connect: () => kafkaBus({ url: `kafka://${brokers!.join(',')}`, partitions: 3, sessionTimeoutMs: 6_000 }),
    async cleanUp(channels) {
      const admin = new Kafka({ brokers: brokers! }).admin();
      await admin.connect();
      await admin.deleteTopics({ topics: [...new Set(channels.map(({ stream }) => stream))] });
      await admin.disconnect();
    },
  });
});
