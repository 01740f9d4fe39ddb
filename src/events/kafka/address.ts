/** An address of Kafka as its client takes it. */
import type { KafkaConfig } from 'kafkajs';
import { kafkaAddress } from '../../schema/kafka-address.ts';
import { EventFault } from '../error.ts';
import { withoutCredentials } from '../wire.ts';

/** Throws OPTIONS_INVALID. */
export function brokersOf(url: string): KafkaConfig {
  const address = kafkaAddress(url);
  if (address === undefined)
    throw new EventFault(
      'OPTIONS_INVALID',
      { url: withoutCredentials(url) },
      {
        message: `"${withoutCredentials(url)}" is no address of Kafka.`,
        remedy: 'Write kafka://host:9092, or kafka://host:9092,host2:9092.',
      },
    );
  const { brokers, isEncrypted, login } = address;
  return {
    brokers: [...brokers],
    ...(isEncrypted && { ssl: true }),
    ...(login && { sasl: { mechanism: 'plain', username: login.user, password: login.password } }),
  };
}
