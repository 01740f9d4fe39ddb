/**
 * What real brokers show of readers, told to a registry by `herald matrix --observed --report`: a durable that no contract knows holds the
 * retirement of what it reads back, by its name, until it is gone.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commands } from '../src/cli/commands/index.ts';
import { run } from '../src/cli/run.ts';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { testIo } from './support/io.ts';
import { hasNatsServer, natsServer } from './support/nats-server.ts';
import { rabbitVhost } from './support/rabbit-vhost.ts';
import { expectStatus, type TestRegistry, testRegistry } from './support/registry.ts';
import { amqpUrl, managementUrl, redisUrl } from './support/servers.ts';
import { shop } from './support/shop.ts';

/** A broker with a group "spy" on it, which nobody declared. */
interface World {
  readonly url: string;
  spy(stream: string): Promise<void>;
  forget(stream: string): Promise<void>;
  clean(stream: string): Promise<void>;
}

async function nats(): Promise<World> {
  const server = await natsServer();
  const nc = await connect({ servers: server.url });
  const jsm = await jetstreamManager(nc);
  return {
    url: server.url,
    spy: async (stream) =>
      void (await jsm.consumers.add(stream, {
        durable_name: 'spy',
        filter_subject: 'order.placed',
        ack_policy: 'explicit',
      })),
    forget: async (stream) => void (await jsm.consumers.delete(stream, 'spy')),
    async clean() {
      await nc.close();
      await server.stop();
    },
  };
}

async function redis(): Promise<World> {
  const url = redisUrl()!;
  const client = new Redis(url);
  const key = (stream: string) => `herald:{${stream}}`;
  return {
    url,
    spy: async (stream) => void (await client.xgroup('CREATE', key(stream), 'spy', '0')),
    forget: async (stream) => void (await client.xgroup('DESTROY', key(stream), 'spy')),
    async clean(stream) {
      const names = await client.keys(`${key(stream)}*`);
      if (names.length > 0) await client.del(...names);
      client.disconnect();
    },
  };
}

async function rabbit(): Promise<World> {
  const { vhost, url, manage, remove } = await rabbitVhost();
  return {
    url,
    async spy(stream) {
      await manage('PUT', `/queues/${vhost}/spy`, { durable: true });
      await manage('POST', `/bindings/${vhost}/e/${stream}/q/spy`, { routing_key: 'order.placed' });
    },
    forget: async () => void (await manage('DELETE', `/queues/${vhost}/spy`)),
    clean: remove,
  };
}

const brokers: readonly (readonly [string, string, boolean, () => Promise<World>])[] = [
  ['NATS', 'nats', hasNatsServer(), nats],
  ['Redis', 'redis', redisUrl() !== undefined, redis],
  ['RabbitMQ', 'rabbitmq', amqpUrl() !== undefined && managementUrl() !== undefined, rabbit],
];

describe.each(brokers)('readers on %s', (_, bus, isThere, open) => {
  const stream = `EVT_${randomUUID().slice(0, 8).toUpperCase()}`;
  let folder: string;
  let world: World;
  let registry: TestRegistry;
  beforeEach(async () => {
    if (!isThere) return;
    folder = mkdtempSync(join(tmpdir(), 'herald-readers-'));
    [world, registry] = await Promise.all([open(), testRegistry()]);
  });
  afterEach(async () => {
    if (!isThere) return;
    await world.clean(stream);
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const catalog = {
    ...shop,
    domains: {
      order: { ...shop.domains.order, stream },
      stock: { ...shop.domains.order, stream: `${stream}_ELSEWHERE` },
    },
  };
  const schema = (title: string, consumers: readonly string[]): JsonObject => ({
    title,
    description: 'It happened.',
    'x-contract': { producer: 'orders', consumers: consumers.map((service) => ({ service })) },
    type: 'object',
    properties: { id: { type: 'string', description: 'Which.' } },
    required: ['id'],
  });
  const events: Readonly<Record<string, JsonObject>> = {
    'order.placed': schema('Placed', ['billing']),
    'order.placed.v2': schema('Placed anew', []),
    'order.drafted': schema('Drafted', []),
    'stock.moved': schema('Moved', []),
  };

  async function herald(...args: readonly string[]) {
    const { io, said } = testIo({
      cwd: folder,
      fetch: async (url, init) => {
        const { pathname, search } = new URL(String(url));
        return registry.app.request(pathname + search, init);
      },
    });
    const exit = await run([...args], io, commands, '0');
    return { exit, ...said };
  }

  function write(path: string, value: Json): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify(value));
  }

  const at = '/v1/catalogs/shop/subjects';
  const { ask } = { ask: (...asked: Parameters<TestRegistry['ask']>) => registry.ask(...asked) };
  const retire = async () => {
    const answer = await ask('POST', `${at}/order.placed/deprecation/transitions`, { body: { transition: 'retire' } });
    const { message, details } = answer.json.error as { message: string; details: { missing: JsonObject[] } };
    return { message, missing: details.missing.map(({ condition }) => condition) };
  };

  it.skipIf(!isThere)(
    'whom no contract knows holds a retirement back, and is named',
    async () => {
      write('shop/catalog.json', { ...catalog, domains: { order: catalog.domains.order } });
      for (const [subject, document] of Object.entries(events))
        if (subject.startsWith('order')) write(`shop/${subject}.json`, document);
      expect((await herald('provision', 'apply', '--target', world.url, '--catalog', 'shop')).exit).toBe(0);
      // the registry knows another domain whose stream is not on this broker, and one subject less
      write('shop/catalog.json', catalog);
      write('shop/stock.moved.json', events['stock.moved']!);
      await expectStatus(ask('PUT', '/v1/catalogs/shop', { body: catalog }), 201);
      for (const [subject, document] of Object.entries(events))
        if (subject !== 'order.drafted')
          await expectStatus(ask('POST', `${at}/${subject}/versions`, { body: document }), 201);
      const plan = { successor: 'order.placed.v2', sunset: '2026-12-01', reason: 'Anew.', migration: 'Read v2.' };
      await expectStatus(ask('PUT', `${at}/order.placed/deprecation`, { body: plan }), 201);
      const force = { reason: 'the test begins here' };
      for (const transition of ['dual-write', 'migrate'])
        await expectStatus(
          ask('POST', `${at}/order.placed/deprecation/transitions`, { body: { transition, force } }),
          200,
        );

      await world.spy(stream);
      const observe = ['matrix', 'shop', '--observed', world.url];
      const told = () => herald(...observe, '--report', '--registry', 'http://registry');
      let first = await told();
      // RabbitMQ counts what a queue holds every five seconds
      const end = Date.now() + 15_000;
      while (!first.out.includes('Nothing of order.placed is stored') && Date.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        first = await told();
      }
      expect([first.exit, first.err]).toEqual([1, '']);
      expect(first.out).toContain('| error | undeclared-consumer | The group spy reads order.placed');
      expect(first.out).toContain('| warning | silent-producer | Nothing of order.placed is stored');
      expect(first.out).toContain(`The registry has who reads 2 subjects on the bus "${bus}".`);
      expect(first.out).toContain('not on this broker, and not told: stock.moved');
      expect(first.out).toContain('not registered: order.drafted');
      const held = await retire();
      expect(held.missing).toContain('no-reader-on-bus');
      expect(held.message).toContain(`billing, spy (${bus}, seen on 2026-06-01). The catalog does not declare spy: `);
      // that nobody reads it on a broker that does not have it says nothing
      expect((await ask('GET', `${at}/stock.moved/consumers`)).json).not.toHaveProperty('readers');

      await world.forget(stream);
      const second = await herald(...observe, '--report', '--registry', 'http://registry', '--bus-name', bus);
      expect(second.out).not.toContain('undeclared-consumer');
      const { message } = await retire();
      expect(message).toContain(`billing (${bus}, seen on 2026-06-01)`);
      expect(message).not.toContain('does not declare');
    },
    60_000,
  );

  it.skipIf(!isThere)('--report without a broker or a registry that answers is refused', async () => {
    write('shop/catalog.json', catalog);
    write('shop/order.placed.json', events['order.placed']!);
    const alone = await herald('matrix', 'shop', '--report');
    expect([alone.exit, alone.err]).toEqual([2, expect.stringContaining('name it with --observed')]);
    const both = await herald('matrix', 'shop', '--observed', world.url, '--registry', 'http://registry');
    expect([both.exit, both.err]).toEqual([2, expect.stringContaining('add --report')]);
  });
});
