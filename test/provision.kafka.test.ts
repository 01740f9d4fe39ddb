/**
 * The catalog in Kafka's words: as values, on a server that speaks Kafka's protocol (support/kafka-cluster.ts), and where KAFKA_BROKERS
 * names one, on a real cluster.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import { promisify } from 'node:util';
import kafkajs from 'kafkajs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { channelOf } from '../src/events/channel.ts';
import { kafkaBus } from '../src/events/kafka/index.ts';
import { type Applied, type ApplyOptions, apply, plan } from '../src/provision/apply.ts';
import type { Broker, Source } from '../src/provision/broker.ts';
import { kafkaBroker } from '../src/provision/kafka/broker.ts';
import { kafkaGrades, kafkaRemarks, wantedOnKafka } from '../src/provision/kafka/wanted.ts';
import { observations } from '../src/provision/observed.ts';
import { planOf } from '../src/provision/plan.ts';
import { type Found, keyOf } from '../src/provision/resource.ts';
import { readCatalog } from '../src/schema/catalog.ts';
import { catalogFolder } from './support/catalogs.ts';
import { hasKafka } from './support/kafka.ts';
import { type KafkaCluster, kafkaCluster, kafkaErrors } from './support/kafka-cluster.ts';

const alone = { environment: undefined, brokers: 1, found: [] };
const topic = 'workflow.instance.started.v1';

async function planned(found: readonly Found[], prune = false) {
  const source = await catalogFolder('message-patterns');
  const wanted = wantedOnKafka([source], undefined);
  const about = { target: 'kafka://broker', server: 'Kafka', catalogs: ['message-patterns'] };
  return planOf({
    ...about,
    wanted,
    found,
    grades: kafkaGrades,
    remarks: kafkaRemarks([source], wanted, alone),
    prune,
  });
}

const rules = [
  `User:analytics Describe topic ${topic}`,
  'User:analytics Read group analytics',
  `User:analytics Read topic ${topic}`,
  `User:caching-invalidation Describe topic ${topic}`,
  'User:caching-invalidation Read group caching-invalidation',
  `User:caching-invalidation Read topic ${topic}`,
  `User:core-services Describe topic ${topic}`,
  `User:core-services Write topic ${topic}`,
  `User:workflow-engine Describe topic ${topic}`,
  'User:workflow-engine Read group workflow-engine',
  `User:workflow-engine Read topic ${topic}`,
];

const there = (settings: Found['settings']): Found => ({
  kind: 'topic',
  name: topic,
  catalog: 'message-patterns',
  settings: { partitions: 6, replicas: 1, 'cleanup.policy': 'delete', 'retention.ms': -1, ...settings },
});
const granted = (...names: readonly string[]): readonly Found[] =>
  names.map((name) => ({ kind: 'acl', name, catalog: 'message-patterns', settings: {} }));

describe('Kafka, as values,', () => {
  it('gets a topic for each event of the third document, and rules for who writes and reads it', async () => {
    const { changes, remarks } = await planned([]);
    expect(changes.map((change) => `${change.class} ${keyOf(change)}`)).toEqual([
      `create topic ${topic}`,
      ...rules.map((rule) => `create acl ${rule}`),
    ]);
    expect(changes[0]?.settings.map(({ key, to }) => [key, to])).toEqual([
      ['cleanup.policy', 'delete'],
      ['partitions', 6],
      ['retention.ms', -1],
    ]);
    expect(remarks).toEqual([]);
    expect((await planned([there({}), ...granted(...rules)])).changes).toEqual([]);
  });

  it.each<[string, Found['settings'], string]>([
    ['keeping longer', { 'retention.ms': 1_000 }, 'safe'],
    ['forgetting what has no later event of its key no longer', { 'cleanup.policy': 'compact' }, 'risky'],
  ])('%s is %s', async (_, settings, grade) => {
    const { changes } = await planned([there(settings), ...granted(...rules)]);
    expect(changes.map((change) => change.class)).toEqual([grade]);
  });

  it('leaves what an operator set besides, and takes rules as a set', async () => {
    const [lost = '', ...rest] = rules;
    const extra = `User:analytics Write topic ${topic}`;
    const found = [there({ 'segment.ms': 5 }), ...granted(...rest, extra)];
    const { changes, left } = await planned(found);
    expect(changes.map((change) => `${change.class} ${keyOf(change)}`)).toEqual([`create acl ${lost}`]);
    expect(left.map(keyOf)).toEqual([`acl ${extra}`]);
    const pruned = await planned(found, true);
    expect(pruned.changes.map((change) => `${change.class} ${keyOf(change)}`)).toEqual([
      `create acl ${lost}`,
      `delete acl ${extra}`,
    ]);
  });

  it('is told of names it forbids or cannot tell apart', async () => {
    const source = await catalogFolder('message-patterns');
    const [event] = source.events;
    const named = (...subjects: readonly string[]) => {
      const own = { ...source, events: subjects.map((subject) => ({ ...event!, subject })) };
      return kafkaRemarks([own], wantedOnKafka([own], undefined), alone).map(({ code, about }) => `${code} ${about}`);
    };
    expect(named('a.b.c.v1', 'a.b_c.v1')).toEqual(['name-collision topic a.b_c.v1']);
    expect(named('a'.repeat(250))).toEqual([`name-forbidden topic ${'a'.repeat(250)}`]);
    expect(named('a.b.c.v1')).toEqual([]);
  });
});

interface Wants {
  readonly retention?: string;
  readonly consumers?: readonly string[];
  readonly delivery?: object;
  readonly topic?: string;
}

/** `name` is of the catalog and, as a domain, of its topics. */
function shop(
  { retention = 'P10D', consumers = ['billing'], delivery = {}, topic = '{subject}' }: Wants = {},
  domain = 'order',
): Source {
  const reading = readCatalog({
    name: 'shop',
    title: 'Shop',
    names: { segments: [{ name: 'domain', style: 'any' }], major: 'optional' },
    envelope: 'cloudevents-1.0',
    classification: { levels: ['public'] },
    domains: { [domain]: { owner: 'orders', retention } },
    services: { orders: {}, billing: {}, mail: {} },
    transports: { kafka: { topic } },
    delivery,
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const contract = { producer: 'orders', consumers: consumers.map((service) => ({ service })) };
  return {
    catalog: reading.catalog,
    events: ['placed', 'paid'].map((word) => ({ subject: `${domain}.${word}`, contract })),
  };
}

const states = ({ outcomes }: Applied) => outcomes.map((one) => `${one.state} ${one.class} ${keyOf(one)}`);
const allowed = (service: string, operations: readonly string[], topics: readonly string[]) =>
  topics.flatMap((name) => operations.map((operation) => `User:${service} ${operation} topic ${name}`));

/** `order.paid` and `order.placed`: who reads and writes them, in the order of a plan. */
const rulesOfShop = [
  ...allowed('billing', ['Describe'], ['order.paid', 'order.placed']),
  'User:billing Read group billing',
  ...allowed('billing', ['Read'], ['order.paid', 'order.placed']),
  ...allowed('orders', ['Describe'], ['order.paid', 'order.placed']),
  ...allowed('orders', ['Write'], ['order.paid', 'order.placed']),
];
const madeOfShop = ['topic order.paid', 'topic order.placed', ...rulesOfShop.map((rule) => `acl ${rule}`)];
const dayMs = 86_400_000;

describe.skipIf(!hasKafka())('a cluster that speaks the protocol', () => {
  let cluster: KafkaCluster;
  let broker: Broker;
  const opened: Broker[] = [];
  const begin = async (options: Parameters<typeof kafkaCluster>[0] = {}) => {
    cluster = await kafkaCluster(options);
    broker = await open();
  };
  const open = async () => {
    const one = await kafkaBroker(cluster.url);
    opened.push(one);
    return one;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close().catch(() => {})));
    await cluster.close();
  });
  const applied = (source: Source, more: Partial<ApplyOptions> = {}) =>
    apply(broker, { sources: [source], prune: false, allowsRisky: false, ...more });
  const planned = (source: Source, prune = false) => plan(broker, { sources: [source], prune });
  const configOf = (name: string) => Object.fromEntries(cluster.topics.get(name)?.config ?? []);

  it('is made from nothing: topics, their configuration, rules; a second time there is nothing to do', async () => {
    await begin();
    expect(states(await applied(shop()))).toEqual(madeOfShop.map((key) => `done create ${key}`));
    expect(cluster.topics.get('order.placed')).toMatchObject({ partitions: 6, replicas: 1 });
    expect(configOf('order.placed')).toEqual({ 'cleanup.policy': 'delete', 'retention.ms': String(10 * dayMs) });
    // resource type 2 is a topic, pattern 3 exactly that name, operation 4 writes, permission 3 allows
    expect(cluster.rules).toContainEqual([2, 'order.placed', 3, 'User:orders', '*', 4, 3]);
    expect(cluster.rules).toHaveLength(rulesOfShop.length);
    cluster.asked.length = 0;
    expect(states(await applied(shop()))).toEqual([]);
    expect(cluster.asked).toEqual(['DescribeAcls ']);
    // whoever comes later sees whose it is
    broker = await open();
    const again = await planned(shop());
    expect([again.changes, again.left, again.strange]).toEqual([[], [], []]);
  });

  it('another client reads there what was made: librdkafka’s, which shares nothing with KafkaJS', async () => {
    await begin();
    await applied(shop({ delivery: { defaults: { lanes: 4 } } }));
    const script = new URL('support/kafka-admin.py', import.meta.url).pathname;
    const { stdout, stderr } = await promisify(execFile)('/usr/bin/python3', [script, cluster.address, 'order.placed']);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      topics: ['herald.provisioned', 'order.paid', 'order.placed'],
      partitions: 4,
      replicas: 1,
      config: { 'cleanup.policy': 'delete', 'retention.ms': String(10 * dayMs) },
    });
  });

  it('a change keeps what others set on the topic; shorter waits to be allowed', async () => {
    await begin();
    await applied(shop());
    const topic = cluster.topics.get('order.placed')!;
    topic.config = new Map([...topic.config, ['segment.ms', '5']]);
    const longer = await planned(shop({ retention: 'P20D' }));
    expect(longer.changes.map((one) => [one.class, one.name, one.settings])).toEqual(
      ['order.paid', 'order.placed'].map((name) => [
        'safe',
        name,
        [{ key: 'retention.ms', from: 10 * dayMs, to: 20 * dayMs, class: 'safe' }],
      ]),
    );
    await applied(shop({ retention: 'P20D' }));
    expect(configOf('order.placed')).toEqual({
      'cleanup.policy': 'delete',
      'retention.ms': String(20 * dayMs),
      'segment.ms': '5',
    });
    const shorter = shop({ retention: 'P1D' });
    expect(states(await applied(shorter))).toEqual([
      'withheld risky topic order.paid',
      'withheld risky topic order.placed',
    ]);
    expect(states(await applied(shorter, { allowsRisky: true }))).toEqual([
      'done risky topic order.paid',
      'done risky topic order.placed',
    ]);
    expect((await planned(shorter)).changes).toEqual([]);
  });

  it('partitions and replicas that the catalog states are not changed where they stand; unstated ones are the cluster’s', async () => {
    await begin({ brokers: 3 });
    await cluster.make('order.placed', 12, 3, { 'retention.ms': String(10 * dayMs) });
    await cluster.make('order.paid', 2, 3, { 'retention.ms': String(10 * dayMs) });
    expect(
      (await planned(shop())).changes.filter(({ kind }) => kind === 'topic').map(({ settings }) => settings),
    ).toEqual(Array(2).fill([{ key: 'catalog', to: 'shop', class: 'safe' }]));
    const stated = shop({ delivery: { defaults: { replicas: 2, lanes: 6 } } });
    const { outcomes } = await applied(stated);
    const topics = outcomes.filter(({ kind }) => kind === 'topic');
    expect(topics.map(({ state, name, settings }) => [state, name, settings.map(({ key }) => key)])).toEqual([
      ['withheld', 'order.paid', ['partitions', 'replicas', 'catalog']],
      ['withheld', 'order.placed', ['partitions', 'replicas', 'catalog']],
    ]);
  });

  it('three replicas are confirmed by two, and need three brokers', async () => {
    await begin({ brokers: 3 });
    const source = shop({ delivery: { defaults: { replicas: 3 } } });
    await applied(source);
    expect(configOf('order.placed')).toMatchObject({ 'min.insync.replicas': '2' });
    expect((await planned(source)).changes).toEqual([]);
    const five = shop({ delivery: { defaults: { replicas: 5 } } });
    const { remarks } = await planned(five);
    expect(remarks.map(({ level, code, about }) => `${level} ${code} ${about}`)).toEqual([
      'problem replicas-above-brokers topic order.paid',
      'problem replicas-above-brokers topic order.placed',
    ]);
    await expect(applied(five)).rejects.toMatchObject({ code: 'PLAN_BLOCKED' });
  });

  it('access is a set: who is taken out of a contract is shown, and pruned; what others made stays', async () => {
    await begin();
    await applied(shop({ consumers: ['billing', 'mail'] }));
    cluster.rules = [...cluster.rules, [2, 'order.', 4, 'User:admin', '10.0.0.1', 2, 2]];
    await cluster.make('by-hand', 1);
    const { left, strange } = await planned(shop());
    const mail = [
      'acl User:mail Describe topic order.paid',
      'acl User:mail Describe topic order.placed',
      'acl User:mail Read group mail',
    ];
    mail.push('acl User:mail Read topic order.paid', 'acl User:mail Read topic order.placed');
    expect(left.map(keyOf).sort()).toEqual(mail);
    expect(strange.map(keyOf)).toEqual([
      'topic by-hand',
      'acl User:admin All topic order. (denied, prefix, from 10.0.0.1)',
    ]);
    const { outcomes } = await applied(shop(), { prune: true });
    expect(outcomes.map((one) => `${one.state} ${one.class} ${keyOf(one)}`).sort()).toEqual(
      mail.map((key) => `done delete ${key}`),
    );
    expect(cluster.rules.filter((rule) => rule[3] === 'User:mail')).toEqual([]);
    expect(cluster.rules.filter((rule) => rule[3] === 'User:admin')).toHaveLength(1);
    // topics that the catalog names no longer
    const other = shop({}, 'stock');
    const pruned = await applied(other, { prune: true });
    expect(pruned.outcomes.filter(({ state }) => state !== 'done')).toEqual([]);
    expect([...cluster.topics.keys()].sort()).toEqual(['by-hand', 'herald.provisioned', 'stock.paid', 'stock.placed']);
    const after = await planned(other);
    expect([after.changes, after.left]).toEqual([[], []]);
  });

  it('what is refused half-way is told with its reason, and the next time the rest is done', async () => {
    await begin();
    cluster.refuses = (request, name) => {
      if (request === 'CreateTopics' && name === 'order.paid') return kafkaErrors.topicForbidden;
      return request === 'CreateAcls' && name.startsWith('User:orders') ? kafkaErrors.clusterForbidden : 0;
    };
    const { outcomes } = await applied(shop());
    const refused = outcomes.filter(({ state }) => state !== 'done');
    expect(refused.map((one) => `${one.state} ${keyOf(one)}`)).toEqual([
      'failed topic order.paid',
      ...rulesOfShop.filter((rule) => rule.startsWith('User:orders')).map((rule) => `failed acl ${rule}`),
    ]);
    expect(refused.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^TOPIC_AUTHORIZATION_FAILED: .*needs Create/),
      ...Array(4).fill(expect.stringMatching(/^CLUSTER_AUTHORIZATION_FAILED: .*needs Alter/)),
    ]);
    cluster.refuses = () => 0;
    expect(states(await applied(shop()))).toEqual([
      'done create topic order.paid',
      ...rulesOfShop.filter((rule) => rule.startsWith('User:orders')).map((rule) => `done create acl ${rule}`),
    ]);
    expect((await planned(shop())).changes).toEqual([]);
  });

  it('whose it is could not be written: that is what is told, and the next time it is', async () => {
    await begin();
    cluster.refuses = (request, name) =>
      request === 'CreateTopics' && name === 'herald.provisioned' ? kafkaErrors.topicForbidden : 0;
    const { outcomes } = await applied(shop());
    expect(outcomes.map(({ state, reason }) => [state, reason])).toEqual(
      madeOfShop.map(() => [
        'failed',
        expect.stringMatching(
          /^It is done, and whose it is could not be written to the topic herald\.provisioned: TOPIC_/,
        ),
      ]),
    );
    expect([...cluster.topics.keys()].sort()).toEqual(['order.paid', 'order.placed']);
    cluster.refuses = () => 0;
    expect(states(await applied(shop()))).toEqual(madeOfShop.map((key) => `done safe ${key}`));
    expect((await planned(shop())).changes).toEqual([]);
  });

  it('a broker that goes down in the middle: what was done is told, and the next time does the rest', async () => {
    await begin();
    cluster.refuses = (request, name) => (request === 'CreateAcls' && name === 'User:billing billing' ? 'down' : 0);
    const { outcomes, unread } = await applied(shop());
    const count = (state: string) => outcomes.filter((one) => one.state === state).length;
    expect(outcomes.filter(({ kind }) => kind === 'topic').map(({ state }) => state)).toEqual(['done', 'done']);
    expect(count('failed')).toBeGreaterThan(0);
    expect(unread).toMatch(/does not answer/);
    expect(count('done') + count('failed')).toBe(outcomes.length);
    cluster.up();
    cluster.refuses = () => 0;
    broker = await open();
    const rest = await applied(shop());
    expect(rest.outcomes.map(({ state }) => state)).toEqual(rest.outcomes.map(() => 'done'));
    expect((await planned(shop())).changes).toEqual([]);
    expect(cluster.rules).toHaveLength(rulesOfShop.length);
  }, 30_000);

  it('without an authorizer rules are left out and said to be', async () => {
    await begin({ hasAuthorizer: false });
    const { remarks } = await planned(shop());
    expect(remarks.map(({ level, code }) => `${level} ${code}`)).toEqual(['warning no-authorizer']);
    expect(states(await applied(shop()))).toEqual(['done create topic order.paid', 'done create topic order.placed']);
    expect((await planned(shop())).changes).toEqual([]);
  });

  it('another catalog’s topic is not taken', async () => {
    await begin();
    await applied(shop());
    const { catalog, events } = shop();
    const other = { catalog: { ...catalog, name: 'city' }, events };
    const { remarks } = await planned(other);
    expect(remarks.map(({ level, code, about }) => `${level} ${code} ${about}`)).toContain(
      'problem other-catalog topic order.placed',
    );
    await expect(applied(other)).rejects.toMatchObject({ code: 'PLAN_BLOCKED' });
  });

  it('reports who reads: our groups by what they read of a topic, others by the whole of it', async () => {
    await begin();
    // two events on one topic
    const source = shop({ topic: 'shop.{domain}' });
    await applied(source);
    expect((await planned(source)).changes).toEqual([]);
    const channel = (subject: string) => channelOf(source.catalog, subject, source.events[0]!.contract, 'kafka');
    const bus = kafkaBus({ url: cluster.url, sessionTimeoutMs: 6_000 });
    const got: unknown[] = [];
    try {
      await bus.verify([channel('order.placed')]);
      const subscription = await bus.subscribe({
        group: 'billing',
        channels: [channel('order.placed')],
        ordered: true,
        start: 'earliest',
        maxInFlight: 5,
        ackWaitMs: 60_000,
        onDelivery: (delivery) => {
          got.push(delivery.id);
          void delivery.ack();
        },
        onError: () => {},
      });
      const body = new TextEncoder().encode('{}');
      await bus.publish(
        { channel: channel('order.placed'), id: 'e1', key: 'k', body, headers: {} },
        { timeoutMs: 5_000 },
      );
      for (let tried = 0; tried < 100 && got.length === 0; tried += 1) await new Promise((r) => setTimeout(r, 50));
      await subscription.stop(2_000);
      expect(got).toEqual(['e1']);
    } finally {
      await bus.close();
    }
    const kafka = new kafkajs.Kafka({ brokers: [cluster.address], logLevel: kafkajs.logLevel.NOTHING });
    const spy = kafka.consumer({ groupId: 'spy', sessionTimeout: 6_000 });
    await spy.connect();
    await spy.subscribe({ topic: 'shop.order', fromBeginning: true });
    await new Promise<void>((resolve) => void spy.run({ eachMessage: async () => resolve() }));
    await spy.disconnect();
    const observed = await broker.observe([source]);
    expect(observed.groups).toEqual([
      { stream: 'shop.order', group: 'billing', addresses: ['order.placed'] },
      { stream: 'shop.order', group: 'spy', addresses: ['order.paid', 'order.placed'] },
    ]);
    const found = observations(observed, source, (subject) => broker.address(source.catalog, subject));
    expect(found.map(({ level, id, subject, group }) => `${level} ${id} ${subject} ${group}`)).toEqual([
      'warning absent-consumer order.paid billing',
      'error undeclared-consumer order.paid spy',
      'error undeclared-consumer order.placed spy',
    ]);
  }, 60_000);
});

describe('no cluster', () => {
  it('is told so, without the password', async () => {
    const opening = kafkaBroker('kafka://user:secret-7@127.0.0.1:1');
    await expect(opening).rejects.toMatchObject({
      code: 'BROKER_UNREACHABLE',
      message: expect.stringMatching(/^kafka:\/\/127\.0\.0\.1:1 does not answer/),
    });
    await expect(opening).rejects.toMatchObject({ message: expect.not.stringContaining('secret-7') });
  });

  it('what ends each connection is told to be perhaps none', async () => {
    const server = createServer((socket) => void socket.once('data', () => socket.destroy()).on('error', () => {}));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await expect(kafkaBroker(`kafka://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'BROKER_UNREACHABLE',
      message: expect.stringMatching(/is it Kafka 2\.4 or later, and is it TLS/),
    });
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  });

  it('an address that is none is refused', async () => {
    await expect(kafkaBroker('kafka://u:secret-7@')).rejects.toMatchObject({
      code: 'USAGE_INVALID',
      message: expect.not.stringContaining('secret-7'),
    });
  });
});

/** `host:9092,host2:9092`, of a cluster on which topics, rules and groups may be made; without an authorizer rules are left out. */
const brokers = process.env.KAFKA_BROKERS;

describe.skipIf(brokers === undefined)('a real Kafka', () => {
  const domain = `t${randomUUID().slice(0, 8)}`;
  let broker: Broker;
  beforeEach(async () => {
    broker = await kafkaBroker(`kafka://${brokers}`);
  });
  afterEach(() => broker.close());

  it('is made from nothing, found as it was made, changed and pruned', async () => {
    const options = { prune: false, allowsRisky: false };
    const at = (retention: string) => ({ ...options, sources: [shop({ retention }, domain)] });
    const made = await apply(broker, at('P10D'));
    expect(made.outcomes.filter(({ state }) => state !== 'done')).toEqual([]);
    expect((await plan(broker, at('P10D'))).changes).toEqual([]);
    const changed = await apply(broker, at('P20D'));
    expect(states(changed)).toEqual([`done safe topic ${domain}.paid`, `done safe topic ${domain}.placed`]);
    expect((await plan(broker, at('P20D'))).changes).toEqual([]);
    const empty = { ...at('P20D'), sources: [{ ...at('P20D').sources[0]!, events: [] }], prune: true };
    const pruned = await apply(broker, empty);
    expect(pruned.outcomes.filter(({ state }) => state !== 'done')).toEqual([]);
    expect((await plan(broker, empty)).left).toEqual([]);
  }, 120_000);
});
