/**
 * Every route with requests nobody would send, seeded: no bug, no undeclared answer, and the registry goes on. More of them:
 * HERALD_FUZZ_RUNS=100000 npx vitest run --config test/vitest.config.ts test/http-fuzz.test.ts
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { routes } from '../src/http/routes/index.ts';
import type { Json } from '../src/schema/json.ts';
import { type Ask, loadCatalog, type TestRegistry, testRegistry } from './support/registry.ts';

const runs = Number(process.env.HERALD_FUZZ_RUNS ?? 1_500);
let registry: TestRegistry;

beforeAll(async () => {
  registry = await testRegistry();
  await loadCatalog(registry, 'choice-sherpa', (subject) => subject.startsWith('session.'));
});
afterAll(() => registry.close());

const odd = fc.constantFrom(
  '__proto__',
  'constructor',
  'toString',
  '..',
  '.',
  '%00',
  '%',
  '%zz',
  "' or 1=1 --",
  '💥',
  '\u202e',
  'a'.repeat(500),
  '-1',
  '0',
  '1e9',
  'NaN',
  '{}',
  '*',
  '**',
  ' ',
);
const segment = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'choice-sherpa',
      'session.created',
      'session.renamed',
      '1',
      'latest',
      'dashboard',
      'types.ts',
      'session',
    ),
  },
  { weight: 1, arbitrary: odd.map(encodeURIComponent) },
  {
    weight: 1,
    arbitrary: fc
      .string({ minLength: 1, maxLength: 20, unit: 'binary' })
      .map((text) => encodeURIComponent(text.replace(/[\ud800-\udfff]/g, 'x'))),
  },
);
const value: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    0,
    -1,
    1.5,
    1e308,
    '',
    'x',
    'session.created',
    '2026-06-01',
    '2026-13-01',
    '\u0000',
    '\ud800',
    [],
    {},
    'a'.repeat(64),
  ),
  fc.json({ maxDepth: 3 }).map((text): Json => JSON.parse(text)),
);

/** Members a route knows with values it may not, and the other way round. */
const names = [
  'catalog',
  'subject',
  'candidates',
  'schema',
  'text',
  'rows',
  'batch',
  'service',
  'role',
  'day',
  'count',
  'url',
  'types',
  'subjects',
  'fingerprint',
  'reason',
  'expires',
  'transition',
  'sunset',
  'successor',
  'migration',
  'force',
  'reads',
  'note',
  'level',
  'world',
  'ignore',
  'name',
  'title',
  'names',
  'envelope',
  'classification',
  'x-contract',
  '$schema',
  '$ref',
  'type',
  'properties',
  'allOf',
  'not',
  '__proto__',
];
const object = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6 });
const body = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.oneof(object, value, fc.array(object, { maxLength: 3 })).map((json) => JSON.stringify(json)),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 40, unit: 'binary' }) },
  {
    weight: 1,
    arbitrary: object.map((json) =>
      JSON.stringify({ catalog: 'choice-sherpa', candidates: [{ subject: 'session.created', schema: json }] }),
    ),
  },
);
const type = fc.constantFrom(
  'application/json',
  'application/json',
  'application/json; charset=utf-8',
  'application/schema+json',
  'application/x-ndjson',
  'text/plain',
  '',
);
const query = fc.dictionary(
  fc.constantFrom(
    'limit',
    'cursor',
    'q',
    'from',
    'to',
    'format',
    'stage',
    'owner',
    'service',
    'role',
    'catalog',
    'subject',
    'x',
  ),
  fc.oneof(odd, fc.constantFrom('1', 'latest', 'json', 'active', 'consume', 'WyJzdWJqZWN0cyIsImEiXQ')),
  { maxKeys: 3 },
);
const headers = fc.dictionary(
  fc.constantFrom('If-None-Match', 'Accept', 'X-Correlation-Id', 'Authorization', 'traceparent'),
  fc.constantFrom('*', '"x"', 'text/markdown', 'a b', 'Bearer x', '00-0-0-0', ',,,', ';q=2'),
  { maxKeys: 2 },
);

const request = fc.record({
  id: fc.constantFrom(...routes.map(({ id }) => id)),
  segments: fc.array(segment, { minLength: 5, maxLength: 5 }),
  query,
  body,
  type,
  headers,
  head: fc.boolean(),
});

it(`meets ${runs} odd requests with declared answers only`, { timeout: 600_000 }, async () => {
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(request, async (given) => {
      const record = routes.find(({ id }) => id === given.id)!;
      const rest = [...given.segments];
      const path = record.path.replace(/\{\w+\}/g, () => rest.shift() ?? 'x');
      // the address bar would take these two away before they are sent
      fc.pre(!/\/(\.|%2e){1,2}(\/|$)/i.test(path));
      const search = new URLSearchParams(given.query).toString();
      const asked: Ask = { headers: given.headers, ...(record.body && { raw: given.body, type: given.type }) };
      const method = given.head && record.method === 'get' ? 'HEAD' : record.method.toUpperCase();
      const { status } = await registry.ask(method, search === '' ? path : `${path}?${search}`, asked);
      seen.set(status, (seen.get(status) ?? 0) + 1);
      expect(registry.bugs).toEqual([]);
    }),
    { numRuns: runs, seed: 20_261_121 },
  );
  // requests that all fail at the door would prove nothing
  expect(seen.get(200) ?? 0).toBeGreaterThan(runs / 20);
  expect(seen.get(422) ?? 0).toBeGreaterThan(0);
  expect([...seen.keys()].filter((status) => status >= 500)).toEqual([]);
  expect((await registry.ask('GET', '/readyz')).status).toBe(200);
});
