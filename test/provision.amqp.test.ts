/**
 * A real RabbitMQ provisioned over AMQP alone, as where its management interface is not installed. What came of it is asked of the
 * management interface, which the provisioning side is not told of.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commands } from '../src/cli/commands/index.ts';
import { run } from '../src/cli/run.ts';
import { channelOf } from '../src/events/channel.ts';
import { rabbitBus } from '../src/events/rabbitmq/index.ts';
import { apply, plan } from '../src/provision/apply.ts';
import type { Broker } from '../src/provision/broker.ts';
import { brokerOf } from '../src/provision/broker-of.ts';
import type { Plan } from '../src/provision/plan.ts';
import { keyOf } from '../src/provision/resource.ts';
import { catalogFolder } from './support/catalogs.ts';
import { testIo } from './support/io.ts';
import { provisionedShop as shop, statesOf as states } from './support/provisioned-shop.ts';
import { type RabbitVhost, rabbitVhost } from './support/rabbit-vhost.ts';
import { amqpUrl, managementUrl } from './support/servers.ts';

const [amqp, http] = [amqpUrl(), managementUrl()];
const folder = mkdtempSync(join(tmpdir(), 'herald-amqp-'));
cpSync(new URL('../schemas/message-patterns/', import.meta.url), join(folder, 'third'), { recursive: true });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const changes = (made: Plan) => made.changes.map((one) => `${one.class} ${keyOf(one)}`);
const topology = [
  'exchange EVT_ORDER',
  'queue EVT_ORDER.log',
  'queue EVT_ORDER.groups',
  'queue billing',
  'binding EVT_ORDER.log/EVT_ORDER → EVT_ORDER.log [#]',
  'binding billing/EVT_ORDER → billing [order.placed]',
];

describe.skipIf(amqp === undefined || http === undefined)('RabbitMQ over AMQP alone', () => {
  let host: RabbitVhost;
  const opened: Broker[] = [];
  const open = async (url = host.url, management = 'none') => {
    const broker = await brokerOf(url, { management });
    opened.push(broker);
    return broker;
  };
  beforeEach(async () => {
    host = await rabbitVhost();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((broker) => broker.close()));
    await host.remove();
  });
  const options = { sources: [shop()], prune: false, allowsRisky: false };

  const herald = async (...args: readonly string[]) => {
    const { io, said } = testIo({ cwd: folder });
    const at = ['--target', host.url, '--management', 'none', '--catalog', 'third'];
    return { exit: await run(['provision', ...args, ...at], io, commands, '0'), ...said };
  };

  it('is made from nothing as through the management interface, and is never said to agree', async () => {
    const planned = await herald('plan');
    expect([planned.exit, planned.err]).toEqual([1, '']);
    expect(planned.out).toMatch(/^not reported: policies/m);
    expect(planned.out).not.toContain('✓');
    expect(await host.list('queues')).toEqual([]);
    const first = await herald('apply');
    expect([first.exit, first.out.match(/^✗.*/gm)]).toEqual([1, null]);
    expect(first.out).toMatch(/^not reported: policies/m);
    // what the management interface still finds to do: policies, and with them whose everything is
    const sources = [await catalogFolder('message-patterns')];
    const managed = await open(host.url, http!);
    const seen = await plan(managed, { sources, prune: false });
    const rest = seen.changes.filter(({ kind }) => kind !== 'policy');
    expect(rest.length).toBeGreaterThan(10);
    expect(rest.flatMap(({ settings }) => settings)).toEqual(
      rest.map(() => ({ key: 'catalog', to: 'message-patterns', class: 'safe' })),
    );
    // the commands that the plan says, word by word as a shell takes them
    const said = [
      ...planned.out.matchAll(/^warning policy \S+: AMQP sets none: (rabbitmqctl .*) \(policy-by-hand\)$/gm),
    ];
    for (const [, command = ''] of said) {
      const script = `rabbitmqctl() { for word; do printf '%s\\0' "$word"; done; }; ${command}`;
      const words = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
      const [verb, , vhost, , target, , priority, name, pattern, definition = ''] = words;
      expect([verb, vhost]).toEqual(['set_policy', host.vhost]);
      const body = {
        pattern: pattern!,
        'apply-to': target!,
        priority: Number(priority),
        definition: JSON.parse(definition),
      };
      await host.manage('PUT', `/policies/${host.vhost}/${name}`, body);
    }
    const after = await plan(managed, { sources, prune: false });
    expect([after.changes, after.left, after.strange]).toEqual([[], [], []]);
    const again = await herald('plan');
    expect([again.exit, again.out]).toEqual([1, expect.not.stringContaining('✓')]);
  }, 60_000);

  it('a second time declares what is there again, which changes nothing', async () => {
    const broker = await open();
    expect(states(await apply(broker, options))).toEqual(topology.map((key) => `done create ${key}`));
    const before = await host.list('bindings');
    const second = await plan(broker, options);
    expect(changes(second)).toEqual(topology.map((key) => `unreported ${key}`));
    expect(states(await apply(broker, { ...options, reviewed: second.fingerprint }))).toEqual(
      topology.map((key) => `done unreported ${key}`),
    );
    expect(await host.list('bindings')).toEqual(before);
    // the group is known to whoever asks who reads, as the runtime would have written it
    const bus = rabbitBus({ url: host.url });
    const { catalog, events } = shop();
    const channel = channelOf(catalog, 'order.placed', events[0]!.contract, 'rabbitmq');
    expect(await bus.groupsOf(channel)).toEqual([{ name: 'billing', addresses: ['order.placed'] }]);
    await bus.close();
  }, 60_000);

  it('a queue that stands otherwise is left, in RabbitMQ’s words; the rest is done', async () => {
    await host.manage('PUT', `/queues/${host.vhost}/billing`, { durable: true, arguments: {} });
    const broker = await open();
    const { outcomes } = await apply(broker, options);
    const failed = outcomes.filter(({ state }) => state !== 'done');
    expect(failed.map((one) => [keyOf(one), one.state, one.reason])).toEqual([
      [
        'queue billing',
        'failed',
        expect.stringMatching(/inequivalent arg '.*' for queue 'billing'.* current is none$/),
      ],
    ]);
    expect((await host.list('queues')).find(({ name }) => name === 'billing')).toMatchObject({ type: 'classic' });
    await host.manage('DELETE', `/queues/${host.vhost}/billing`);
    expect(states(await apply(broker, options)).filter((line) => line.startsWith('failed'))).toEqual([]);
    expect((await host.list('queues')).find(({ name }) => name === 'billing')).toMatchObject({ type: 'quorum' });
  }, 60_000);

  it('arguments that others set besides stay, those the catalog decides do not pass for them', async () => {
    const given = { 'x-queue-type': 'stream', 'x-max-age': '864000s', 'x-stream-max-segment-size-bytes': 1_000_000 };
    await host.manage('PUT', `/queues/${host.vhost}/EVT_ORDER.log`, { durable: true, arguments: given });
    const limited = { 'x-queue-type': 'quorum', 'x-single-active-consumer': true, 'x-delivery-limit': 4 };
    await host.manage('PUT', `/queues/${host.vhost}/billing`, { durable: true, arguments: limited });
    const broker = await open();
    expect(states(await apply(broker, options)).filter((line) => !line.startsWith('done'))).toEqual([]);
    const unordered = {
      groups: { billing: { service: 'billing', ordered: false, ackWait: 'PT1M', start: 'earliest' as const } },
    };
    const [source] = options.sources;
    const delivery = { defaults: {}, streams: {}, queues: {}, environments: {}, ...unordered };
    const changed = { ...source!, catalog: { ...source!.catalog, delivery } };
    const { outcomes } = await apply(broker, { ...options, sources: [changed] });
    expect(outcomes.find(({ name }) => name === 'billing')).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining("inequivalent arg 'x-single-active-consumer'"),
    });
  }, 60_000);

  it('after the runtime made everything itself there is nothing to refuse', async () => {
    const { catalog, events } = shop();
    const bus = rabbitBus({ url: host.url });
    await bus.ensure([channelOf(catalog, 'order.placed', events[0]!.contract, 'rabbitmq')]);
    await bus.close();
    const broker = await open();
    expect(states(await apply(broker, options)).filter((line) => !line.startsWith('done'))).toEqual([]);
  }, 60_000);

  it('a user who may make some of it: what was refused is told, and the next apply finishes it', async () => {
    const user = `u-${host.vhost}`;
    await host.manage('PUT', `/users/${user}`, { password: 'pw', tags: '' });
    const granted = { configure: '^EVT_ORDER.*$', write: '.*', read: '.*' };
    await host.manage('PUT', `/permissions/${host.vhost}/${user}`, granted);
    try {
      const half = await apply(await open(host.as(user, 'pw')), options);
      expect(states(half)).toEqual(
        topology.map((key) => {
          if (key === 'queue billing') return `failed create ${key}`;
          return `${key.startsWith('binding billing') ? 'waiting' : 'done'} create ${key}`;
        }),
      );
      expect(half.outcomes[3]?.reason).toMatch(/ACCESS_REFUSED/);
      const whole = await apply(await open(), options);
      expect(states(whole).filter((line) => !line.startsWith('done'))).toEqual([]);
    } finally {
      await host.manage('DELETE', `/users/${user}`);
    }
  }, 60_000);

  it('prunes nothing and observes nobody, and says so', async () => {
    const broker = await open();
    const pruning = await plan(broker, { ...options, prune: true });
    expect(pruning.remarks.map(({ level, code }) => `${level} ${code}`)).toContain('problem prune-unreported');
    await expect(apply(broker, { ...options, prune: true })).rejects.toMatchObject({ code: 'PLAN_BLOCKED' });
    expect(await host.list('queues')).toEqual([]);
    await expect(broker.observe([shop()])).rejects.toMatchObject({ code: 'USAGE_INVALID' });
  });

  it('whom it does not know, and what does not answer, is told without the password', async () => {
    for (const url of [host.as('nobody', 'secret-7'), 'amqp://user:secret-7@127.0.0.1:1']) {
      const opening = brokerOf(url, { management: 'none' });
      await expect(opening).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE' });
      await expect(opening).rejects.toMatchObject({ message: expect.not.stringContaining('secret-7') });
    }
  });
});
