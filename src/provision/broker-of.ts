/** A broker by its address: each adapter is loaded when its address is. */
import { Fault } from '../errors.ts';
import type { Broker } from './broker.ts';
import { withoutCredentials } from './reach.ts';

export interface BrokerOptions {
  /** Content of a NATS `.creds` file. */
  readonly credentials?: string;
  /** Address of RabbitMQ's management interface, where it is not at port 15672 of the broker; `none`: over AMQP alone. */
  readonly management?: string;
}

type Open = (url: string, options: BrokerOptions) => Promise<Broker>;

/** A row is a scheme and the broker behind it. */
const schemes: Readonly<Record<string, Open>> = {
  'nats:': nats,
  'tls:': nats,
  'amqp:': rabbitmq,
  'amqps:': rabbitmq,
  'redis:': redis,
  'rediss:': redis,
  'kafka:': kafka,
  'kafkas:': kafka,
};

export async function brokerOf(url: string, options: BrokerOptions): Promise<Broker> {
  const scheme = /^[a-z]+:/.exec(url)?.[0] ?? '';
  const open = Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined;
  // several brokers are no URL: Kafka's adapter reads its address itself
  if (open !== undefined && (open === kafka || URL.canParse(url))) return open(url, options);
  const known = Object.keys(schemes).map((each) => `${each}//`);
  const message = `No broker has the address "${withoutCredentials(url)}": it begins with ${known.join(', ')}.`;
  throw new Fault('USAGE_INVALID', {}, { message });
}

async function nats(url: string, { credentials }: BrokerOptions): Promise<Broker> {
  return (await import('./nats/broker.ts')).natsBroker(url, credentials);
}

async function rabbitmq(url: string, { management }: BrokerOptions): Promise<Broker> {
  if (management === 'none') return (await import('./rabbitmq/amqp.ts')).rabbitOverAmqp(url);
  return (await import('./rabbitmq/broker.ts')).rabbitBroker(url, management);
}

async function redis(url: string): Promise<Broker> {
  return (await import('./redis/broker.ts')).redisBroker(url);
}

async function kafka(url: string): Promise<Broker> {
  return (await import('./kafka/broker.ts')).kafkaBroker(url);
}
