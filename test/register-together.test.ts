/** Registrations of one subject that wait for each other are written together, and each is what it would be alone. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Fault } from '../src/errors.ts';
import type { Permission } from '../src/registry/caller.ts';
import { register } from '../src/registry/versions/register.ts';
import { registerTogether } from '../src/registry/versions/register-together.ts';
import type { Asked } from '../src/registry/versions/registration.ts';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { openStore } from '../src/store/open.ts';
import { databaseUrl, dropSchema, newSchema } from './support/database.ts';
import { noon, type TestRegistry, testRegistry } from './support/registry.ts';
import { shop } from './support/shop.ts';

const open: TestRegistry[] = [];
const schemas: string[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const registry of open.splice(0)) {
    expect(registry.bugs).toEqual([]);
    await registry.close();
  }
  for (const schema of schemas.splice(0)) await dropSchema(schema);
});

const stores = databaseUrl === undefined ? (['folder'] as const) : (['folder', 'postgres'] as const);

async function started(on: (typeof stores)[number] = 'folder'): Promise<TestRegistry> {
  const registry = await testRegistry(on === 'folder' ? {} : { store: await onPostgres() });
  open.push(registry);
  expect((await registry.ask('PUT', '/v1/catalogs/shop', { body: shop })).status).toBe(201);
  return registry;
}

async function onPostgres() {
  const schema = newSchema();
  schemas.push(schema);
  return openStore({ kind: 'postgres', url: databaseUrl ?? '', schema, connections: 8 }, { now: () => noon });
}

const text = { type: 'string', description: 'A text.' };
const number = { type: 'integer', description: 'A number.' };
const order = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  title: 'OrderPlaced',
  description: 'A customer placed an order.',
  'x-contract': { producer: 'orders', orderingKey: '/order_id' },
  type: 'object',
  required: ['order_id'],
  properties: { order_id: { type: 'string', description: 'The order.' }, ...properties },
  ...more,
});

/** Whoever may speak for one service. */
function asking(registry: TestRegistry, schema: Json, service = 'orders'): Asked {
  const can = (permission: Permission, about: { readonly service?: string } = {}) =>
    permission !== 'admin' && permission !== 'steward' && (about.service === undefined || about.service === service);
  const caller = { actor: service, queue: service, correlationId: `by-${service}`, can };
  return {
    context: { ...registry.deps, caller },
    input: { catalog: 'shop', subject: 'order.placed', source: { value: schema } },
    about: { action: 'version.register', catalog: 'shop', subject: 'order.placed' },
  };
}

const first = (registry: TestRegistry) => {
  const { context, input } = asking(registry, order({}));
  return register(context, input);
};

/** However busy the machine: as many are checked in one go as there are. */
function stopTime(): void {
  vi.spyOn(performance, 'now').mockReturnValue(0);
}

/** What came of each: the number and whether it is new, the code of its refusal, or that it was left. */
async function settledOf(all: readonly Asked[]) {
  const settled = await registerTogether(all);
  return Promise.all(
    all.map(async (asked) => {
      const served = settled.get(asked);
      if (served === undefined) return 'left';
      return served().then(
        ({ version, created }) => [version.number, created],
        (error) => error.code,
      );
    }),
  );
}

describe.each(stores)('those who wait, on %s', (on) => {
  test('are each held against those before them, in one transaction', async () => {
    const registry = await started(on);
    await first(registry);
    const write = vi.spyOn(registry.deps.store, 'writeInGroup');
    const all = [
      asking(registry, order({ note: text })),
      asking(registry, order({ note: number })),
      asking(registry, order({ note: text })),
      asking(registry, order({ note: text, more: number }), 'billing'),
      asking(registry, order({ note: text, amount: number })),
      asking(registry, order({})),
      asking(registry, { type: 7 }),
    ];
    expect(await settledOf(all)).toEqual([
      [2, true],
      'INCOMPATIBLE',
      [2, false],
      'FORBIDDEN',
      [3, true],
      [1, false],
      'SCHEMA_INVALID',
    ]);
    expect(write).toHaveBeenCalledTimes(1);
    const { json } = await registry.ask('GET', '/v1/catalogs/shop/subjects/order.placed/versions');
    const rows = json.items as readonly JsonObject[];
    expect(rows.map((row) => [row.number, row.label, row.createdBy])).toEqual([
      [3, '1.2.0', 'orders'],
      [2, '1.1.0', 'orders'],
      [1, '1.0.0', 'orders'],
    ]);
    const outbox = await registry.deps.store.outbox(0, 100);
    const announced = outbox.filter(({ type }) => type === 'herald.version.registered.v1');
    expect(announced.map(({ data }) => (data as JsonObject).number)).toEqual([1, 2, 3]);
    const audit = await registry.deps.store.auditEntries({ action: 'version.register' }, { limit: 10 });
    const done = audit.items
      .filter(({ outcome }) => outcome === 'done')
      .map(({ details }) => (details as JsonObject).number);
    expect(done).toEqual([3, 2, 1]);
    expect((await registry.deps.store.verifyAudit()).intact).toBe(true);
  });

  test('are held against a long history and those before them, and what is not written is forgotten', async () => {
    const registry = await started(on);
    await first(registry);
    for (let count = 2; count <= 11; count += 1) {
      const { context, input } = asking(registry, order({ old: text }, { description: `Version ${count}.` }));
      await register(context, input);
    }
    const { context, input } = asking(registry, order({}, { description: 'Without it.' }));
    await register(context, input);
    const batch = () => [
      asking(registry, order({ a: text })),
      asking(registry, order({ a: number })),
      asking(registry, order({ a: text, old: number })),
      asking(registry, order({ a: text, b: number })),
      asking(registry, order({ a: text })),
      asking(registry, order({ b: text })),
    ];
    vi.spyOn(registry.deps.store, 'writeInGroup').mockRejectedValueOnce(new Fault('STORE_UNAVAILABLE'));
    expect(new Set(await settledOf(batch()))).toEqual(new Set(['left']));
    const other = asking(registry, order({ a: number, c: text }));
    expect((await register(other.context, other.input)).version.number).toBe(13);
    expect(await settledOf(batch())).toEqual([
      'INCOMPATIBLE',
      [14, true],
      'INCOMPATIBLE',
      'INCOMPATIBLE',
      'INCOMPATIBLE',
      [15, true],
    ]);
    const last = [
      order({ b: number }),
      order({ a: number, b: text }),
      order({ old: number }),
      order({ old: text, c: text }),
    ];
    expect(await settledOf(last.map((one) => asking(registry, one)))).toEqual([
      'INCOMPATIBLE',
      [16, true],
      'INCOMPATIBLE',
      [17, true],
    ]);
    const fields = ['d', 'e', 'f', 'g', 'h'];
    const growing = fields.map((_, index) =>
      order(Object.fromEntries(fields.slice(0, index + 1).map((name) => [name, text]))),
    );
    expect(await settledOf([...growing, ...growing].map((one) => asking(registry, one)))).toEqual([
      [18, true],
      [19, true],
      [20, true],
      [21, true],
      [22, true],
      [18, false],
      [19, false],
      [20, false],
      [21, false],
      [22, false],
    ]);
  });

  test('are all left where one of them changed under them, and none is written', async () => {
    const registry = await started(on);
    await first(registry);
    const { store } = registry.deps;
    const write = store.writeInGroup;
    vi.spyOn(store, 'writeInGroup').mockImplementationOnce(async (key, work) => {
      const { context, input } = asking(registry, order({ other: text }));
      await register({ ...context, store: { ...store, writeInGroup: write } }, input);
      return write(key, work);
    });
    const all = [asking(registry, order({ note: text })), asking(registry, order({ note: number }))];
    expect(await settledOf(all)).toEqual(['left', 'left']);
    const { json } = await registry.ask('GET', '/v1/catalogs/shop/subjects/order.placed/versions');
    expect((json.items as readonly JsonObject[]).map((row) => row.number)).toEqual([2, 1]);
  });

  test('are left where they need something for themselves', async () => {
    const registry = await started(on);
    await first(registry);
    const plain = asking(registry, order({ note: text }));
    const placed = { ...plain, input: { ...plain.input, place: { version: 9 } } };
    const long = asking(registry, order({ note: { ...text, description: 'x'.repeat(70_000) } }));
    const referring = asking(registry, order({ note: text, inner: { $ref: 'herald://shop/order.placed/1' } }));
    expect(await settledOf([placed, plain, long, referring])).toEqual(['left', [2, true], 'left', 'left']);
  });

  test('are not checked once their caller has left', async () => {
    const registry = await started(on);
    await first(registry);
    const [gone, there] = [asking(registry, order({ note: text })), asking(registry, order({ note: number }))];
    const caller = { ...gone.context.caller, signal: AbortSignal.abort() };
    const check = vi.spyOn(registry.deps.checks, 'check');
    expect(await settledOf([{ ...gone, context: { ...gone.context, caller } }, there])).toEqual([
      'CANCELLED',
      [2, true],
    ]);
    expect(check).toHaveBeenCalledTimes(1);
  });

  test('are checked in one go, whoever asks, and what its author may not register is nothing to those after it', async () => {
    const registry = await started(on);
    await first(registry);
    const { checks } = registry.deps;
    stopTime();
    const [inOrder, single] = [vi.spyOn(checks, 'checkInOrder'), vi.spyOn(checks, 'check')];
    const all = [
      asking(registry, order({ note: text })),
      asking(registry, order({ note: text, more: number }), 'billing'),
      asking(registry, order({ note: text, more: text })),
      asking(registry, order({ note: text, more: number })),
    ];
    expect(await settledOf(all)).toEqual([[2, true], 'FORBIDDEN', [3, true], 'INCOMPATIBLE']);
    expect(inOrder.mock.calls.map(([{ candidates }]) => candidates.length)).toEqual([4, 2]);
    const [, requester] = inOrder.mock.calls[0]!;
    expect(requester).toMatchObject({ queue: 'orders', sharing: ['orders', 'billing', 'orders', 'orders'] });
    expect(single).not.toHaveBeenCalled();
  });

  test('are not held against one that refers to others, which is left', async () => {
    const registry = await started(on);
    await first(registry);
    stopTime();
    const referring = { amount: number, inner: { $ref: 'herald://shop/order.placed/1' } };
    const all = [order({ note: text }), order({ note: text, ...referring }), order({ note: text, amount: text })];
    expect(await settledOf(all.map((one) => asking(registry, one)))).toEqual([[2, true], 'left', [3, true]]);
  });

  test('what is no refusal is not taken for one', async () => {
    const registry = await started(on);
    await first(registry);
    vi.spyOn(registry.deps.checks, 'checkInOrder').mockRejectedValue(new TypeError('a bug'));
    const all = [order({ note: text }), order({ note: text, more: number })];
    await expect(settledOf(all.map((one) => asking(registry, one)))).rejects.toThrow('a bug');
  });

  test('are checked each by itself where that fails', async () => {
    const registry = await started(on);
    await first(registry);
    vi.spyOn(registry.deps.checks, 'checkInOrder').mockRejectedValue(new Fault('UNDECIDED'));
    const all = [order({ note: text }), order({ note: number }), order({ note: text, more: number })];
    expect(await settledOf(all.map((one) => asking(registry, one)))).toEqual([[2, true], 'INCOMPATIBLE', [3, true]]);
  });

  test('are checked in as many goes as it takes, none of them long', async () => {
    const registry = await started(on);
    await first(registry);
    const inOrder = vi.spyOn(registry.deps.checks, 'checkInOrder');
    const now = performance.now.bind(performance);
    let later = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => {
      later += 60;
      return now() + later;
    });
    const all = ['a', 'b', 'c', 'd'].map((name) => asking(registry, order({ [name]: text })));
    const settled = await settledOf(all);
    expect(settled).toEqual([2, 3, 4, 5].map((version) => [version, true]));
    expect(inOrder.mock.calls.map(([{ candidates }]) => candidates.length)).toEqual([4, 2]);
  });

  test('are checked as long as one of them is there', async () => {
    const registry = await started(on);
    await first(registry);
    const leaving = [new AbortController(), new AbortController()] as const;
    const seen: unknown[] = [];
    vi.spyOn(registry.deps.checks, 'checkInOrder').mockImplementation(async (_, { signal }) => {
      for (const one of leaving) {
        seen.push(signal?.aborted);
        one.abort();
      }
      seen.push(signal?.aborted);
      throw new Fault('CANCELLED');
    });
    const all = leaving.map(({ signal }) => {
      const asked = asking(registry, order({ note: text }));
      return { ...asked, context: { ...asked.context, caller: { ...asked.context.caller, signal } } };
    });
    expect(await settledOf(all)).toEqual(['CANCELLED', 'CANCELLED']);
    expect(seen).toEqual([false, false, true]);
  });

  test('leave behind what they found out: of a long history the next ones read what came since', async () => {
    const registry = await started(on);
    await first(registry);
    for (let count = 2; count <= 7; count += 1) {
      const { context, input } = asking(registry, order({ a: text }, { description: `Version ${count}.` }));
      await register(context, input);
    }
    stopTime();
    const inOrder = vi.spyOn(registry.deps.checks, 'checkInOrder');
    const batch = (words: string) =>
      ['b', 'c', 'd'].map((name) => asking(registry, order({ [name]: text }, { description: words })));
    expect(await settledOf([...batch('One.'), ...batch('Two.')])).toEqual(
      [8, 9, 10, 11, 12, 13].map((version) => [version, true]),
    );
    // up to nine versions a history is compared version by version
    expect(inOrder.mock.calls.map(([{ candidates, long }]) => [candidates.length, long !== undefined])).toEqual([
      [2, false],
      [4, true],
    ]);
    const history = vi.spyOn(registry.deps.store, 'history');
    expect(await settledOf(batch('Three.'))).toEqual([14, 15, 16].map((version) => [version, true]));
    expect(history.mock.calls.map(([, , wanted]) => wanted?.after)).toEqual([12]);
  });

  test('are left where the subject is not there yet', async () => {
    const registry = await started(on);
    expect(await settledOf([asking(registry, order({})), asking(registry, order({ note: text }))])).toEqual([
      'left',
      'left',
    ]);
  });
});

test.each(stores)(
  'on %s many at once end in one order, in which each is compatible with those before it',
  async (on) => {
    const registry = await started(on);
    const names = ['a', 'b', 'c', 'd'];
    const bodies = Array.from({ length: 40 }, (_, index) =>
      order({ [names[index % 4]!]: index % 3 === 0 ? number : text }, { description: `Version ${index}.` }),
    );
    const replies = await Promise.all(
      bodies.map((body) => registry.ask('POST', '/v1/catalogs/shop/subjects/order.placed/versions', { body })),
    );
    const codes = replies.map(({ status, code }) => (status === 201 ? 'created' : code));
    expect(new Set(codes)).toEqual(new Set(['created', 'INCOMPATIBLE']));
    const numbers = replies.filter(({ status }) => status === 201).map(({ json }) => Number(json.number));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1));
    const kinds = new Map<string, string>();
    for (const { schema } of await registry.deps.store.history('shop', 'order.placed')) {
      const { properties } = JSON.parse(schema.text) as { properties: Record<string, { type: string }> };
      for (const [name, { type }] of Object.entries(properties)) {
        expect([name, kinds.get(name) ?? type]).toEqual([name, type]);
        kinds.set(name, type);
      }
    }
    expect((await registry.deps.store.verifyAudit()).intact).toBe(true);
  },
);
