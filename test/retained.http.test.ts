/** `"history": "retained"` at a registry: what was produced and when versions took over are what it knows itself. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JsonObject } from '../src/schema/json.ts';
import { expectStatus, noon, type TestRegistry, testRegistry } from './support/registry.ts';
import { shop } from './support/shop.ts';

const at = '/v1/catalogs/shop/subjects/order.placed';
const day = 86_400_000;
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

let registry: TestRegistry;
const ask: TestRegistry['ask'] = (...given) => registry.ask(...given);

const order = (type: string): JsonObject => ({
  title: 'OrderPlaced',
  description: 'A customer placed an order.',
  'x-contract': { producer: 'orders', orderingKey: '/order_id' },
  type: 'object',
  required: ['order_id'],
  properties: { order_id: { type: 'string', description: 'The order.' }, amount: { type, description: 'Its total.' } },
});

const settings = (level: string) => expectStatus(ask('PUT', `${at}/settings`, { body: { level } }), 200);
const register = (type: string) => ask('POST', `${at}/versions`, { body: order(type) });
const produced = (number: number, time: number) =>
  expectStatus(
    ask('POST', '/v1/usage', {
      body: {
        rows: [
          {
            catalog: 'shop',
            subject: 'order.placed',
            number,
            service: 'orders',
            role: 'produce',
            day: dayOf(time),
            count: 1,
          },
        ],
      },
    }),
    200,
    202,
  );
const history = (value: 'retained' | 'all') =>
  expectStatus(ask('PUT', '/v1/catalogs/shop', { body: { ...shop, history: value } }), 200, 201);

/** Version 1 has texts, version 2 whole numbers: a new version with numbers breaks stored events of the first alone. */
beforeEach(async () => {
  registry = await testRegistry();
  await history('retained');
  await expectStatus(register('string'), 201);
  await settings('NONE');
  registry.clock.time = noon + day;
  await expectStatus(register('integer'), 201);
  await settings('BACKWARD_TRANSITIVE');
});
afterEach(() => registry.close());

it('a version whose events are gone holds nothing up, and the report says which and why', async () => {
  await produced(1, noon);
  registry.clock.time = noon + 120 * day;
  const { status, json } = await register('number');
  expect(status).toBe(201);
  expect(json.report).toMatchObject({
    verdict: 'compatible',
    leftOut: [{ number: 1, because: expect.stringMatching(/last event was sent on 2026-06-01.*kept for 90 days/) }],
  });
});

it.each<readonly [string, () => Promise<unknown>]>([
  [
    'its events may still be kept',
    () =>
      produced(1, noon).then(() => {
        registry.clock.time = noon + 60 * day;
      }),
  ],
  [
    'it was sent of late',
    () =>
      produced(1, noon + day).then(async () => {
        registry.clock.time = noon + 120 * day;
        await produced(1, noon + 119 * day);
      }),
  ],
  [
    'nobody knows when it was last sent',
    async () => {
      registry.clock.time = noon + 400 * day;
    },
  ],
  [
    'the catalog asks for the whole history',
    () =>
      produced(1, noon).then(async () => {
        registry.clock.time = noon + 120 * day;
        await history('all');
      }),
  ],
])('a version counts where %s', async (_, prepare) => {
  await prepare();
  const refused = await register('number');
  expect([refused.status, refused.code]).toEqual([409, 'INCOMPATIBLE']);
  expect(JSON.stringify(refused.json)).not.toContain('leftOut');
});
