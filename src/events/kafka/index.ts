/**
 * `herald-registry/events/kafka`: Kafka, through `kafkajs`, which services install themselves. Kafka keeps the order of each
 * partition, shares partitions among members and remembers one offset for each; single acknowledgements, delays, counting of
 * deliveries and the handing over of partitions without overlap are made here. It knows no message again: consumers' inboxes do.
 */
import type { KafkaConfig } from 'kafkajs';
import type { Bus } from '../bus.ts';
import { confirmedWithin, refuseLarge } from '../wire.ts';
import { brokersOf } from './address.ts';
import type { KafkaClient } from './client.ts';
import { kafkaConnection } from './connection.ts';
import { backlogOf, groupsReading, removeGroup } from './groups.ts';
import { kafkaJsClient } from './kafkajs.ts';
import { kafkaMember, type Member } from './member.ts';
import { publisher } from './publisher.ts';
import { readTopics } from './read.ts';
import { ensureTopics, verifyTopics } from './topics.ts';

export type { KafkaClient } from './client.ts';
/** Confluent's client instead of KafkaJS. */
export { type ConfluentLibrary, confluentClient } from './confluent.ts';

export interface KafkaOptions {
  /** `kafka://user:password@host:9092,host2:9092`; `kafkas://` where it must be encrypted. A user means SASL, by PLAIN. */
  readonly url: string;
  /** Default 1000000: Kafka takes 1 MiB with key and headers, unless `message.max.bytes` says otherwise. */
  readonly maxBodyBytes?: number;
  /** Of topics that `ensure` makes. More partitions let more members work side by side; changed later, keys lose their order. Default 6. */
  readonly partitions?: number;
  /** Of topics that `ensure` makes. Default: the broker's own. */
  readonly replicas?: number;
  /** A member its group has not heard of for so long is replaced. Default 10000; brokers take 6000 and more. */
  readonly sessionTimeoutMs?: number;
  /** Whatever else the client takes, such as `ssl` or `sasl`. */
  readonly connection?: Partial<KafkaConfig>;
  /** Another client than KafkaJS, such as `async () => confluentClient(KafkaJS, { brokers })`. */
  readonly client?: () => Promise<KafkaClient>;
}

/**
 * A bus on Kafka. It connects when first used, and again by itself.
 *
 * @example
 * const bus = kafkaBus({ url: 'kafka://127.0.0.1:9092' });
 */
export function kafkaBus({
  url,
  maxBodyBytes = 1_000_000,
  partitions = 6,
  replicas = -1,
  sessionTimeoutMs = 10_000,
  connection: more = {},
  client,
}: KafkaOptions): Bus {
  const connection = kafkaConnection(url, client ?? (() => kafkaJsClient({ ...brokersOf(url), ...more })));
  const { publish } = publisher(connection, maxBodyBytes);
  const members = new Map<Member, string>();
  return {
    kind: 'kafka',
    limits: async () => ({ maxBodyBytes, deduplicationMs: 0, canRead: true }),
    ensure: (channels) => ensureTopics(connection, channels, { partitions, replicas }),
    verify: (channels) => verifyTopics(connection, channels),
    async publish(message, { timeoutMs }) {
      refuseLarge(message, maxBodyBytes);
      await confirmedWithin('kafka', timeoutMs, publish(message));
      return { duplicate: false };
    },
    async subscribe(options) {
      const member = await kafkaMember(connection, options, sessionTimeoutMs);
      members.set(member, options.group);
      return {
        async stop(timeoutMs) {
          members.delete(member);
          await member.stop(timeoutMs);
        },
      };
    },
    backlog(group, channels) {
      const own = [...members].filter(([, name]) => name === group).map(([member]) => member.held());
      return backlogOf(
        connection,
        group,
        channels,
        own.reduce((sum, held) => sum + held, 0),
      );
    },
    groupsOf: (channel) => groupsReading(connection, channel),
    removeGroup: (group) => removeGroup(connection, group),
    read: (read) => readTopics(connection, read, sessionTimeoutMs),
    async close() {
      await Promise.all([...members.keys()].map((member) => member.stop(0)));
      members.clear();
      await connection.close();
    },
  };
}
