/** One member of a group on one stream, in this process. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { leaseMs } from '../../schema/lease.ts';
import type { Keys } from '../../schema/redis-keys.ts';
import type { Channel, SubscribeOptions, Subscription } from '../bus.ts';
import { EventFault } from '../error.ts';
import { handOver, type Taken } from '../hand-over.ts';
import { keepLease, type Lease } from '../lease.ts';
import { refuseMissing } from '../wire.ts';
import { type Argument, type Asker, type Connection, isGone, script } from './connection.ts';
import { type Entry, entriesIn, storedOf } from './entries.ts';
import { joinGroup } from './groups.ts';

export interface MemberParts {
  readonly redis: Connection;
  readonly keys: Keys;
  readonly stream: string;
  readonly channels: readonly Channel[];
  readonly options: SubscribeOptions;
}

/** How long a read waits for something new; `stop` waits as long at most. */
const blockMs = 500;
const againMs = 500;
const page = 100;
/** Messages an ordered member takes ahead, so that one busy key does not keep the others waiting. */
const aheadFactor = 4;
/** Entries nobody holds belong to this consumer until somebody takes them. */
const nobody = 'given-back';
/** Consumers that hold nothing and were not seen for so long are forgotten. */
const forgottenMs = 600_000;

/** Only whoever holds an entry may begin its time anew, or give it to `ARGV[4]` with so much of its time gone. */
const hold = script(`local row = redis.call('xpending', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)
if #row == 0 or row[1][2] ~= ARGV[2] then return 0 end
redis.call('xclaim', KEYS[1], ARGV[1], ARGV[4], 0, ARGV[3], 'IDLE', ARGV[5], 'JUSTID')
return 1`);

/** A consumer that is forgotten takes what it holds with it: only where it holds nothing. */
const forget = script(`if #redis.call('xpending', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) > 0 then return 0 end
return redis.call('xgroup', 'delconsumer', KEYS[1], ARGV[1], ARGV[2])`);

const lengthen = script(`local holder = redis.call('get', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`);

const drop = script(`if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0`);

export async function redisMember(parts: MemberParts, maxHeld: number): Promise<Subscription> {
  const { redis, keys, stream, channels, options } = parts;
  const { group, ordered, ackWaitMs, onError } = options;
  const key = keys.stream(stream);
  const me = randomUUID();
  const capacity = ordered ? maxHeld * aheadFactor : maxHeld;
  const stopping = new AbortController();
  let isLeading = !ordered;
  let isBehind = true;
  let meant: ReadonlySet<string> = new Set();
  let whenRoom = () => {};
  let taken = 0;

  const queue = handOver({ ...options, maxInFlight: maxHeld, onSettled: () => whenRoom() });
  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => {});

  const joined = async () => {
    const addresses = await joinGroup(redis, keys, stream, group, options.start, channels);
    if (addresses === undefined) refuseMissing([stream]);
    meant = new Set(addresses);
  };

  const touch = (id: string, owner: string, idleMs: number) =>
    redis.run(hold, [key], group, me, id, owner, Math.round(idleMs));

  const take = (entry: Entry, attempt: number) => {
    const stored = storedOf(stream, entry, channelsMeant());
    const ack = async () => void (await redis.ask('XACK', key, group, entry.id));
    if (stored === undefined) {
      // the group shares its stream with others
      ack().catch(onError);
      return;
    }
    taken += 1;
    const settling: Taken = {
      stored,
      order: taken,
      attempt,
      ack,
      // its time runs out when it is due again, which cannot be later than the time itself
      release: async (delayMs) => void (await touch(entry.id, nobody, Math.max(0, ackWaitMs - delayMs))),
      progress: async () => void (await touch(entry.id, me, 0)),
    };
    queue.take(settling);
  };

  /** Members of one group may know different channels; which are meant, the group knows. */
  const channelsMeant = () => [
    ...channels,
    ...[...meant]
      .filter((address) => !channels.some((channel) => channel.address === address))
      .map((address) => ({ subject: address, address, stream })),
  ];

  /** Takes over what was given out `idleMs` ago or earlier and not settled. */
  const claim = async (idleMs: number, room: () => number) => {
    for (let cursor = '0-0'; room() > 0 && !stopping.signal.aborted; ) {
      const counted = Math.min(page, room());
      const answer = await redis.ask('XAUTOCLAIM', key, group, me, idleMs, cursor, 'COUNT', counted);
      const [next, rows] = answer as readonly [Buffer, unknown];
      const entries = entriesIn(rows);
      const attempts = await deliveries(redis, key, group, me, entries);
      for (const entry of entries) take(entry, attempts.get(entry.id) ?? 1);
      cursor = String(next);
      if (cursor === '0-0') return;
    }
  };

  /** What a former leader held, and what was lost on its way here, stands before everything new. */
  const catchUp = async () => {
    queue.pause();
    await claim(0, () => page);
    isBehind = false;
    queue.resume();
  };

  const readNew = async (reader: Asker, room: number) => {
    const asked: readonly Argument[] = ['GROUP', group, me, 'COUNT', room, 'BLOCK', blockMs, 'STREAMS', key, '>'];
    const answer = await reader.ask('XREADGROUP', ...asked);
    if (answer === null) return;
    const [[, rows]] = answer as readonly [readonly [Buffer, unknown]];
    for (const entry of entriesIn(rows)) take(entry, 1);
  };

  const roomToTake = async (): Promise<number> => {
    const room = capacity - queue.size;
    if (room > 0) return room;
    await new Promise<void>((resolve) => {
      whenRoom = resolve;
    });
    return 0;
  };

  const read = async (reader: Asker) => {
    while (!stopping.signal.aborted) {
      try {
        if (!isLeading) await pause(againMs / 5);
        else if (ordered && isBehind) await catchUp();
        else {
          const room = await roomToTake();
          if (room > 0) await readNew(reader, room);
        }
      } catch (error) {
        if (stopping.signal.aborted) return;
        // an answer that was lost on the way was given to this member all the same
        isBehind = true;
        onError(error);
        await pause(againMs);
        if (isGone(error)) await joined().catch(onError);
      }
    }
  };

  /** Of unordered groups any member takes what nobody settled in time. */
  const sweep = async () => {
    while (!stopping.signal.aborted) {
      await pause(Math.min(2 * againMs, ackWaitMs / 3));
      try {
        if (!ordered) await claim(ackWaitMs, () => capacity - queue.size);
      } catch (error) {
        // the loop that reads tells of it
        if (!(error instanceof EventFault)) throw error;
      }
    }
  };

  await joined();
  const reader = await redis.another();
  const lease: Lease | undefined = ordered
    ? await keepLease(leaseKeeper(redis, keys.lease(stream, group), me), {
        onGained() {
          isLeading = true;
          isBehind = true;
        },
        onLost() {
          isLeading = false;
          queue.pause();
          void queue.releaseWaiting();
        },
        onError,
      })
    : undefined;
  const running = Promise.all([read(reader), sweep()]);

  return {
    async stop(timeoutMs) {
      stopping.abort();
      whenRoom();
      await running;
      reader.close();
      await queue.stop(timeoutMs);
      await lease?.end().catch(onError);
      await leave(parts, me).catch(() => {});
    },
  };
}

function leaseKeeper(redis: Connection, key: string, me: string) {
  return {
    take: async () => (await redis.run(lengthen, [key], me, leaseMs)) === 1,
    drop: async () => void (await redis.run(drop, [key], me)),
  };
}

/** How often each was given out, from the group's own list. */
async function deliveries(
  redis: Asker,
  key: string,
  group: string,
  me: string,
  entries: readonly Entry[],
): Promise<ReadonlyMap<string, number>> {
  const [first] = entries;
  const last = entries.at(-1);
  if (first === undefined || last === undefined) return new Map();
  const rows = await redis.ask('XPENDING', key, group, first.id, last.id, page * 10, me);
  return new Map(
    (rows as readonly (readonly [Buffer, Buffer, number, number])[]).map(([id, , , count]) => [String(id), count]),
  );
}

/** Consumers of processes that are long gone go too. */
async function leave({ redis, keys, stream, options: { group } }: MemberParts, me: string): Promise<void> {
  const key = keys.stream(stream);
  const rows = (await redis.ask('XINFO', 'CONSUMERS', key, group)) as readonly (readonly unknown[])[];
  for (const row of rows) {
    const [, name, , pending, , idle] = row;
    const isGoneLong = pending === 0 && Number(idle) > forgottenMs;
    if (String(name) === me || isGoneLong) await redis.run(forget, [key], group, String(name));
  }
}
