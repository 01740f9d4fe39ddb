/** Text that JSON holds and a database may not: a document with it is registered, read back as it was, and found. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../src/schema/json.ts';
import { loadCatalog, readSchema, type TestRegistry, testRegistry } from './support/registry.ts';

let registry: TestRegistry;
const subject = '/v1/catalogs/choice-sherpa/subjects/session.created';

beforeAll(async () => {
  registry = await testRegistry();
  await loadCatalog(registry, 'choice-sherpa');
});
afterAll(() => registry.close());

it('a NUL in titles, descriptions, values and names of fields', async () => {
  const before = readSchema('choice-sherpa', 'session.created.json') as JsonObject;
  const body = {
    ...before,
    title: 'Session\0Created',
    description: 'A session\0 was created.',
    properties: {
      ...(before.properties as JsonObject),
      'odd\0name': { type: 'string', description: 'Odd\0.', examples: ['\0'], 'x-tags': ['pii'] },
    },
  };
  const made = await registry.ask('POST', `${subject}/versions`, { body });
  expect([made.status, made.code]).toEqual([201, undefined]);
  const read = await registry.ask('GET', `${subject}/versions/latest/schema`);
  expect(read.json).toEqual(body);
  const listed = await registry.ask('GET', '/v1/catalogs/choice-sherpa/subjects?limit=1000');
  const items = listed.json.items as readonly JsonObject[];
  expect(items.find(({ name }) => name === 'session.created')?.title).toBe('Session\ufffdCreated');
  const found = await registry.ask('GET', '/v1/search?q=odd');
  expect(JSON.stringify(found.json)).toContain('session.created');
});
