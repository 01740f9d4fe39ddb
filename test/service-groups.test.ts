/** One name in a contract for several services: each of them is asked, permitted and shown, and the name itself never. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JsonObject } from '../src/schema/json.ts';
import { expectStatus, type TestRegistry, testRegistry } from './support/registry.ts';
import { shop } from './support/shop.ts';

const at = '/v1/catalogs/shop/subjects';
let registry: TestRegistry;
const ask: TestRegistry['ask'] = (...given) => registry.ask(...given);

const order = (type: string): JsonObject => ({
  title: 'OrderPlaced',
  description: 'A customer placed an order.',
  'x-contract': { producer: 'orders', consumers: ['everybody'], orderingKey: '/order_id' },
  type: 'object',
  required: ['order_id'],
  properties: { order_id: { type, description: 'The order.' } },
});

beforeEach(async () => {
  registry = await testRegistry();
  const services = { orders: {}, billing: {}, mail: {}, everybody: { members: ['*'] } };
  await expectStatus(ask('PUT', '/v1/catalogs/shop', { body: { ...shop, services } }), 201);
  await expectStatus(ask('POST', `${at}/order.placed/versions`, { body: order('string') }), 201);
  await expectStatus(ask('POST', `${at}/order.placed.v2/versions`, { body: order('integer') }), 201);
});
afterEach(() => registry.close());

const members = ['billing', 'mail'];

it('the members may subscribe, the group is nobody', async () => {
  const may = async (service: string) => {
    const { json } = await ask(
      'GET',
      `/v1/access?service=${service}&action=subscribe&subject=order.placed&catalog=shop`,
    );
    return json.allowed;
  };
  expect(await Promise.all(members.map(may))).toEqual(members.map(() => true));
  expect(await may('everybody')).toBe(false);
  expect(await may('orders')).toBe(false);
  const { text } = await ask('GET', '/v1/catalogs/shop/access?format=nats');
  expect(text).not.toContain('everybody');
});

it('a retirement asks the members one by one', async () => {
  const body = {
    successor: 'order.placed.v2',
    sunset: '2026-12-31',
    reason: 'Ids become integers.',
    migration: 'Read the number.',
  };
  await expectStatus(ask('PUT', `${at}/order.placed/deprecation`, { body }), 201);
  const { json } = await ask('GET', `${at}/order.placed/deprecation`);
  expect((json.consumers as JsonObject[]).map(({ service }) => service).sort()).toEqual(members);
});

it('the matrix has a column for each member and none for the group', async () => {
  const { json } = await ask('GET', '/v1/catalogs/shop/matrix?format=json');
  expect((json.columns as JsonObject[]).map(({ service }) => service).sort()).toEqual(members);
});
