/** What is on record: every write and every refusal, with who, why, before and after, and nothing of what was sent. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announceDue } from '../src/announce/announcer.ts';
import { cloudEvent } from '../src/announce/cloud-event.ts';
import { authenticator } from '../src/http/auth.ts';
import type { Route } from '../src/http/route.ts';
import { routes } from '../src/http/routes/index.ts';
import { remindOfSunsets } from '../src/registry/deprecation/reminders.ts';
import type { AuditRecord } from '../src/registry/records.ts';
import { perMinutePerCaller } from '../src/registry/refusal-quota.ts';
import { fingerprint } from '../src/schema/canonical.ts';
import { readCatalog } from '../src/schema/catalog.ts';
import { cloudEventsSchema } from '../src/schema/cloudevents.ts';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { parseSchema } from '../src/schema/parse.ts';
import { fileStart, headerOf, writeLine } from '../src/schema/registry-file.ts';
import { compileValidator } from '../src/schema/validator.ts';
import { openStore } from '../src/store/open.ts';
import { expectStatus, noon, type Reply, readSchema, type TestRegistry, testRegistry } from './support/registry.ts';
import { shop as plainShop } from './support/shop.ts';

const clock = { now: () => noon };
const tokenRow = (name: 'admin' | 'reader') => ({
  name,
  sha256: createHash('sha256').update(`token-of-${name}`).digest('hex'),
  role: name,
  services: [],
  subjects: [],
});

/** Stands in every document, event and header value that must not be found again. */
const canary = 'canary-8f1d4c';

let registry: TestRegistry;
beforeAll(async () => {
  const tokens = [tokenRow('admin'), tokenRow('reader')];
  const store = await openStore({ kind: 'memory' }, clock);
  registry = await testRegistry({ store, authenticate: authenticator({ tokens }, clock) });
});
afterAll(() => registry.close());

const as = (name: string): Record<string, string> => ({
  Authorization: `Bearer token-of-${name}`,
  'X-Correlation-Id': `story-of-${name === canary ? 'stranger' : name}`,
});
const ask = (method: string, path: string, body?: Json, who = 'admin'): Promise<Reply> =>
  registry.ask(method, path, { headers: as(who), ...(body !== undefined && { body }) });

async function log(): Promise<readonly AuditRecord[]> {
  return (await registry.deps.store.audit({ limit: 1_000 })).items;
}

/** The rows that `work` added. */
async function rowsOf(work: () => Promise<unknown>): Promise<readonly AuditRecord[]> {
  const before = (await log()).length;
  await work();
  return (await log()).slice(before);
}

const shop = {
  ...plainShop,
  classification: { levels: ['public', 'internal', 'confidential'], tags: { pii: { description: 'A person.' } } },
  domains: { order: { title: 'Orders', owner: 'orders', classification: 'internal', retention: 'P90D' } },
  services: { orders: { title: 'Orders' }, billing: { title: 'Billing' } },
  deprecation: { notice: 'P1D' },
};

const order = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  title: 'Order placed',
  description: `A customer placed an order. ${canary}`,
  'x-contract': { producer: 'orders', consumers: ['billing'], classification: 'internal', retention: 'P90D' },
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', description: 'Which.', enum: [canary, 'b'] }, ...properties },
  ...more,
});

const at = '/v1/catalogs/shop/subjects/order.placed';
const next = '/v1/catalogs/shop/subjects/order.placed.v2';
const mistyped = '/v1/catalogs/shop/subjects/order.plased';
const confidential = { type: 'string', description: 'Whom.', 'x-classification': 'confidential', 'x-tags': ['pii'] };
const plan = { successor: 'order.placed.v2', sunset: '2026-12-31', reason: 'It became two.', migration: 'Read both.' };
const force = { reason: 'A test.' };

/** One way each to make every route that writes write, in an order in which each succeeds. */
const writes: readonly (readonly [id: string, () => Promise<Reply>])[] = [
  ['putCatalog', () => ask('PUT', '/v1/catalogs/shop', shop)],
  ['registerVersion', () => ask('POST', `${at}/versions`, order({}))],
  ['registerVersion', () => ask('POST', `${next}/versions`, order({}))],
  [
    'registerVersion',
    () =>
      ask(
        'POST',
        `${at}/versions`,
        order(
          { mail: confidential },
          { 'x-contract': { producer: 'orders', classification: 'confidential', retention: 'P90D' } },
        ),
      ),
  ],
  ['registerVersion', () => ask('POST', `${mistyped}/versions`, order({}))],
  ['withdrawVersion', () => ask('DELETE', `${mistyped}/versions/1?reason=mistyped`)],
  ['putSettings', () => ask('PUT', `${at}/settings`, { level: 'BACKWARD' })],
  ['declareConsumer', () => ask('PUT', `${at}/consumers/billing`, { reads: ['/id'] })],
  [
    'recordUsage',
    () =>
      ask('POST', '/v1/usage', {
        rows: [
          {
            catalog: 'shop',
            subject: 'order.placed',
            number: 1,
            service: 'billing',
            role: 'consume',
            day: '2026-06-01',
            count: 3,
          },
        ],
      }),
  ],
  [
    'giveWaiver',
    () =>
      ask('POST', '/v1/waivers', {
        catalog: 'shop',
        subject: 'order.placed',
        fingerprint: 'a'.repeat(64),
        reason: 'For a while.',
        expires: '2026-06-30',
      }),
  ],
  ['withdrawWaiver', async () => ask('DELETE', `/v1/waivers/${(await registry.deps.store.waivers({}))[0]?.id}`)],
  ['propose', proposeBreak],
  [
    'decideProposal',
    async () =>
      ask('POST', `/v1/proposals/${await firstProposal()}/decision`, {
        approve: true,
        reason: 'Agreed.',
        expires: '2026-06-30',
      }),
  ],
  ['announceDeprecation', () => ask('PUT', `${at}/deprecation`, plan)],
  ['acknowledgeDeprecation', () => ask('PUT', `${at}/deprecation/consumers/billing`, {})],
  [
    'advanceDeprecation',
    () => ask('POST', `${at}/deprecation/transitions`, { transition: 'postpone', sunset: '2027-01-31' }),
  ],
  ['advanceDeprecation', () => ask('POST', `${at}/deprecation/transitions`, { transition: 'withdraw', force })],
  ['announceDeprecation', () => ask('PUT', `${at}/deprecation`, plan)],
  ['advanceDeprecation', () => ask('POST', `${at}/deprecation/transitions`, { transition: 'dual-write', force })],
  [
    'compareDeprecationPairs',
    () => ask('POST', `${at}/deprecation/pairs`, { pairs: [{ old: { id: 'b' }, new: { id: 'b' } }] }),
  ],
  ['reportBusReaders', () => ask('PUT', `${at}/readers/nats`, { groups: ['billing'] })],
  ['advanceDeprecation', () => ask('POST', `${at}/deprecation/transitions`, { transition: 'migrate', force })],
  ['advanceDeprecation', () => ask('POST', `${at}/deprecation/transitions`, { transition: 'retire', force })],
  ['withdrawConsumer', () => ask('DELETE', `${at}/consumers/billing`)],
  ['addWebhook', () => ask('POST', '/v1/webhooks', { url: 'http://127.0.0.1:9/', subjects: ['shop/**'] })],
  ['addWebhook', () => ask('POST', '/v1/webhooks', { url: 'http://127.0.0.1:9/watch', types: ['herald.webhook.**'] })],
  ['redeliver', redeliver],
  ['importRegistry', importOther],
  ['createToken', () => ask('POST', '/v1/tokens', { name: 'ci', role: 'reader' })],
  ['revokeToken', async () => ask('DELETE', `/v1/tokens/${(await registry.deps.store.tokens())[0]?.id}`)],
  ['removeWebhook', async () => ask('DELETE', `/v1/webhooks/${await firstWebhook()}`)],
];

/** An event that readers of the subject so far would reject. */
function proposeBreak(): Promise<Reply> {
  const text = JSON.stringify(order({}, { required: ['id', 'mail'] }));
  return ask('POST', '/v1/proposals', { catalog: 'shop', subject: 'order.placed.v2', text, reason: 'It is meant.' });
}

async function firstProposal(): Promise<string> {
  const { items } = await registry.deps.store.proposals({}, { limit: 1 });
  return items[0]?.id ?? '';
}

async function firstWebhook(): Promise<string> {
  const [webhook] = await registry.deps.store.webhooks();
  return webhook?.id ?? '';
}

/** Fails three times, is parked, is asked for again. */
async function redeliver(): Promise<Reply> {
  const webhook = await firstWebhook();
  const { store } = registry.deps;
  await ask('PUT', `${next}/settings`, { level: 'FULL' });
  let time = noon;
  const post = async () => ({ ok: false, error: 'ECONNREFUSED' }) as const;
  const backoff = { firstMs: 1_000, longestMs: 1_000, attempts: 2 };
  const parts = { store, post, backoff, source: '/herald', random: () => 1, onError: () => undefined };
  for (let turn = 0; turn < 3; turn += 1) {
    await announceDue({ ...parts, clock: { now: () => time } });
    time += 60_000;
  }
  const [delivery] = (await store.deliveries(webhook, { limit: 1 })).items;
  return ask('POST', `/v1/webhooks/${webhook}/deliveries/${delivery?.id}/redeliver`);
}

/** A catalog that comes from elsewhere. */
function importOther(): Promise<Reply> {
  const reading = readCatalog({ ...shop, name: 'other' });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const rules: JsonObject = JSON.parse(JSON.stringify(reading.catalog));
  const createdAt = '2026-01-01T00:00:00.000Z';
  const record = { name: 'other', rules, fingerprint: fingerprint(rules), createdAt, updatedAt: createdAt };
  const header = writeLine(fileStart, headerOf({ catalog: 1 }));
  const raw = `${header.text}\n${writeLine(header.place, { kind: 'catalog', record }).text}\n`;
  return registry.ask('POST', '/v1/import', { headers: as('admin'), raw, type: 'application/x-ndjson' });
}

/** Questions that come as POST because they are long. */
const asking = ['check', 'validatePayload', 'validateEvents'];
const writing = routes.filter(({ action }) => action !== undefined);

describe('every write', () => {
  test('is among those made here', () => {
    expect([...new Set(writes.map(([id]) => id))].sort()).toEqual(writing.map(({ id }) => id).sort());
    const unnamed = routes.filter(({ method, action }) => method !== 'get' && action === undefined);
    expect(unnamed.map(({ id }) => id).filter((id) => !asking.includes(id))).toEqual([]);
  });

  test.each(writes.map(([id, make], index) => [`${index + 1} ${id}`, id, make] as const))(
    '%s is on record',
    async (_, id, make) => {
      let answer: Reply | undefined;
      const rows = await rowsOf(async () => {
        answer = await make();
      });
      expect(answer?.status, answer?.text).toBeLessThan(300);
      const { action = '' } = routes.find((route) => route.id === id) as Route;
      const own = rows.filter(
        ({ action: did }) =>
          (did.startsWith(action.split('.')[0] ?? '') && did !== 'settings.change') || did === action,
      );
      expect(own).toHaveLength(1);
      expect(own[0]).toMatchObject({ actor: 'admin', outcome: 'done', correlationId: 'story-of-admin' });
      for (const digest of [own[0]?.before, own[0]?.after])
        if (digest !== undefined) expect(digest).toMatch(/^[0-9a-f]{64}$/);
    },
  );

  test('says what was there before and what is there after', async () => {
    const registered = (await log()).filter(
      ({ action, subject }) => action === 'version.register' && subject === 'order.placed',
    );
    expect(registered.map(({ before, after }) => [before, after])).toEqual([
      [undefined, registered[0]?.after],
      [registered[0]?.after, registered[1]?.after],
    ]);
    const stored = await registry.deps.store.history('shop', 'order.placed');
    expect(registered.map(({ after }) => after)).toEqual(stored.map(({ schema }) => schema.fingerprint));
    const settings = (await log()).find(
      ({ action, subject }) => action === 'settings.change' && subject === 'order.placed',
    );
    expect([settings?.before, settings?.after]).toEqual([fingerprint({}), fingerprint({ level: 'BACKWARD' })]);
    expect(settings?.details).toEqual({ before: {}, after: { level: 'BACKWARD' } });
    const plans = /^deprecation\.(?!pairs)/;
    const steps = (await log()).filter(({ action }) => plans.test(action));
    for (const [index, { before }] of steps.entries()) {
      const past = steps[index - 1];
      expect(before, `step ${index}`).toBe(past?.action === 'deprecation.withdraw' ? undefined : past?.after);
    }
  });

  test('of a catalog says which breaks count less than before', async () => {
    const put = (rules: JsonObject) => rowsOf(() => expectStatus(ask('PUT', '/v1/catalogs/shop', rules), 200));
    const looser = { ...shop, breaks: 'declared-readers', level: 'BACKWARD' };
    expect(await put(looser)).toMatchObject([
      {
        action: 'catalog.put',
        details: {
          loosened: [
            { pointer: '/level', before: 'FULL_TRANSITIVE', now: 'BACKWARD' },
            { pointer: '/breaks', before: null, now: 'declared-readers' },
          ],
        },
      },
    ]);
    const [row] = await put(shop);
    expect(row?.action).toBe('catalog.put');
    expect(row?.details).toBeUndefined();
  });

  test('of the same again is none', async () => {
    expect(await rowsOf(() => expectStatus(ask('PUT', '/v1/catalogs/shop', shop), 200))).toEqual([]);
    expect(await rowsOf(() => expectStatus(ask('POST', `${next}/versions`, order({})), 200))).toEqual([]);
  });

  test('of usage is on record the first time a day', async () => {
    const row = { catalog: 'shop', subject: 'order.placed', number: 1, service: 'billing', role: 'consume', count: 1 };
    const send = (day: string) => ask('POST', '/v1/usage', { rows: [{ ...row, day }] });
    expect(await rowsOf(() => send('2026-06-02'))).toMatchObject([{ details: { first: 1, services: ['billing'] } }]);
    expect(await rowsOf(() => send('2026-06-02'))).toEqual([]);
  });
});

describe('every refusal', () => {
  const path = (template: string) => template.replace(/\{\w+\}/g, 'nothing');
  const named = ({ path: template }: Route, name: string) => (template.includes(`{${name}}`) ? 'nothing' : undefined);

  test.each(writing.map((route) => [route.id, route] as const))('%s, of a role that may not', async (_, route) => {
    if (route.permission === 'read') return;
    const rows = await rowsOf(() => ask(route.method.toUpperCase(), path(route.path), {}, 'reader'));
    expect(rows).toMatchObject([
      {
        actor: 'reader',
        action: route.action,
        outcome: 'refused',
        reason: 'FORBIDDEN',
        correlationId: 'story-of-reader',
      },
    ]);
    expect([rows[0]?.catalog, rows[0]?.subject]).toEqual([named(route, 'catalog'), named(route, 'subject')]);
  });

  test.each(writing.map((route) => [route.id, route] as const))('%s, of a token nobody gave out', async (_, route) => {
    const rows = await rowsOf(() => ask(route.method.toUpperCase(), path(route.path), {}, canary));
    expect(rows).toMatchObject([
      { actor: 'anonymous', action: route.action, outcome: 'refused', reason: 'UNAUTHENTICATED' },
    ]);
  });

  test.each(writing.map((route) => [route.id, route] as const))('%s, of a body that is none', async (_, route) => {
    if (!route.body) return;
    const rows = await rowsOf(() =>
      registry.ask(route.method.toUpperCase(), path(route.path), {
        headers: as('admin'),
        raw: `{"${canary}`,
        type: 'application/json',
      }),
    );
    expect(rows).toMatchObject([{ actor: 'admin', action: route.action, outcome: 'refused' }]);
  });

  test('of a question is on record where it is about who may ask', async () => {
    expect(await rowsOf(() => ask('GET', '/v1/audit', undefined, 'reader'))).toMatchObject([
      { actor: 'reader', action: 'access.ask', reason: 'FORBIDDEN', details: { route: 'listAudit' } },
    ]);
    expect(await rowsOf(() => ask('GET', '/v1/catalogs', undefined, 'stranger'))).toMatchObject([
      { actor: 'anonymous', action: 'access.ask', reason: 'UNAUTHENTICATED' },
    ]);
    expect(await rowsOf(() => ask('GET', '/v1/catalogs/nothing'))).toEqual([]);
    expect(await rowsOf(() => registry.ask('GET', '/v1/catalogs'))).toEqual([]);
  });

  test('of a version names rules and content, once', async () => {
    const broken = order({ id: { type: 'integer', description: 'Which.' } });
    const rows = await rowsOf(() => expectStatus(ask('POST', `${next}/versions`, broken), 409));
    expect(rows).toMatchObject([
      { action: 'version.register', outcome: 'refused', reason: 'INCOMPATIBLE', subject: 'order.placed.v2' },
    ]);
    expect(rows[0]?.after).toBe(fingerprint(broken));
    expect(rows[0]?.details?.rules).toContain('TYPE_REPLACED');
  });

  test('of a waiver and of a transition', async () => {
    const waiver = {
      catalog: 'shop',
      subject: 'order.placed',
      fingerprint: 'a'.repeat(64),
      reason: 'x',
      expires: '2020-01-01',
    };
    expect(await rowsOf(() => ask('POST', '/v1/waivers', waiver))).toMatchObject([
      { action: 'waiver.give', outcome: 'refused', reason: 'WAIVER_INVALID' },
    ]);
    expect(
      await rowsOf(() => ask('POST', `${at}/deprecation/transitions`, { transition: 'dual-write', attest: true })),
    ).toMatchObject([{ action: 'deprecation.dual-write', outcome: 'refused', reason: 'TRANSITION_REFUSED' }]);
  });

  test('by strangers is bounded: so many a minute, and how many more is said', async () => {
    const turns = 80;
    registry.clock.time += 60_000;
    const rows = await rowsOf(async () => {
      for (let turn = 0; turn < turns; turn += 1) await ask('GET', '/v1/catalogs', undefined, 'stranger');
    });
    expect(rows).toHaveLength(60);
    registry.clock.time += 60_000;
    const [later] = await rowsOf(() => ask('GET', '/v1/catalogs', undefined, 'stranger'));
    expect(later?.details).toEqual({ route: 'listCatalogs', reason: 'unknown', unwritten: turns - 60 });
  });
});

describe('a caller who is refused again and again', () => {
  const refused = 100;
  const broken: Json = { type: 'nothing' };

  test.each<[string, () => Promise<Reply>]>([
    ['before a verb', () => ask('PUT', '/v1/catalogs/shop', {}, 'reader')],
    ['by a verb', () => ask('POST', `${at}/versions`, broken)],
  ])('%s fills no more than a share of the log, and nobody else loses theirs', async (_, again) => {
    registry.clock.time += 60_000;
    const rows = await rowsOf(async () => {
      for (let turn = 0; turn < refused; turn += 1) await again();
    });
    expect(rows).toHaveLength(perMinutePerCaller);
    expect(await rowsOf(() => ask('GET', '/v1/catalogs', undefined, 'stranger'))).toHaveLength(1);
    registry.clock.time += 60_000;
    const [later] = await rowsOf(again);
    expect(later?.details).toMatchObject({ unwritten: refused - perMinutePerCaller });
  });

  test('is told of in announcements no more often', async () => {
    registry.clock.time += 60_000;
    const announced = async () => (await registry.deps.store.outbox(0, 1_000)).length;
    const before = await announced();
    for (let turn = 0; turn < refused; turn += 1)
      await ask('POST', `${next}/versions`, order({ id: { type: 'integer', description: 'Which.' } }));
    expect((await announced()) - before).toBe(perMinutePerCaller);
  });
});

describe('what was sent', () => {
  test('is in no row: neither documents, nor witnesses, nor events, nor tokens', async () => {
    await ask('POST', `${next}/versions/1/validate`, { id: canary });
    await ask('POST', `${next}/versions/1/validate`, { id: 7, [canary]: canary });
    await ask('POST', '/v1/catalogs/shop/validate', { [canary]: canary });
    await ask('PUT', `${at}/settings`, { [canary]: canary });
    await ask('POST', '/v1/check', {
      catalog: 'shop',
      candidates: [{ subject: 'order.placed', schema: { const: canary } }],
    });
    const refusal = await ask(
      'POST',
      `${next}/versions`,
      order({ id: { type: 'string', enum: ['b'], description: 'x' } }),
    );
    expect(refusal.text, 'the caller is shown the witness').toContain(canary);
    const holding = (rows: readonly object[]) => rows.filter((row) => JSON.stringify(row).includes(canary));
    expect(holding(await log())).toEqual([]);
    expect(holding(registry.log)).toEqual([]);
    expect(holding(await registry.deps.store.outbox(0, 1_000))).toEqual([]);
    expect((await registry.deps.metrics.text()).includes(canary)).toBe(false);
    expect(registry.bugs).toEqual([]);
  });
});

describe('announcements', () => {
  const files = readdirSync(new URL('../schemas/herald/', import.meta.url)).filter((file) =>
    file.startsWith('herald.'),
  );
  beforeAll(async () => {
    await expectStatus(ask('POST', '/v1/catalogs/shop/subjects/order.placed.v3/versions', order({})), 201);
    await expectStatus(ask('PUT', `${next}/deprecation`, { ...plan, successor: 'order.placed.v3' }), 201);
    const { store } = registry.deps;
    expect(await remindOfSunsets({ store, clock: { now: () => Date.parse(`${plan.sunset}T12:00:00Z`) } })).toBe(1);
  });

  test('are of every type that has a schema, and of no other', async () => {
    const said = await registry.deps.store.outbox(0, 1_000);
    const types = new Set(said.map(({ type }) => type));
    expect([...types].sort()).toEqual(files.map((file) => file.replace(/\.json$/, '')).sort());
  });

  test('fit the schema that is registered for them, and the envelope', async () => {
    for (const said of await registry.deps.store.outbox(0, 1_000)) {
      const event = cloudEvent(said, '/herald');
      const whole = validatorOf(cloudEventsSchema).validate(event);
      expect(whole.map(({ instancePointer, keyword }) => `${instancePointer} ${keyword}`)).toEqual([]);
      const rejections = validatorOf(readSchema('herald', `${said.type}.json`)).validate(event.data as Json);
      expect(rejections.map(({ instancePointer, keyword }) => `${said.type} ${instancePointer} ${keyword}`)).toEqual(
        [],
      );
    }
  });

  test('of what raised the classification say which fields, to consumers', async () => {
    const said = await registry.deps.store.outbox(0, 1_000);
    expect(said.find(({ type }) => type === 'herald.classification.raised.v1')).toMatchObject({
      catalog: 'shop',
      subject: 'order.placed',
      data: { number: 2, previous: 'internal', classification: 'confidential', pointers: ['/properties/mail'] },
      origin: { correlationId: 'story-of-admin', traceparent: expect.stringMatching(/^00-/) },
    });
  });
});

function validatorOf(schema: JsonObject) {
  const parsed = parseSchema({ value: schema });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const compiled = compileValidator(parsed.document, { formats: 'assert' });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.validator;
}
