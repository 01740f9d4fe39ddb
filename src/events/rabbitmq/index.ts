/**
 * `herald-registry/events/rabbitmq`: RabbitMQ 3.10 and later, through `rabbitmq-client`, which services install themselves. RabbitMQ
 * shares a queue among members, counts deliveries and keeps an ordered queue with one member at a time; delays, a past for
 * groups that begin later and the list of groups are made here. It knows no message again: consumers' inboxes do.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Channel as ClientChannel, ConnectionOptions as ClientOptions } from 'rabbitmq-client';
import { rabbitHistory } from '../../schema/rabbit-names.ts';
import type { Bus, Message } from '../bus.ts';
import { EventFault } from '../error.ts';
import { confirmedWithin, refuseLarge, refuseMissing } from '../wire.ts';
import { type Connection, rabbitConnection } from './connection.ts';
import { groupsReading, joinGroup, removeGroup, verifyGroup } from './groups.ts';
import { type Member, rabbitMember } from './member.ts';
import { envelopeOf } from './messages.ts';
import { readStreams } from './read.ts';
import { ensureStreams, queueState, verifyStreams } from './streams.ts';

/** Commands on `service.action.priority` queues. */
export { type WorkOptions, type WorkQueueOptions, type WorkQueues, workQueues } from './queues.ts';

export interface RabbitOptions {
  /** `amqp://user:password@host:5672/vhost`; `amqps://` where it must be encrypted. */
  readonly url: string;
  /**
   * `made` (default): a group is made when it is first asked for, which takes the right to configure and to write to any queue.
   * `provisioned`: it is there, and reading from it is all that is done.
   */
  readonly groups?: 'made' | 'provisioned';
  /** Default 16 MiB, which RabbitMQ 4 takes; RabbitMQ 3 takes 128 MiB. */
  readonly maxBodyBytes?: number;
  /** Whatever else the client takes, such as `hosts` of a cluster or `tls`. */
  readonly connection?: ClientOptions;
}

/**
 * A bus on RabbitMQ. It connects when first used, and again by itself.
 *
 * @example
 * const bus = rabbitBus({ url: 'amqp://guest:guest@127.0.0.1:5672' });
 */
export function rabbitBus(options: RabbitOptions): Bus {
  const { url, groups = 'made', maxBodyBytes = 16 * 1_048_576, connection: more = {} } = options;
  const connection = rabbitConnection(url, more);
  const publishers = new Map<string, Promise<Publisher>>();
  const members = new Map<Member, string>();

  /** A channel each: RabbitMQ closes one with the first publication it refuses. */
  const publisherOf = (stream: string): Promise<Publisher> => {
    const known = publishers.get(stream);
    if (known !== undefined) return known;
    const made = publisher(connection, () => publishers.delete(stream));
    publishers.set(stream, made);
    made.catch(() => publishers.delete(stream));
    return made;
  };

  return {
    kind: 'rabbitmq',
    limits: async () => ({ maxBodyBytes, deduplicationMs: 0, canRead: true }),
    ensure: (channels) => ensureStreams(connection, channels),
    verify: (channels) => verifyStreams(connection, channels),
    async publish(message, { timeoutMs }) {
      refuseLarge(message, maxBodyBytes);
      const { publish } = await publisherOf(message.channel.stream);
      await confirmedWithin('rabbitmq', timeoutMs, publish(message));
      return { duplicate: false };
    },
    async subscribe(subscribed) {
      await verifyStreams(connection, subscribed.channels);
      const join = groups === 'made' ? joinGroup : verifyGroup;
      const member = await rabbitMember(connection, subscribed, join);
      members.set(member, subscribed.group);
      return {
        async stop(timeoutMs) {
          members.delete(member);
          await member.stop(timeoutMs);
        },
      };
    },
    async backlog(group) {
      const [queue, history] = [
        await queueState(connection, group),
        await queueState(connection, rabbitHistory(group)),
      ];
      // RabbitMQ tells only what is ready; what this process holds, it knows itself
      const own = [...members].filter(([, name]) => name === group).map(([member]) => member.held());
      return {
        pending: (queue?.ready ?? 0) + (history?.ready ?? 0),
        inFlight: own.reduce((sum, held) => sum + held, 0),
      };
    },
    groupsOf: (channel) => groupsReading(connection, channel),
    removeGroup: (group, channels) => removeGroup(connection, group, channels),
    read: (read) => readStreams(connection, read),
    async close() {
      await Promise.all([...members.keys()].map((member) => member.stop(0)));
      members.clear();
      for (const made of publishers.values()) await made.then(({ close }) => close()).catch(() => {});
      await connection.close();
    },
  };
}

interface Publisher {
  publish(message: Message): Promise<void>;
  close(): Promise<void>;
}

async function publisher(connection: Connection, onClose: () => void): Promise<Publisher> {
  const channel: ClientChannel = await connection.channel();
  const returned = new Set<string>();
  channel.on('close', onClose);
  // nothing keeps what goes through this exchange; the confirmation follows all the same
  channel.on('basic.return', ({ messageId }) => void returned.add(String(messageId)));
  await channel.confirmSelect();
  return {
    async publish(message) {
      if (connection.isBlocked())
        throw new EventFault(
          'BUS_UNREACHABLE',
          { bus: 'rabbitmq' },
          { message: 'RabbitMQ takes nothing while its memory or disk is full.' },
        );
      const { channel: to, id, body } = message;
      try {
        await channel.basicPublish(envelopeOf(message, Date.now()), Buffer.from(body));
      } catch (error) {
        const fault = connection.fault(error);
        if (fault.code === 'STREAM_MISSING') refuseMissing([to.stream], [to.address]);
        throw fault;
      }
      // the client tells of what came back in the next turn
      await nextTurn();
      if (returned.delete(id)) refuseMissing([to.stream], [to.address]);
    },
    close: () => channel.close(),
  };
}
