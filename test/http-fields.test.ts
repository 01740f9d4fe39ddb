/** The fields of a whole catalog are gathered where a rule asks for them, and nowhere else. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { policyRules } from '../src/policy/rules/index.ts';
import { openStore } from '../src/store/open.ts';
import { catalogNamed } from './support/records.ts';
import { noon, type TestRegistry, testRegistry } from './support/registry.ts';

let registry: TestRegistry;
let gathered = 0;

beforeAll(async () => {
  const store = await openStore({ kind: 'memory' }, { now: () => noon });
  registry = await testRegistry({
    store: {
      ...store,
      currentDocuments: (...asked) => {
        gathered += 1;
        return store.currentDocuments(...asked);
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
  ['both rules are off', {}, false],
  ['one of them is on', { 'field-naming': 'warning' }, true],
  ['one is on for other subjects', { 'field-naming': ['off', { subjects: ['other.**'], severity: 'warning' }] }, false],
  ['one is on for these subjects', { 'field-naming': ['off', { subjects: ['b.**'], severity: 'warning' }] }, true],
])('where %s', async (name, rules, isGathered) => {
  const catalog = name.replaceAll(' ', '-');
  const body = JSON.parse(JSON.stringify({ ...catalogNamed(catalog), rules: { ...off, ...rules } }));
  expect((await registry.ask('PUT', `/v1/catalogs/${catalog}`, { body })).status).toBeLessThan(300);
  gathered = 0;
  await register(catalog, 'a.v1', 'first');
  await register(catalog, 'b.v1', 'second');
  expect(gathered > 0).toBe(isGathered);
});
