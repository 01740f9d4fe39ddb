/** From the catalog to what a broker should hold, and from there to a plan: values alone. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { leastLargest, tooLarge } from '../src/provision/fit.ts';
import { natsGrades } from '../src/provision/nats/grades.ts';
import { natsRemarks } from '../src/provision/nats/remarks.ts';
import { wantedOnNats } from '../src/provision/nats/wanted.ts';
import { type Change, isEmpty, type Plan, planOf, type Remark } from '../src/provision/plan.ts';
import { rabbitRemarks } from '../src/provision/rabbitmq/remarks.ts';
import { redisRemarks } from '../src/provision/redis/wanted.ts';
import { type Found, keyOf, type Wanted } from '../src/provision/resource.ts';
import { tooOld } from '../src/provision/version.ts';
import { readCatalog } from '../src/schema/catalog.ts';
import { catalogFolder } from './support/catalogs.ts';

interface Case {
  readonly name: string;
  readonly prune?: boolean;
  readonly wanted: readonly Wanted[];
  readonly found: readonly Found[];
  readonly changes: readonly string[];
  readonly problems?: readonly string[];
  readonly left?: readonly string[];
  readonly strange?: readonly string[];
}

const cases = JSON.parse(
  readFileSync(new URL('./cases/provision/plan.json', import.meta.url), 'utf8'),
) as readonly Case[];

function planned({ wanted, found, prune = false }: Pick<Case, 'wanted' | 'found' | 'prune'>): Plan {
  const about = { target: 'nats://broker', server: 'NATS', catalogs: ['shop'], grades: natsGrades, remarks: [] };
  return planOf({ ...about, wanted, found, prune });
}

function line(change: Change): string {
  const settings = change.settings.map(({ key, from, to }) => `${key}${from === undefined ? '' : ` ${from}`} → ${to}`);
  return `${change.class} ${keyOf(change)}: ${settings.join(', ')}`.trimEnd();
}

describe('a plan', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const plan = planned(one);
    expect(plan.changes.map(line)).toEqual(one.changes);
    expect(plan.remarks.map(({ code, about }) => `${code} ${about}`)).toEqual(one.problems ?? []);
    expect(plan.left.map(keyOf)).toEqual(one.left ?? []);
    expect(plan.strange.map(keyOf)).toEqual(one.strange ?? []);
  });

  it('is the same plan for the same things in any order, and another one for anything else', () => {
    const one = cases[3]!;
    const print = (more: Partial<Case>) => planned({ ...one, ...more }).fingerprint;
    expect(print({ found: one.found.toReversed() })).toBe(print({}));
    const [first, ...rest] = one.found;
    expect(print({ found: rest })).not.toBe(print({}));
    expect(print({ found: [{ ...first!, settings: { maxAgeMs: 11 } }, ...rest] })).not.toBe(print({}));
    expect(print({ prune: true })).not.toBe(print({}));
  });
});

describe('what a broker does not report', () => {
  const about = { target: 'amqp://broker', server: 'RabbitMQ', catalogs: ['shop'], grades: {}, remarks: [] };
  const unreported = ['policies'];

  it('keeps a plan from being empty, and from pruning', () => {
    const nothing = { ...about, wanted: [], found: [], prune: false };
    expect([isEmpty(planOf(nothing)), isEmpty(planOf({ ...nothing, unreported }))]).toEqual([true, false]);
    const pruning = planOf({ ...nothing, unreported, prune: true });
    expect(pruning.remarks.map(({ level, code }) => `${level} ${code}`)).toEqual(['problem prune-unreported']);
  });

  it('is declared again where it is there, whoever made it, and made where it is not', () => {
    const queue = (name: string): Wanted => ({ kind: 'queue', name, catalog: 'shop', settings: { type: 'quorum' } });
    const found: readonly Found[] = [{ kind: 'queue', name: 'a', settings: {}, isUnreported: true }];
    const { changes } = planOf({ ...about, wanted: [queue('a'), queue('b')], found, unreported, prune: false });
    expect(changes.map(line)).toEqual(['unreported queue a:', 'create queue b: type → quorum']);
  });
});

const dayMs = 86_400_000;

describe('the fourth document on JetStream', () => {
  /** §8 (streams), §9 (retention, the longest of each range), §2 and the catalog's notes (kind). */
  it.each<[string, number, string, number]>([
    ['STREAM_AGENT_RUN', 4, 'limits', 90],
    ['STREAM_CHAT', 3, 'workqueue', 90],
    ['STREAM_PROJECT', 2, 'workqueue', 90],
    ['STREAM_TASK', 3, 'workqueue', 90],
    ['STREAM_WALLET', 4, 'limits', 7 * 365],
    ['STREAM_STAKING', 2, 'limits', 7 * 365],
    ['STREAM_PAYOUT', 3, 'limits', 7 * 365],
    ['STREAM_EMBASSY', 4, 'limits', 3 * 365],
    ['STREAM_ORACLE', 1, 'limits', 3 * 365],
    ['STREAM_RWA', 1, 'limits', 3 * 365],
    ['STREAM_GOVERNANCE', 3, 'limits', 0],
    ['STREAM_USAGE', 3, 'limits', 365],
    ['STREAM_TELEMETRY', 3, 'limits', 14],
    ['STREAM_RAG', 3, 'interest', 90],
  ])('%s holds %i subjects by %s for %i days, on files, three times', async (name, subjects, retention, days) => {
    const stream = wantedOnNats([await catalogFolder('daarion')], undefined).find((one) => one.name === name);
    expect(stream?.settings.subjects).toHaveLength(subjects);
    expect(stream?.settings).toMatchObject({ retention, maxAgeMs: days * dayMs, storage: 'file', replicas: 3 });
  });

  it('has 14 streams, one for leases, and the groups of §10 with what §12 adds', async () => {
    const wanted = wantedOnNats([await catalogFolder('daarion')], 'staging');
    const streams = wanted.filter(({ kind }) => kind === 'stream');
    expect(streams).toHaveLength(15);
    expect(new Set(streams.map(({ settings }) => settings.replicas))).toEqual(new Set([1]));
    const readers = (stream: string) => wanted.filter(({ of }) => of === stream).map(({ name }) => name);
    expect({
      AGENT_RUN: readers('STREAM_AGENT_RUN'),
      WALLET: readers('STREAM_WALLET'),
      RWA: readers('STREAM_RWA'),
      EMBASSY: readers('STREAM_EMBASSY'),
      GOVERNANCE: readers('STREAM_GOVERNANCE'),
      USAGE: readers('STREAM_USAGE'),
      CHAT: readers('STREAM_CHAT'),
      RAG: readers('STREAM_RAG'),
    }).toEqual({
      AGENT_RUN: ['analytics', 'telemetry'],
      WALLET: ['payout', 'usage', 'wallet'],
      RWA: ['dashboard', 'wallet'],
      EMBASSY: ['oracle', 'usage'],
      GOVERNANCE: ['audit', 'pdp'],
      USAGE: ['agent-orchestrator', 'quota-service'],
      CHAT: ['search-indexer'],
      RAG: ['parser-service', 'rag-service', 'search-indexer'],
    });
  });
});

const shop = (delivery: object) => {
  const reading = readCatalog({
    name: 'shop',
    title: 'Shop',
    names: { segments: [{ name: 'domain', style: 'any' }], major: 'optional' },
    envelope: 'cloudevents-1.0',
    classification: { levels: ['public'] },
    domains: {
      order: { owner: 'orders', retention: 'P1D' },
      'stock.a': { owner: 'orders', stream: 'A.B' },
      stock: { owner: 'orders', stream: 'A_B' },
    },
    services: { orders: {}, billing: {}, mail: {} },
    delivery,
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.catalog;
};

const alone = { version: '2.10.27', isClustered: false, maxPayload: 1_048_576 };

interface Circumstances {
  readonly consumers?: readonly string[];
  readonly found?: readonly Found[];
  readonly server?: object;
  readonly subjects?: readonly string[];
  /** What the schema of each event allows. */
  readonly maxLength?: number;
}

function remarksOn(delivery: object, more: Circumstances = {}) {
  const consumers = (more.consumers ?? ['billing', 'mail']).map((service) => ({ service }));
  const { subjects = ['order.placed'], maxLength = 10 } = more;
  const document = { root: { type: 'string', maxLength }, dialect: '2020-12', bundle: new Map() } as const;
  const source = {
    catalog: shop(delivery),
    events: subjects.map((subject) => ({ subject, contract: { consumers }, document })),
  };
  const wanted = wantedOnNats([source], undefined);
  return natsRemarks({ ...alone, ...more.server }, [source], undefined, wanted, more.found ?? []).map(
    ({ level, code, about }) => `${level} ${code} ${about}`,
  );
}

describe('what does not go together is said before anything is touched', () => {
  it.each<[string, object, Parameters<typeof remarksOn>[1], readonly string[]]>([
    ['nothing wrong', {}, {}, []],
    [
      'replicas on a server that stands alone',
      { defaults: { replicas: 3 } },
      {},
      ['problem replicas-alone stream EVT_ORDER'],
    ],
    ['replicas on a cluster', { defaults: { replicas: 3 } }, { server: { isClustered: true } }, []],
    [
      'a duplicate window longer than the age',
      { defaults: { duplicateWindow: 'P2D' } },
      {},
      ['problem window-above-age stream EVT_ORDER'],
    ],
    ['a duplicate window as long as the age', { defaults: { duplicateWindow: 'P1D' } }, {}, []],
    [
      'a work queue of two groups',
      { defaults: { retention: 'workqueue' } },
      {},
      ['problem workqueue-shared stream EVT_ORDER'],
    ],
    ['a work queue of one group', { defaults: { retention: 'workqueue' } }, { consumers: ['mail'] }, []],
    [
      'a work queue of groups of different subjects, before a durable filters by several',
      {
        defaults: { retention: 'workqueue' },
        groups: {
          a: { service: 'billing', subjects: ['order.placed', 'order.paid'] },
          b: { service: 'mail', subjects: ['order.sent'] },
        },
      },
      { server: { version: '2.9.10' }, subjects: ['order.placed', 'order.paid', 'order.sent'] },
      ['problem workqueue-unfiltered stream EVT_ORDER'],
    ],
    [
      'the same where it does',
      {
        defaults: { retention: 'workqueue' },
        groups: {
          a: { service: 'billing', subjects: ['order.placed', 'order.paid'] },
          b: { service: 'mail', subjects: ['order.sent'] },
        },
      },
      { server: { version: '2.10.0' }, subjects: ['order.placed', 'order.paid', 'order.sent'] },
      [],
    ],
    [
      'groups of one subject each, before it does',
      {
        defaults: { retention: 'workqueue' },
        groups: {
          a: { service: 'billing', subjects: ['order.placed'] },
          b: { service: 'mail', subjects: ['order.sent'] },
        },
      },
      { server: { version: '2.9.10' }, subjects: ['order.placed', 'order.sent'] },
      [],
    ],
    [
      'events larger than their stream takes, though the server would',
      { streams: { EVT_ORDER: { maxMessageBytes: 20_000 } } },
      { maxLength: 20_000 },
      ['warning event-too-large order.placed'],
    ],
    [
      'events that fit their stream',
      { streams: { EVT_ORDER: { maxMessageBytes: 40_000 } } },
      { maxLength: 20_000 },
      [],
    ],
    ['events larger than the server takes', {}, { maxLength: 1_048_576 }, ['warning event-too-large order.placed']],
    [
      'a work queue read from now on',
      { defaults: { retention: 'workqueue' }, groups: { g: { service: 'mail', start: 'new' } } },
      { consumers: ['mail'] },
      ['problem workqueue-from-new stream EVT_ORDER'],
    ],
    [
      'interest of nobody',
      { defaults: { retention: 'interest' } },
      { consumers: [] },
      ['warning interest-of-nobody stream EVT_ORDER'],
    ],
    [
      'a subject that another stream holds',
      {},
      { found: [{ kind: 'stream', name: 'OTHER', settings: { subjects: ['order.>'] } }] },
      ['problem subject-taken stream EVT_ORDER'],
    ],
    [
      'a server before durables as they are needed',
      {},
      { server: { version: '2.8.4' } },
      ['problem server-too-old server 2.8.4'],
    ],
  ])('%s', (_, delivery, more, remarks) => {
    expect(remarksOn(delivery, more)).toEqual(remarks);
  });

  it('names that NATS cannot tell apart', () => {
    const catalog = shop({});
    const events = [
      { subject: 'stock.moved', contract: {} },
      { subject: 'order.placed', contract: { consumers: [{ service: 'a.b' }] } },
    ];
    const renamed = { ...catalog, domains: { ...catalog.domains, order: { owner: 'orders', stream: 'A.B' } } };
    const wanted = wantedOnNats([{ catalog: renamed, events }], undefined);
    const plan = planned({ wanted, found: [] });
    expect(plan.remarks.map(({ code, about }) => `${code} ${about}`)).toEqual(['name-collision stream A_B']);
    // in the catalog's words, and with where they stand
    expect(plan.remarks[0]?.message).toMatch(/^A\.B and A_B of shop are both the stream A_B .*\/domains\/\*\/stream/);
    // a durable may hold no dots: its name is changed, and marked so that it stays its own
    const durables = wanted.filter(({ kind }) => kind === 'durable').map(({ name }) => name);
    expect(durables).toEqual([expect.stringMatching(/^a_b-[0-9a-f]{8}$/)]);
  });

  it('two catalogs that claim one subject', () => {
    const other = { ...shop({}), name: 'city', domains: { order: { owner: 'orders', stream: 'CITY' } } };
    const events = [{ subject: 'order.placed', contract: {} }];
    const sources = [
      { catalog: shop({}), events },
      { catalog: other, events },
    ];
    const remarks = natsRemarks(alone, sources, undefined, wantedOnNats(sources, undefined), []);
    expect(remarks.map(({ about, message }) => [about, message.split('. ')[0]])).toEqual([
      ['stream EVT_ORDER', 'order.placed goes to the stream CITY of the catalog city'],
      ['stream CITY', 'order.placed goes to the stream EVT_ORDER of the catalog shop'],
    ]);
  });
});

describe('a subject of two catalogs on a broker that keeps their streams apart', () => {
  const events = [{ subject: 'order.placed', contract: {} }];
  const city = { ...shop({}), name: 'city', domains: { order: { owner: 'orders', stream: 'CITY' } } };
  const sources = [
    { catalog: shop({}), events },
    { catalog: city, events },
  ];
  it.each<[string, (given: typeof sources) => readonly Remark[]]>([
    ['Redis', (given) => redisRemarks('7.0.15', given, undefined)],
    ['RabbitMQ', (given) => rabbitRemarks('3.10.8', given, undefined)],
  ])('is said on %s', (_, remarks) => {
    expect(remarks(sources).map(({ level, code, about, message }) => [level, code, about, message])).toEqual([
      ['warning', 'subject-shared', 'order.placed', expect.stringContaining('EVT_ORDER of shop and CITY of city')],
    ]);
    expect(remarks(sources.slice(0, 1))).toEqual([]);
  });
});

describe('a server that is older than what is asked of it', () => {
  it.each<[string, string, boolean]>([
    ['5.0.14', '6.2', true],
    ['6.0.16', '6.2', true],
    ['6.2.0', '6.2', false],
    ['7.0.15', '6.2', false],
    ['3.9.27', '3.10', true],
    ['3.10.0-rc.1', '3.10', false],
    ['4.0.5', '3.10', false],
    ['', '3.10', false],
  ])('%s, where it takes %s', (version, since, isTooOld) => {
    const [major = 0, minor = 0] = since.split('.').map(Number);
    const found = tooOld(version, [major, minor], 'Streams').map(({ level, code }) => `${level} ${code}`);
    expect(found).toEqual(isTooOld ? ['problem server-too-old'] : []);
  });

  it('is a problem on Redis and on RabbitMQ', () => {
    const codes = (remarks: readonly Remark[]) => remarks.map(({ code, about }) => `${code} ${about}`);
    expect(codes(redisRemarks('6.0.16', [], undefined))).toEqual(['server-too-old server 6.0.16']);
    expect(codes(rabbitRemarks('3.9.27', [], undefined))).toEqual(['server-too-old server 3.9.27']);
    expect(codes(rabbitRemarks(undefined, [], undefined))).toEqual([]);
  });
});

describe('the largest event', () => {
  it.each<[string, object, number]>([
    ['text of a length', { type: 'string', maxLength: 100 }, 100],
    ['text of any length', { type: 'string' }, 0],
    ['a list of texts', { type: 'array', maxItems: 10, items: { maxLength: 9 } }, 100],
    ['members, with their names', { properties: { a: { maxLength: 5 }, bc: { maxLength: 5 } } }, 5 + 5 + 5 + 6],
    ['the largest of its branches', { anyOf: [{ maxLength: 5 }, { maxLength: 7 }] }, 7],
  ])('of %s', (_, schema, bytes) => {
    expect(leastLargest(JSON.parse(JSON.stringify(schema)))).toBe(bytes);
  });

  it('that a broker does not take is a warning, one that it takes is none', () => {
    const event = (maxLength: number) => ({
      subject: 'order.placed',
      contract: {},
      document: { root: { type: 'string', maxLength }, dialect: '2020-12', bundle: new Map() } as const,
    });
    const codes = (maxLength: number) => tooLarge([event(maxLength)], 1_048_576, 'max_payload').map(({ code }) => code);
    expect(codes(1_048_576)).toEqual(['event-too-large']);
    expect(codes(1_048_576 - 8_192)).toEqual([]);
  });
});
