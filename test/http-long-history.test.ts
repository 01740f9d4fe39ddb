/** A subject with a long history: what registration answers is what it answers for a short one, and few versions are read for it. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { type TestRegistry, testRegistry } from './support/registry.ts';
import { shop } from './support/shop.ts';

let registry: TestRegistry;
const at = '/v1/catalogs/shop/subjects/order.placed';
const text = { type: 'string', description: 'A text.' };
const number = { type: 'integer', description: 'A number.' };

const order = (properties: JsonObject, description: string): Json => ({
  title: 'OrderPlaced',
  description,
  'x-contract': { producer: 'orders', orderingKey: '/order_id' },
  type: 'object',
  required: ['order_id'],
  properties: { order_id: { type: 'string', description: 'The order.' }, ...properties },
});

const register = (properties: JsonObject, description = 'A customer placed an order.') =>
  registry.ask('POST', `${at}/versions`, { body: order(properties, description) });
const checked = async (properties: JsonObject) => {
  const candidates = [{ subject: 'order.placed', schema: order(properties, 'A customer placed an order.') }];
  const { json } = await registry.ask('POST', '/v1/check', { body: { catalog: 'shop', candidates } });
  return (json.reports as JsonObject[])[0] as JsonObject;
};
const answersOf = ({ verdict, compared, worlds }: JsonObject) => {
  const { backward } = (worlds as { closed: { backward: JsonObject } }).closed;
  return { verdict, compared, against: backward.against };
};

/** Eleven versions with a field that the twelfth has no more. */
beforeAll(async () => {
  registry = await testRegistry();
  await registry.ask('PUT', '/v1/catalogs/shop', { body: shop });
  for (let count = 1; count <= 11; count += 1)
    expect((await register({ note: text }, `Words of version ${count}.`)).status).toBe(201);
  expect((await register({})).status).toBe(201);
});
afterAll(() => registry.close());

const down = (from: number) => Array.from({ length: from }, (_, index) => from - index);

describe('a long history', () => {
  test('breaks with a version that the latest does not answer for, by its number', async () => {
    const found = { verdict: 'incompatible', compared: down(12), against: 11 };
    expect(answersOf(await checked({ note: number }))).toEqual(found);
    // now it is known which versions answer for the others
    expect(answersOf(await checked({ note: number }))).toEqual(found);
  });

  test('is settled by the versions that answer for it, and these alone are read', async () => {
    const read = vi.spyOn(registry.deps.store, 'history');
    const fine = { verdict: 'compatible', compared: down(12), against: undefined };
    expect(answersOf(await checked({ note: text, more: text }))).toEqual(fine);
    expect(read.mock.calls.map(([, , wanted]) => wanted)).toMatchObject([{ after: 12, numbers: [12, 11] }]);
    read.mockRestore();
  });

  test('grows, and what was registered since is asked', async () => {
    expect((await register({ more: text })).status).toBe(201);
    expect(answersOf(await checked({ more: number }))).toMatchObject({ verdict: 'incompatible', against: 13 });
    expect(answersOf(await checked({ note: number }))).toMatchObject({ verdict: 'incompatible', against: 11 });
    expect(answersOf(await checked({ more: text }))).toMatchObject({ verdict: 'compatible', compared: down(13) });
  });

  test('is not remembered beyond the withdrawal of a version', async () => {
    const { status } = await registry.ask('DELETE', `${at}/versions/13?reason=mistake`);
    expect(status).toBe(204);
    expect(answersOf(await checked({ more: number }))).toEqual({
      verdict: 'compatible',
      compared: down(12),
      against: undefined,
    });
    expect(answersOf(await checked({ note: number }))).toMatchObject({ verdict: 'incompatible', against: 11 });
    expect((await register({ more: number })).status).toBe(201);
    expect(answersOf(await checked({ more: text }))).toMatchObject({ verdict: 'incompatible', against: 14 });
  });

  test('holds a registration to every version', async () => {
    const { status, json } = await register({ note: number });
    expect([status, (json.error as JsonObject).code]).toEqual([409, 'INCOMPATIBLE']);
  });
});
