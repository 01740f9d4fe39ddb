/**
 * `herald-registry/events/nats`: NATS JetStream, servers 2.9 to 2.15, through `@nats-io/transport-node` and `@nats-io/jetstream`, which
 * services install themselves. The broker stores, counts deliveries, gives back after a delay and knows ids again; the order of
 * keys in a group is kept by its leading member.
 */

import type { ConnectionOptions } from '@nats-io/transport-node';
import { deduplicationMs } from '../../schema/delivery.ts';
import { natsStreamName } from '../../schema/nats-names.ts';
import type { Bus, Message, Subscription } from '../bus.ts';
import { byStream } from '../by-stream.ts';
import { EventFault } from '../error.ts';
import { headersOf, refuseLarge } from '../wire.ts';
import { asLongAsOpen, type Connected, natsConnection } from './connection.ts';
import { backlogOf, groupsReading, removeGroup } from './groups.ts';
import { type MemberParts, unorderedMember } from './member.ts';
import { orderedMember } from './ordered-member.ts';
import { readStreams } from './read.ts';
import { ensureStreams, verifyStreams } from './streams.ts';

export interface NatsOptions {
  /** `nats://host:4222`, or several of one cluster; `tls://` where it must be encrypted. User and password, or a token, may stand in front of the host. */
  readonly url: string | readonly string[];
  /** Copies of each stream that `ensure` makes. Default 1. */
  readonly replicas?: number;
  /**
   * How stored events are read again. `consumer` (default) is fast and needs the right to make consumers; `messages` takes what least
   * privilege gives: the right to get messages of the stream.
   */
  readonly reads?: 'consumer' | 'messages';
  /** Whatever else the client takes, such as an `authenticator` or `tls`. */
  readonly connection?: ConnectionOptions;
}

/** NATS counts headers as part of a message; ours and the service's fit in this. */
const headerBytes = 8_192;

/**
 * A bus on NATS JetStream. It connects when first used, and again by itself.
 *
 * @example
 * const bus = natsBus({ url: 'nats://127.0.0.1:4222' });
 */
export function natsBus({ url, replicas = 1, reads = 'consumer', connection: more = {} }: NatsOptions): Bus {
  const connection = natsConnection(typeof url === 'string' ? [url] : url, more);
  const subscriptions = new Set<Subscription>();

  /** What the server is asked to do, with its refusals in our words. */
  const ask = async <Result>(
    run: (connected: Connected) => Promise<Result>,
    what: 'publish' | 'ask' = 'ask',
  ): Promise<Result> => {
    const connected = await connection.up();
    return run(connected).catch((error: unknown) => {
      throw connection.fault(error, what);
    });
  };

  const limits = async () => {
    const { nc } = await connection.up();
    return { maxBodyBytes: (nc.info?.max_payload ?? 1_048_576) - headerBytes, deduplicationMs, canRead: true };
  };

  return {
    kind: 'nats',
    limits,
    ensure: (channels) => ask((connected) => ensureStreams(connected, channels, replicas)),
    verify: (channels) => ask((connected) => verifyStreams(connected, channels)),
    async publish(message, { timeoutMs }) {
      refuseLarge(message, (await limits()).maxBodyBytes);
      return ask((connected) => publish(connected, message, timeoutMs), 'publish').catch((error: unknown) => {
        throw named(error, message);
      });
    },
    subscribe: (options) =>
      ask(async ({ nc }) => {
        const streams = byStream(options.channels);
        const maxHeld = Math.max(1, Math.floor(options.maxInFlight / streams.size));
        const quiet = connection.onError(options.onError);
        const members: Subscription[] = [];
        try {
          for (const [stream, channels] of streams)
            members.push(await member({ connection, stream, channels, options }, maxHeld, replicas));
        } catch (error) {
          quiet();
          await Promise.all(members.map((each) => each.stop(0)));
          throw error;
        }
        const subscription: Subscription = {
          async stop(timeoutMs) {
            subscriptions.delete(subscription);
            quiet();
            await Promise.all(members.splice(0).map((each) => each.stop(timeoutMs)));
            if (connection.isUp()) await asLongAsOpen(nc, nc.flush());
          },
        };
        subscriptions.add(subscription);
        return subscription;
      }),
    backlog: (group, channels) => ask((connected) => backlogOf(connected, group, channels)),
    groupsOf: (channel) => ask((connected) => groupsReading(connected, channel)),
    removeGroup: (group, channels) => ask((connected) => removeGroup(connected, group, channels)),
    async *read(options) {
      try {
        yield* readStreams(connection.up, options, reads);
      } catch (error) {
        throw connection.fault(error, 'ask');
      }
    },
    async close() {
      await Promise.all([...subscriptions].map((subscription) => subscription.stop(0)));
      await connection.close();
    },
  };
}

function member(parts: MemberParts, maxHeld: number, replicas: number): Promise<Subscription> {
  return parts.options.ordered ? orderedMember(parts, maxHeld, replicas) : unorderedMember(parts, maxHeld);
}

async function publish({ js, emptyHeaders }: Connected, message: Message, timeoutMs: number) {
  const { channel, id, body } = message;
  const headers = emptyHeaders();
  for (const [name, value] of Object.entries(headersOf(message))) headers.set(name, value);
  const { duplicate } = await js.publish(channel.address, body, {
    msgID: id,
    headers,
    timeout: timeoutMs,
    expect: { streamName: natsStreamName(channel.stream) },
  });
  return { duplicate };
}

/** The server says only that nobody takes the message: which stream is missing, we know. */
function named(error: unknown, { channel: { stream, address, subject } }: Message): unknown {
  if (!(error instanceof EventFault) || error.code !== 'STREAM_MISSING') return error;
  const details = { streams: [stream], addresses: [address], subject };
  const message = `The broker has no stream ${stream} that takes ${address}.`;
  return new EventFault('STREAM_MISSING', details, { message, cause: error });
}
