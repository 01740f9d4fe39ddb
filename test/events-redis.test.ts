/** What is Redis' own: servers that would throw streams away, entries of other programs, retention, members that were too slow. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Bus, Channel, Delivery, StoredMessage, SubscribeOptions } from '../src/events/bus.ts';
import { type RedisOptions, redisBus } from '../src/events/redis/index.ts';
import { until } from './support/events.ts';
import { proxyTo } from './support/proxy.ts';
import { redisUrl } from './support/servers.ts';

const url = redisUrl();
const prefix = `test-${randomUUID().slice(0, 8)}:`;
const admin = url === undefined ? undefined : new Redis(url);
const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

afterAll(async () => {
  if (admin === undefined) return;
  const keys = await admin.keys(`${prefix}*`);
  if (keys.length > 0) await admin.del(...keys);
  await admin.quit();
});

function bus(more: Partial<RedisOptions> = {}): Bus {
  const made = redisBus({ url: url!, prefix, ...more });
  opened.push(made);
  return made;
}

function channelOf(more: Partial<Channel> = {}): Channel {
  const name = `r${randomUUID().slice(0, 8)}`;
  return { subject: `${name}.a`, address: `${name}.a`, stream: name.toUpperCase(), ...more };
}

const send = (by: Bus, channel: Channel, body: string, id: string = randomUUID()) =>
  by.publish({ channel, id, key: 'k', body: new TextEncoder().encode(body), headers: {} }, { timeoutMs: 5_000 });

const text = ({ body }: StoredMessage) => new TextDecoder().decode(body);

const listening = (channels: readonly Channel[], more: Partial<SubscribeOptions>): SubscribeOptions => ({
  group: 'g',
  channels,
  ordered: false,
  start: 'earliest',
  maxInFlight: 10,
  ackWaitMs: 30_000,
  onError: () => {},
  onDelivery: () => {},
  ...more,
});

async function bodiesIn(by: Bus, channel: Channel): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const stored of by.read({ channels: [channel], from: 'earliest' })) found.push(text(stored));
  return found;
}

test('a server that is not there is named, without its password, and nothing waits for it', async () => {
  const away = bus({ url: 'redis://herald:secret@127.0.0.1:1' });
  const refused: unknown = await send(away, channelOf(), 'x').catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'BUS_UNREACHABLE', details: { server: 'redis://127.0.0.1:1' } });
  expect(JSON.stringify(refused) + String(refused)).not.toContain('secret');
});

describe.skipIf(url === undefined)('on the server of REDIS_URL', () => {
  test('a service that started before its server goes on once it is there', async () => {
    const proxy = await proxyTo(url!);
    opened.push(proxy);
    const back = proxy.cut();
    const early = bus({ url: proxy.url });
    const channel = channelOf();
    await expect(early.ensure([channel])).rejects.toMatchObject({ code: 'BUS_UNREACHABLE' });
    await back();
    await early.ensure([channel]);
    expect(await send(early, channel, 'x')).toEqual({ duplicate: false });
  });

  test('a wrong password is refused as such', async () => {
    const refused = bus({ url: url!.replace('//', '//nobody:wrong@') });
    await expect(refused.verify([channelOf()])).rejects.toMatchObject({ code: 'BUS_FORBIDDEN' });
  });

  test('an id is stored again where ids are not remembered', async () => {
    const by = bus({ deduplicationMs: 0 });
    const channel = channelOf();
    await by.ensure([channel]);
    await send(by, channel, 'x', 'same');
    expect(await send(by, channel, 'x', 'same')).toEqual({ duplicate: false });
    expect(await bodiesIn(by, channel)).toEqual(['x', 'x']);
  });

  test('what is older than the retention goes, what is younger stays', async () => {
    const by = bus();
    const channel = channelOf({ retentionMs: 86_400_000 });
    await by.ensure([channel]);
    const key = `${prefix}{${channel.stream}}`;
    const old = Date.now() - 2 * 86_400_000;
    // trimming goes by whole blocks of a hundred entries
    for (let number = 0; number < 250; number += 1)
      await admin!.xadd(key, `${old + number}-0`, 'address', channel.address, 'body', 'old');
    await send(by, channel, 'new');
    const kept = await bodiesIn(by, channel);
    expect(kept.at(-1)).toBe('new');
    expect(kept.length).toBeLessThan(150);
  });

  test('an entry of another program is for the only subject of its stream', async () => {
    const by = bus();
    const channel = channelOf();
    await by.ensure([channel]);
    await admin!.xadd(`${prefix}{${channel.stream}}`, '*', 'body', 'theirs');
    const found: StoredMessage[] = [];
    for await (const stored of by.read({ channels: [channel], from: 'earliest' })) found.push(stored);
    expect(found).toMatchObject([
      { subject: channel.subject, address: channel.address, id: undefined, key: undefined },
    ]);
  });

  test('a member that is slower than others wait cannot take back what another one holds', async () => {
    const [slow, quick] = [bus(), bus()];
    const channel = channelOf();
    await slow.ensure([channel]);
    const held: Delivery[] = [];
    await slow.subscribe(listening([channel], { maxInFlight: 1, onDelivery: (each) => held.push(each) }));
    await send(slow, channel, 'x');
    await until('it is held', () => held.length === 1);
    const got: Delivery[] = [];
    await quick.subscribe(listening([channel], { ackWaitMs: 300, onDelivery: (each) => got.push(each) }));
    await until('the other has it', () => got.length === 1);
    const key = `${prefix}{${channel.stream}}`;
    const holders = async () => (await admin!.xpending(key, 'g', '-', '+', 1)) as [string, string][];
    const [[, before]] = (await holders()) as [[string, string]];
    await held[0]!.progress();
    await held[0]!.nak(0);
    const [[, after]] = (await holders()) as [[string, string]];
    expect(after).toBe(before);
    await got[0]!.ack();
    expect(await holders()).toEqual([]);
  });

  test('a Redis that throws streams away when it is full is refused, unless that is all right', {
    timeout: 20_000,
  }, async () => {
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    const settings = [
      '--port',
      String(port),
      '--save',
      '',
      '--maxmemory',
      '100mb',
      '--maxmemory-policy',
      'allkeys-lru',
    ];
    const server = spawn('redis-server', settings, { stdio: 'ignore' });
    opened.push({ close: async () => void server.kill() });
    const own = `redis://127.0.0.1:${port}`;
    const channel = channelOf();
    await until('it answers', async () => {
      const tried = bus({ url: own, allowsEviction: true });
      return tried.ensure([channel]).then(
        () => true,
        () => false,
      );
    });
    await expect(bus({ url: own }).verify([channel])).rejects.toMatchObject({
      code: 'BUS_UNSUPPORTED',
      details: { policy: 'allkeys-lru' },
    });
  });
});
