/** `kafka://user:password@host:9092,host2:9092`: several brokers, which no URL has, of one cluster. */
import type { KafkaConfig } from 'kafkajs';
import { EventFault } from '../error.ts';
import { withoutCredentials } from '../wire.ts';

const address = /^kafka(?<secure>s)?:\/\/(?:(?<user>[^:@/]*)(?::(?<password>.*))?@)?(?<hosts>[^/@?]+)\/?$/;
const defaultPort = 9092;

/** Throws OPTIONS_INVALID. */
export function brokersOf(url: string): KafkaConfig {
  const { secure, user, password = '', hosts } = address.exec(url)?.groups ?? {};
  if (hosts === undefined)
    throw new EventFault(
      'OPTIONS_INVALID',
      { url: withoutCredentials(url) },
      {
        message: `"${withoutCredentials(url)}" is no address of Kafka.`,
        remedy: 'Write kafka://host:9092, or kafka://host:9092,host2:9092.',
      },
    );
  const brokers = hosts.split(',').map((host) => (/:\d+$/.test(host) ? host : `${host}:${defaultPort}`));
  return {
    brokers,
    ...(secure && { ssl: true }),
    ...(user && { sasl: { mechanism: 'plain', username: decoded(user), password: decoded(password) } }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
