/** What other subjects say is asked where a rule asks for it, and written down where a rule of the catalog may ask for it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { policyRules } from '../src/policy/rules/index.ts';
import type { JsonObject } from '../src/schema/json.ts';
import { openStore } from '../src/store/open.ts';
import { catalogNamed } from './support/records.ts';
import { noon, type TestRegistry, testRegistry } from './support/registry.ts';

let registry: TestRegistry;
let asks = 0;

beforeAll(async () => {
  const store = await openStore({ kind: 'memory' }, { now: () => noon });
  registry = await testRegistry({
    store: {
      ...store,
      fields: (asked) => {
        asks += 1;
        return store.fields(asked);
      },
    },
  });
});

afterAll(() => registry.close());

async function register(catalog: string, subject: string, field: string): Promise<void> {
  const body = { type: 'object', properties: { [field]: { type: 'string' } } };
  const { status } = await registry.ask('POST', `/v1/catalogs/${catalog}/subjects/${subject}/versions`, { body });
  expect(status).toBe(201);
}

const off = Object.fromEntries(policyRules.map(({ id }) => [id, 'off']));

test.each([
  ['both rules are off', {}, false, false],
  ['one of them is on', { 'field-naming': 'warning' }, true, true],
  [
    'one is on for other subjects',
    { 'field-naming': ['off', { subjects: ['other.**'], severity: 'warning' }] },
    false,
    true,
  ],
  [
    'one is on for these subjects',
    { 'field-naming': ['off', { subjects: ['b.**'], severity: 'warning' }] },
    true,
    true,
  ],
  [
    'one was on and is off for all',
    { 'field-naming': [{ subjects: ['b.**'], severity: 'warning' }, 'off'] },
    false,
    false,
  ],
])('where %s', async (name, rules, isAsked, isWritten) => {
  const catalog = name.replaceAll(' ', '-');
  const body = JSON.parse(JSON.stringify({ ...catalogNamed(catalog), rules: { ...off, ...rules } }));
  expect((await registry.ask('PUT', `/v1/catalogs/${catalog}`, { body })).status).toBeLessThan(300);
  asks = 0;
  await register(catalog, 'a.v1', 'first');
  await register(catalog, 'b.v1', 'second');
  expect(asks > 0).toBe(isAsked);
  const waiting = await registry.deps.store.withoutFields(catalog, 10);
  expect(waiting).toEqual(isWritten ? [] : ['a.v1', 'b.v1']);
});

test('documents that are checked together ask for nothing where no rule compares them', async () => {
  const body = JSON.parse(JSON.stringify({ ...catalogNamed('unasked'), rules: off }));
  expect((await registry.ask('PUT', '/v1/catalogs/unasked', { body })).status).toBe(201);
  await register('unasked', 'b.kept', 'amount');
  asks = 0;
  const candidates = ['b.one', 'b.two'].map((subject) => ({ subject, schema: { properties: { amount: {} } } }));
  const { status } = await registry.ask('POST', '/v1/check', { body: { catalog: 'unasked', candidates } });
  expect([status, asks]).toEqual([200, 0]);
});

test('once a rule is turned on, the first check sees what was registered while it was off', async () => {
  const put = async (rules: object) => {
    const body = JSON.parse(JSON.stringify({ ...catalogNamed('later'), rules: { ...off, ...rules } }));
    expect((await registry.ask('PUT', '/v1/catalogs/later', { body })).status).toBeLessThan(300);
  };
  await put({});
  await register('later', 'a.v1', 'total');
  await put({ 'field-type-consistent': 'error' });
  const body = { type: 'object', properties: { total: { type: 'integer' } } };
  const { status, json } = await registry.ask('POST', '/v1/catalogs/later/subjects/b.v1/versions', { body });
  expect(status).toBe(422);
  expect(JSON.stringify(json)).toContain('\\"total\\" is integer here and string in a.v1.');
});

const versionOf = (properties: object) => ({ type: 'object', properties }) as JsonObject;

test('documents that are checked together are neighbours of each other and of what stays registered', async () => {
  const body = JSON.parse(
    JSON.stringify({ ...catalogNamed('together'), rules: { ...off, 'field-type-consistent': 'warning' } }),
  );
  expect((await registry.ask('PUT', '/v1/catalogs/together', { body })).status).toBeLessThan(300);
  await register('together', 'a.v1', 'total');
  await register('together', 'b.v1', 'count');
  const candidates = [
    // in place of the registered one, so that nobody says "total" is text any more
    { subject: 'a.v1', schema: versionOf({ amount: { type: 'string' } }) },
    {
      subject: 'c.v1',
      schema: versionOf({ total: { type: 'integer' }, amount: { type: 'integer' }, count: { type: 'integer' } }),
    },
  ];
  const { json } = await registry.ask('POST', '/v1/check', { body: { catalog: 'together', candidates } });
  const messages = (json.reports as { findings: { rule: string; message: string }[] }[]).map(({ findings }) =>
    findings.filter(({ rule }) => rule === 'field-type-consistent').map(({ message }) => message),
  );
  expect(messages).toEqual([
    ['"amount" is string here and integer in c.v1.'],
    ['"amount" is integer here and string in a.v1.', '"count" is integer here and string in b.v1.'],
  ]);
});
