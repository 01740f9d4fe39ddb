/**
 * A stream is a topic exchange and a queue of the type `stream` that keeps what goes through it, so that groups can begin in the
 * past and events be read again. Beside it stands a small one in which groups write what they read, since RabbitMQ tells nobody.
 */
import { rabbitLog, rabbitRecords } from '../../schema/rabbit-names.ts';
import type { Channel } from '../bus.ts';
import { byStream } from '../by-stream.ts';
import { refuseMissing } from '../wire.ts';
import { amqpCode, type Connection } from './connection.ts';

export async function ensureStreams(connection: Connection, channels: readonly Channel[]): Promise<void> {
  for (const [stream, own] of byStream(channels)) {
    if (await isThere(connection, stream)) continue;
    const kept = own.map(({ retentionMs }) => retentionMs ?? 0);
    const retentionMs = kept.includes(0) ? 0 : Math.max(...kept);
    const age = retentionMs === 0 ? {} : { 'x-max-age': `${Math.max(1, Math.round(retentionMs / 1_000))}s` };
    await connection.on(async (channel) => {
      await channel.exchangeDeclare({ exchange: stream, type: 'topic', durable: true });
      const type = { 'x-queue-type': 'stream' as const };
      await channel.queueDeclare({ queue: rabbitLog(stream), durable: true, arguments: { ...type, ...age } });
      await channel.queueDeclare({ queue: rabbitRecords(stream), durable: true, arguments: type });
      await channel.queueBind({ queue: rabbitLog(stream), exchange: stream, routingKey: '#' });
    });
  }
}

export async function verifyStreams(connection: Connection, channels: readonly Channel[]): Promise<void> {
  const missing: string[] = [];
  for (const stream of byStream(channels).keys()) if (!(await isThere(connection, stream))) missing.push(stream);
  refuseMissing(missing);
}

async function isThere(connection: Connection, stream: string): Promise<boolean> {
  return (
    (await queueState(connection, rabbitLog(stream))) !== undefined &&
    (await queueState(connection, rabbitRecords(stream))) !== undefined
  );
}

/** Messages ready in a queue; undefined where there is no such queue. */
export async function queueState(
  connection: Connection,
  queue: string,
): Promise<{ readonly ready: number } | undefined> {
  try {
    const { messageCount } = await connection.on((channel) => channel.queueDeclare({ queue, passive: true }));
    return { ready: messageCount };
  } catch (error) {
    if (amqpCode(error) === 'NOT_FOUND') return undefined;
    throw error;
  }
}
