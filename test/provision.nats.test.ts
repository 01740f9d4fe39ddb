/** A real JetStream made to agree with a catalog: from nothing, from something else, half-way, and once more. */
import { type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Applied, type ApplyOptions, apply, plan } from '../src/provision/apply.ts';
import type { Broker, Source } from '../src/provision/broker.ts';
import { natsBroker } from '../src/provision/nats/broker.ts';
import { keyOf } from '../src/provision/resource.ts';
import { readCatalog } from '../src/schema/catalog.ts';
import { filtersSeveral } from '../src/schema/nats-names.ts';
import { catalogFolder } from './support/catalogs.ts';
import { hasNatsServer, type NatsServer, natsCluster, natsServer } from './support/nats-server.ts';

function shop(delivery: object = {}, consumers: readonly string[] = ['billing'], stock: object = {}): Source {
  const reading = readCatalog({
    name: 'shop',
    title: 'Shop',
    names: { segments: [{ name: 'domain', style: 'any' }], major: 'optional' },
    envelope: 'cloudevents-1.0',
    classification: { levels: ['public'] },
    domains: { order: { owner: 'orders', retention: 'P10D' }, stock: { owner: 'orders', retention: 'P1D', ...stock } },
    services: { orders: {}, billing: {}, mail: {} },
    delivery,
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const contract = { producer: 'orders', consumers: consumers.map((service) => ({ service })) };
  const subjects = ['order.placed', 'order.paid', 'stock.moved'];
  return { catalog: reading.catalog, events: subjects.map((subject) => ({ subject, contract })) };
}

const millisecond = 1_000_000;
const states = ({ outcomes }: Applied) => outcomes.map((one) => `${one.state} ${one.class} ${keyOf(one)}`);

describe.skipIf(!hasNatsServer())('JetStream', () => {
  let server: NatsServer;
  let broker: Broker;
  let nc: NatsConnection;
  let jsm: JetStreamManager;
  beforeAll(async () => {
    server = await natsServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    nc = await connect({ servers: server.url });
    jsm = await jetstreamManager(nc);
    broker = await natsBroker(server.url);
  });
  afterEach(async () => {
    for await (const { config } of jsm.streams.list()) await jsm.streams.delete(config.name);
    await nc.close();
    await broker.close();
  });

  const applied = (source: Source, more: Partial<ApplyOptions> = {}) =>
    apply(broker, { sources: [source], prune: false, allowsRisky: false, ...more });
  const planned = (source: Source, prune = false) => plan(broker, { sources: [source], prune });

  it('is made from nothing, and a second time there is nothing to do', async () => {
    const first = await applied(shop());
    expect(states(first)).toEqual([
      'done create stream EVT_ORDER',
      'done create stream EVT_STOCK',
      'done create stream HERALD_LEASES',
      'done create durable EVT_ORDER/billing',
      'done create durable EVT_STOCK/billing',
    ]);
    expect((await planned(shop())).changes).toEqual([]);
    expect((await applied(shop())).outcomes).toEqual([]);
    const { config } = await jsm.streams.info('EVT_ORDER');
    expect([config.subjects, config.max_age / millisecond, config.storage, config.retention]).toEqual([
      ['order.paid', 'order.placed'],
      10 * 86_400_000,
      'file',
      'limits',
    ]);
  });

  it('what drifted is shown old and new, and mended: what is safe at once, what is risky when allowed', async () => {
    await applied(shop());
    await jsm.streams.update('EVT_ORDER', { max_age: 5 * 86_400_000 * millisecond });
    await jsm.streams.update('EVT_STOCK', { max_age: 0, subjects: ['stock.moved', 'stock.lost'] });
    const { changes } = await planned(shop());
    expect(changes).toEqual([
      {
        kind: 'stream',
        name: 'EVT_ORDER',
        class: 'safe',
        settings: [{ key: 'maxAgeMs', from: 432_000_000, to: 864_000_000, class: 'safe' }],
      },
      {
        kind: 'stream',
        name: 'EVT_STOCK',
        class: 'risky',
        settings: [
          { key: 'maxAgeMs', from: 0, to: 86_400_000, class: 'risky' },
          { key: 'subjects', from: ['stock.lost', 'stock.moved'], to: ['stock.moved'], class: 'risky' },
        ],
      },
    ]);
    expect(states(await applied(shop()))).toEqual(['done safe stream EVT_ORDER', 'withheld risky stream EVT_STOCK']);
    expect((await jsm.streams.info('EVT_STOCK')).config.max_age).toBe(0);
    expect(states(await applied(shop(), { allowsRisky: true }))).toEqual(['done risky stream EVT_STOCK']);
    expect((await planned(shop())).changes).toEqual([]);
  });

  it('what only a replacement would change is left with what it holds, whatever is allowed', async () => {
    await applied(shop());
    await jetstream(nc).publish('order.placed', 'kept');
    const memory = shop({ streams: { EVT_ORDER: { storage: 'memory' } } });
    expect(states(await applied(memory, { allowsRisky: true, prune: true }))).toEqual([
      'withheld replace stream EVT_ORDER',
    ]);
    const { config, state } = await jsm.streams.info('EVT_ORDER');
    expect([config.storage, state.messages]).toEqual(['file', 1]);
  });

  it('only pruning deletes, and only what was provisioned from this catalog', async () => {
    await applied(shop({}, ['billing', 'mail']));
    await jsm.streams.add({ name: 'OTHERS', subjects: ['others.>'] });
    await jsm.consumers.add('EVT_ORDER', { durable_name: 'by-hand', ack_policy: 'explicit' });
    const kept = await planned(shop());
    expect([kept.changes, kept.left.map(keyOf), kept.strange.map(keyOf)]).toEqual([
      [],
      ['durable EVT_ORDER/mail', 'durable EVT_STOCK/mail'],
      ['stream OTHERS', 'durable EVT_ORDER/by-hand'],
    ]);
    expect(states(await applied(shop(), { prune: true }))).toEqual([
      'done delete durable EVT_STOCK/mail',
      'done delete durable EVT_ORDER/mail',
    ]);
    const left = [];
    for await (const { name } of jsm.consumers.list('EVT_ORDER')) left.push(name);
    expect(left.sort()).toEqual(['billing', 'by-hand']);
    expect((await jsm.streams.info('OTHERS')).config.name).toBe('OTHERS');
  });

  it('a plan that was looked at is carried out as it was, or not at all', async () => {
    const { fingerprint } = await planned(shop());
    await jsm.streams.add({ name: 'EVT_ORDER', subjects: ['order.placed'], max_age: 86_400_000 * millisecond });
    await expect(applied(shop(), { reviewed: fingerprint })).rejects.toMatchObject({ code: 'PLAN_STALE' });
    await expect(jsm.streams.info('EVT_STOCK')).rejects.toThrow(/not found/);
    const fresh = await planned(shop());
    const { outcomes } = await applied(shop(), { reviewed: fresh.fingerprint });
    expect(outcomes.map(({ state }) => state)).not.toContain('withheld');
    // another catalog is another plan too
    await expect(applied(shop({}, ['mail']), { reviewed: fresh.fingerprint })).rejects.toMatchObject({
      code: 'PLAN_STALE',
    });
  });

  it('a problem is told before anything is touched', async () => {
    await jsm.streams.add({ name: 'OTHERS', subjects: ['stock.>'] });
    await expect(applied(shop())).rejects.toMatchObject({ code: 'PLAN_BLOCKED' });
    await expect(jsm.streams.info('EVT_ORDER')).rejects.toThrow(/not found/);
  });

  it('a work queue, and a stream kept by interest, are what the server says they are', async () => {
    const kinds = {
      streams: { EVT_ORDER: { retention: 'workqueue' }, EVT_STOCK: { retention: 'interest', maxBytes: 1_000_000 } },
    };
    await applied(shop(kinds));
    expect((await planned(shop(kinds))).changes).toEqual([]);
    expect((await jsm.streams.info('EVT_ORDER')).config.retention).toBe('workqueue');
    const stock = (await jsm.streams.info('EVT_STOCK')).config;
    expect([stock.retention, stock.max_bytes]).toEqual(['interest', 1_000_000]);
  });

  it('a work queue of groups of different subjects is made where durables filter by several, and told of where they do not', async () => {
    const delivery = {
      streams: { EVT_ORDER: { retention: 'workqueue' } },
      groups: {
        billing: { service: 'billing', subjects: ['order.placed', 'order.paid'] },
        mail: { service: 'mail', subjects: ['stock.moved'] },
      },
    };
    const source = shop(delivery, ['billing', 'mail'], { stream: 'EVT_ORDER' });
    const { remarks } = await planned(source);
    if (filtersSeveral(nc.info?.version ?? '0')) {
      expect(remarks).toEqual([]);
      expect(states(await applied(source)).filter((line) => !line.startsWith('done'))).toEqual([]);
      expect((await planned(source)).changes).toEqual([]);
      return;
    }
    expect(remarks.map(({ level, code }) => `${level} ${code}`)).toEqual(['problem workqueue-unfiltered']);
    await expect(applied(source)).rejects.toMatchObject({ code: 'PLAN_BLOCKED' });
    // as the server has it
    await jsm.streams.add({ name: 'QUEUE', subjects: ['queue.>'], retention: 'workqueue' });
    await jsm.consumers.add('QUEUE', { durable_name: 'wide', ack_policy: 'explicit' });
    const narrow = { durable_name: 'narrow', ack_policy: 'explicit', filter_subject: 'queue.a' } as const;
    await expect(jsm.consumers.add('QUEUE', narrow)).rejects.toThrow(/workqueue/);
  });

  it('reports the groups that read and the subjects that hold events', async () => {
    await applied(shop());
    await jetstream(nc).publish('order.placed', '1');
    await jsm.consumers.add('EVT_ORDER', { durable_name: 'spy', ack_policy: 'explicit', filter_subject: 'order.paid' });
    const { groups, addresses } = await broker.observe([shop()]);
    expect(groups.map(({ group, addresses: read }) => [group, read])).toEqual([
      ['billing', ['order.placed', 'order.paid']],
      ['spy', ['order.paid']],
      ['billing', ['stock.moved']],
    ]);
    expect(addresses).toEqual([{ address: 'order.placed', messages: 1 }]);
  });
});

describe.skipIf(!hasNatsServer())('JetStream by a user who may do some of it', () => {
  it('says what was done and what was not, and the next apply finishes it', async () => {
    const config = `accounts: { SHOP: { jetstream: enabled, users: [
      { user: all, password: pw },
      { user: half, password: pw, permissions: { publish: { allow: [">"], deny: ["$JS.API.STREAM.CREATE.EVT_STOCK"] } } }
    ] }, PLAIN: { users: [ { user: plain, password: pw } ] } }`;
    const server = await natsServer({ config });
    const as = (user: string) => server.url.replace('//', `//${user}:pw@`);
    try {
      const half = await natsBroker(as('half'));
      const options = { sources: [shop()], prune: false, allowsRisky: false };
      const first = await apply(half, options);
      await half.close();
      expect(states(first)).toEqual([
        'done create stream EVT_ORDER',
        'failed create stream EVT_STOCK',
        'done create stream HERALD_LEASES',
        'done create durable EVT_ORDER/billing',
        'waiting create durable EVT_STOCK/billing',
      ]);
      expect(first.outcomes[1]?.reason).toMatch(/permissions violation.*\(.*"herald provision permissions"/i);
      const all = await natsBroker(as('all'));
      const second = await apply(all, options);
      expect(states(second)).toEqual(['done create stream EVT_STOCK', 'done create durable EVT_STOCK/billing']);
      expect((await plan(all, options)).changes).toEqual([]);
      await all.close();
      await expect(natsBroker(as('nobody'))).rejects.toMatchObject({
        code: 'BROKER_UNREACHABLE',
        message: expect.stringMatching(/Authorization Violation \(.*--credentials/),
      });
      const plain = await natsBroker(as('plain'));
      await expect(plan(plain, options)).rejects.toMatchObject({
        code: 'BROKER_UNREACHABLE',
        message: expect.stringMatching(/JetStream not enabled for account \("jetstream: enabled" in that account\)/),
      });
      await plain.close();
    } finally {
      await server.stop();
    }
  });

  it('is told that nobody answers, without the password', async () => {
    await expect(natsBroker('nats://user:secret-7@127.0.0.1:1')).rejects.toMatchObject({
      code: 'BROKER_UNREACHABLE',
      message: expect.not.stringContaining('secret-7'),
    });
  });
});

describe.skipIf(!hasNatsServer())('a cluster of three', () => {
  it('holds the fourth document as it stands, three copies of each stream, and asks for nothing the second time', async () => {
    const cluster = await natsCluster();
    const source = await catalogFolder('daarion');
    const options = { sources: [source], prune: false, allowsRisky: false };
    const broker = await natsBroker(cluster.url);
    try {
      // a cluster takes nothing before it has a leader
      let made = await apply(broker, options).catch(() => undefined);
      for (let tried = 0; tried < 40 && made?.outcomes.some(({ state }) => state !== 'done') !== false; tried += 1) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        made = await apply(broker, options).catch(() => undefined);
      }
      const after = await plan(broker, options);
      expect([after.changes, after.remarks]).toEqual([[], []]);
      const nc = await connect({ servers: cluster.url });
      const jsm = await jetstreamManager(nc);
      const copies = [];
      for await (const { config, cluster: members } of jsm.streams.list())
        copies.push([config.num_replicas, (members?.replicas ?? []).length + 1]);
      expect(copies).toEqual(Array.from({ length: 15 }, () => [3, 3]));
      await nc.close();
    } finally {
      await broker.close();
      await cluster.stop();
    }
  }, 60_000);
});
