/**
 * Reading a queue of the type `stream`. RabbitMQ does not say where one ends: whoever reads writes a mark behind everything first, and
 * reads up to it.
 */

import { randomUUID } from 'node:crypto';
import type { AsyncMessage, Channel as ClientChannel, Envelope } from 'rabbitmq-client';
import { rabbitLog, rabbitMarkKey } from '../../schema/rabbit-names.ts';
import type { ReadOptions, StoredMessage } from '../bus.ts';
import { byStream } from '../by-stream.ts';
import { EventFault } from '../error.ts';
import type { Connection } from './connection.ts';
import { markOf, rabbitHeaders, storedOf } from './messages.ts';
import { verifyStreams } from './streams.ts';

const prefetch = 200;
const silentMs = 15_000;
const maxTries = 5;
/** A stream is found by time in chunks, and its time is not the publisher's. */
const marginMs = 60_000;

export async function* readStreams(
  connection: Connection,
  { channels, from, to = Number.POSITIVE_INFINITY }: ReadOptions,
): AsyncGenerator<StoredMessage> {
  await verifyStreams(connection, channels);
  for (const [stream, own] of byStream(channels)) {
    const since = typeof from === 'object' ? from.time : 0;
    const newest = new Map<string, StoredMessage>();
    for await (const message of readLog(connection, rabbitLog(stream), { exchange: stream }, startOf(from))) {
      const stored = storedOf(message, `${stream}:${offsetOf(message)}`, own);
      if (stored === undefined || stored.storedAt < since || stored.storedAt >= to) continue;
      if (from !== 'last') yield stored;
      newest.delete(stored.address);
      if (from === 'last') newest.set(stored.address, stored);
    }
    yield* newest.values();
  }
}

/** From the first, from an offset on, or an age such as `90s`. */
export type StreamOffset = string | number;

export function startOf(from: ReadOptions['from']): StreamOffset {
  if (typeof from !== 'object') return 'first';
  return `${Math.max(1, Math.ceil((Date.now() - from.time + marginMs) / 1_000))}s`;
}

function offsetOf({ headers }: AsyncMessage): number {
  return Number(headers?.['x-stream-offset']);
}

/** Everything stored up to now, marks of others left out. `way`: how something is written to this queue. */
export async function* readLog(
  connection: Connection,
  queue: string,
  way: Pick<Envelope, 'exchange' | 'routingKey'>,
  from: StreamOffset,
): AsyncGenerator<AsyncMessage> {
  const mark = randomUUID();
  await connection.on((channel) => writeMark(channel, way, mark));
  let start = from;
  for (let failures = 0; ; ) {
    const channel = await connection.channel();
    try {
      for await (const message of consumed(channel, queue, start)) {
        failures = 0;
        start = offsetOf(message) + 1;
        if (markOf(message) === mark) return;
        if (markOf(message) === undefined) yield message;
      }
    } catch (error) {
      failures += 1;
      if (failures === maxTries || !(error instanceof Interrupted)) throw connection.fault(error);
    } finally {
      await channel.close().catch(() => {});
    }
  }
}

export async function writeMark(
  channel: ClientChannel,
  way: Pick<Envelope, 'exchange' | 'routingKey'>,
  mark: string,
): Promise<void> {
  await channel.confirmSelect();
  const headers = { [rabbitHeaders.mark]: mark };
  await channel.basicPublish({ routingKey: rabbitMarkKey, ...way, durable: true, headers }, Buffer.alloc(0));
}

class Interrupted extends EventFault {
  constructor(queue: string) {
    super('BUS_UNREACHABLE', { bus: 'rabbitmq', queue }, { message: `Reading ${queue} was interrupted.` });
  }
}

async function* consumed(channel: ClientChannel, queue: string, start: StreamOffset): AsyncGenerator<AsyncMessage> {
  const waiting: AsyncMessage[] = [];
  let isClosed = false;
  let heard = () => {};
  channel.on('close', () => {
    isClosed = true;
    heard();
  });
  await channel.basicQos({ prefetchCount: prefetch });
  await channel.basicConsume({ queue, arguments: { 'x-stream-offset': start } }, (message) => {
    waiting.push(message);
    heard();
  });
  for (;;) {
    const message = waiting.shift();
    if (message !== undefined) {
      channel.basicAck({ deliveryTag: message.deliveryTag });
      yield message;
    } else if (isClosed || !(await within(silentMs, (listen) => (heard = listen)))) throw new Interrupted(queue);
  }
}

/** Whether it was heard of in time. */
function within(ms: number, listen: (heard: () => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms, false);
    listen(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
