/** Requests to a registry in trouble: a store that fails, and what leaves the process then. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../src/errors.ts';
import { refuse, respond } from '../src/http/reply.ts';
import type { Deliveries, Store } from '../src/registry/ports.ts';
import { openStore } from '../src/store/open.ts';
import { loadCatalog, readSchema, type TestRegistry, testRegistry } from './support/registry.ts';

const marker = 'marker-4714';
let store: Store & Deliveries;

beforeAll(async () => {
  store = await openStore({ kind: 'memory' });
  await loadCatalog(await testRegistry({ store }), 'choice-sherpa', (subject) => subject === 'session.created');
});
afterAll(() => store.close());

/** The store, but for what fails. */
const failing = (methods: Partial<Store>): Promise<TestRegistry> => testRegistry({ store: { ...store, ...methods } });
const throwing = (error: Error) => () => Promise.reject(error);

describe('a bug', () => {
  it('is 500 without detail, and is logged with the correlation id', async () => {
    const bugs: [unknown, string][] = [];
    const registry = await testRegistry({
      store: { ...store, catalogs: throwing(new TypeError(`cannot read ${marker}`)) },
      onBug: (error, id) => bugs.push([error, id]),
    });
    const { status, code, text, headers } = await registry.ask('GET', '/v1/catalogs');
    expect([status, code]).toEqual([500, 'INTERNAL']);
    expect(text).not.toContain(marker);
    expect(bugs).toEqual([[expect.any(TypeError), headers.get('x-correlation-id')]]);
  });
});

it('a title as long as a book is registered at once, and listed by its beginning', async () => {
  const registry = await testRegistry({ store });
  const document = readSchema('choice-sherpa', 'session.created.json');
  const title = `${'a'.repeat(499)}💥${'b'.repeat(200_000)}`;
  const path = '/v1/catalogs/choice-sherpa/subjects/session.created';
  expect(await registry.ask('POST', `${path}/versions`, { body: { ...document, title } })).toMatchObject({
    status: 201,
  });
  const list = await registry.ask('GET', '/v1/catalogs/choice-sherpa/subjects?q=aaa');
  expect(list.json).toMatchObject({ items: [{ name: 'session.created', title: 'a'.repeat(499) }] });
  const { text } = await registry.ask('GET', `${path}/versions/latest/schema`);
  expect(JSON.parse(text).title).toHaveLength(title.length);
});

describe('faults of the store', () => {
  it.each([
    ['STORE_UNAVAILABLE', 503],
    ['MIGRATIONS_INVALID', 500],
  ] as const)('%s keeps the registry from being ready', async (code, status) => {
    const registry = await failing({ ping: throwing(new Fault(code, {}, { cause: new Error(marker) })) });
    const answer = await registry.ask('GET', '/readyz');
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(answer.text).not.toContain(marker);
    expect(answer.headers.get('retry-after')).toBe(status === 503 ? '1' : null);
  });

  it('tells a writer who met another one to try again', async () => {
    const registry = await failing({ writeInGroup: throwing(new Fault('SUBJECT_LOCKED')) });
    // the same content again is answered without writing
    const body = { ...readSchema('choice-sherpa', 'session.created.json'), description: 'In other words.' };
    const { status, code, headers } = await registry.ask(
      'POST',
      '/v1/catalogs/choice-sherpa/subjects/session.created/versions',
      { body },
    );
    expect([status, code, headers.get('retry-after')]).toEqual([503, 'SUBJECT_LOCKED', '1']);
  });

  it('does not remember a validator that could not be made', async () => {
    let down = true;
    const version: Store['version'] = (...given) =>
      down ? Promise.reject(new Fault('STORE_UNAVAILABLE')) : store.version(...given);
    const registry = await failing({ version });
    const at = '/v1/catalogs/choice-sherpa/subjects/session.created/versions/latest/validate';
    expect((await registry.ask('POST', at, { body: {} })).code).toBe('STORE_UNAVAILABLE');
    down = false;
    expect((await registry.ask('POST', at, { body: {} })).json.valid).toBe(false);
  });
});

describe('a check without an answer', () => {
  it('is refused as undecided, never taken as compatible', async () => {
    const response = respond(refuse(new Fault('UNDECIDED', { report: {} })), new Request('http://x/'), 'public');
    expect([response.status, JSON.parse(await response.text())]).toMatchObject([409, { error: { code: 'UNDECIDED' } }]);
  });
});
