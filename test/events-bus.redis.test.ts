/** Redis Streams keep the contract of every bus, on the server of REDIS_URL. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, describe } from 'vitest';
import { redisBus } from '../src/events/redis/index.ts';
import { busContract } from './events-bus.contract.ts';
import { proxyTo } from './support/proxy.ts';
import { redisUrl } from './support/servers.ts';

const url = redisUrl();
const proxy = url === undefined ? undefined : await proxyTo(url);
const prefix = `test-${randomUUID().slice(0, 8)}:`;

afterAll(async () => {
  await proxy?.close();
  if (url === undefined) return;
  const redis = new Redis(url);
  const keys = await redis.keys(`${prefix}*`);
  if (keys.length > 0) await redis.del(...keys);
  await redis.quit();
});

describe.skipIf(url === undefined)('on the server of REDIS_URL', () => {
  busContract({
    name: 'redis',
    connect: () => redisBus({ url: proxy!.url, prefix }),
    outage: async () => proxy!.cut(),
    async vanishing() {
      const way = await proxyTo(url!);
      return { bus: redisBus({ url: way.url, prefix }), vanish: () => void way.cut() };
    },
  });
});
