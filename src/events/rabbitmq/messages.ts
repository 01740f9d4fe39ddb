/** A message as AMQP carries it, and back. */
import type { AsyncMessage, Envelope } from 'rabbitmq-client';
import type { Channel, Message, StoredMessage } from '../bus.ts';
import { headersOf, seenIn } from '../wire.ts';

/** Headers of this adapter beside `wireHeaders`. */
export const rabbitHeaders = {
  /** The routing key, where a message was copied to a queue and its routing key is that of the queue. */
  address: 'herald-address',
  stream: 'herald-stream',
  /** RabbitMQ keeps no time of its own: the clock of whoever published, in milliseconds. */
  storedAt: 'herald-stored-at',
  /** A mark of this adapter and no message of anybody. */
  mark: 'herald-mark',
} as const;

/** What RabbitMQ adds for itself. */
const brokers = new Set(['x-delivery-count', 'x-stream-offset', 'x-death', 'x-first-death-queue', 'x-acquired-count']);

/** Without a content type: the client would take the body apart by it. The header says it. */
export function envelopeOf(message: Message, now: number): Envelope {
  const { channel, id } = message;
  return {
    exchange: channel.stream,
    routingKey: channel.address,
    durable: true,
    mandatory: true,
    messageId: id,
    timestamp: Math.floor(now / 1_000),
    headers: {
      ...headersOf(message),
      [rabbitHeaders.address]: channel.address,
      [rabbitHeaders.stream]: channel.stream,
      [rabbitHeaders.storedAt]: String(now),
    },
  };
}

export function headerOf({ headers }: AsyncMessage, name: string): string | undefined {
  const value: unknown = headers?.[name];
  return value === undefined ? undefined : String(value);
}

export function markOf(message: AsyncMessage): string | undefined {
  return headerOf(message, rabbitHeaders.mark);
}

/** Undefined where it is of none of these channels. */
export function storedOf(
  message: AsyncMessage,
  position: string,
  channels: readonly Channel[],
): StoredMessage | undefined {
  const address = headerOf(message, rabbitHeaders.address) ?? message.routingKey;
  const stream = headerOf(message, rabbitHeaders.stream) ?? message.exchange;
  if (!channels.some((channel) => channel.address === address && channel.stream === stream)) return undefined;
  const seen = Object.entries(message.headers ?? {})
    .filter(([name]) => !brokers.has(name))
    .map(([name, value]) => [name, String(value)] as const);
  return {
    ...seenIn(seen, address, channels),
    body: bytesOf(message.body),
    storedAt: Number(headerOf(message, rabbitHeaders.storedAt) ?? (message.timestamp ?? 0) * 1_000),
    position,
  };
}

/** Where another program stated a content type the client has taken the body apart already. */
export function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? null));
}
