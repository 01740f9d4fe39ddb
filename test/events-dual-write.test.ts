/** Dual-writing with real producers and consumers: the events are their own evidence, and the stage ends the pair. */
import { expect, test } from 'vitest';
import { createClient } from '../src/client/index.ts';
import { createEvents, memoryStore } from '../src/events/index.ts';
import { memoryBus } from '../src/events/memory/index.ts';
import type { JsonObject } from '../src/schema/json.ts';
import { onEachStore, until } from './support/events.ts';
import { expectStatus, testRegistry } from './support/registry.ts';
import { shop } from './support/shop.ts';

interface ShopEvents {
  'order.placed': { data: { order_id: string } };
  'order.placed.v2': { data: { order_id: number } };
}

const at = '/v1/catalogs/shop/subjects/order.placed';
const dayMs = 86_400_000;

const order = (id: JsonObject): JsonObject => ({
  title: 'OrderPlaced',
  description: 'A customer placed an order.',
  'x-contract': { producer: 'orders', consumers: ['billing'], orderingKey: '/order_id' },
  type: 'object',
  required: ['order_id'],
  properties: { order_id: { description: 'The order.', ...id } },
});

onEachStore((current) => {
  test('announce → dual-write → migrate → retire, on what producers and consumers did', async () => {
    const registry = await testRegistry();
    const { ask, clock } = registry;
    const put = (subject: string, body: JsonObject) =>
      expectStatus(
        ask('POST', `/v1/catalogs/shop/subjects/${subject}/versions`, { body, type: 'application/schema+json' }),
        201,
      );
    await expectStatus(ask('PUT', '/v1/catalogs/shop', { body: shop }), 201);
    await put('order.placed', order({ type: 'string', pattern: '^\\d{1,9}$' }));
    await put('order.placed.v2', order({ type: 'integer', minimum: 0, maximum: 999_999_999 }));
    const mapping = { backward: '{"order_id": $string(order_id)}', forward: '{"order_id": $number(order_id)}' };
    const plan = {
      successor: 'order.placed.v2',
      sunset: '2026-08-01',
      reason: 'Ids become integers.',
      migration: 'Read /order_id as a number.',
      mapping,
    };
    await expectStatus(ask('PUT', `${at}/deprecation`, { body: plan }), 201);
    const step = (transition: string) => ask('POST', `${at}/deprecation/transitions`, { body: { transition } });
    expect((await step('dual-write')).code).toBe('TRANSITION_REFUSED');

    const bus = memoryBus();
    const clientOf = (service: string) =>
      createClient({
        url: 'http://registry',
        fetch: async (url, init) => registry.app.request(url.replace('http://registry', ''), init),
        heartbeat: { service },
        runtime: { now: () => clock.time },
        freshMs: 0,
        staleMs: 0,
      });
    const make = (service: string) => {
      const client = clientOf(service);
      const now = () => clock.time;
      return {
        client,
        events: createEvents<ShopEvents>({ catalog: 'shop', service, client, bus, store: current(), now }),
      };
    };
    const orders = make('orders');
    const billing = make('billing');
    const both = orders.events.dualWrite('order.placed', 'order.placed.v2', {
      map: ({ order_id }) => ({ order_id: Number(order_id) }),
    });
    const relay = orders.events.relay();
    const place = async (order_id: string) => {
      const written = await orders.events.transaction((tx) => both.add(tx, { order_id }));
      await relay.drain();
      return written;
    };
    const seen: unknown[] = [];
    const { processed } = memoryStore(() => clock.time);
    const oldReader = await billing.events
      .consumer('billing-old', { processed })
      .on('order.placed', ({ payload }) => void seen.push(payload.order_id))
      .start();

    // --- the producer’s own publications are the evidence that both lines are produced
    await place('7');
    await orders.client.flush();
    await expectStatus(step('dual-write'), 200);
    const [old, successor] = ['order.placed', 'order.placed.v2'].map(
      (subject) => bus.eventsOfType(subject)[0] as JsonObject,
    );
    expect([old?.data, successor?.data]).toEqual([{ order_id: '7' }, { order_id: 7 }]);
    expect(successor?.correlationid).toBe(old?.correlationid);
    await until('the reader', () => seen.length === 1);

    // --- pairs are reported by themselves, and held against the mapping
    expect((await step('migrate')).code).toBe('TRANSITION_REFUSED');
    clock.time += 8 * dayMs;
    await place('8');
    await both.report();
    const status = await expectStatus(ask('GET', `${at}/deprecation`), 200);
    expect(JSON.stringify(status.json)).toMatch(/"agreed":2/);
    await expectStatus(step('migrate'), 200);

    // --- the bus still shows who would miss the old events
    expect((await orders.events.readersOf('order.placed')).map(({ name }) => name)).toEqual(['billing-old']);
    await oldReader.stop();
    expect((await orders.events.readersOf('order.placed')).map(({ name }) => name)).toEqual(['billing-old']);
    const moved = await billing.events
      .consumer('billing-new', { processed })
      .on('order.placed.v2', () => {})
      .start();
    await until('the new reader', async () => (await moved.backlog()).pending + (await moved.backlog()).inFlight === 0);
    await bus.removeGroup('billing-old', []);
    expect(await orders.events.readersOf('order.placed')).toEqual([]);
    await billing.client.flush();

    // --- retired: the producer goes on with the successor alone, without a release
    clock.time = Date.parse('2026-08-20T12:00:00Z');
    await expectStatus(ask('PUT', `${at}/deprecation/consumers/billing`, { body: { note: 'moved' } }), 200);
    await expectStatus(step('retire'), 200);
    const late = await place('9');
    expect(late.old).toBeUndefined();
    expect([bus.eventsOfType('order.placed').length, bus.eventsOfType('order.placed.v2').length]).toEqual([2, 3]);
    await expect(orders.events.publish('order.placed', { order_id: '10' })).rejects.toMatchObject({
      code: 'SUBJECT_RETIRED',
    });
    await Promise.all([orders.events.close(), billing.events.close()]);
    await registry.close();
  });
});
