/** The connection to Redis: made when first needed, made again by the client, and its errors in our words. */
import { createHash } from 'node:crypto';
import type { RedisOptions as ClientOptions, Redis } from 'ioredis';
import { EventFault } from '../error.ts';
import { loaded, withoutCredentials } from '../wire.ts';

export type Argument = string | number | Buffer;

/** One connection. Rejects with EventFault and nothing else. */
export interface Asker {
  /** Answers strings as bytes. */
  ask(...command: readonly [string, ...Argument[]]): Promise<unknown>;
  run(script: Script, keys: readonly string[], ...args: readonly Argument[]): Promise<unknown>;
}

export interface Connection extends Asker {
  /** A connection of its own for commands that wait. */
  another(): Promise<Asker & { close(): void }>;
  close(): Promise<void>;
}

/** A script of Lua: what must not be divided. */
export interface Script {
  readonly text: string;
  readonly hash: string;
}

export function script(text: string): Script {
  return { text, hash: createHash('sha1').update(text).digest('hex') };
}

export function redisConnection(url: string, stated: ClientOptions, allowsEviction: boolean): Connection {
  const shown = withoutCredentials(url);
  let isClosed = false;
  let opening: Promise<Redis> | undefined;
  const others = new Set<Redis>();

  const faultOf = (error: unknown): EventFault => {
    if (error instanceof EventFault) return error;
    if (isClosed) return new EventFault('BUS_CLOSED', { bus: 'redis' });
    return redisFault(error, shown);
  };

  const open = async (): Promise<Redis> => {
    const { Redis: Client } = await loaded('redis', 'ioredis', () => import('ioredis'));
    const redis = new Client(url, { ...defaults, ...stated });
    // what the client says of a connection that failed is less than what it says here
    let why: unknown;
    redis.on('error', (error: unknown) => {
      why = error;
    });
    try {
      await redis.connect().catch((error: unknown) => {
        throw why ?? error;
      });
      refuseServer(String(await redis.info()), allowsEviction);
      return redis;
    } catch (error) {
      redis.disconnect();
      throw error;
    }
  };

  const up = async (): Promise<Redis> => {
    if (isClosed) throw new EventFault('BUS_CLOSED', { bus: 'redis' });
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw faultOf(error);
    });
    const redis = await opening;
    if (isClosed) throw new EventFault('BUS_CLOSED', { bus: 'redis' });
    if (redis.status !== 'ready') throw redisFault(undefined, shown);
    return redis;
  };

  const askerOf = (client: () => Promise<Redis>): Asker => {
    const ask: Asker['ask'] = async (...[command, ...args]) => {
      try {
        return await (await client()).callBuffer(command, ...args);
      } catch (error) {
        throw faultOf(error);
      }
    };
    return {
      ask,
      async run({ text, hash }, keys, ...args) {
        const rest = [keys.length, ...keys, ...args];
        try {
          return await (await client()).callBuffer('EVALSHA', hash, ...rest);
        } catch (error) {
          if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw faultOf(error);
          return ask('EVAL', text, ...rest);
        }
      },
    };
  };

  return {
    ...askerOf(up),
    async another() {
      const redis = (await up()).duplicate();
      redis.on('error', () => {});
      others.add(redis);
      // where that fails the client goes on trying, and commands are refused meanwhile
      await redis.connect().catch(() => {});
      return {
        ...askerOf(async () => redis),
        close() {
          others.delete(redis);
          redis.disconnect();
        },
      };
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      for (const other of others) other.disconnect();
      const redis = await opening?.catch(() => undefined);
      // what was asked before is answered first
      if (redis?.status === 'ready') await redis.quit().catch(() => {});
      else redis?.disconnect();
    },
  };
}

const defaults: ClientOptions = {
  // answers have the shape that Redis documents for it, whatever the client's default
  protocol: 2,
  lazyConnect: true,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  // longer than a read waits: a connection that fell silent is made anew
  socketTimeout: 15_000,
  connectTimeout: 5_000,
  enableAutoPipelining: false,
  retryStrategy: (times) => Math.min(50 * times, 2_000),
};

/** Redis 6.2 has NOMKSTREAM, MINID and XAUTOCLAIM. */
function refuseServer(info: string, allowsEviction: boolean): void {
  const of = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  const [major = 0, minor = 0] = of('redis_version').split('.').map(Number);
  if (major < 6 || (major === 6 && minor < 2))
    throw new EventFault(
      'BUS_UNSUPPORTED',
      { bus: 'redis', version: of('redis_version') },
      { message: `Redis ${of('redis_version')} is too old for this bus.`, remedy: 'Use Redis 6.2 or later.' },
    );
  if (of('redis_mode') === 'cluster')
    throw new EventFault(
      'BUS_UNSUPPORTED',
      { bus: 'redis' },
      { message: 'This bus does not speak to a Redis cluster.', remedy: 'Use one Redis, or Sentinel.' },
    );
  const policy = of('maxmemory_policy');
  if (allowsEviction || of('maxmemory') === '0' || !policy.startsWith('allkeys')) return;
  throw new EventFault(
    'BUS_UNSUPPORTED',
    { bus: 'redis', policy },
    {
      message: `This Redis throws away any key when its memory is full (maxmemory-policy ${policy}): whole streams.`,
      remedy: 'Set maxmemory-policy noeviction, or pass allowsEviction: true where losing events is all right.',
    },
  );
}

/** What Redis says while it cannot serve anybody: https://redis.io/docs/latest/develop/reference/protocol-spec/ */
const away = /^(?:LOADING|MASTERDOWN|READONLY|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF|OOM|BUSY|UNBLOCKED)\b/;
const forbidden = /^(?:NOAUTH|WRONGPASS|NOPERM)\b|invalid password|without any password/;

function redisFault(error: unknown, shown: string): EventFault {
  const text = error instanceof Error ? error.message : '';
  const word = /^[A-Z]+\b/.exec(text)?.[0];
  const details = { bus: 'redis', server: shown, ...(word && { code: word }) };
  const cause = error === undefined ? {} : { cause: error };
  if (forbidden.test(text))
    return new EventFault('BUS_FORBIDDEN', details, { message: `Redis at ${shown} refuses (${word}).`, ...cause });
  if (away.test(text))
    return new EventFault('BUS_UNREACHABLE', details, {
      message: `Redis at ${shown} cannot serve (${word}).`,
      ...cause,
    });
  if (word === 'WRONGTYPE')
    return new EventFault('BUS_UNSUPPORTED', details, { message: 'A key of this bus holds something else.', ...cause });
  if (error instanceof Error && error.name === 'ReplyError')
    return new EventFault('BUS_TIMEOUT', details, { message: `Redis refuses: ${text.slice(0, 200)}.`, ...cause });
  return new EventFault('BUS_UNREACHABLE', details, { message: `Redis at ${shown} does not answer.`, ...cause });
}

/** Whether a stream or a group is not there. */
export function isGone(error: unknown): boolean {
  return chain(error).some(({ message }) => /NOGROUP|no such key|requires the key to exist/i.test(message));
}

function chain(error: unknown): readonly Error[] {
  return error instanceof Error ? [error, ...chain(error.cause)] : [];
}
