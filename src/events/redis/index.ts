/**
 * `herald-registry/events/redis`: Redis Streams, Redis 6.2 and later, through `ioredis`, which services install themselves. Redis
 * stores, remembers what a group has not settled and counts deliveries; knowing ids again, giving back after a delay and the
 * order of keys in a group are made here.
 */
import type { RedisOptions as ClientOptions } from 'ioredis';
import { keysOf } from '../../schema/redis-keys.ts';
import type { Bus, Subscription } from '../bus.ts';
import { byStream } from '../by-stream.ts';
import { confirmedWithin, refuseLarge } from '../wire.ts';
import { redisConnection } from './connection.ts';
import { backlogOf, groupsReading, removeGroup } from './groups.ts';
import { redisMember } from './member.ts';
import { readStreams } from './read.ts';
import { ensureStreams, publish, verifyStreams } from './streams.ts';

export interface RedisOptions {
  /** `redis://user:password@host:6379/0`; `rediss://` where it must be encrypted. */
  readonly url: string;
  /** What every key begins with. Default `herald:`. */
  readonly prefix?: string;
  /** For how long an id is remembered, in milliseconds; each takes about 150 bytes meanwhile. Default 120000. 0: not at all. */
  readonly deduplicationMs?: number;
  /** Default 16 MiB. Redis itself takes 512 MiB. */
  readonly maxBodyBytes?: number;
  /** Goes on where Redis is set to throw streams away when its memory is full. Default false. */
  readonly allowsEviction?: boolean;
  /** Whatever else the client takes, such as `sentinels` or `tls`. */
  readonly connection?: ClientOptions;
}

/**
 * A bus on Redis Streams. It connects when first used, and again by itself.
 *
 * @example
 * const bus = redisBus({ url: 'redis://127.0.0.1:6379' });
 */
export function redisBus(options: RedisOptions): Bus {
  const { url, prefix = 'herald:', deduplicationMs = 120_000, maxBodyBytes = 16 * 1_048_576 } = options;
  const redis = redisConnection(url, options.connection ?? {}, options.allowsEviction ?? false);
  const keys = keysOf(prefix);
  const subscriptions = new Set<Subscription>();
  return {
    kind: 'redis',
    limits: async () => ({ maxBodyBytes, deduplicationMs, canRead: true }),
    ensure: (channels) => ensureStreams(redis, keys, channels),
    verify: (channels) => verifyStreams(redis, keys, channels),
    async publish(message, { timeoutMs }) {
      refuseLarge(message, maxBodyBytes);
      return confirmedWithin('redis', timeoutMs, publish(redis, keys, message, deduplicationMs));
    },
    async subscribe(subscribed) {
      const streams = byStream(subscribed.channels);
      const maxHeld = Math.max(1, Math.floor(subscribed.maxInFlight / streams.size));
      const members: Subscription[] = [];
      try {
        for (const [stream, channels] of streams)
          members.push(await redisMember({ redis, keys, stream, channels, options: subscribed }, maxHeld));
      } catch (error) {
        await Promise.all(members.map((member) => member.stop(0)));
        throw error;
      }
      const subscription: Subscription = {
        async stop(timeoutMs) {
          subscriptions.delete(subscription);
          await Promise.all(members.splice(0).map((member) => member.stop(timeoutMs)));
        },
      };
      subscriptions.add(subscription);
      return subscription;
    },
    backlog: (group, channels) => backlogOf(redis, keys, group, channels),
    groupsOf: (channel) => groupsReading(redis, keys, channel),
    removeGroup: (group, channels) => removeGroup(redis, keys, group, channels),
    read: (read) => readStreams(redis, keys, read),
    async close() {
      await Promise.all([...subscriptions].map((subscription) => subscription.stop(0)));
      await redis.close();
    },
  };
}
