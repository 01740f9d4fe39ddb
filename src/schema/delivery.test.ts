import { describe, expect, it, test } from 'vitest';
import { readCatalog } from './catalog.ts';
import { groupsOf, streamsOf } from './delivery.ts';
import type { Json } from './json.ts';

const stated = {
  name: 'shop',
  title: 'Shop',
  names: { segments: [{ name: 'domain', style: 'any' }], major: 'optional' },
  envelope: 'cloudevents-1.0',
  classification: { levels: ['public'] },
  domains: {
    order: { owner: 'orders', retention: 'long', stream: 'ORDERS' },
    stock: { owner: 'orders', retention: 'P1D' },
  },
  services: { orders: {}, billing: {}, mail: {}, all: { members: ['*'] } },
  retention: { classes: { long: { min: 'P1Y', max: 'P3Y', keep: 'P2Y' } } },
};

function read(more: Json = {}) {
  const reading = readCatalog({ ...stated, ...(more as object) });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.catalog;
}

const problems = (more: object) => {
  const reading = readCatalog({ ...stated, ...more });
  return reading.ok ? [] : reading.problems.map(({ pointer, message }) => `${pointer} ${message}`);
};

const dayMs = 86_400_000;
const events = [
  { subject: 'order.placed', contract: { producer: 'orders', consumers: [{ service: 'all' }] } },
  { subject: 'order.paid', contract: { retention: 'long P400D', consumers: [{ service: 'billing' }] } },
  { subject: 'stock.moved', contract: {} },
];

describe('streams', () => {
  it('keep what the longest of their subjects asks for: of a class its keep, and a duration within it', () => {
    const [stock, orders] = streamsOf(read(), events);
    expect([stock?.name, stock?.maxAgeMs]).toEqual(['EVT_STOCK', dayMs]);
    expect([orders?.name, orders?.subjects, orders?.maxAgeMs]).toEqual([
      'ORDERS',
      ['order.paid', 'order.placed'],
      730 * dayMs,
    ]);
    expect(streamsOf(read(), [events[1]!])[0]?.maxAgeMs).toBe(400 * dayMs);
  });

  it('have the settings of their row over the defaults, and of the environment over both', () => {
    const delivery = {
      defaults: { replicas: 3, duplicateWindow: 'PT5M' },
      streams: { ORDERS: { retention: 'workqueue', maxAge: 'P10D' } },
      environments: { staging: { defaults: { replicas: 1 }, streams: { ORDERS: { storage: 'memory' } } } },
    };
    const [stock, orders] = streamsOf(read({ delivery }), events, 'staging');
    expect([stock?.replicas, stock?.storage, stock?.duplicateWindowMs]).toEqual([1, 'file', 300_000]);
    expect([orders?.replicas, orders?.storage, orders?.retention, orders?.maxAgeMs]).toEqual([
      1,
      'memory',
      'workqueue',
      10 * dayMs,
    ]);
    expect(streamsOf(read({ delivery }), events).map(({ replicas }) => replicas)).toEqual([3, 3]);
  });
});

describe('groups', () => {
  it('are the services that consume, members of groups of services among them and producers not', () => {
    expect(groupsOf(read(), events).map(({ name, subjects }) => [name, subjects])).toEqual([
      ['billing', ['order.paid', 'order.placed']],
      ['mail', ['order.placed']],
    ]);
  });

  it('that the catalog states take the place of the service’s own', () => {
    const groups = { ledger: { service: 'billing', subjects: ['order.paid'], ordered: false, ackWait: 'PT5M' } };
    expect(groupsOf(read({ delivery: { groups } }), events)).toEqual([
      {
        name: 'ledger',
        service: 'billing',
        ordered: false,
        ackWaitMs: 300_000,
        start: 'earliest',
        subjects: ['order.paid'],
      },
      {
        name: 'mail',
        service: 'mail',
        ordered: true,
        ackWaitMs: 60_000,
        start: 'earliest',
        subjects: ['order.placed'],
      },
    ]);
  });
});

test.each<[string, object, string]>([
  ['a stream of no domain', { streams: { ORDRES: {} } }, '/delivery/streams/ORDRES no domain has the stream "ORDRES"'],
  [
    'a group of nobody',
    { groups: { a: { service: 'no' } } },
    '/delivery/groups/a/service "no" is no service of the catalog',
  ],
  [
    'a group of a group',
    { groups: { a: { service: 'all' } } },
    '/delivery/groups/a/service "all" is no service of the catalog',
  ],
  [
    'a pattern that matches nothing',
    { groups: { a: { service: 'mail', subjects: ['a.>.b'] } } },
    '/delivery/groups/a/subjects/0 "a.>.b" matches nothing: ">" stands for the rest, so it comes last',
  ],
  [
    'more replicas than servers',
    { cluster: { min: 1, max: 2 }, defaults: { replicas: 3 } },
    '/delivery/defaults/replicas 3 replicas need more than 2 servers',
  ],
  [
    'a queue by another name',
    { queues: { mails: { service: 'mail' } } },
    '/delivery/queues/mails "mails" is not service.action.priority, such as notify.email.high',
  ],
])('a catalog with %s is refused', (_, delivery, problem) => {
  expect(problems({ delivery })).toContain(problem);
});

test('a class is kept within itself, and a duration written beside it too', () => {
  const classes = (keep: string) => ({ retention: { classes: { long: { min: 'P1Y', max: 'P3Y', keep } } } });
  expect(problems(classes('P4Y'))).toEqual(['/retention/classes/long/keep "P4Y" is outside P1Y to P3Y']);
  const domain = (retention: string) => ({ domains: { order: { owner: 'orders', retention } } });
  expect(problems(domain('long P2Y'))).toEqual([]);
  for (const wrong of ['long P4Y', 'long P2Y P2Y', 'short P1Y']) expect(problems(domain(wrong))).toHaveLength(1);
});
