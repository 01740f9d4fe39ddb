/** What one caller may do to subjects, plans and usage that are others'. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Permission } from '../src/registry/caller.ts';
import { announceDeprecation } from '../src/registry/deprecation/announce.ts';
import { comparePairs } from '../src/registry/deprecation/pairs.ts';
import { createMeter } from '../src/registry/validation/meter.ts';
import { register } from '../src/registry/versions/register.ts';
import type { JsonObject } from '../src/schema/json.ts';
import { openStore } from '../src/store/open.ts';
import { connect } from '../src/store/postgres.ts';
import { databaseUrl, dropSchema, newSchema } from './support/database.ts';
import { noon, type TestRegistry, testRegistry } from './support/registry.ts';
import { shop } from './support/shop.ts';

const open: TestRegistry[] = [];
afterEach(async () => {
  for (const registry of open.splice(0)) {
    expect(registry.bugs).toEqual([]);
    await registry.close();
  }
});

const catalog: JsonObject = {
  ...shop,
  rules: { 'producer-owns-domain': 'warning' },
  deprecation: { notice: 'P0D', dualWrite: 'P0D', quiet: 'P0D' },
};

async function started(options: Parameters<typeof testRegistry>[0] = {}): Promise<TestRegistry> {
  const registry = await testRegistry(options);
  open.push(registry);
  expect((await registry.ask('PUT', '/v1/catalogs/shop', { body: catalog })).status).toBe(201);
  return registry;
}

function event(producer: string, more: JsonObject = {}): JsonObject {
  return { type: 'object', title: 'Order', 'x-contract': { producer, classification: 'internal' }, ...more };
}

function add(registry: TestRegistry, subject: string, body: JsonObject = event('orders')) {
  return registry.ask('POST', `/v1/catalogs/shop/subjects/${subject}/versions`, { body });
}

/** A publisher for one service. */
function speaker(registry: TestRegistry, own: string) {
  const can = (permission: Permission, about: { readonly service?: string } = {}) =>
    permission !== 'admin' && permission !== 'steward' && (about.service === undefined || about.service === own);
  return { ...registry.deps, caller: { actor: own, queue: own, can } };
}

describe('a subject', () => {
  test('stays with its producer, whatever the rule about domains makes of another', async () => {
    const registry = await started();
    expect((await add(registry, 'order.placed')).status).toBe(201);
    const source = { value: event('billing', { title: 'Mine' }) };
    const taken = register(speaker(registry, 'billing'), { catalog: 'shop', subject: 'order.placed', source });
    await expect(taken).rejects.toMatchObject({ code: 'FORBIDDEN', details: { service: 'orders' } });
    const kept = { value: event('orders', { title: 'Ours' }) };
    const own = register(speaker(registry, 'orders'), { catalog: 'shop', subject: 'order.placed', source: kept });
    await expect(own).resolves.toMatchObject({ created: true });
  });

  test.each([
    ['order.placed', 'order.placed.v1'],
    ['order.placed.v1', 'order.placed'],
  ])('%s excludes its other name %s, and not the next line', async (first, second) => {
    const registry = await started();
    expect((await add(registry, first)).status).toBe(201);
    const refused = await add(registry, second, event('orders', { type: 'string' }));
    expect(refused.code).toBe('SUBJECT_NAME_INVALID');
    expect(refused.json.error).toMatchObject({ details: { twin: first } });
    expect((await add(registry, 'order.placed.v2', event('orders', { title: 'Next' }))).status).toBe(201);
  });

  test('has one of its two names, also where both are registered at once', async () => {
    const registry = await started();
    const both = await Promise.all([add(registry, 'order.paid'), add(registry, 'order.paid.v1')]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 422]);
  });

  test('registered by two at once has both versions, each checked against the other', async () => {
    const registry = await started();
    await add(registry, 'order.placed');
    const widened = (name: string) => event('orders', { properties: { [name]: { type: 'string' } } });
    const all = await Promise.all(['a', 'b', 'c', 'd'].map((name) => add(registry, 'order.placed', widened(name))));
    const statuses = all.map(({ status }) => status);
    expect(statuses.filter((status) => status !== 201 && status !== 409)).toEqual([]);
    const { json } = await registry.ask('GET', '/v1/catalogs/shop/subjects/order.placed/versions');
    const numbers = (json.items as JsonObject[]).map(({ number }) => number);
    expect(numbers).toHaveLength(1 + statuses.filter((status) => status === 201).length);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}

/** Until so many connections of the schema's store wait for another's lock. */
async function waitingForLocks(schema: string, count: number): Promise<void> {
  const admin = connect({ url: databaseUrl! }, 1);
  const waiting = () =>
    admin`select 1 from pg_stat_activity where application_name = ${`herald ${schema}`} and wait_event_type = 'Lock'`;
  await expect.poll(async () => (await waiting()).length, { timeout: 10_000 }).toBe(count);
  await admin.end();
}

describe('a waiver that is withdrawn while a version it would let in is registered', () => {
  test.runIf(databaseUrl !== undefined)('lets in nothing after its withdrawal', async () => {
    const schema = newSchema();
    const store = await openStore({ kind: 'postgres', url: databaseUrl!, schema, connections: 8 }, { now: () => noon });
    const registry = await started({ store });
    const amount = (type: string) => event('orders', { properties: { amount: { type } } });
    await add(registry, 'order.placed', amount('number'));
    const refused = (await add(registry, 'order.placed', amount('string'))).json.error as JsonObject;
    const report = (refused.details as JsonObject).report as JsonObject;
    const findings = report.findings as JsonObject[];
    const blocking = findings.filter(({ severity }) => severity === 'error');
    expect(blocking.length).toBeGreaterThan(0);
    const given: string[] = [];
    for (const { fingerprint = null } of blocking) {
      const body = { catalog: 'shop', subject: 'order.placed', fingerprint, reason: 'agreed', expires: '2026-06-30' };
      given.push(String((await registry.ask('POST', '/v1/waivers', { body })).json.id));
    }

    // the head of the log is held, so that both wait for it, the withdrawal in front
    const holder = connect({ url: databaseUrl!, schema }, 1);
    const { promise: released, resolve: release } = deferred();
    const { promise: held, resolve: hold } = deferred();
    const holding = holder.begin(async (tx) => {
      await tx`select 1 from audit_head for update`;
      hold();
      await released;
    });
    await held;
    const withdrawing = registry.ask('DELETE', `/v1/waivers/${given[0]}`);
    await waitingForLocks(schema, 1);
    const registering = add(registry, 'order.placed', amount('string'));
    await waitingForLocks(schema, 2);
    release();
    await holding;
    await holder.end();
    expect((await withdrawing).status).toBe(204);
    expect((await registering).code).toBe('INCOMPATIBLE');
    await dropSchema(schema);
  });
});

const plan = (successor: string): JsonObject => ({
  successor,
  sunset: '2026-12-01',
  reason: 'replaced',
  migration: 'https://example.org/move',
});

/** Two plans that would lead to each other, announced at once: one is refused. */
async function announceBoth(registry: TestRegistry): Promise<readonly number[]> {
  const path = (subject: string) => `/v1/catalogs/shop/subjects/${subject}/deprecation`;
  const both = await Promise.all([
    registry.ask('PUT', path('order.placed'), { body: plan('order.booked') }),
    registry.ask('PUT', path('order.booked'), { body: plan('order.placed') }),
  ]);
  return both.map(({ status }) => status).sort();
}

describe('plans announced at once', () => {
  const ready = async (registry: TestRegistry) => {
    await add(registry, 'order.placed');
    await add(registry, 'order.booked', event('orders', { title: 'Booked' }));
  };

  test('do not lead in a circle', async () => {
    const registry = await started();
    await ready(registry);
    expect(await announceBoth(registry)).toEqual([201, 422]);
  });

  test.runIf(databaseUrl)(
    'do not lead in a circle on two servers',
    async () => {
      for (let round = 0; round < 5; round += 1) {
        const schema = newSchema();
        const options = { kind: 'postgres', url: databaseUrl!, schema } as const;
        const one = await started({ store: await openStore(options, { now: () => noon }) });
        await ready(one);
        const other = await testRegistry({ store: await openStore(options, { now: () => noon }) });
        open.push(other);
        const input = (subject: string, successor: string) => ({ ...plan(successor), catalog: 'shop', subject });
        const inputs = [
          [one, 'order.placed', 'order.booked'],
          [other, 'order.booked', 'order.placed'],
        ] as const;
        const caller = { actor: 'a', queue: 'a', can: () => true };
        const settled = await Promise.allSettled(
          inputs.map(([registry, subject, successor]) =>
            announceDeprecation({ ...registry.deps, caller }, input(subject, successor) as never),
          ),
        );
        expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
        await Promise.all(open.splice(0).map((registry) => registry.close()));
        await dropSchema(schema);
      }
    },
    60_000,
  );

  test('of a subject without a version are refused: there is nothing yet that anybody speaks for', async () => {
    const registry = await started();
    await registry.deps.store.write((transaction) => transaction.createSubject('shop', 'order.empty'));
    const pairs = comparePairs(speaker(registry, 'orders'), { catalog: 'shop', subject: 'order.empty', pairs: [] });
    await expect(pairs).rejects.toMatchObject({ code: 'SUBJECT_NOT_FOUND' });
  });
});

describe('usage', () => {
  const row = { catalog: 'shop', subject: 'order.placed', service: 'billing', role: 'consume', day: '2026-06-01' };
  const send = (registry: TestRegistry, rows: readonly JsonObject[]) =>
    registry.ask('POST', '/v1/usage', { body: { rows: [...rows] } });

  test.each(['9999-12-31', '2026-06-03', '2025-01-01', '0001-01-01'])('on %s is refused', async (day) => {
    const registry = await started();
    await add(registry, 'order.placed');
    const refused = await send(registry, [
      { ...row, count: 1 },
      { ...row, count: 1, day },
    ]);
    expect(refused.code).toBe('PARAMETER_INVALID');
    expect(refused.json.error).toMatchObject({ details: { problems: [{ at: '/rows/1/day' }] } });
    expect((await send(registry, [{ ...row, count: 1, day: '2026-06-02' }])).status).toBe(200);
  });

  test('adds up to what a number can hold, and no further', async () => {
    const registry = await started();
    await add(registry, 'order.placed');
    const { store } = registry.deps;
    const heavy = { ...row, role: 'consume', number: 1, count: Number.MAX_SAFE_INTEGER - 1 } as const;
    const at = '2026-06-01T12:00:00.000Z';
    for (let round = 0; round < 3; round += 1)
      await store.write((transaction) => transaction.addUsage(undefined, [heavy, heavy], at));
    const [counted] = await store.usage({ catalog: 'shop', subject: 'order.placed' });
    expect(counted?.count).toBe(Number.MAX_SAFE_INTEGER);
    expect((await send(registry, [{ ...row, count: 1_000_000_001 }])).code).toBe('PARAMETER_INVALID');
  });

  test('that the database refuses does not stop the rest', async () => {
    const registry = await started();
    await add(registry, 'order.placed');
    const { store } = registry.deps;
    const meter = createMeter(store, { now: () => noon });
    const honest = { catalog: 'shop', subject: 'order.placed', number: 1, role: 'consume', count: 1 } as const;
    for (const service of ['a', 'b', 'c']) meter.add({ ...honest, service });
    meter.add({ ...honest, service: 'd', subject: 'order.unknown' });
    for (const service of ['e', 'f']) meter.add({ ...honest, service });
    await expect(meter.flush()).rejects.toMatchObject({ code: 'SUBJECT_NOT_FOUND' });
    await meter.flush();
    const services = (await store.usage({ catalog: 'shop', subject: 'order.placed' })).map(({ service }) => service);
    expect(services.sort()).toEqual(['a', 'b', 'c', 'e', 'f']);
  });

  test('by another service is no evidence that both lines are written', async () => {
    const registry = await started();
    await add(registry, 'order.placed');
    await add(registry, 'order.booked', event('orders', { title: 'Booked' }));
    const path = '/v1/catalogs/shop/subjects/order.placed/deprecation';
    expect((await registry.ask('PUT', path, { body: plan('order.booked') })).status).toBe(201);
    const produced = (service: string) =>
      send(
        registry,
        ['order.placed', 'order.booked'].map((subject) => ({ ...row, subject, service, role: 'produce', count: 1 })),
      );
    await produced('billing');
    const advance = () => registry.ask('POST', `${path}/transitions`, { body: { transition: 'dual-write' } });
    expect((await advance()).code).toBe('TRANSITION_REFUSED');
    await produced('orders');
    expect((await advance()).status).toBe(200);
  });
});
