/** A real RabbitMQ made to agree with a catalog through its management interface, and services that use it with what they are given. */
import { type AddressInfo, createServer } from 'node:net';
import { Connection } from 'rabbitmq-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { channelOf } from '../src/events/channel.ts';
import { rabbitBus, workQueues } from '../src/events/rabbitmq/index.ts';
import { accessTable } from '../src/policy/access.ts';
import { type ApplyOptions, apply, plan } from '../src/provision/apply.ts';
import type { Broker, Source } from '../src/provision/broker.ts';
import { accessFacts } from '../src/provision/facts.ts';
import { rabbitBroker } from '../src/provision/rabbitmq/broker.ts';
import { rabbitPermissions } from '../src/provision/rabbitmq/permissions.ts';
import { keyOf } from '../src/provision/resource.ts';
import { streamOfSubject } from '../src/schema/delivery.ts';
import { catalogFolder } from './support/catalogs.ts';
import { provisionedShop as shop, statesOf as states } from './support/provisioned-shop.ts';
import { type RabbitVhost, rabbitVhost } from './support/rabbit-vhost.ts';
import { amqpUrl, managementUrl } from './support/servers.ts';

const [amqp, http] = [amqpUrl(), managementUrl()];

describe.skipIf(amqp === undefined || http === undefined)('RabbitMQ', () => {
  let host: RabbitVhost;
  let [vhost, url] = ['', ''];
  let broker: Broker;
  const manage: RabbitVhost['manage'] = (...asked) => host.manage(...asked);

  beforeEach(async () => {
    host = await rabbitVhost();
    ({ vhost, url } = host);
    broker = await rabbitBroker(url, http);
  });
  afterEach(() => host.remove());

  const applied = (source: Source, more: Partial<ApplyOptions> = {}) =>
    apply(broker, { sources: [source], prune: false, allowsRisky: false, ...more });
  const planned = (source: Source) => plan(broker, { sources: [source], prune: false });

  it('is made from the third document, and a second time there is nothing to do', async () => {
    const source = await catalogFolder('message-patterns');
    const first = await applied(source);
    expect(first.outcomes.filter(({ state }) => state !== 'done')).toEqual([]);
    const queues = first.outcomes.filter(({ kind }) => kind === 'queue').map(({ name }) => name);
    expect(queues.sort()).toEqual([
      'EVT_WORKFLOW.groups',
      'EVT_WORKFLOW.log',
      'analytics',
      'caching-invalidation',
      'notify.email.high',
      'notify.email.high.dead',
      'workflow-engine',
    ]);
    expect((await planned(source)).changes).toEqual([]);
    // and the runtime, which makes what is missing, has nothing to make: it would be refused if queues were other ones
    const bus = rabbitBus({ url });
    const { contract } = source.events[0]!;
    const channels = [channelOf(source.catalog, 'workflow.instance.started.v1', contract, 'rabbitmq')];
    await bus.ensure(channels);
    expect((await bus.groupsOf(channels[0]!)).map(({ name }) => name).sort()).toEqual([
      'analytics',
      'caching-invalidation',
      'workflow-engine',
    ]);
    const subscription = await bus.subscribe({
      group: 'analytics',
      channels,
      ordered: true,
      start: 'new',
      maxInFlight: 1,
      ackWaitMs: 60_000,
      onDelivery: () => {},
      onError: () => {},
    });
    await subscription.stop(1_000);
    await bus.close();
    expect((await planned(source)).changes).toEqual([]);
  }, 60_000);

  it('what drifted in policies is mended, what would take another queue is left', async () => {
    await applied(shop());
    expect((await planned(shop())).changes).toEqual([]);
    const at = `/policies/${vhost}/herald.shop.EVT_ORDER.log`;
    const policy = { pattern: '^EVT_ORDER\\.log$', 'apply-to': 'queues', definition: { 'max-age': '30D' } };
    await manage('PUT', at, policy);
    expect(states(await applied(shop()))).toEqual(['withheld risky policy EVT_ORDER.log/herald.shop.EVT_ORDER.log']);
    expect(states(await applied(shop(), { allowsRisky: true }))).toEqual([
      'done risky policy EVT_ORDER.log/herald.shop.EVT_ORDER.log',
    ]);
    const unordered = shop({ groups: { billing: { service: 'billing', ordered: false } } });
    expect(states(await applied(unordered, { allowsRisky: true, prune: true }))).toEqual([
      'withheld replace queue billing',
    ]);
  }, 60_000);

  it('only pruning deletes, and only what was provisioned from this catalog', async () => {
    await applied(shop({ queues: { 'mail.send.high': { service: 'mail', senders: ['orders'] } } }));
    await manage('PUT', `/queues/${vhost}/by-hand`, { durable: true });
    const kept = await planned(shop());
    expect(kept.changes).toEqual([]);
    expect(kept.left.map(keyOf).sort()).toEqual([
      'binding mail.send.high.dead/herald.commands → mail.send.high.dead [mail.send.high.dead]',
      'binding mail.send.high/herald.commands → mail.send.high [mail.send.high]',
      'policy mail.send.high.dead/herald.shop.mail.send.high.dead',
      'policy mail.send.high/herald.shop.mail.send.high',
      'queue mail.send.high',
      'queue mail.send.high.dead',
    ]);
    const { outcomes } = await applied(shop(), { prune: true });
    expect(outcomes.map(({ state, class: grade }) => `${state} ${grade}`)).toEqual(Array(6).fill('done delete'));
    expect((await manage('GET', `/queues/${vhost}/by-hand`)).status).toBe(200);
    expect((await planned(shop())).left).toEqual([]);
  }, 60_000);

  it('a user who may make some of it: each refusal says which right is missing, and the next apply does the rest', async () => {
    const user = `u-${vhost}`;
    await manage('PUT', `/users/${user}`, { password: 'pw', tags: '' });
    await manage('PUT', `/permissions/${vhost}/${user}`, { configure: '^EVT_.*$', write: '.*', read: '.*' });
    const options = { sources: [shop()], prune: false, allowsRisky: false };
    const open = () => rabbitBroker(host.as(user, 'pw'), `http://${user}:pw@${new URL(http!).host}`);
    try {
      await expect(open()).rejects.toMatchObject({
        message: expect.stringMatching(/401 Not.*rabbitmqctl set_user_tags/),
      });
      await manage('PUT', `/users/${user}`, { password: 'pw', tags: 'management' });
      const half = await apply(await open(), options);
      const [queue, policy] = ['queue billing', 'policy EVT_ORDER.log/herald.shop.EVT_ORDER.log'].map(
        (key) => half.outcomes.find((one) => keyOf(one) === key)?.reason,
      );
      expect(queue).toMatch(/: 401 Access refused\. .*rabbitmqctl set_permissions/);
      expect(policy).toMatch(/: 401 User not authorised to access object\. .*rabbitmqctl set_user_tags/);
      const count = (state: string) => half.outcomes.filter((one) => one.state === state).length;
      expect([count('differs'), count('failed'), count('waiting'), count('done')]).toEqual([4, 3, 2, 0]);
      // whose a thing is says its policy: for that alone nothing is made again
      await manage('PUT', `/users/${user}`, { password: 'pw', tags: 'policymaker' });
      await manage('PUT', `/permissions/${vhost}/${user}`, { configure: '^$', write: '.*', read: '.*' });
      const owned = await apply(await open(), options);
      expect(
        owned.outcomes.filter(({ name }) => name !== 'billing').map(({ state, of }) => [state, of === 'billing']),
      ).toEqual([
        ...Array(3).fill(['done', false]),
        ...Array(2).fill(['done', false]),
        ['waiting', true],
        ['done', false],
        ['waiting', true],
      ]);
      const rest = await applied(shop());
      expect(rest.outcomes.map((one) => `${one.state} ${keyOf(one)}`)).toEqual([
        'done queue billing',
        'done policy billing/herald.shop.billing',
        'done binding billing/EVT_ORDER → billing [order.placed]',
      ]);
      expect((await planned(shop())).changes).toEqual([]);
    } finally {
      await manage('DELETE', `/users/${user}`);
    }
  }, 60_000);

  it.skipIf(new URL(http ?? 'http://none').port !== '15672')(
    'the interface of another broker on the same machine is not taken for its own',
    async () => {
      const server = createServer((socket) => void socket.on('error', () => {}));
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const other = new URL(url);
      other.port = String(port);
      const { hostname } = new URL(http!);
      other.hostname = hostname;
      await expect(rabbitBroker(other.href, undefined)).rejects.toMatchObject({
        code: 'USAGE_INVALID',
        message: expect.stringMatching(new RegExp(`listens at \\d+.*, not at ${port}\\. .*--management URL`)),
      });
      // said to be its own it is: what a container listens at is not what others call
      expect((await (await rabbitBroker(other.href, http)).read([shop()], undefined)).server).toMatch(/^RabbitMQ \d/);
      server.close();
    },
  );

  it('reports who reads what', async () => {
    await applied(shop());
    await manage('PUT', `/queues/${vhost}/spy`, { durable: true });
    await manage('POST', `/bindings/${vhost}/e/EVT_ORDER/q/spy`, { routing_key: 'order.placed' });
    const { groups } = await broker.observe([shop()]);
    expect(groups.map(({ group, addresses }) => [group, addresses]).sort()).toEqual([
      ['billing', ['order.placed']],
      ['spy', ['order.placed']],
    ]);
  }, 60_000);

  describe('each service of the third document, as the user it is', () => {
    let source: Source;
    const users: string[] = [];
    beforeAll(async () => {
      source = await catalogFolder('message-patterns');
    });
    beforeEach(async () => {
      await applied(source);
      const { permissions, topic_permissions: topics } = rabbitPermissions([source], vhost);
      for (const { user, vhost: _, ...granted } of permissions) {
        await manage('PUT', `/users/${user}`, { password: 'pw', tags: '' });
        await manage('PUT', `/permissions/${vhost}/${user}`, granted);
        users.push(user);
      }
      for (const { user, vhost: _, ...granted } of topics)
        await manage('PUT', `/topic-permissions/${vhost}/${user}`, granted);
    }, 60_000);
    afterAll(async () => {
      for (const user of new Set(users)) await manage('DELETE', `/users/${user}`);
    });

    /** On a channel of its own, since RabbitMQ closes one with the first thing it refuses. */
    async function may(
      connection: Connection,
      run: (channel: Awaited<ReturnType<Connection['acquire']>>) => Promise<unknown>,
    ) {
      const channel = await connection.acquire();
      try {
        await run(channel);
        return true;
      } catch (error) {
        const code = String((error as { readonly code?: string }).code ?? error);
        // who may read learns that such a queue is read in another way
        if (code.includes('RESOURCE_LOCKED')) return true;
        if (!code.includes('ACCESS_REFUSED')) throw error;
        return false;
      } finally {
        await channel.close().catch(() => {});
      }
    }

    it('publishes, reads and makes what it may, and nothing else', async () => {
      const table = accessTable(source.catalog, accessFacts(source));
      const subjects = source.events.map(({ subject }) => subject);
      const streams = [...new Set(subjects.map((subject) => streamOfSubject(source.catalog, subject)))];
      const groups = ['analytics', 'caching-invalidation', 'workflow-engine'];
      const work = ['notify.email.high', 'notify.email.high.dead'];
      for (const { service, publish, subscribe } of table) {
        const connection = new Connection({ url: host.as(service, 'pw'), retryLow: 100_000 });
        connection.on('error', () => {});
        const publishes = async (exchange: string, routingKey: string) =>
          may(connection, async (channel) => {
            await channel.confirmSelect();
            await channel.basicPublish({ exchange, routingKey }, Buffer.from('{}'));
          });
        const reads = (queue: string) => may(connection, (channel) => channel.basicGet({ queue, noAck: false }));
        const makes = (queue: string) => may(connection, (channel) => channel.queueDeclare({ queue, durable: true }));
        for (const subject of subjects)
          expect([service, subject, await publishes(streamOfSubject(source.catalog, subject), subject)]).toEqual([
            service,
            subject,
            publish.includes(subject),
          ]);
        for (const queue of groups)
          expect([service, queue, await reads(queue)]).toEqual([service, queue, queue === service]);
        expect([service, await reads('notify.email.high')]).toEqual([service, service === 'notification']);
        for (const queue of work) {
          const sends = queue.endsWith('.dead') ? service === 'notification' : service === 'ai-services';
          expect([service, queue, await publishes('herald.commands', queue)]).toEqual([service, queue, sends]);
        }
        // through the broker's own exchange every queue could be reached
        for (const queue of [...groups, ...work]) expect(await publishes('', queue)).toBe(false);
        expect([service, await makes('mine')]).toEqual([service, false]);
        for (const stream of streams) {
          const isReader = subscribe.length === subjects.length;
          expect([service, stream, await publishes(stream, 'herald.mark')]).toEqual([service, stream, isReader]);
        }
        await connection.close();
      }
    }, 60_000);

    it('consumes, replays and carries out commands through the runtime, and makes nothing', async () => {
      const { contract, subject } = source.events[0]!;
      const channel = channelOf(source.catalog, subject, contract, 'rabbitmq');
      const [core, analytics] = ['core-services', 'analytics'].map((service) =>
        rabbitBus({ url: host.as(service, 'pw'), groups: 'provisioned' }),
      );
      const sender = workQueues({ url: host.as('ai-services', 'pw'), exchange: 'herald.commands' });
      const worker = workQueues({ url: host.as('notification', 'pw'), exchange: 'herald.commands' });
      try {
        const body = new TextEncoder().encode('{}');
        await core!.publish({ channel, id: 'e1', key: 'k', body, headers: {} }, { timeoutMs: 5_000 });
        const got: (string | undefined)[] = [];
        const errors: unknown[] = [];
        const subscription = await analytics!.subscribe({
          group: 'analytics',
          channels: [channel],
          ordered: true,
          start: 'earliest',
          maxInFlight: 5,
          ackWaitMs: 60_000,
          onDelivery: (delivery) => {
            got.push(delivery.id);
            void delivery.ack();
          },
          onError: (error) => errors.push(error),
        });
        for (let tried = 0; tried < 100 && got.length === 0; tried += 1) await new Promise((r) => setTimeout(r, 50));
        await subscription.stop(2_000);
        expect([got, errors]).toEqual([['e1'], []]);
        const replayed: (string | undefined)[] = [];
        for await (const { id } of analytics!.read({ channels: [channel], from: 'earliest' })) replayed.push(id);
        expect(replayed).toEqual(['e1']);
        const mails: unknown[] = [];
        const working = await worker.work('notify.email.high', async (command) => void mails.push(command));
        await sender.send('notify.email.high', { to: 'user-1' });
        for (let tried = 0; tried < 100 && mails.length === 0; tried += 1) await new Promise((r) => setTimeout(r, 50));
        await working.stop(2_000);
        expect(mails).toEqual([{ to: 'user-1' }]);
        await expect(sender.send('notify.email.low', {})).rejects.toMatchObject({ name: 'EventFault' });
      } finally {
        await Promise.all([core, analytics].map((bus) => bus?.close()));
        await Promise.all([sender.close(), worker.close()]);
      }
    }, 60_000);
  });
});

describe('permissions of several catalogs', () => {
  it('are one row for each user and exchange, since the last one imported is what holds', async () => {
    const [third, own] = [await catalogFolder('message-patterns'), shop()];
    const consumed = { producer: 'orders', consumers: [{ service: 'analytics' }] };
    const analytics = {
      catalog: { ...own.catalog, services: { ...own.catalog.services, analytics: own.catalog.services.billing! } },
      events: [{ subject: 'order.placed', contract: consumed }],
    };
    const of = (sources: readonly Source[]) => rabbitPermissions(sources, '/');
    const both = of([third, analytics]);
    const users = both.permissions.map(({ user }) => user);
    expect(new Set(users).size).toBe(users.length);
    const read = (sources: readonly Source[]) =>
      new RegExp(of(sources).permissions.find(({ user }) => user === 'analytics')!.read);
    // its queue, which is called as it is in both, and the log of each
    for (const queue of ['analytics', 'EVT_WORKFLOW.log', 'EVT_ORDER.log'])
      expect([queue, read([third, analytics]).test(queue)]).toEqual([queue, true]);
    expect(read([third]).test('EVT_ORDER.log')).toBe(false);
    const exchanges = both.topic_permissions.map(({ user, exchange }) => `${user} ${exchange}`);
    expect(new Set(exchanges).size).toBe(exchanges.length);
    expect(of([analytics, third])).toEqual(both);
  });
});

describe.skipIf(amqp === undefined)('RabbitMQ without its management interface', () => {
  it('is told so, with what to do and without the password', async () => {
    const at = new URL(amqp!).host;
    const opened = rabbitBroker(`amqp://user:secret-7@${at}`, 'http://127.0.0.1:1');
    const message = expect.stringMatching(
      /^RabbitMQ is at .*rabbitmq-plugins enable rabbitmq_management.*--management URL.*--management none/,
    );
    await expect(opened).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE', message });
    await expect(opened).rejects.toMatchObject({ message: expect.not.stringContaining('secret-7') });
  });

  it('and where nothing answers, nobody is sent to enable a plugin', async () => {
    const opened = rabbitBroker('amqp://user:secret-7@127.0.0.1:1', 'http://127.0.0.1:1');
    await expect(opened).rejects.toMatchObject({
      code: 'BROKER_UNREACHABLE',
      message: expect.stringMatching(/^amqp:\/\/127\.0\.0\.1:1 does not answer/),
    });
    await expect(opened).rejects.toMatchObject({ message: expect.not.stringMatching(/secret-7|plugins/) });
  });

  it.skipIf(http === undefined)('and whom it does not know is told whose right is missing', async () => {
    const at = new URL(amqp!).host;
    await expect(rabbitBroker(`amqp://nobody:secret-7@${at}`, new URL(http!).origin)).rejects.toMatchObject({
      code: 'BROKER_UNREACHABLE',
      message: expect.stringMatching(/refuses GET \/overview: 401 [\w ]+\. The user or the password is another one/),
    });
  });
});
