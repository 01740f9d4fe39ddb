/**
 * Work queues, `service.action.priority`: commands, which one worker carries out, and no facts, which every group hears of. So they are
 * queues of their own kind: no catalog, no outbox; whoever sends them may hold them against a schema.
 */
import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AsyncMessage, Channel as ClientChannel, ConnectionOptions as ClientOptions } from 'rabbitmq-client';
import { rabbitDead } from '../../schema/rabbit-names.ts';
import { type Backoff, delayAfter } from '../backoff.ts';
import type { Subscription } from '../bus.ts';
import { EventFault } from '../error.ts';
import { confirmedWithin, refuseMissing } from '../wire.ts';
import { rabbitConnection } from './connection.ts';
import { bytesOf } from './messages.ts';

export interface WorkQueueOptions {
  readonly url: string;
  /** Last part of every name. Default high, normal, low. */
  readonly priorities?: readonly string[];
  /** What is wrong with a command, such as a generated validator says; asked before it is sent and before it is carried out. */
  readonly check?: (queue: string, command: unknown) => readonly unknown[];
  /**
   * The exchange through which commands go to their queues; `herald.commands` is provisioned, and there each service may send what the
   * catalog says. Default: the broker's own, which reaches every queue.
   */
  readonly exchange?: string;
  readonly connection?: ClientOptions;
}

export interface WorkOptions {
  /** Commands carried out side by side. Default 10. */
  readonly concurrency?: number;
  /** After so many attempts a command goes to `<queue>.dead`. Default 6. */
  readonly maxAttempts?: number;
  /** Default 1 second to 5 minutes; shorter than the broker's `consumer_timeout`. */
  readonly backoff?: Backoff;
  readonly onError?: (error: unknown) => void;
}

export interface WorkQueues {
  /** Makes queues that are missing, each with its `<queue>.dead`. */
  ensure(queues: readonly string[]): Promise<void>;
  /** Resolves when the broker has it. */
  send(queue: string, command: unknown, options?: { readonly id?: string }): Promise<{ readonly id: string }>;
  /** Carries out what comes; at least once, so that handlers guard what must not happen twice by `id`. */
  work(
    queue: string,
    handler: (command: unknown, context: { readonly id: string; readonly attempt: number }) => Promise<void>,
    options?: WorkOptions,
  ): Promise<Subscription>;
  close(): Promise<void>;
}

const timeoutMs = 10_000;

/**
 * @example
 * const queues = workQueues({ url: 'amqp://guest:guest@127.0.0.1:5672' });
 * await queues.ensure(['notify.email.high']);
 * await queues.send('notify.email.high', { to: 'user-1', template: 'welcome' });
 */
export function workQueues(options: WorkQueueOptions): WorkQueues {
  const { url, priorities = ['high', 'normal', 'low'], check = () => [], exchange = '' } = options;
  const connection = rabbitConnection(url, options.connection ?? {});
  const workers = new Set<Subscription>();

  const named = (queue: string) => {
    const [service, action, priority = '', ...more] = queue.split('.');
    if (service && action && more.length === 0 && priorities.includes(priority)) return;
    const message = `"${queue}" is no work queue: it is service.action.priority, and priorities are ${priorities.join(', ')}.`;
    throw new EventFault('OPTIONS_INVALID', { queue }, { message });
  };

  const checked = (queue: string, command: unknown) => {
    const errors = check(queue, command);
    if (errors.length === 0) return;
    const message = `A command for ${queue} breaks its schema.`;
    throw new EventFault('EVENT_INVALID', { queue, errors }, { message });
  };

  const put = async (queue: string, body: Buffer, id: string, attempt: number) =>
    connection.on(async (channel) => {
      let isReturned = false;
      channel.on('basic.return', () => {
        isReturned = true;
      });
      await channel.confirmSelect();
      const headers = { 'herald-attempt': String(attempt) };
      const envelope = { exchange, routingKey: queue, durable: true, mandatory: true, messageId: id, headers };
      await confirmedWithin('rabbitmq', timeoutMs, channel.basicPublish(envelope, body));
      // the client tells of what came back in the next turn
      await nextTurn();
      if (isReturned) refuseMissing([queue]);
    });

  const settle = async (queue: string, message: AsyncMessage, handler: Handler, work: WorkOptions) => {
    const { maxAttempts = 6, backoff = { firstMs: 1_000, maxMs: 300_000 } } = work;
    const body = Buffer.from(bytesOf(message.body));
    const id = String(message.messageId ?? randomUUID());
    const attempt = Number(message.headers?.['x-delivery-count'] ?? 0) + 1;
    for (let tried = attempt; ; tried += 1) {
      try {
        const command = parsed(queue, body);
        checked(queue, command);
        await handler(command, { id, attempt: tried });
        return;
      } catch (error) {
        work.onError?.(error);
        const isHopeless = error instanceof EventFault && error.retry === 'never';
        if (isHopeless || tried >= maxAttempts) {
          await put(rabbitDead(queue), body, id, tried);
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, delayAfter(tried, backoff, Math.random())));
      }
    }
  };

  return {
    async ensure(queues) {
      for (const queue of queues) named(queue);
      await connection.on(async (channel) => {
        const kind = { 'x-queue-type': 'quorum' as const };
        for (const queue of queues.flatMap((each) => [each, rabbitDead(each)]))
          await channel.queueDeclare({ queue, durable: true, arguments: kind });
      });
    },
    async send(queue, command, { id = randomUUID() } = {}) {
      named(queue);
      checked(queue, command);
      await put(queue, Buffer.from(JSON.stringify(command)), id, 1);
      return { id };
    },
    async work(queue, handler, work = {}) {
      named(queue);
      const worker = await workerOf(queue, (message) => settle(queue, message, handler, work), work);
      workers.add(worker);
      return worker;
    },
    async close() {
      await Promise.all([...workers].map((worker) => worker.stop(0)));
      await connection.close();
    },
  };

  /** Consumes on one channel after another, until it is stopped. */
  async function workerOf(
    queue: string,
    carryOut: (message: AsyncMessage) => Promise<void>,
    { concurrency = 10, onError = () => {} }: WorkOptions,
  ): Promise<Subscription> {
    const atWork = new Set<Promise<void>>();
    let isStopped = false;
    let current: ClientChannel | undefined;
    const take = (channel: ClientChannel, message: AsyncMessage) => {
      const { deliveryTag } = message;
      const done: Promise<void> = carryOut(message)
        .then(
          () => channel.active && channel.basicAck({ deliveryTag }),
          (error: unknown) => {
            onError(connection.fault(error));
            if (channel.active) channel.basicNack({ deliveryTag, requeue: true });
          },
        )
        .then(() => void atWork.delete(done));
      atWork.add(done);
    };
    const consume = async () => {
      const channel = await connection.channel();
      channel.on('close', () => again());
      await channel.basicQos({ prefetchCount: concurrency });
      await channel.basicConsume({ queue }, (message) => take(channel, message));
      current = channel;
    };
    const again = () => {
      if (isStopped) return;
      setTimeout(() => {
        if (isStopped) return;
        consume().catch((error: unknown) => {
          onError(connection.fault(error));
          again();
        });
      }, 500).unref();
    };
    await consume().catch((error: unknown) => {
      isStopped = true;
      throw connection.fault(error);
    });
    return {
      async stop(ms) {
        isStopped = true;
        const late = new Promise((resolve) => setTimeout(resolve, ms));
        await Promise.race([Promise.all(atWork), late]);
        await current?.close().catch(() => {});
      },
    };
  }
}

type Handler = (command: unknown, context: { readonly id: string; readonly attempt: number }) => Promise<void>;

function parsed(queue: string, body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // the parser's own words quote the body
    throw new EventFault('BODY_NOT_JSON', { queue, bytes: body.byteLength });
  }
}
