/** A bus by its address, for programs that are told which one: each adapter is loaded when its address is. */
import type { Bus } from './bus.ts';
import { EventFault } from './error.ts';
import { withoutCredentials } from './wire.ts';

type Open = (url: string) => Promise<Bus>;

/** A row is a scheme and the bus behind it. */
const schemes: Readonly<Record<string, Open>> = {
  'nats:': nats,
  'tls:': nats,
  'redis:': redis,
  'rediss:': redis,
  'amqp:': rabbitmq,
  'amqps:': rabbitmq,
  'kafka:': kafka,
  'kafkas:': kafka,
};

/**
 * Rejects with OPTIONS_INVALID where no bus has such an address.
 *
 * @example
 * const bus = await busOf('nats://127.0.0.1:4222');
 */
export async function busOf(url: string): Promise<Bus> {
  const scheme = /^[a-z]+:/.exec(url)?.[0] ?? '';
  const open = Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined;
  if (open !== undefined) return open(url);
  const known = Object.keys(schemes)
    .map((each) => `${each}//`)
    .join(', ');
  throw new EventFault(
    'OPTIONS_INVALID',
    { url: withoutCredentials(url) },
    { message: `No bus has the address "${withoutCredentials(url)}".`, remedy: `It begins with ${known}.` },
  );
}

async function nats(url: string): Promise<Bus> {
  return (await import('./nats/index.ts')).natsBus({ url });
}

async function redis(url: string): Promise<Bus> {
  return (await import('./redis/index.ts')).redisBus({ url });
}

async function rabbitmq(url: string): Promise<Bus> {
  return (await import('./rabbitmq/index.ts')).rabbitBus({ url });
}

async function kafka(url: string): Promise<Bus> {
  return (await import('./kafka/index.ts')).kafkaBus({ url });
}
