/** What was refused is on record, whoever asked. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isArray, isObject } from '../src/schema/json.ts';
import { type TestRegistry, testRegistry } from './support/registry.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await testRegistry();
});
afterAll(() => registry.close());

async function audited(): Promise<readonly unknown[]> {
  const { items } = (await registry.ask('GET', '/v1/audit')).json;
  return (isArray(items) ? items : [])
    .filter(isObject)
    .map(({ action, outcome, reason, catalog }) => [action, outcome, reason, catalog]);
}

test('a catalog that is none, and a version of a catalog that is not there', async () => {
  expect((await registry.ask('PUT', '/v1/catalogs/shop', { body: { name: 'shop' } })).code).toBe('CATALOG_INVALID');
  expect((await registry.ask('POST', '/v1/catalogs/shop/subjects/a.b/versions', { body: true })).code).toBe(
    'CATALOG_NOT_FOUND',
  );
  expect(await audited()).toEqual([
    ['catalog.put', 'refused', 'CATALOG_INVALID', 'shop'],
    ['version.register', 'refused', 'CATALOG_NOT_FOUND', 'shop'],
  ]);
});
