/** Many who register in one subject at once: each is served, and every number is given once. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../src/schema/json.ts';
import { loadCatalog, readSchema, type TestRegistry, testRegistry } from './support/registry.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await testRegistry();
  await loadCatalog(registry, 'choice-sherpa');
});
afterAll(() => registry.close());

it('nobody is told to try again because others of this process were faster', async () => {
  const path = '/v1/catalogs/choice-sherpa/subjects/session.created/versions';
  const base = readSchema('choice-sherpa', 'session.created.json') as JsonObject;
  const before = Number((await registry.ask('GET', `${path}/latest`)).json.number);
  const writers = Array.from({ length: 40 }, (_, index) =>
    registry.ask('POST', path, { body: { ...base, description: `In words of ${index}.` } }),
  );
  const replies = await Promise.all(writers);
  expect(replies.map(({ status, code }) => `${status} ${code ?? ''}`.trim())).toEqual(replies.map(() => '201'));
  const numbers = replies.map(({ json }) => Number(json.number)).sort((a, b) => a - b);
  expect(numbers).toEqual(numbers.map((_, index) => before + 1 + index));
}, 60_000);
