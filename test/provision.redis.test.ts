/** A real Redis made to agree with a catalog, and the runtime that finds nothing left to make. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { channelOf } from '../src/events/channel.ts';
import { redisBus } from '../src/events/redis/index.ts';
import { type Applied, type ApplyOptions, apply, plan } from '../src/provision/apply.ts';
import type { Broker, Source } from '../src/provision/broker.ts';
import { redisBroker } from '../src/provision/redis/broker.ts';
import { keyOf } from '../src/provision/resource.ts';
import { readCatalog } from '../src/schema/catalog.ts';
import { catalogFolder } from './support/catalogs.ts';
import { redisUrl } from './support/servers.ts';

const url = redisUrl();

function shop(retention = 'P10D', consumers: readonly string[] = ['billing']): Source {
  const reading = readCatalog({
    name: 'shop',
    title: 'Shop',
    names: { segments: [{ name: 'domain', style: 'any' }], major: 'optional' },
    envelope: 'cloudevents-1.0',
    classification: { levels: ['public'] },
    domains: { order: { owner: 'orders', retention } },
    services: { orders: {}, billing: {}, mail: {} },
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const contract = { producer: 'orders', consumers: consumers.map((service) => ({ service })) };
  return { catalog: reading.catalog, events: [{ subject: 'order.placed', contract }] };
}

const states = ({ outcomes }: Applied) => outcomes.map((one) => `${one.state} ${one.class} ${keyOf(one)}`);

describe.skipIf(url === undefined)('Redis', () => {
  let prefix: string;
  let broker: Broker;
  beforeEach(async () => {
    prefix = `p${randomUUID().slice(0, 8)}:`;
    broker = await redisBroker(url!, prefix);
  });
  afterEach(async () => {
    await broker.close();
    const redis = new Redis(url!);
    const names = await redis.keys(`${prefix}*`);
    if (names.length > 0) await redis.del(...names);
    redis.disconnect();
  });

  const applied = (source: Source, more: Partial<ApplyOptions> = {}) =>
    apply(broker, { sources: [source], prune: false, allowsRisky: false, ...more });
  const planned = (source: Source) => plan(broker, { sources: [source], prune: false });

  it('is made from nothing, a second time there is nothing to do, and the runtime reads from what was made', async () => {
    expect(states(await applied(shop()))).toEqual([
      'done create stream EVT_ORDER',
      'done create group EVT_ORDER/billing',
    ]);
    expect((await planned(shop())).changes).toEqual([]);
    const bus = redisBus({ url: url!, prefix });
    const { catalog, events } = shop();
    const channel = channelOf(catalog, 'order.placed', events[0]!.contract, 'redis');
    try {
      await bus.verify([channel]);
      expect(await bus.groupsOf(channel)).toEqual([{ name: 'billing', addresses: ['order.placed'] }]);
      const body = new TextEncoder().encode('{}');
      await bus.publish({ channel, id: 'e1', key: 'k', body, headers: {} }, { timeoutMs: 5_000 });
      const got: (string | undefined)[] = [];
      const subscription = await bus.subscribe({
        group: 'billing',
        channels: [channel],
        ordered: true,
        start: 'new',
        maxInFlight: 1,
        ackWaitMs: 60_000,
        onDelivery: (delivery) => {
          got.push(delivery.id);
          void delivery.ack();
        },
        onError: () => {},
      });
      for (let tried = 0; tried < 100 && got.length === 0; tried += 1) await new Promise((r) => setTimeout(r, 50));
      await subscription.stop(1_000);
      // the group was provisioned to begin with the earliest, whatever its first member would have said
      expect(got).toEqual(['e1']);
    } finally {
      await bus.close();
    }
    expect((await planned(shop())).changes).toEqual([]);
  }, 30_000);

  it('keeping shorter waits to be allowed, and pruning forgets what was provisioned alone', async () => {
    await applied(shop('P10D', ['billing', 'mail']));
    expect(states(await applied(shop('P5D', ['billing', 'mail'])))).toEqual(['withheld risky stream EVT_ORDER']);
    expect(states(await applied(shop('P5D', ['billing', 'mail']), { allowsRisky: true }))).toEqual([
      'done risky stream EVT_ORDER',
    ]);
    const redis = new Redis(url!);
    await redis.xgroup('CREATE', `${prefix}{EVT_ORDER}`, 'by-hand', '$');
    redis.disconnect();
    const { left, strange } = await planned(shop('P5D'));
    expect([left.map(keyOf), strange.map(keyOf)]).toEqual([['group EVT_ORDER/mail'], ['group EVT_ORDER/by-hand']]);
    expect(states(await applied(shop('P5D'), { prune: true }))).toEqual(['done delete group EVT_ORDER/mail']);
    const { groups } = await broker.observe([shop()]);
    expect(groups.map(({ group, addresses }) => [group, addresses])).toEqual([
      ['billing', ['order.placed']],
      ['by-hand', ['order.placed']],
    ]);
  }, 30_000);

  it('what it does not give is said beforehand, and is no obstacle', async () => {
    const source = await catalogFolder('daarion');
    const { remarks } = await planned(source);
    const codes = new Set(remarks.map(({ level, code }) => `${level} ${code}`));
    expect(codes).toEqual(new Set(['warning retention-by-limits', 'warning replicas-of-the-server']));
    const { outcomes } = await applied(source);
    expect(outcomes.filter(({ state }) => state !== 'done')).toEqual([]);
    expect((await planned(source)).changes).toEqual([]);
  }, 30_000);

  it('and whom it does not know is told so, in its words and without the password', async () => {
    const at = new URL(url!);
    const opening = redisBroker(`redis://nobody:secret-7@${at.host}`);
    await expect(opening).rejects.toMatchObject({
      code: 'BROKER_UNREACHABLE',
      message: expect.stringMatching(/WRONGPASS.*before the @/),
    });
    await expect(opening).rejects.toMatchObject({ message: expect.not.stringContaining('secret-7') });
  });

  it('a key that something else has is named', async () => {
    const redis = new Redis(url!);
    await redis.set(`${prefix}{EVT_ORDER}:settings`, 'other');
    redis.disconnect();
    await expect(planned(shop())).rejects.toMatchObject({
      code: 'BROKER_UNREACHABLE',
      message: expect.stringContaining(`hgetall ${prefix}{EVT_ORDER}:settings: WRONGTYPE`),
    });
  });

  it('is told that nobody answers, why, and without the password', async () => {
    await expect(redisBroker('redis://user:secret-7@127.0.0.1:1')).rejects.toMatchObject({
      code: 'BROKER_UNREACHABLE',
      message:
        'redis://127.0.0.1:1 does not answer, or refuses to say what it has: connect ECONNREFUSED 127.0.0.1:1. Nothing more was done.',
    });
  });
});
