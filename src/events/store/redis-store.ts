/**
 * The processed-event store and idempotency keys in Redis, for handlers without a database. A handler's effect and its mark cannot
 * be one here: a crash between the two leaves "in progress", which runs out, and the event is handled again.
 */
import { randomUUID } from 'node:crypto';
import { EventFault } from '../error.ts';
import type { IdempotencyKeyStore, ParkedEvent, ParkedFilter, ProcessedEventStore } from './consumer-store.ts';

/** ioredis, or node-redis. */
export type RedisLike =
  | { call(command: string, ...args: (string | number)[]): Promise<unknown> }
  | { sendCommand(args: string[]): Promise<unknown> };

export interface RedisStoreOptions {
  /** What every key begins with. Default `herald:`. On a Redis Cluster name a slot, such as `{herald}:`: scripts touch several keys. */
  readonly prefix?: string;
  /** How long an unfinished handling keeps others away, in milliseconds. Longer than handlers take. Default 60000. */
  readonly leaseMs?: number;
  /** How long an event is remembered as processed, in seconds. Longer than a broker may deliver it again. Default 7 days. */
  readonly rememberedSeconds?: number;
}

type Ask = (...args: (string | number)[]) => Promise<unknown>;

const defaults = { prefix: 'herald:', leaseMs: 60_000, rememberedSeconds: 7 * 86_400 };

export interface RedisStore {
  readonly processed: ProcessedEventStore;
  readonly keys: IdempotencyKeyStore;
}

export function redisStore(redis: RedisLike, stated: RedisStoreOptions = {}): RedisStore {
  const options = { ...defaults, ...stated };
  const ask: Ask = (command, ...args) =>
    'call' in redis ? redis.call(String(command), ...args) : redis.sendCommand([command, ...args].map(String));
  return {
    processed: redisProcessed(ask, options),
    keys: {
      has: async (key) => (await ask('EXISTS', `${options.prefix}once:${key}`)) === 1,
      put: async (key, ttlSeconds) => void (await ask('SET', `${options.prefix}once:${key}`, '1', 'EX', ttlSeconds)),
    },
  };
}

/** Only whoever holds the lease may end it. */
const finish = `if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then return redis.call('del', KEYS[1]) end
return redis.call('set', KEYS[1], 'done', 'EX', ARGV[2]) and 1`;

const fail = `redis.call('hset', KEYS[1], 'starts', 0, 'last', ARGV[1])
redis.call('hsetnx', KEYS[1], 'first', ARGV[1])
redis.call('expire', KEYS[1], ARGV[2])
return {redis.call('hincrby', KEYS[1], 'attempts', 1), redis.call('hget', KEYS[1], 'first'), ARGV[1]}`;

/** Kept aside and remembered as processed in one step: a redrive in between would find the event processed, and skip it. */
const keepAside = `redis.call('hset', KEYS[1], ARGV[1], ARGV[2])
redis.call('set', KEYS[2], 'done', 'EX', ARGV[3])
return redis.call('del', KEYS[3])`;

/** From parked to another state, and for a redrive no longer processed; 0 where it is not parked. The state stands last in a row. */
const settle = `local row = redis.call('hget', KEYS[1], ARGV[1])
if not row then return 0 end
local rest, found = string.gsub(row, '"state":"parked"}$', '')
if found == 0 then return 0 end
redis.call('hset', KEYS[1], ARGV[1], rest .. '"state":"' .. ARGV[2] .. '"}')
if KEYS[2] then
  redis.call('del', KEYS[2])
  redis.call('zadd', KEYS[3], ARGV[3], ARGV[1])
end
return 1`;

/** Redriven, unless it was parked again meanwhile; off the list, unless it was asked for once more. */
const finishRedrive = `local row = redis.call('hget', KEYS[1], ARGV[1])
if row == ARGV[2] then
  redis.call('hset', KEYS[1], ARGV[1], (string.gsub(row, '"state":"redrive"}$', '"state":"redriven"}')))
elseif row and string.find(row, '"state":"redrive"}$') then return 0 end
return redis.call('zrem', KEYS[2], ARGV[1])`;

function redisProcessed(ask: Ask, options: Required<RedisStoreOptions>): ProcessedEventStore {
  const { prefix, leaseMs, rememberedSeconds } = options;
  const stateKey = (group: string, id: string) => `${prefix}event:${JSON.stringify([group, id])}`;
  const tryKey = (group: string, id: string) => `${prefix}tries:${JSON.stringify([group, id])}`;
  const parkedKey = `${prefix}parked`;
  /** What is to be redriven of a group, so that asking for it costs the same however much is parked. */
  const redriveKey = (group: string) => `${prefix}redrive:${JSON.stringify(group)}`;

  async function lease(group: string, id: string, token: string): Promise<boolean> {
    if ((await ask('SET', stateKey(group, id), token, 'NX', 'PX', leaseMs)) !== null) return true;
    if ((await ask('GET', stateKey(group, id))) === 'done') return false;
    throw new EventFault('EVENT_BUSY');
  }

  const end = (group: string, ids: Iterable<string>, token: string, remembered: string) =>
    Promise.all([...ids].map((id) => ask('EVAL', finish, 1, stateKey(group, id), token, remembered)));

  /** Oldest first. Parked events may be many and large: they are read a page at a time, and no more are kept than asked for. */
  async function list({ group, subject, state, limit = 100 }: ParkedFilter): Promise<readonly ParkedEvent[]> {
    const found = new Map<string, ParkedEvent>();
    for await (const event of parkedRows()) {
      if (group !== undefined && event.group !== group) continue;
      if (subject !== undefined && event.subject !== subject) continue;
      if (state !== undefined && event.state !== state) continue;
      found.set(event.id, event);
      if (found.size > limit) found.delete(newest(found.values()));
    }
    return [...found.values()].sort((a, b) => a.parkedAt - b.parkedAt);
  }

  async function* parkedRows(): AsyncGenerator<ParkedEvent> {
    for (let cursor = '0', isFirst = true; isFirst || cursor !== '0'; isFirst = false) {
      const [next, members] = (await ask('HSCAN', parkedKey, cursor, 'COUNT', scanCount)) as [string, string[]];
      for (const [index, text] of members.entries()) if (index % 2 === 1) yield parkedEvent(text);
      cursor = String(next);
    }
  }

  async function get(id: string): Promise<ParkedEvent | undefined> {
    const row = await ask('HGET', parkedKey, id);
    return typeof row === 'string' ? parkedEvent(row) : undefined;
  }

  return {
    async process(group, ids, run) {
      const token = randomUUID();
      const fresh = new Set<string>();
      try {
        for (const id of new Set(ids)) if (await lease(group, id, token)) fresh.add(id);
        if (fresh.size > 0) await run(fresh, { tx: undefined, native: undefined });
      } catch (error) {
        await end(group, fresh, token, '');
        throw error;
      }
      await end(group, fresh, token, String(rememberedSeconds));
    },
    async starting(group, id) {
      const starts = Number(await ask('HINCRBY', tryKey(group, id), 'starts', 1));
      await ask('EXPIRE', tryKey(group, id), rememberedSeconds);
      return starts - 1;
    },
    async failed(group, id) {
      const answer = (await ask('EVAL', fail, 1, tryKey(group, id), Date.now(), rememberedSeconds)) as unknown[];
      const [attempts, firstAt, lastAt] = answer.map(Number) as [number, number, number];
      return { attempts, firstAt, lastAt };
    },
    async park(event) {
      // the state stands last, where the scripts that change it look
      const { body, ...rest } = event;
      const row = { ...rest, body: Buffer.from(body).toString('base64'), parkedAt: Date.now(), state: 'parked' };
      const keys = [parkedKey, stateKey(event.group, event.eventId), tryKey(event.group, event.eventId)];
      await ask('EVAL', keepAside, 3, ...keys, event.id, JSON.stringify(row), rememberedSeconds);
    },
    async takeUp(group, run) {
      const [id] = (await ask('ZRANGE', redriveKey(group), 0, 0)) as string[];
      if (id === undefined) return false;
      const text = await ask('HGET', parkedKey, id);
      const event = typeof text === 'string' ? parkedEvent(text) : undefined;
      if (event?.state !== 'redrive' || (await run(event)))
        await ask('EVAL', finishRedrive, 2, parkedKey, redriveKey(group), id, typeof text === 'string' ? text : '');
      return true;
    },
    parked: {
      list,
      get,
      async redrive(id) {
        const event = await get(id);
        if (event === undefined) return false;
        const keys = [parkedKey, stateKey(event.group, event.eventId), redriveKey(event.group)];
        return (await ask('EVAL', settle, 3, ...keys, id, 'redrive', Date.now())) === 1;
      },
      discard: async (id) => (await ask('EVAL', settle, 1, parkedKey, id, 'discarded')) === 1,
    },
  };
}

/** Rows of one page. */
const scanCount = 200;

function newest(events: Iterable<ParkedEvent>): string {
  let found: ParkedEvent | undefined;
  for (const event of events) if (found === undefined || event.parkedAt > found.parkedAt) found = event;
  return found?.id ?? '';
}

function parkedEvent(row: string): ParkedEvent {
  const { body, ...event } = JSON.parse(row) as Omit<ParkedEvent, 'body'> & { readonly body: string };
  return { ...event, body: Buffer.from(body, 'base64') };
}
