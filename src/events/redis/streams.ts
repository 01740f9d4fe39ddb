/** Streams of Redis: making them, storing in them. */

import type { Keys } from '../../schema/redis-keys.ts';
import type { Channel, Message } from '../bus.ts';
import { byStream } from '../by-stream.ts';
import { refuseMissing } from '../wire.ts';
import { type Asker, script } from './connection.ts';
import { fieldsOf } from './entries.ts';

/** A stream that was made is there with nothing in it: Redis makes one only for an entry or a group, so a group comes and goes. */
const make = script(`if redis.call('exists', KEYS[1]) == 0 then
  redis.call('xgroup', 'create', KEYS[1], 'herald', '$', 'mkstream')
  redis.call('xgroup', 'destroy', KEYS[1], 'herald')
end
return redis.call('hsetnx', KEYS[2], 'retentionMs', ARGV[1])`);

/**
 * Redis knows no message again: the id is remembered beside the stream. The stream is not made by publishing, since one that was
 * misspelt, or lost with a Redis that kept nothing, should be noticed. What is older than the retention goes with each entry.
 */
const store = script(`if redis.call('exists', KEYS[1]) == 0 then return false end
if tonumber(ARGV[1]) > 0 and not redis.call('set', KEYS[3], '1', 'NX', 'PX', ARGV[1]) then return 'duplicate' end
redis.call('xadd', KEYS[1], '*', unpack(ARGV, 2))
local retention = tonumber(redis.call('hget', KEYS[2], 'retentionMs') or '0')
if retention > 0 then
  local now = redis.call('time')
  redis.call('xtrim', KEYS[1], 'MINID', '~', string.format('%.0f', now[1] * 1000 - retention))
end
return 'stored'`);

export async function ensureStreams(redis: Asker, keys: Keys, channels: readonly Channel[]): Promise<void> {
  for (const [stream, own] of byStream(channels)) {
    const kept = own.map(({ retentionMs }) => retentionMs ?? 0);
    const retentionMs = kept.includes(0) ? 0 : Math.max(...kept);
    await redis.run(make, [keys.stream(stream), keys.settings(stream)], retentionMs);
  }
}

export async function verifyStreams(redis: Asker, keys: Keys, channels: readonly Channel[]): Promise<void> {
  const missing: string[] = [];
  for (const stream of byStream(channels).keys())
    if ((await redis.ask('EXISTS', keys.stream(stream))) === 0) missing.push(stream);
  refuseMissing(missing);
}

export async function publish(
  redis: Asker,
  keys: Keys,
  message: Message,
  deduplicationMs: number,
): Promise<{ readonly duplicate: boolean }> {
  const { stream } = message.channel;
  const named = [keys.stream(stream), keys.settings(stream), keys.id(stream, message.id)];
  const answer = await redis.run(store, named, deduplicationMs, ...fieldsOf(message));
  if (answer === null) refuseMissing([stream], [message.channel.address]);
  return { duplicate: String(answer) === 'duplicate' };
}
