/** Successor mappings over HTTP: proved when announced, held against pairs while both lines are written, never stored events. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { expectStatus, type TestRegistry, testRegistry } from './support/registry.ts';
import { shop } from './support/shop.ts';

const at = '/v1/catalogs/shop/subjects';
const old = `${at}/order.placed/deprecation`;
const canary = 'canary-2718281828';

let registry: TestRegistry;
const ask: TestRegistry['ask'] = (...given) => registry.ask(...given);

const order = (id: JsonObject, more: JsonObject = {}): JsonObject => ({
  title: 'OrderPlaced',
  description: 'A customer placed an order.',
  'x-contract': { producer: 'orders', consumers: ['billing'], orderingKey: '/order_id' },
  type: 'object',
  required: ['order_id'],
  properties: { order_id: { description: 'The order.', ...id }, ...more },
});

const plan = {
  successor: 'order.placed.v2',
  sunset: '2026-12-31',
  reason: 'Ids become integers.',
  migration: 'Read the number.',
};

beforeEach(async () => {
  registry = await testRegistry();
  await expectStatus(ask('PUT', '/v1/catalogs/shop', { body: shop }), 201);
  const register = (subject: string, body: Json) =>
    expectStatus(ask('POST', `${at}/${subject}/versions`, { body }), 201);
  await register('order.placed', order({ type: 'string', pattern: '^\\d{1,9}$' }));
  const integer = { type: 'integer', minimum: 0, maximum: 999_999_999 };
  await register('order.placed.v2', order(integer, { note: { type: 'string', description: 'By the customer.' } }));
});
afterEach(() => registry.close());

const missing = (json: JsonObject) =>
  ((json.error as JsonObject).details as { missing: JsonObject[] }).missing.map(({ condition }) => condition);

describe('who has to move is who reads', () => {
  const declare = (service: string, body: Json) =>
    expectStatus(ask('PUT', `${at}/order.placed/consumers/${service}`, { body }), 200);
  const consumers = async () => (await ask('GET', old)).json.consumers as readonly JsonObject[];

  it('each consumer is named with what it reads, and with what breaks on the successor', async () => {
    await declare('mail', { reads: [] });
    await declare('billing', { reads: ['/order_id'] });
    await expectStatus(ask('PUT', old, { body: plan }), 201);
    expect(await consumers()).toMatchObject([
      {
        service: 'billing',
        state: 'pending',
        reads: ['/order_id'],
        onSuccessor: { verdict: 'incompatible', fields: ['/order_id'] },
      },
      { service: 'mail', state: 'pending', reads: [], onSuccessor: { verdict: 'compatible', fields: [] } },
    ]);
  });

  it('who reads nothing is waited for, unless the catalog waits for readers alone and it was not seen', async () => {
    await declare('mail', { reads: [] });
    await declare('billing', { reads: [] });
    await expectStatus(ask('PUT', old, { body: plan }), 201);
    const states = async () => (await consumers()).map(({ service, state }) => `${service} ${state}`);
    expect(await states()).toEqual(['billing pending', 'mail pending']);
    const { notice, dualWrite, quiet } = { notice: 'P30D', dualWrite: 'P7D', quiet: 'P14D' };
    const deprecation = { notice, dualWrite, quiet, waitFor: 'readers' };
    await expectStatus(ask('PUT', '/v1/catalogs/shop', { body: { ...shop, deprecation } }), 200);
    expect(await states()).toEqual(['billing reads-nothing', 'mail reads-nothing']);
    const seen = {
      catalog: 'shop',
      subject: 'order.placed',
      number: 1,
      service: 'billing',
      role: 'consume',
      day: '2026-05-30',
      count: 1,
    };
    await expectStatus(ask('POST', '/v1/usage', { body: { rows: [seen] } }), 200, 202);
    expect(await states()).toEqual(['billing pending', 'mail reads-nothing']);
  });
});

describe('a plan that cannot be carried out is refused by its own condition', () => {
  it.each([
    ['a successor that does not exist', { successor: 'order.lost' }, 'DEPRECATION_INVALID', ['successor-exists']],
    ['the subject itself', { successor: 'order.placed' }, 'DEPRECATION_INVALID', ['successor-is-another']],
    ['a sunset in the past', { sunset: '2026-05-31' }, 'DEPRECATION_INVALID', ['sunset-ahead', 'notice-given']],
    ['a sunset inside the notice period', { sunset: '2026-06-20' }, 'TRANSITION_REFUSED', ['notice-given']],
  ])('%s', async (_, change, code, conditions) => {
    const answer = await ask('PUT', old, { body: { ...plan, ...change } });
    expect([answer.code, missing(answer.json)]).toEqual([code, conditions]);
  });

  it('a successor that is itself deprecated, and a cycle', async () => {
    const third = { ...order({ type: 'integer' }), title: 'Third' };
    await expectStatus(ask('POST', `${at}/order.placed.v3/versions`, { body: third }), 201);
    const second = `${at}/order.placed.v2/deprecation`;
    await expectStatus(ask('PUT', second, { body: { ...plan, successor: 'order.placed.v3' } }), 201);
    const chained = await ask('PUT', old, { body: plan });
    expect([chained.code, missing(chained.json)]).toEqual(['TRANSITION_REFUSED', ['successor-is-live']]);
    const circle = await ask('PUT', `${at}/order.placed.v3/deprecation`, { body: { ...plan } });
    expect([circle.code, missing(circle.json)]).toEqual(['DEPRECATION_INVALID', ['successor-is-live', 'no-cycle']]);
    const forced = await ask('PUT', `${at}/order.placed.v3/deprecation`, {
      body: { ...plan, force: { reason: 'so' } },
    });
    expect(forced.code).toBe('DEPRECATION_INVALID');
  });

  it('a transition out of order, an unknown consumer, a reason that says nothing', async () => {
    await expectStatus(ask('PUT', old, { body: plan }), 201);
    const early = await ask('POST', `${old}/transitions`, { body: { transition: 'retire', force: { reason: 'now' } } });
    expect([early.code, missing(early.json)]).toEqual(['TRANSITION_REFUSED', ['order']]);
    expect((await ask('PUT', `${old}/consumers/stranger`, { body: {} })).code).toBe('CONSUMER_NOT_FOUND');
    const blank = { transition: 'postpone', sunset: '2026-11-01', force: { reason: ' ' } };
    expect((await ask('POST', `${old}/transitions`, { body: blank })).code).toBe('PARAMETER_INVALID');
  });
});

describe('a mapping', () => {
  const backward = '{"order_id": $string(order_id)}';

  it('that holds on generated and recorded events stands in the plan, without the events', async () => {
    const recorded = { successor: [{ order_id: 7, note: canary }], subject: [{ order_id: '7' }] };
    const mapping = { backward, forward: '{"order_id": $number(order_id)}', recorded };
    const { json } = await expectStatus(ask('PUT', old, { body: { ...plan, mapping } }), 201);
    const stated = json.mapping as JsonObject;
    expect(stated).toMatchObject({
      backward,
      proof: { recorded: 2, failed: 0, subjectVersion: 1, successorVersion: 1 },
    });
    expect(Number((stated.proof as JsonObject).generated)).toBeGreaterThan(10);
    expect(JSON.stringify(await traces())).not.toContain(canary);
  });

  it('that fails is refused with a counterexample, and stands in the plan with it where a steward forces', async () => {
    const body = { ...plan, mapping: { backward: '{"order_id": $string(order_id + 1)}' } };
    const refused = await ask('PUT', old, { body });
    expect(refused.code).toBe('MAPPING_REFUTED');
    expect(refused.json).toMatchObject({
      error: {
        details: {
          counterexamples: [
            { direction: 'backward', event: { order_id: 999_999_999 }, mapped: { order_id: '1000000000' } },
          ],
        },
      },
    });
    expect((await ask('GET', old)).code).toBe('DEPRECATION_NOT_FOUND');
    const { json } = await expectStatus(
      ask('PUT', old, { body: { ...body, force: { reason: 'never that many' } } }),
      201,
    );
    expect(json.mapping).toMatchObject({
      proof: { failed: 1, counterexamples: [{ event: { order_id: 999_999_999 } }] },
    });
  });

  it('is proved again with each later version of either side, and refuses one that it does not fit', async () => {
    await expectStatus(ask('PUT', old, { body: { ...plan, mapping: { backward } } }), 201);
    const proofOf = async () =>
      (((await ask('GET', old)).json.plan as JsonObject).mapping as JsonObject).proof as JsonObject;
    expect(await proofOf()).toMatchObject({ subjectVersion: 1, successorVersion: 1, failed: 0 });
    const next = (more: JsonObject) => {
      const integer = { type: 'integer', minimum: 0, maximum: 999_999_999 };
      const body = order(integer, { note: { type: 'string', description: 'By the customer.' }, ...more });
      return ask('POST', `${at}/order.placed.v2/versions`, { body });
    };
    const fits = { shop: { type: 'string', description: 'Where.' } };
    expect((await next(fits)).status).toBe(201);
    expect(await proofOf()).toMatchObject({ subjectVersion: 1, successorVersion: 2, failed: 0 });
    // sent again it is the version it was
    expect((await next(fits)).status).toBe(200);
    // the old side gets a member that the mapping does not make
    const stricter = {
      ...order({ type: 'string', pattern: '^\\d{1,9}$' }, { kind: { type: 'string', description: 'Of order.' } }),
      required: ['order_id', 'kind'],
    };
    await expectStatus(ask('PUT', `${at}/order.placed/settings`, { body: { level: 'NONE' } }), 200);
    const refused = await ask('POST', `${at}/order.placed/versions`, { body: stricter });
    expect(refused.code).toBe('MAPPING_REFUTED');
    expect((refused.json.error as JsonObject).message).toContain('withdraw that plan');
    expect((await ask('GET', `${at}/order.placed`)).json.latest).toBe(1);
    // without the plan it may come
    await expectStatus(ask('POST', `${old}/transitions`, { body: { transition: 'withdraw' } }), 200);
    expect((await ask('POST', `${at}/order.placed/versions`, { body: stricter })).status).toBe(201);
  });

  it('that fails on a recorded event says which, and shows the event to nobody', async () => {
    const recorded: JsonObject = { successor: [{ order_id: 1 }, { order_id: 2, note: canary }] };
    const mapping = { backward: `{"order_id": note = "${canary}" ? $number(note) : $string(order_id)}`, recorded };
    const refused = await ask('PUT', old, { body: { ...plan, mapping } });
    expect(refused.code).toBe('MAPPING_REFUTED');
    const { details, message } = refused.json.error as JsonObject;
    expect(details).toMatchObject({ counterexamples: [{ direction: 'backward', recorded: 1 }] });
    expect(JSON.stringify([details, message, await traces()])).not.toContain(canary);
  });

  it.each([
    ['is no JSONata', { backward: '{"a": ' }, '/mapping/backward'],
    ['reads the clock', { backward: '{"order_id": $now()}' }, '/mapping/backward'],
    ['evaluates text', { backward: '$eval("1")' }, '/mapping/backward'],
    [
      'comes with events that are none',
      { backward, recorded: { successor: [{ order_id: 'x' }] } },
      '/mapping/recorded/successor/0/order_id',
    ],
    [
      'comes with events nothing maps',
      { backward, recorded: { subject: [{ order_id: '7' }] } },
      '/mapping/recorded/subject',
    ],
  ])('that %s is refused with the place', async (_, mapping, pointer) => {
    const { code, json } = await ask('PUT', old, { body: { ...plan, mapping } });
    expect(code).toBe('MAPPING_INVALID');
    expect(json).toMatchObject({ error: { details: { problems: [{ pointer }] } } });
  });

  it('of a successor that does not exist is not tried: the plan is refused for that', async () => {
    const { code } = await ask('PUT', old, { body: { ...plan, successor: 'order.lost', mapping: { backward } } });
    expect(code).toBe('DEPRECATION_INVALID');
  });
});

describe('pairs', () => {
  const pairs = (body: Json) => ask('POST', `${old}/pairs`, { body });

  it('are reported on by place, counted by day, and forgotten', async () => {
    const mapping = { backward: '{"order_id": $string(order_id)}' };
    await expectStatus(ask('PUT', old, { body: { ...plan, mapping } }), 201);
    const { json } = await expectStatus(
      pairs({
        pairs: [
          { old: { order_id: '7' }, new: { order_id: 7 } },
          { correlationId: 'c-8', old: { order_id: '8', [canary]: canary }, new: { order_id: 9 } },
        ],
      }),
      200,
    );
    expect(json).toEqual({
      compared: 2,
      agreed: 1,
      disagreed: 1,
      disagreements: [
        {
          index: 1,
          correlationId: 'c-8',
          differences: [
            { pointer: '/order_id', kind: 'different' },
            { pointer: `/${canary}`, kind: 'missing' },
          ],
        },
      ],
      places: [
        { pointer: `/${canary}`, pairs: 1 },
        { pointer: '/order_id', pairs: 1 },
      ],
      unpaired: { old: [], new: [] },
    });
    expect((await ask('GET', old)).json.pairs).toMatchObject([{ day: '2026-06-01', agreed: 1, disagreed: 1 }]);
    expect(JSON.stringify([await traces(), (await ask('GET', old)).json])).not.toContain(canary);
  });

  it('are found by correlation id, whatever the order; what is alone is named', async () => {
    await expectStatus(ask('PUT', old, { body: plan }), 201);
    const event = (correlationId: string, order_id: Json) => ({ correlationId, event: { order_id } });
    const { json } = await expectStatus(
      pairs({ old: [event('a', 1), event('b', 2), event('x', 3)], new: [event('y', 3), event('b', 2), event('a', 7)] }),
      200,
    );
    expect(json).toMatchObject({
      compared: 2,
      agreed: 1,
      disagreements: [{ correlationId: 'a', differences: [{ pointer: '/order_id', kind: 'different' }] }],
      unpaired: { old: ['x'], new: ['y'] },
    });
  });

  it('that disagreed last hold the plan in dual-writing', async () => {
    await expectStatus(ask('PUT', old, { body: plan }), 201);
    const step = (transition: string, more: JsonObject = {}) =>
      ask('POST', `${old}/transitions`, { body: { transition, ...more } });
    await expectStatus(step('dual-write', { attest: true }), 200);
    registry.clock.time += 8 * 86_400_000;
    await expectStatus(pairs({ pairs: [{ old: { order_id: 1 }, new: { order_id: 2 } }] }), 200);
    const held = await step('migrate');
    expect([held.code, missing(held.json)]).toEqual(['TRANSITION_REFUSED', ['pairs-agree']]);
    registry.clock.time += 86_400_000;
    await expectStatus(pairs({ pairs: [{ old: { order_id: 1 }, new: { order_id: 1 } }] }), 200);
    await expectStatus(step('migrate'), 200);
  });

  it('are refused without a plan, without any pair, and where an id occurs twice', async () => {
    expect((await pairs({ pairs: [] })).code).toBe('DEPRECATION_NOT_FOUND');
    await expectStatus(ask('PUT', old, { body: plan }), 201);
    expect((await pairs({})).code).toBe('PAIRS_INVALID');
    const twice = { correlationId: 'a', event: {} };
    const doubled = await pairs({ old: [twice, twice], new: [twice] });
    expect([doubled.code, doubled.json]).toMatchObject([
      'PAIRS_INVALID',
      { error: { message: expect.stringContaining('"a" occurs twice among the old') } },
    ]);
  });
});

/** Everything that is kept: the plan, the audit log, the outbox, the log. */
async function traces() {
  const { store } = registry.deps;
  return [await store.deprecations(), await store.audit({ limit: 1_000 }), await store.outbox(0, 1_000), registry.log];
}

describe('groups on a bus', () => {
  const force = { reason: 'the bus is shut down' };
  const report = (groups: Json) => ask('PUT', `${at}/order.placed/readers/nats`, { body: { groups } });
  const step = (transition: string, more: JsonObject = {}) =>
    ask('POST', `${old}/transitions`, { body: { transition, ...more } });

  it('hold a retirement back with their names; a report that says less replaces it, force skips it', async () => {
    await expectStatus(ask('PUT', old, { body: plan }), 201);
    for (const transition of ['dual-write', 'migrate']) await expectStatus(step(transition, { force }), 200);
    await expectStatus(report(['mail', 'billing', 'mail']), 200);
    const held = await step('retire');
    expect(missing(held.json)).toContain('no-reader-on-bus');
    expect((held.json.error as JsonObject).message).toContain('billing, mail (nats, seen on 2026-06-01)');
    await expectStatus(report(['mail']), 200);
    expect((await ask('GET', old)).json.readers).toMatchObject([{ bus: 'nats', groups: ['mail'] }]);
    await expectStatus(report([]), 200);
    expect(missing((await step('retire')).json)).not.toContain('no-reader-on-bus');
    await expectStatus(report(['mail']), 200);
    await expectStatus(step('retire', { force }), 200);
  });

  it('of no declared consumer are named as such, until a service of theirs is declared, by itself or in the contract', async () => {
    await expectStatus(ask('PUT', old, { body: plan }), 201);
    for (const transition of ['dual-write', 'migrate']) await expectStatus(step(transition, { force }), 200);
    await expectStatus(report(['billing', 'billing-shadow', 'mail']), 200);
    const undeclared = async () =>
      ((await ask('GET', old)).json.readers as readonly JsonObject[]).flatMap((row) => row.undeclared);
    const refused = async () => ((await step('retire')).json.error as JsonObject).message;
    expect(await undeclared()).toEqual(['billing-shadow', 'mail']);
    expect(await refused()).toContain('The catalog does not declare billing-shadow, mail: find out whose that is');
    await expectStatus(ask('PUT', `${at}/order.placed/consumers/mail`, { body: {} }), 200);
    expect(await undeclared()).toEqual(['billing-shadow']);
    expect(await refused()).toContain('The catalog does not declare billing-shadow: ');
    // a service whose groups the catalog states has those, and none of its own name
    const delivery = { groups: { 'billing-shadow': { service: 'billing', subjects: ['order.placed'] } } };
    await expectStatus(ask('PUT', '/v1/catalogs/shop', { body: { ...shop, delivery } }), 200);
    expect(await undeclared()).toEqual(['billing']);
    // and one that reads other subjects is not declared to read this one
    const elsewhere = { groups: { 'billing-shadow': { service: 'billing', subjects: ['order.placed.v2'] } } };
    await expectStatus(ask('PUT', '/v1/catalogs/shop', { body: { ...shop, delivery: elsewhere } }), 200);
    expect(await undeclared()).toEqual(['billing', 'billing-shadow']);
  });

  it('of a subject that is not there are refused, and so are names that are none', async () => {
    const strange = await ask('PUT', `${at}/order.lost/readers/nats`, { body: { groups: [] } });
    expect(strange.code).toBe('SUBJECT_NOT_FOUND');
    expect((await report([''])).code).toBe('PARAMETER_INVALID');
  });
});
