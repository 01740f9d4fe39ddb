/** Redis Streams, 6.2 and later: streams with their settings beside them, groups with what they read. */
import type { Redis } from 'ioredis';
import { streamsOf } from '../../schema/delivery.ts';
import { type Keys, keysOf } from '../../schema/redis-keys.ts';
import type { Broker, Observed, ObservedGroup, Source } from '../broker.ts';
import { loaded } from '../library.ts';
import type { Change } from '../plan.ts';
import { answeredWithin, unreachable, withoutCredentials } from '../reach.ts';
import type { Found, Wanted } from '../resource.ts';
import { redisSaid } from './said.ts';
import { redisGrades, redisRemarks, wantedOnRedis } from './wanted.ts';

const greetingMs = 5_000;
const answerMs = 30_000;

export async function redisBroker(url: string, prefix = 'herald:'): Promise<Broker> {
  const { Redis: Client } = await loaded('ioredis', () => import('ioredis'));
  const redis = new Client(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    retryStrategy: () => null,
    commandTimeout: answerMs,
  });
  // the promise that is waited for says only that it is over; and an event that nobody hears ends the process
  let first: unknown;
  redis.on('error', (error) => {
    first ??= error;
  });
  const ask = <Result>(run: () => Promise<Result>): Promise<Result> =>
    run().catch((error: unknown) => {
      throw unreachable(url, redisSaid(first ?? error));
    });
  const greeting = async () => {
    await redis.connect();
    return /redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? '';
  };
  const version = await ask(() => answeredWithin(greetingMs, 'the protocol of Redis', greeting())).catch(
    (error: unknown) => {
      redis.disconnect();
      throw error;
    },
  );
  const keys = keysOf(prefix);
  return {
    target: withoutCredentials(url),
    kind: 'redis',
    grades: redisGrades,
    async read(sources, environment) {
      const wanted = wantedOnRedis(sources, environment);
      const found = await ask(() => foundOn(redis, keys, prefix));
      return { server: `Redis ${version}`, wanted, found, remarks: redisRemarks(version, sources, environment) };
    },
    apply: (change, wanted) =>
      carryOut(redis, keys, change, wanted).catch((error: unknown) => {
        throw redisSaid(error);
      }),
    address: (_, subject) => subject,
    observe: (sources) => ask(() => observed(redis, keys, `Redis ${version}`, sources)),
    async close() {
      redis.disconnect();
    },
  };
}

async function foundOn(redis: Redis, keys: Keys, prefix: string): Promise<readonly Found[]> {
  const [streams, groups]: [Found[], Found[]] = [[], []];
  for (const stream of await streamsThere(redis, prefix)) {
    const settings = await redis.hgetall(keys.settings(stream));
    const isThere = (await redis.exists(keys.stream(stream))) === 1;
    if (!isThere) continue;
    const retentionMs = Number(settings.retentionMs ?? 0);
    const owner = settings.catalog === undefined ? {} : { catalog: settings.catalog };
    streams.push({ kind: 'stream', name: stream, ...owner, settings: { retentionMs } });
    const reads = await redis.hgetall(keys.groups(stream));
    for (const name of await groupsThere(redis, keys, stream)) {
      const catalog = settings[`group:${name}`];
      groups.push({
        kind: 'group',
        name,
        of: stream,
        ...(catalog !== undefined && { catalog }),
        settings: { addresses: addressesIn(reads[name]) },
      });
    }
  }
  return [...streams, ...groups];
}

/** Step by step: asking for all keys at once would keep everybody else waiting. */
async function streamsThere(redis: Redis, prefix: string): Promise<readonly string[]> {
  const found = new Set<string>();
  const literal = prefix.replaceAll(/[*?[\]\\]/g, '\\$&');
  let cursor = '0';
  do {
    const [next, names] = await redis.scan(cursor, 'MATCH', `${literal}{*}:settings`, 'COUNT', 1_000);
    cursor = next;
    for (const name of names) found.add(name.slice(prefix.length + 1, -'}:settings'.length));
  } while (cursor !== '0');
  return [...found].sort();
}

async function groupsThere(redis: Redis, keys: Keys, stream: string): Promise<readonly string[]> {
  const rows = await redis.xinfo('GROUPS', keys.stream(stream));
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row: unknown) => (Array.isArray(row) ? [String(row[row.indexOf('name') + 1])] : [])).sort();
}

function addressesIn(stated: string | undefined): readonly string[] {
  // a group that another program made reads the whole stream
  if (stated === undefined) return ['*'];
  const parsed: unknown = JSON.parse(stated);
  return Array.isArray(parsed) ? parsed.map(String).sort() : [];
}

async function carryOut(redis: Redis, keys: Keys, change: Change, wanted: Wanted | undefined): Promise<void> {
  const stream = change.of ?? change.name;
  const settings = keys.settings(stream);
  if (wanted === undefined) return removed(redis, keys, change);
  if (change.kind === 'stream') {
    if (change.class === 'create') await made(redis, keys.stream(stream));
    await redis.hset(settings, 'retentionMs', Number(wanted.settings.retentionMs), 'catalog', wanted.catalog);
    return;
  }
  const start = wanted.made?.start === 'new' ? '$' : '0';
  if (change.class === 'create') await redis.xgroup('CREATE', keys.stream(stream), change.name, start);
  await redis.hset(keys.groups(stream), change.name, JSON.stringify(wanted.settings.addresses));
  await redis.hset(settings, `group:${change.name}`, wanted.catalog);
}

/** Redis makes a stream only for an entry or a group, so a group comes and goes. */
async function made(redis: Redis, key: string): Promise<void> {
  if ((await redis.exists(key)) === 1) return;
  await redis.xgroup('CREATE', key, 'herald', '$', 'MKSTREAM');
  await redis.xgroup('DESTROY', key, 'herald');
}

async function removed(redis: Redis, keys: Keys, { kind, name, of }: Change): Promise<void> {
  const stream = of ?? name;
  if (kind === 'stream') {
    await redis.del(keys.stream(stream), keys.groups(stream), keys.settings(stream));
    return;
  }
  await redis.xgroup('DESTROY', keys.stream(stream), name);
  await redis.hdel(keys.groups(stream), name);
  await redis.hdel(keys.settings(stream), `group:${name}`);
}

async function observed(redis: Redis, keys: Keys, server: string, sources: readonly Source[]): Promise<Observed> {
  const groups: ObservedGroup[] = [];
  const [placed, held]: [string[], string[]] = [[], []];
  for (const { catalog, events } of sources)
    for (const { name: stream, subjects } of streamsOf(catalog, events)) {
      if ((await redis.exists(keys.stream(stream))) === 0) continue;
      placed.push(...subjects);
      if ((await redis.xlen(keys.stream(stream))) > 0) held.push(...subjects);
      const reads = await redis.hgetall(keys.groups(stream));
      for (const group of await groupsThere(redis, keys, stream)) {
        const addresses = addressesIn(reads[group]);
        groups.push({ stream, group, addresses: addresses.includes('*') ? subjects : addresses });
      }
    }
  const unreported = ['how many events of each subject it holds: a producer is silent where its whole stream is empty'];
  return { server, placed, groups, addresses: held.map((address) => ({ address })), unreported };
}
