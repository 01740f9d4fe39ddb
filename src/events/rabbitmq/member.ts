/** One member of a group, in this process. */

import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { AsyncMessage, Channel as ClientChannel } from 'rabbitmq-client';
import { rabbitHistory } from '../../schema/rabbit-names.ts';
import type { SubscribeOptions, Subscription } from '../bus.ts';
import { type HandOver, handOver } from '../hand-over.ts';
import type { Connection } from './connection.ts';
import { endOfHistory } from './groups.ts';
import { markOf, storedOf } from './messages.ts';
import { queueState } from './streams.ts';

/** Messages an ordered member takes ahead, so that one busy key does not keep the others waiting. */
const aheadFactor = 4;
const againMs = 500;

export interface Member extends Subscription {
  /** Messages of the group in the hands of this member. */
  held(): number;
}

export async function rabbitMember(
  connection: Connection,
  options: SubscribeOptions,
  join: (connection: Connection, options: SubscribeOptions) => Promise<void>,
): Promise<Member> {
  const { group, onError } = options;
  const stopping = new AbortController();
  let current: Sitting | undefined;

  const sitDown = async () => {
    const hasHistory = (await queueState(connection, rabbitHistory(group))) !== undefined;
    current = await sit(connection, options, hasHistory ? rabbitHistory(group) : group);
    if (stopping.signal.aborted) await current.stop(0);
  };

  const run = async () => {
    while (!stopping.signal.aborted) {
      try {
        await current?.over;
        current = undefined;
        if (!stopping.signal.aborted) await sitDown();
      } catch (error) {
        if (stopping.signal.aborted) return;
        onError(connection.fault(error));
        await sleep(againMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
      }
    }
  };

  await join(connection, options);
  await sitDown();
  const running = run();
  return {
    held: () => current?.queue.size ?? 0,
    async stop(timeoutMs) {
      stopping.abort();
      await current?.stop(timeoutMs);
      await running;
    },
  };
}

/** A member at one queue, on one channel. */
interface Sitting {
  readonly queue: HandOver;
  /** Resolves when the channel is gone, or there is nothing more to come. */
  readonly over: Promise<void>;
  stop(timeoutMs: number): Promise<void>;
}

async function sit(connection: Connection, options: SubscribeOptions, from: string): Promise<Sitting> {
  const { channels, ordered, maxInFlight, onError } = options;
  const channel = await connection.channel();
  let isStopping = false;
  let isAtEnd = false;
  const over = new Promise<void>((resolve) => {
    channel.on('close', () => {
      // what was handed over comes again, from another channel
      void queue.stop(0);
      resolve();
    });
  });
  const queue = handOver({ ...options, onSettled: () => plan() });

  /** The history is done with, nothing of it given back: the others learn it from the queue going away. */
  const finish = async () => {
    if (!isAtEnd || queue.size > 0 || isStopping) return;
    const { messageCount } = await channel.queueDeclare({ queue: from, passive: true });
    // the client hands over in the next turn what came before the answer
    await nextTurn();
    if (messageCount > 0 || queue.size > 0) return;
    await channel.queueDelete({ queue: from });
    await channel.close();
  };

  /** After what is being done now, such as giving something back. */
  const plan = () => {
    if (isAtEnd)
      setImmediate(() => {
        if (channel.active) void finish().catch((error: unknown) => onError(connection.fault(error)));
      });
  };

  const onMessage = (message: AsyncMessage) => {
    const { deliveryTag } = message;
    if (markOf(message) === endOfHistory) {
      isAtEnd = true;
      plan();
      return;
    }
    const stored = storedOf(message, `${from}:${deliveryTag}`, channels);
    const giveBack = async () => settle(channel, () => channel.basicNack({ deliveryTag, requeue: true }));
    if (stored === undefined) {
      // another member of the group knows its subject
      void giveBack();
      return;
    }
    queue.take({
      stored,
      order: deliveryTag,
      attempt: Number(message.headers?.['x-delivery-count'] ?? 0) + 1,
      ack: async () => settle(channel, () => channel.basicAck({ deliveryTag })),
      // of an ordered queue all that is held goes back at once, in its order, when the channel ends
      release: ordered ? async () => {} : giveBack,
      lapse: giveBack,
      progress: async () => {},
    });
  };

  channel.on('basic.cancel', () => void channel.close().catch(() => {}));
  try {
    await channel.basicQos({ prefetchCount: ordered ? maxInFlight * aheadFactor : maxInFlight });
    const { consumerTag } = await channel.basicConsume({ queue: from }, onMessage);
    return {
      queue,
      over,
      async stop(timeoutMs) {
        isStopping = true;
        // an ordered queue would turn to another member while this one still holds what comes before
        if (!ordered) await channel.basicCancel(consumerTag).catch(() => {});
        await queue.stop(timeoutMs);
        await channel.close().catch(() => {});
      },
    };
  } catch (error) {
    await channel.close().catch(() => {});
    throw error;
  }
}

/** A channel that is gone has given everything back. */
function settle(channel: ClientChannel, run: () => void): void {
  if (channel.active) run();
}
