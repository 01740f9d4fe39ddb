/** Groups: those of Redis, and beside each which addresses of its stream it reads, since a group of Redis reads all of it. */

import type { Keys } from '../../schema/redis-keys.ts';
import type { Backlog, Channel, Group, Start } from '../bus.ts';
import { byStream } from '../by-stream.ts';
import { type Asker, isGone, script } from './connection.ts';
import { millisecondsOf } from './entries.ts';

/** Makes the group, or lets one that is there read more; answers the addresses it reads now. */
const join = script(`if redis.call('exists', KEYS[1]) == 0 then return false end
local known = redis.call('hget', KEYS[2], ARGV[1])
local isThere = false
for _, group in ipairs(redis.call('xinfo', 'groups', KEYS[1])) do
  if group[2] == ARGV[1] then isThere = true end
end
if not isThere then redis.call('xgroup', 'create', KEYS[1], ARGV[1], ARGV[2]) end
local addresses = known and cjson.decode(known) or {}
local has = {}
for _, address in ipairs(addresses) do has[address] = true end
for index = 3, #ARGV do
  if not has[ARGV[index]] then table.insert(addresses, ARGV[index]) end
end
local all = cjson.encode(addresses)
redis.call('hset', KEYS[2], ARGV[1], all)
return all`);

/** Undefined where the stream is not there. */
export async function joinGroup(
  redis: Asker,
  keys: Keys,
  stream: string,
  group: string,
  start: Start,
  channels: readonly Channel[],
): Promise<readonly string[] | undefined> {
  const addresses = [...new Set(channels.map(({ address }) => address))];
  const answer = await redis.run(join, [keys.stream(stream), keys.groups(stream)], group, startOf(start), ...addresses);
  return answer === null ? undefined : (JSON.parse(String(answer)) as string[]);
}

/** The group begins behind this id. */
function startOf(start: Start): string {
  if (start === 'earliest') return '0';
  if (start === 'new') return '$';
  return `${Math.max(0, start.time - 1)}-18446744073709551615`;
}

export async function removeGroup(
  redis: Asker,
  keys: Keys,
  group: string,
  channels: readonly Channel[],
): Promise<void> {
  for (const stream of byStream(channels).keys()) {
    await redis.ask('XGROUP', 'DESTROY', keys.stream(stream), group).catch((error: unknown) => {
      if (!isGone(error)) throw error;
    });
    await redis.ask('HDEL', keys.groups(stream), group);
  }
}

export async function groupsReading(redis: Asker, keys: Keys, channel: Channel): Promise<readonly Group[]> {
  const there = await groupsOf(redis, keys, channel.stream);
  const known = new Map(
    pairs(await redis.ask('HGETALL', keys.groups(channel.stream))).map(([name, value]) => [
      String(name),
      String(value),
    ]),
  );
  return there.flatMap(({ name }) => {
    const stated = known.get(name);
    // a group that another program made reads the whole stream
    const addresses = stated === undefined ? ['*'] : (JSON.parse(stated) as string[]);
    const reads = stated === undefined || addresses.includes(channel.address);
    return reads ? [{ name, addresses: [...addresses].sort() }] : [];
  });
}

interface InfoOfGroup {
  readonly name: string;
  readonly pending: number;
  readonly lastDeliveredId: string;
  /** Undefined before Redis 7, and where Redis lost count. */
  readonly lag: number | undefined;
}

async function groupsOf(redis: Asker, keys: Keys, stream: string): Promise<readonly InfoOfGroup[]> {
  try {
    const rows = (await redis.ask('XINFO', 'GROUPS', keys.stream(stream))) as readonly unknown[];
    return rows.map((row) => {
      const of = new Map(pairs(row).map(([name, value]) => [String(name), value]));
      const lag = of.get('lag');
      return {
        name: String(of.get('name')),
        pending: Number(of.get('pending')),
        lastDeliveredId: String(of.get('last-delivered-id')),
        lag: typeof lag === 'number' ? lag : undefined,
      };
    });
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

export async function backlogOf(
  redis: Asker,
  keys: Keys,
  group: string,
  channels: readonly Channel[],
): Promise<Backlog> {
  let pending = 0;
  let inFlight = 0;
  const oldest: number[] = [];
  for (const stream of byStream(channels).keys()) {
    const info = (await groupsOf(redis, keys, stream)).find(({ name }) => name === group);
    if (info === undefined) continue;
    inFlight += info.pending;
    pending += info.lag ?? (await countAfter(redis, keys, stream, info.lastDeliveredId));
    oldest.push(...(await oldestIn(redis, keys, stream, group, info)));
  }
  return { pending, inFlight, ...(oldest.length > 0 && { oldestAt: Math.min(...oldest) }) };
}

/** Counts in steps, so that Redis is never kept for long; the bodies stay where they are. */
const count = script(`local found = redis.call('xrange', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', 1000)
if #found == 0 then return {0, ARGV[1]} end
return {#found, found[#found][1]}`);

async function countAfter(redis: Asker, keys: Keys, stream: string, id: string): Promise<number> {
  let total = 0;
  for (let after = id; ; ) {
    const [found, last] = (await redis.run(count, [keys.stream(stream)], after)) as readonly [number, Buffer];
    total += found;
    after = String(last);
    if (found < 1_000) return total;
  }
}

async function oldestIn(
  redis: Asker,
  keys: Keys,
  stream: string,
  group: string,
  { pending, lastDeliveredId }: InfoOfGroup,
): Promise<readonly number[]> {
  const key = keys.stream(stream);
  const [, smallest] = pending > 0 ? ((await redis.ask('XPENDING', key, group)) as readonly unknown[]) : [];
  if (smallest) return [millisecondsOf(String(smallest))];
  const [next] = (await redis.ask('XRANGE', key, `(${lastDeliveredId}`, '+', 'COUNT', 1)) as readonly [Buffer][];
  return next === undefined ? [] : [millisecondsOf(String(next[0]))];
}

function pairs(flat: unknown): readonly (readonly [unknown, unknown])[] {
  const values = flat as readonly unknown[];
  return Array.from({ length: values.length / 2 }, (_, index) => [values[2 * index], values[2 * index + 1]] as const);
}
