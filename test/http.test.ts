/** Every route over the app, on a store in memory; each answer is held against its route record. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { artifactNames } from '../src/codegen/artifacts.ts';
import { Fault, type FaultCode } from '../src/errors.ts';
import { faultsOf } from '../src/http/route.ts';
import { routes } from '../src/http/routes/index.ts';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { expectStatus, loadCatalog, readSchema, type TestRegistry, testRegistry } from './support/registry.ts';

let registry: TestRegistry;
const ask: TestRegistry['ask'] = (...given) => registry.ask(...given);
/** Codes that take more than a request to a sound registry, and the test that shows each. */
const elsewhere: Readonly<Partial<Record<FaultCode, string>>> = {
  CANCELLED: 'threads.test.ts',
  FEED_DISABLED: 'server.test.ts',
  FORBIDDEN: 'http-auth.test.ts',
  GENERATION_TOO_COSTLY: 'threads.test.ts',
  IMPORT_CONFLICT: 'transfer.test.ts',
  IMPORT_INVALID: 'transfer.test.ts',
  INTERNAL: 'http-trouble.test.ts',
  KEYS_UNAVAILABLE: 'http-auth.test.ts',
  MAPPING_INVALID: 'deprecation.http.test.ts',
  MAPPING_REFUTED: 'deprecation.http.test.ts',
  MAPPING_TOO_COSTLY: 'mapping-process.test.ts',
  MIGRATIONS_INVALID: 'http-trouble.test.ts',
  OVERLOADED: 'threads.test.ts',
  PAIRS_INVALID: 'deprecation.http.test.ts',
  PROPOSAL_INVALID: 'console.test.ts',
  PROPOSAL_NOT_FOUND: 'console.test.ts',
  RATE_LIMITED: 'http-auth.test.ts',
  STORE_UNAVAILABLE: 'http-trouble.test.ts',
  SUBJECT_LOCKED: 'http-trouble.test.ts',
  UNAUTHENTICATED: 'http-auth.test.ts',
  UNDECIDED: 'http-trouble.test.ts',
  VALIDATION_TOO_COSTLY: 'threads.test.ts',
  VERSION_IN_USE: 'http-withdraw.test.ts',
  WAIVER_NOT_FOUND: 'cli.scenario.test.ts',
};
/** A row is a route whose tests have a file of their own. */
const routesElsewhere: Readonly<Record<string, string>> = {
  compareDeprecationPairs: 'deprecation.http.test.ts',
  exportRegistry: 'transfer.test.ts',
  getAsyncApi: 'codegen.asyncapi.test.ts',
  getDeprecationCalendarAddress: 'server.test.ts',
  getDeprecationCalendarFeed: 'server.test.ts',
  withdrawWaiver: 'cli.scenario.test.ts',
  reportBusReaders: 'deprecation.http.test.ts',
  search: 'console.test.ts',
  propose: 'console.test.ts',
  listProposals: 'console.test.ts',
  getProposal: 'console.test.ts',
  decideProposal: 'console.test.ts',
  importRegistry: 'transfer.test.ts',
  withdrawVersion: 'http-withdraw.test.ts',
};
const sherpa = '/v1/catalogs/choice-sherpa';
const created = `${sherpa}/subjects/session.created`;

/** The delivered document with something changed. */
function session(change: (schema: JsonObject) => JsonObject): Json {
  return change(readSchema('choice-sherpa', 'session.created.json'));
}

const without = (schema: JsonObject, name: string): JsonObject =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => key !== name));

beforeAll(async () => {
  registry = await testRegistry();
  await loadCatalog(registry, 'choice-sherpa');
});
afterAll(() => registry.close());

describe('catalogs', () => {
  it('have a schema that editors use', async () => {
    const { status, json } = await ask('GET', '/v1/catalog.schema.json');
    expect(status).toBe(200);
    expect(Object.keys(json.properties as object)).toContain('classification');
  });

  it('lists catalogs by name', async () => {
    const { json } = await ask('GET', '/v1/catalogs');
    expect(json.items).toMatchObject([{ name: 'choice-sherpa', level: 'FULL_TRANSITIVE', world: 'closed' }]);
  });

  it('gives a catalog with its rules, and 304 to who has them', async () => {
    const { json, headers } = await ask('GET', sherpa);
    expect(json).toMatchObject({ name: 'choice-sherpa', rules: { name: 'choice-sherpa' } });
    const again = await ask('GET', sherpa, { headers: { 'If-None-Match': headers.get('etag') ?? '' } });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it('answers 200 to the same rules again and lists what is wrong with bad ones', async () => {
    expect((await ask('PUT', sherpa, { body: readSchema('choice-sherpa', 'catalog.json') })).status).toBe(200);
    const { code, json } = await ask('PUT', '/v1/catalogs/broken', { body: { name: 'broken', nmaes: 1 } });
    expect(code).toBe('CATALOG_INVALID');
    expect(JSON.stringify(json)).toContain('/names');
  });

  it('refuses a name that is not the one in the path', async () => {
    const { code } = await ask('PUT', '/v1/catalogs/other', { body: readSchema('choice-sherpa', 'catalog.json') });
    expect(code).toBe('CATALOG_INVALID');
  });

  it('says which catalog there is none of', async () => {
    expect((await ask('GET', '/v1/catalogs/nowhere')).json).toMatchObject({
      error: { code: 'CATALOG_NOT_FOUND', details: { catalog: 'nowhere' } },
    });
  });
});

describe('registration', () => {
  it('answers 201 with id, number, label, fingerprint and report, and 200 to the same content again', async () => {
    const body = { ...readSchema('choice-sherpa', 'session.created.json'), title: 'SessionReopened' };
    const at = `${sherpa}/subjects/session.reopened/versions`;
    const first = await ask('POST', at, { body, type: 'application/schema+json' });
    expect([first.status, first.text.slice(0, 600)]).toMatchObject([201, expect.any(String)]);
    expect(first.json).toMatchObject({
      number: 1,
      label: '1.0.0',
      report: { verdict: 'compatible', gate: { allowed: true } },
    });
    expect(first.headers.get('location')).toBe(`${at}/1`);
    const again = await ask('POST', at, { raw: JSON.stringify(body, null, 4) });
    expect([again.status, again.json.id, again.json.number]).toEqual([200, first.json.id, 1]);
  });

  it('refuses a breaking change with the report, the side it breaks and an event that proves it', async () => {
    const body = session((schema) => ({
      ...schema,
      required: [...(schema.required as string[]), 'tier'],
      properties: { ...(schema.properties as JsonObject), tier: { type: 'string', description: 'The tier.' } },
    }));
    const { status, code, json } = await ask('POST', `${created}/versions`, { body });
    expect([status, code]).toEqual([409, 'INCOMPATIBLE']);
    const details = (json.error as JsonObject).details as JsonObject;
    expect(details.report).toMatchObject({
      verdict: 'incompatible',
      gate: { allowed: false, fault: 'INCOMPATIBLE' },
      worlds: { closed: { backward: { verdict: 'incompatible', witness: expect.anything() } } },
    });
    expect((await ask('GET', `${created}/versions`)).json.items).toHaveLength(1);
  });

  it.each([
    ['not JSON', { raw: '{"type":' }, 400, 'BODY_NOT_JSON'],
    ['nothing', { raw: '' }, 400, 'BODY_NOT_JSON'],
    ['bytes that are not UTF-8', { raw: new Uint8Array([0x22, 0xff, 0x22]) }, 400, 'BODY_NOT_JSON'],
    ['a list', { raw: '[]' }, 422, 'SCHEMA_INVALID'],
    ['an unknown type keyword value', { raw: '{"type":"strnig"}' }, 422, 'SCHEMA_INVALID'],
    ['an unknown dialect', { raw: '{"$schema":"https://example.org/my-dialect"}' }, 422, 'SCHEMA_DIALECT_UNKNOWN'],
    ['600 levels of nesting', { raw: `${'{"not":'.repeat(600)}true${'}'.repeat(600)}` }, 422, 'SCHEMA_TOO_DEEP'],
    ['100,000 levels of nesting', { raw: `${'['.repeat(100_000)}${']'.repeat(100_000)}` }, 422, 'SCHEMA_TOO_DEEP'],
    ['a $ref to the network', { raw: '{"$ref":"https://example.org/x.json"}' }, 422, 'SCHEMA_REFERENCE_REMOTE'],
    ['a $ref to a file', { raw: '{"$ref":"file:///etc/passwd"}' }, 422, 'SCHEMA_REFERENCE_REMOTE'],
    ['a $ref to nothing', { raw: '{"$ref":"#/$defs/nothing"}' }, 422, 'SCHEMA_REFERENCE_UNRESOLVED'],
    [
      'a $ref loop',
      { raw: '{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}' },
      422,
      'SCHEMA_ILL_FOUNDED',
    ],
    [
      'a property called __proto__',
      { raw: '{"properties":{"__proto__":{"type":"string"}}}' },
      422,
      'SCHEMA_NAME_FORBIDDEN',
    ],
    [
      'a pattern built to stall',
      { raw: '{"type":"string","pattern":"^(?=(a+)+$)(a|b)\\\\1$"}' },
      422,
      'SCHEMA_PATTERN_UNSUPPORTED',
    ],
    ['a name given twice', { raw: '{"type":"object","type":"string"}' }, 422, 'SCHEMA_DUPLICATE_NAME'],
    ['a number no double holds', { raw: '{"const":12345678901234567890}' }, 422, 'SCHEMA_NUMBER_PRECISION'],
    ['a contract of the wrong form', { raw: '{"x-contract":{"producr":"session"}}' }, 422, 'CONTRACT_INVALID'],
    ['a form', { raw: 'a=b', type: 'application/x-www-form-urlencoded' }, 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['no content type', { raw: new Uint8Array([0x7b, 0x7d]), type: '' }, 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['a compressed body', { raw: '{}', headers: { 'Content-Encoding': 'gzip' } }, 415, 'MEDIA_TYPE_UNSUPPORTED'],
  ])('refuses %s', async (_, asked, status, code) => {
    const answer = await ask('POST', `${created}/versions`, asked);
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(answer.text).not.toMatch(/node_modules|\.ts:\d|at Object/);
  });

  it('refuses 10 MB by its declared length, and without one after reading the limit only', async () => {
    const declared = await ask('POST', `${created}/versions`, { raw: '{}', headers: { 'Content-Length': '10000000' } });
    expect([declared.status, declared.code]).toEqual([413, 'BODY_TOO_LARGE']);
    const understated = { raw: ' '.repeat(1_100_000), headers: { 'Content-Length': '2' } };
    expect(await ask('POST', `${created}/versions`, understated)).toMatchObject({
      status: 413,
      code: 'BODY_TOO_LARGE',
    });
    let sent = 0;
    const chunk = new Uint8Array(100_000).fill(0x20);
    const stream = new ReadableStream({
      pull(controller) {
        sent += 1;
        if (sent > 100) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const chunked = await ask('POST', `${created}/versions`, { raw: stream });
    expect([chunked.status, chunked.code]).toEqual([413, 'BODY_TOO_LARGE']);
    expect(sent).toBeLessThan(15);
  });

  it.each([
    ['outside the grammar', 'Session-Created', (schema: JsonObject) => schema, 'SUBJECT_NAME_INVALID'],
    ['that no program could hold', 'a b', (schema: JsonObject) => schema, 'SUBJECT_NAME_INVALID'],
    [
      'with an unknown producer',
      'session.created',
      (schema: JsonObject) => ({
        ...schema,
        'x-contract': { ...(schema['x-contract'] as JsonObject), producer: 'nobody' },
      }),
      'PRODUCER_UNKNOWN',
    ],
  ])('refuses a subject %s', async (_, subject, change, code) => {
    const answer = await ask('POST', `${sherpa}/subjects/${encodeURIComponent(subject)}/versions`, {
      body: session(change),
    });
    expect([answer.status, answer.code, answer.text.slice(0, 300)]).toMatchObject([422, code, expect.any(String)]);
  });

  it('refuses control characters in a name before anything else looks at it', async () => {
    const answer = await ask('POST', `${sherpa}/subjects/a%00b/versions`, { body: {} });
    expect([answer.status, answer.code]).toEqual([400, 'PARAMETER_INVALID']);
  });

  it('leaves nothing behind where it refused', async () => {
    await ask('POST', `${sherpa}/subjects/session.never/versions`, { raw: '{"type":"strnig"}' });
    expect((await ask('GET', `${sherpa}/subjects/session.never`)).code).toBe('SUBJECT_NOT_FOUND');
  });
});

/** A catalog whose every rule can be broken by one document. */
const trial = {
  name: 'trial',
  title: 'Trial',
  names: {
    segments: [
      { name: 'entity', style: 'lower' },
      { name: 'event', style: 'lower' },
    ],
    major: 'none',
  },
  envelope: 'cloudevents-1.0',
  classification: { levels: ['public', 'internal', 'secret'], tags: { pii: { description: 'A person.' } } },
  domains: { order: { owner: 'shop' } },
  services: { shop: {}, mailer: {} },
  rules: { 'retention-stated': 'off', 'description-present': 'off', 'correlation-reachable': 'off' },
};
const contract = { producer: 'shop', classification: 'internal' };

describe('the rules of a catalog', () => {
  const put = (subject: string, document: Json) =>
    ask('POST', `/v1/catalogs/trial/subjects/${subject}/versions`, { body: document });
  beforeAll(() => expectStatus(ask('PUT', '/v1/catalogs/trial', { body: trial }), 201));

  it.each<[string, Json, string]>([
    ['a missing classification', { 'x-contract': { producer: 'shop' }, type: 'object' }, 'CLASSIFICATION_MISSING'],
    [
      'a producer that does not own the name',
      { 'x-contract': { ...contract, producer: 'mailer' }, type: 'object' },
      'PRODUCER_NOT_OWNER',
    ],
    [
      'an ordering key that is no field',
      { 'x-contract': { ...contract, orderingKey: '/id' }, type: 'object' },
      'POLICY_REFUSED',
    ],
    ['a string that is no Unicode', { 'x-contract': contract, title: '\ud800' }, 'SCHEMA_TEXT_INVALID'],
    [
      'an enum of 20,000',
      { 'x-contract': contract, enum: Array.from({ length: 20_000 }, (_, index) => index) },
      'SCHEMA_TOO_LARGE',
    ],
  ])('refuse %s', async (_, document, code) => {
    const answer = await put('order.placed', document);
    expect([answer.status, answer.code, answer.text.slice(0, 400)]).toMatchObject([422, code, expect.any(String)]);
  });

  it('refuse a lowered classification, and let a steward’s waiver pass it', async () => {
    const document = (classification: string): Json => ({
      'x-contract': { ...contract, classification },
      type: 'object',
      properties: { total: { type: 'integer' } },
    });
    await expectStatus(put('order.paid', document('secret')), 201);
    const refused = await put('order.paid', document('public'));
    expect([refused.status, refused.code]).toEqual([422, 'CLASSIFICATION_LOWERED']);
  });
});

describe('look-up', () => {
  it('gives a pinned version for ever, and answers 304 and HEAD', async () => {
    const { json, headers, status } = await ask('GET', `${created}/versions/1`);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      catalog: 'choice-sherpa',
      subject: 'session.created',
      number: 1,
      schema: { title: 'SessionCreated' },
    });
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(headers.get('etag')).toBe(`"${json.fingerprint}"`);
    const again = await ask('GET', `${created}/versions/1`, {
      headers: { 'If-None-Match': `W/"${json.fingerprint}", "x"` },
    });
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', `"${json.fingerprint}"`]);
    const head = await ask('HEAD', `${created}/versions/1`);
    expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', `"${json.fingerprint}"`]);
  });

  it('gives latest for seconds, with the stage', async () => {
    const { json, headers } = await ask('GET', `${created}/versions/latest`);
    expect(json).toMatchObject({ number: 1, stage: 'active' });
    expect(headers.get('cache-control')).toBe('public, max-age=5, must-revalidate');
  });

  it('answers again from memory, until the subject changes', async () => {
    const at = `${sherpa}/subjects/cycle.branched`;
    const hits = async () =>
      Number(/lookups_total\{cache="hit"\} (\d+)/.exec(await registry.deps.metrics.text())?.[1] ?? 0);
    const document = readSchema('choice-sherpa', 'cycle.branched.json');
    const first = await ask('GET', `${at}/versions/latest`);
    const before = await hits();
    expect((await ask('GET', `${at}/versions/latest`)).text).toBe(first.text);
    expect(await hits()).toBe(before + 1);
    await expectStatus(ask('POST', `${at}/versions`, { body: { ...document, description: 'Said better.' } }), 201);
    expect((await ask('GET', `${at}/versions/latest`)).json).toMatchObject({ number: 2, label: '1.0.1' });
  });

  it('gives the document as it was registered', async () => {
    const { text, headers } = await ask('GET', `${created}/versions/1/schema`);
    expect(text).toBe(JSON.stringify(readSchema('choice-sherpa', 'session.created.json')));
    expect(headers.get('content-type')).toBe('application/schema+json; charset=utf-8');
  });

  it('gives content by id and by fingerprint, the second time from memory', async () => {
    const { id, fingerprint } = (await ask('GET', `${created}/versions/1`)).json;
    const byId = await ask('GET', `/v1/schemas/${id}`);
    expect(byId.json).toMatchObject({ id, fingerprint, dialect: '2020-12', schema: { title: 'SessionCreated' } });
    expect((await ask('GET', `/v1/schemas/${id}`)).text).toBe(byId.text);
    expect((await ask('GET', `/v1/schemas/${fingerprint}`)).json.id).toBe(id);
    expect(await registry.deps.metrics.text()).toMatch(/herald_lookups_total\{cache="hit"\} [1-9]/);
  });

  it.each([
    [`/v1/catalogs/nowhere/subjects/a.b/versions/1`, 404, 'CATALOG_NOT_FOUND'],
    [`${sherpa}/subjects/session.imagined/versions/latest`, 404, 'SUBJECT_NOT_FOUND'],
    [`${created}/versions/99`, 404, 'VERSION_NOT_FOUND'],
    [`${created}/versions/0`, 400, 'PARAMETER_INVALID'],
    [`${created}/versions/one`, 400, 'PARAMETER_INVALID'],
    [`${created}/versions/99999999999`, 400, 'PARAMETER_INVALID'],
    ['/v1/schemas/99999', 404, 'SCHEMA_NOT_FOUND'],
    ['/v1/schemas/99999999999999', 404, 'SCHEMA_NOT_FOUND'],
    ['/v1/schemas/-1', 404, 'SCHEMA_NOT_FOUND'],
    [`/v1/schemas/${'0'.repeat(64)}`, 404, 'SCHEMA_NOT_FOUND'],
    ["/v1/schemas/1'%20or%20'1'='1", 404, 'SCHEMA_NOT_FOUND'],
    [`${created}/versions/1/artifacts/nothing.ts`, 404, 'ARTIFACT_NOT_FOUND'],
    [`${created}/compare?from=1&to=9`, 404, 'VERSION_NOT_FOUND'],
    [`${created}/compare`, 400, 'PARAMETER_INVALID'],
    ['/v2/catalogs', 404, 'ROUTE_NOT_FOUND'],
    ['/v1/catalogs/', 404, 'ROUTE_NOT_FOUND'],
  ])('refuses GET %s', async (path, status, code) => {
    const answer = await ask('GET', path);
    expect([answer.status, answer.code]).toEqual([status, code]);
  });

  it('says which methods a route takes', async () => {
    const answer = await ask('DELETE', '/v1/catalogs');
    expect([answer.status, answer.code, answer.headers.get('allow')]).toEqual([405, 'METHOD_NOT_ALLOWED', 'GET, HEAD']);
  });

  it('hands out types', async () => {
    const { text, headers } = await ask('GET', `${created}/versions/latest/artifacts/types.ts`);
    expect(text).toContain('session_id: string');
    expect(headers.get('content-type')).toMatch(/^text\/typescript/);
  });

  it.each(artifactNames)('hands out %s, with its media type', async (name) => {
    const { status, headers, text } = await ask('GET', `${created}/versions/1/artifacts/${name}`);
    expect([status, text.length > 10, headers.get('x-content-type-options')]).toEqual([200, true, 'nosniff']);
    expect(headers.get('content-type')).toMatch(name.endsWith('.json') ? /json/ : /script/);
  });

  it('compares two versions', async () => {
    const { json } = await ask('GET', `${created}/compare?from=1`);
    expect(json).toMatchObject({ verdict: 'compatible', worlds: { open: { backward: { verdict: 'compatible' } } } });
  });
});

describe('lists', () => {
  it('pages through all subjects once, whatever the page size', async () => {
    const whole = (await ask('GET', `${sherpa}/subjects?limit=1000`)).json.items as JsonObject[];
    const names: Json[] = [];
    let cursor: Json | undefined;
    do {
      const query: string = cursor === undefined ? '' : `&cursor=${encodeURIComponent(String(cursor))}`;
      const { json } = await ask('GET', `${sherpa}/subjects?limit=4${query}`);
      names.push(...(json.items as JsonObject[]).map(({ name }) => name ?? null));
      cursor = json.cursor;
    } while (cursor !== undefined);
    expect(names).toEqual(whole.map(({ name }) => name));
    expect(names.length).toBeGreaterThan(15);
  });

  it('narrows by text, tag, owner, classification and stage', async () => {
    const names = async (query: string) =>
      ((await ask('GET', `${sherpa}/subjects?${query}`)).json.items as JsonObject[]).map(({ name }) => name);
    expect(await names('q=SESSIONcre')).toEqual(['session.created']);
    expect(await names('q=renamed')).toEqual(['session.renamed']);
    expect(await names('tag=pii')).toContain('session.created');
    expect(await names('stage=retired')).toEqual([]);
    expect(await names('owner=nobody')).toEqual([]);
    expect(await names('classification=internal')).toContain('session.created');
    expect(await names('q=%25')).toEqual([]);
  });

  it.each([
    ['a cursor made up', 'cursor=made-up', 'CURSOR_INVALID'],
    ['a cursor of other things', `cursor=${Buffer.from('[1,2,3]').toString('base64url')}`, 'CURSOR_INVALID'],
    ['a page of none', 'limit=0', 'PARAMETER_INVALID'],
    ['a page of too many', 'limit=1001', 'PARAMETER_INVALID'],
    ['a limit that is no number', 'limit=ten', 'PARAMETER_INVALID'],
    ['a misspelt filter', 'clasification=internal', 'PARAMETER_INVALID'],
    ['a filter given twice', 'owner=a&owner=b', 'PARAMETER_INVALID'],
    ['a stage there is not', 'stage=gone', 'PARAMETER_INVALID'],
    ['a NUL in a filter', 'q=%00', 'PARAMETER_INVALID'],
  ])('refuses %s', async (_, query, code) => {
    const answer = await ask('GET', `${sherpa}/subjects?${query}`);
    expect([answer.status, answer.code]).toEqual([400, code]);
    for (const list of [`${created}/versions`, '/v1/audit']) {
      if (code !== 'CURSOR_INVALID') continue;
      expect((await ask('GET', `${list}?${query}`)).code).toBe(code);
    }
  });

  it('names what is wrong in words', async () => {
    const { json } = await ask('GET', `${sherpa}/subjects?clasification=x&limit=0`);
    expect(json.error).toMatchObject({
      message: expect.stringMatching(/^The query parameter "\w+" .* \(and 1 more\)\.$/),
      details: {
        problems: expect.arrayContaining([{ in: 'query', at: '/clasification', message: 'is not known here' }]),
      },
    });
    const missing = await ask('POST', '/v1/waivers', { body: {} });
    expect(missing.json.error).toMatchObject({ message: 'The body at /catalog is missing (and 4 more).' });
  });

  it('gives a subject with its consumers', async () => {
    const { json } = await ask('GET', created);
    expect(json).toMatchObject({
      name: 'session.created',
      title: 'SessionCreated',
      producer: 'session',
      stage: 'active',
      latest: 1,
    });
    expect(json.consumers).toContainEqual({ service: 'dashboard', origin: 'contract' });
  });
});

describe('dry run', () => {
  it('reports on each candidate in its order and writes nothing', async () => {
    const good = readSchema('choice-sherpa', 'session.created.json');
    const { json } = await ask('POST', '/v1/check', {
      body: {
        catalog: 'choice-sherpa',
        candidates: [
          { subject: 'session.created', schema: good },
          { subject: 'session.created', schema: without(good, 'properties') },
          { subject: 'session.forked', text: '{"type":"object","type":"object"}' },
          { subject: 'session.paused', schema: good },
        ],
      },
    });
    expect(json.allowed).toBe(false);
    expect((json.reports as JsonObject[]).map(({ subject, gate }) => [subject, (gate as JsonObject).allowed])).toEqual([
      ['session.created', true],
      ['session.created', false],
      ['session.forked', false],
      ['session.paused', true],
    ]);
    expect((await ask('GET', `${sherpa}/subjects/session.paused`)).code).toBe('SUBJECT_NOT_FOUND');
  });

  it('refuses a candidate without a catalog, an unknown one, and none at all', async () => {
    expect((await ask('POST', '/v1/check', { body: { candidates: [{ subject: 'a.b', schema: true }] } })).code).toBe(
      'PARAMETER_INVALID',
    );
    expect(
      (await ask('POST', '/v1/check', { body: { catalog: 'no', candidates: [{ subject: 'a.b', schema: true }] } }))
        .code,
    ).toBe('CATALOG_NOT_FOUND');
    expect((await ask('POST', '/v1/check', { body: { candidates: [] } })).code).toBe('PARAMETER_INVALID');
  });
});

const payload = { session_id: 'c9a5', user_id: 'u1', title: 'Where to live', created_at: '2026-01-01T00:00:00Z' };

describe('validation', () => {
  it('takes a valid payload and says where an invalid one is wrong, never with its values', async () => {
    const at = `${created}/versions/latest/validate`;
    expect((await ask('POST', at, { body: payload })).json).toEqual({
      valid: true,
      errors: [],
      catalog: 'choice-sherpa',
      subject: 'session.created',
      number: 1,
    });
    const secret = 'marker-4711';
    const { json, text } = await ask('POST', at, { body: { ...payload, session_id: 7, created_at: secret } });
    expect(json.valid).toBe(false);
    expect(json.errors).toContainEqual({
      instancePointer: '/session_id',
      schemaPointer: '/properties/session_id/type',
      keyword: 'type',
      message: 'is not of the type string',
    });
    expect(text).not.toContain(secret);
    expect(JSON.stringify(registry.log)).not.toContain(secret);
  });

  it('takes a batch as NDJSON and keeps the place of a line that is no JSON', async () => {
    const lines = [JSON.stringify(payload), '{"session_id":', '', JSON.stringify({ ...payload, title: 1 })].join(
      '\r\n',
    );
    const { json } = await ask('POST', `${created}/versions/1/validate`, { raw: lines, type: 'application/x-ndjson' });
    expect(json).toMatchObject({ valid: false, total: 3, invalid: 2 });
    expect(
      (json.results as JsonObject[]).map(({ line, errors }) => [line, (errors as JsonObject[])[0]?.keyword]),
    ).toEqual([
      [2, 'json'],
      [3, 'type'],
    ]);
  });

  it('refuses too many lines and answers a payload too deep as invalid', async () => {
    const lines = '1\n'.repeat(10_001);
    expect(
      (await ask('POST', `${created}/versions/1/validate`, { raw: lines, type: 'application/x-ndjson' })).code,
    ).toBe('BODY_TOO_LARGE');
    const deep = `${'['.repeat(600)}${']'.repeat(600)}`;
    expect((await ask('POST', `${created}/versions/1/validate`, { raw: deep })).json).toMatchObject({
      valid: false,
      errors: [{ keyword: 'limit' }],
    });
    const deeper = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect((await ask('POST', `${created}/versions/1/validate`, { raw: deeper })).code).toBe('PARAMETER_INVALID');
  });

  it('takes of one event as much as of a document, and more of a batch', async () => {
    const long = JSON.stringify({ ...payload, title: 'x'.repeat(1_000_000) });
    const at = `${created}/versions/1/validate`;
    const { code, json } = await ask('POST', at, { raw: long });
    expect([code, json.error]).toMatchObject(['BODY_TOO_LARGE', { details: { limit: 1_000_000 } }]);
    expect((await ask('POST', at, { raw: long, type: 'application/x-ndjson' })).json).toMatchObject({ total: 1 });
  });

  it('finds the subject of a whole event in its envelope', async () => {
    const event = {
      event_id: '5f1cbb0c-6a39-4d0c-8a0e-1f0a4f4f2c11',
      event_type: 'session.created',
      aggregate_id: 'c9a5',
      aggregate_type: 'Session',
      occurred_at: '2026-01-01T00:00:00Z',
      payload,
      metadata: { correlation_id: '0b7ad2f4c9a14e0d', causation_id: 'c1' },
    };
    const good = await ask('POST', `${sherpa}/validate`, { body: event });
    expect(good.json).toMatchObject({ valid: true, subject: 'session.created' });
    const bad = await ask('POST', `${sherpa}/validate`, { body: { ...event, payload: { ...payload, title: 5 } } });
    expect(bad.json).toMatchObject({ valid: false, errors: [{ instancePointer: '/payload/title', keyword: 'type' }] });
    expect((await ask('POST', `${sherpa}/validate`, { body: { ...event, event_type: 'session.imagined' } })).code).toBe(
      'SUBJECT_NOT_FOUND',
    );
    expect((await ask('POST', `${sherpa}/validate`, { body: { payload } })).code).toBe('EVENT_UNROUTABLE');
    const raw = [event, { payload }].map((value) => JSON.stringify(value)).join('\n');
    const batch = await ask('POST', `${sherpa}/validate`, { raw, type: 'application/x-ndjson' });
    expect(batch.json).toMatchObject({
      total: 2,
      invalid: 1,
      results: [{ line: 2, errors: [{ keyword: 'EVENT_UNROUTABLE' }] }],
    });
  });

  it('counts as use where the service says who it is', async () => {
    await ask('POST', `${created}/versions/latest/validate?service=dashboard&role=consume`, { body: payload });
    await registry.deps.meter.flush();
    const rows = await registry.deps.store.usage({ catalog: 'choice-sherpa', subject: 'session.created' });
    expect(rows).toMatchObject([{ service: 'dashboard', role: 'consume', number: 1, count: 1, day: '2026-06-01' }]);
  });
});

describe('consumers and settings', () => {
  it('declares a consumer, shows it in the matrix, and withdraws it', async () => {
    const at = `${created}/consumers/reporting`;
    expect((await ask('PUT', at, { body: { reads: ['/session_id'], note: 'weekly' } })).json).toEqual({
      service: 'reporting',
      reads: ['/session_id'],
      note: 'weekly',
      origin: 'declared',
    });
    const markdown = await ask('GET', `${sherpa}/matrix`, { headers: { Accept: 'text/markdown' } });
    expect(markdown.headers.get('content-type')).toMatch(/^text\/markdown/);
    expect(markdown.text).toMatch(/\| SessionCreated \|.*✅/);
    expect((await ask('GET', `${sherpa}/matrix`)).text).toContain('reporting');
    expect((await ask('DELETE', at)).status).toBe(204);
    expect((await ask('DELETE', at)).code).toBe('CONSUMER_NOT_FOUND');
    expect((await ask('GET', `${sherpa}/matrix?format=markdown`)).text).not.toContain('reporting');
  });

  it('refuses what is no declaration', async () => {
    const at = `${created}/consumers/reporting`;
    expect((await ask('PUT', at, { body: { reads: ['session_id'] } })).code).toBe('PARAMETER_INVALID');
    expect((await ask('PUT', at, { body: { raeds: [] } })).code).toBe('PARAMETER_INVALID');
    expect((await ask('PUT', at, { body: { reads: ['/no_such_field'] } })).code).toBe('READING_INVALID');
    expect((await ask('PUT', `${sherpa}/subjects/no.where/consumers/x`, { body: {} })).code).toBe('SUBJECT_NOT_FOUND');
  });

  it('changes what a subject is checked by', async () => {
    const at = `${sherpa}/subjects/cycle.archived`;
    expect((await ask('PUT', `${at}/settings`, { body: { level: 'NONE' } })).json).toEqual({ level: 'NONE' });
    const body = { ...readSchema('choice-sherpa', 'cycle.archived.json'), required: [] };
    expect(
      (
        await ask('POST', '/v1/check', {
          body: { catalog: 'choice-sherpa', candidates: [{ subject: 'cycle.archived', schema: body }] },
        })
      ).json,
    ).toMatchObject({ reports: [{ level: 'NONE' }] });
    expect((await ask('GET', at)).json.settings).toEqual({ level: 'NONE' });
    expect((await ask('PUT', `${at}/settings`, { body: { level: 'SIDEWAYS' } })).code).toBe('PARAMETER_INVALID');
    expect((await ask('PUT', `${sherpa}/subjects/no.where/settings`, { body: {} })).code).toBe('SUBJECT_NOT_FOUND');
  });
});

describe('deprecation', () => {
  const old = `${sherpa}/subjects/conversation.started`;
  const plan = {
    successor: 'conversation.started.v2',
    sunset: '2026-12-31',
    reason: 'Component ids change.',
    migration: 'Read /component.',
  };

  it('lists every missing condition at once', async () => {
    const { code, json } = await ask('PUT', `${old}/deprecation`, { body: { ...plan, sunset: '2026-06-02' } });
    expect(code).toBe('DEPRECATION_INVALID');
    const details = (json.error as JsonObject).details as JsonObject;
    expect((details.missing as JsonObject[]).map(({ condition }) => condition).sort()).toEqual([
      'notice-given',
      'successor-exists',
    ]);
    expect((await ask('GET', `${old}/deprecation`)).code).toBe('DEPRECATION_NOT_FOUND');
    expect((await ask('POST', `${old}/deprecation/transitions`, { body: { transition: 'retire' } })).code).toBe(
      'DEPRECATION_NOT_FOUND',
    );
    expect((await ask('POST', `${old}/deprecation/transitions`, { body: { transition: 'explode' } })).code).toBe(
      'PARAMETER_INVALID',
    );
  });

  it('carries a subject from announcement to retirement, stated on every look-up', async () => {
    const body = readSchema('choice-sherpa', 'conversation.started.json');
    await expectStatus(ask('POST', `${sherpa}/subjects/conversation.started.v2/versions`, { body }), 201);
    const announced = await expectStatus(ask('PUT', `${old}/deprecation`, { body: plan }), 201);
    expect(announced.json).toMatchObject({ stage: 'announced', announcedOn: '2026-06-01' });
    for (const path of [
      '',
      '/versions',
      '/versions/1',
      '/versions/latest',
      '/versions/1/schema',
      '/versions/1/artifacts/types.ts',
    ]) {
      const { headers } = await ask('GET', `${old}${path}`);
      expect([path, headers.get('deprecation'), headers.get('sunset'), headers.get('link')]).toEqual([
        path,
        '@1780272000',
        'Thu, 31 Dec 2026 00:00:00 GMT',
        `<${sherpa}/subjects/conversation.started.v2>; rel="successor-version"`,
      ]);
    }
    const validated = await ask('POST', `${old}/versions/latest/validate`, { body: {} });
    expect(validated.headers.get('deprecation')).toBe('@1780272000');
    expect((await ask('GET', '/v1/deprecations')).json.items).toMatchObject([{ subject: 'conversation.started' }]);
    expect((await ask('GET', '/v1/deprecations?stage=retired')).json.items).toEqual([]);
    const calendar = await ask('GET', '/v1/deprecations.ics');
    expect(calendar.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    expect(calendar.text).toContain('DTSTART;VALUE=DATE:20261231\r\n');
    expect((await ask('GET', '/v1/deprecations.ics?stage=retired')).text).not.toContain('VEVENT');
    const page = await ask('GET', '/v1/deprecations.md');
    expect(page.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(page.text).toContain('| 2026-12-31 | 213 | choice-sherpa/conversation.started | announced |');

    const step = (transition: string, more: JsonObject = {}) =>
      ask('POST', `${old}/deprecation/transitions`, { body: { transition, ...more } });
    expect((await step('dual-write')).code).toBe('TRANSITION_REFUSED');
    expect((await step('dual-write', { attest: true })).json).toMatchObject({ stage: 'dual-writing' });
    registry.clock.time += 40 * 86_400_000;
    expect((await step('migrate')).json).toMatchObject({ stage: 'migrating' });
    expect((await step('retire')).code).toBe('TRANSITION_REFUSED');
    expect((await ask('PUT', `${old}/deprecation/consumers/stranger`, { body: {} })).code).toBe('CONSUMER_NOT_FOUND');
    const { plan: stated, consumers, next } = (await ask('GET', `${old}/deprecation`)).json as JsonObject;
    expect(stated).toMatchObject({ stage: 'migrating' });
    expect(next).toMatchObject({ transition: 'retire', allowed: false });
    for (const { service } of consumers as JsonObject[] as { service: string }[])
      expect((await ask('PUT', `${old}/deprecation/consumers/${service}`, { body: { note: 'moved' } })).status).toBe(
        200,
      );
    registry.clock.time = Date.parse('2027-01-01T12:00:00Z');
    const unknown = await step('retire');
    expect([unknown.code, unknown.json]).toMatchObject([
      'TRANSITION_REFUSED',
      { error: { details: { missing: [{ condition: 'quiet' }] } } },
    ]);
    expect((await step('retire', { attest: true })).json).toMatchObject({ stage: 'retired' });

    const gone = await ask('GET', `${old}/versions/latest`);
    expect([gone.status, gone.code]).toEqual([410, 'SUBJECT_RETIRED']);
    expect(gone.json).toMatchObject({ error: { details: { successor: 'conversation.started.v2' } } });
    expect((await ask('GET', `${old}/versions/1`)).status).toBe(200);
    const refused = await ask('POST', `${old}/versions`, { body: { ...body, description: 'once more' } });
    expect([refused.status, refused.code]).toEqual([410, 'SUBJECT_RETIRED']);
    registry.clock.time = Date.parse('2026-06-01T12:00:00Z');
  });
});

describe('governance', () => {
  const row = {
    catalog: 'choice-sherpa',
    subject: 'session.renamed',
    number: 1,
    service: 'dashboard',
    role: 'consume',
    day: '2026-06-01',
    count: 3,
  };

  it('counts a batch of usage once, however often it is sent', async () => {
    const body = { batch: 'b1', rows: [row] };
    expect((await ask('POST', '/v1/usage', { body })).json).toEqual({ counted: true });
    expect((await ask('POST', '/v1/usage', { body })).json).toEqual({ counted: false });
    expect(await registry.deps.store.usage({ catalog: 'choice-sherpa', subject: 'session.renamed' })).toMatchObject([
      { count: 3 },
    ]);
  });

  it('refuses usage of nothing, on no day, in no role', async () => {
    const code = async (change: JsonObject) =>
      (await ask('POST', '/v1/usage', { body: { rows: [{ ...row, ...change }] } })).code;
    expect(await code({ subject: 'no.where' })).toBe('SUBJECT_NOT_FOUND');
    expect(await code({ day: '2026-02-30' })).toBe('PARAMETER_INVALID');
    expect(await code({ role: 'look' })).toBe('PARAMETER_INVALID');
    expect(await code({ count: -1 })).toBe('PARAMETER_INVALID');
  });

  it('lets exactly the waived finding pass, until the day it expires', async () => {
    const at = `${sherpa}/subjects/session.split/versions`;
    const body = session((schema) => ({
      ...schema,
      'x-contract': { ...(schema['x-contract'] as JsonObject), producer: 'stranger' },
    }));
    const refused = await ask('POST', at, { body });
    expect(refused.code).toBe('PRODUCER_UNKNOWN');
    const report = ((refused.json.error as JsonObject).details as JsonObject).report as JsonObject;
    const blocking = (report.findings as JsonObject[]).filter(({ severity }) => severity === 'error');
    expect(blocking.length).toBeGreaterThan(0);
    for (const [index, { fingerprint = null }] of blocking.entries()) {
      expect([index, (await ask('POST', at, { body })).status]).toEqual([index, 422]);
      const waiver = {
        catalog: 'choice-sherpa',
        subject: 'session.split',
        fingerprint,
        reason: 'a trial',
        expires: '2026-07-01',
      };
      expect((await ask('POST', '/v1/waivers', { body: waiver })).status).toBe(201);
    }
    expect((await ask('GET', '/v1/waivers?subject=session.split&catalog=choice-sherpa')).json.items).toHaveLength(
      blocking.length,
    );
    registry.clock.time = Date.parse('2026-07-02T12:00:00Z');
    expect((await ask('POST', at, { body })).code).toBe('PRODUCER_UNKNOWN');
    registry.clock.time = Date.parse('2026-07-01T12:00:00Z');
    expect((await ask('POST', at, { body })).status).toBe(201);
    registry.clock.time = Date.parse('2026-06-01T12:00:00Z');
  });

  it('lets a waived break pass, and says so in the version’s report', async () => {
    const at = `${sherpa}/subjects/session.archived/versions`;
    const { archived_at: _, ...properties } = readSchema('choice-sherpa', 'session.archived.json')
      .properties as JsonObject;
    const body = { ...readSchema('choice-sherpa', 'session.archived.json'), required: ['session_id'], properties };
    const refused = await ask('POST', at, { body });
    expect(refused.code).toBe('INCOMPATIBLE');
    const report = ((refused.json.error as JsonObject).details as JsonObject).report as JsonObject;
    const blocking = (report.findings as JsonObject[]).filter(({ severity }) => severity === 'error');
    expect(blocking.length).toBeGreaterThan(0);
    for (const { fingerprint = null } of blocking)
      await expectStatus(
        ask('POST', '/v1/waivers', {
          body: {
            catalog: 'choice-sherpa',
            subject: 'session.archived',
            fingerprint,
            reason: 'nobody reads it',
            expires: '2026-07-01',
          },
        }),
        201,
      );
    const { json } = await expectStatus(ask('POST', at, { body }), 201);
    expect(JSON.stringify(json.report)).toContain('nobody reads it');
  });

  it('refuses waivers that have expired, last too long, or are for no finding', async () => {
    const waiver = {
      catalog: 'choice-sherpa',
      subject: 'session.created',
      fingerprint: 'a'.repeat(64),
      reason: 'x',
      expires: '2026-07-01',
    };
    const code = async (change: JsonObject) =>
      (await ask('POST', '/v1/waivers', { body: { ...waiver, ...change } })).code;
    expect(await code({ expires: '2026-05-31' })).toBe('WAIVER_INVALID');
    expect(await code({ expires: '2030-01-01' })).toBe('WAIVER_INVALID');
    expect(await code({ fingerprint: 'abc' })).toBe('PARAMETER_INVALID');
    expect(await code({ catalog: 'nowhere' })).toBe('CATALOG_NOT_FOUND');
  });

  it('keeps every write and every refused write in the audit log, with the correlation id', async () => {
    const headers = { 'X-Correlation-Id': 'order-66' };
    await ask('POST', `${created}/versions`, { raw: '{"type":"strnig"}', headers });
    const { json } = await ask('GET', '/v1/audit?limit=1000');
    const rows = json.items as JsonObject[];
    expect(rows).toContainEqual(
      expect.objectContaining({
        action: 'version.register',
        outcome: 'refused',
        reason: 'SCHEMA_INVALID',
        correlationId: 'order-66',
        actor: 'local',
      }),
    );
    expect(rows).toContainEqual(expect.objectContaining({ action: 'waiver.give', outcome: 'done' }));
  });
});

describe('webhooks', () => {
  it('tells the secret once', async () => {
    const made = await ask('POST', '/v1/webhooks', {
      body: { url: 'https://hooks.example.org/x#part', subjects: ['choice-sherpa/session.*'] },
    });
    expect(made.json).toMatchObject({
      url: 'https://hooks.example.org/x',
      secret: expect.stringMatching(/^[\w-]{43}$/),
    });
    const listed = await ask('GET', '/v1/webhooks');
    expect(listed.json.items).toHaveLength(1);
    expect(listed.text).not.toContain(String(made.json.secret));
    const at = `/v1/webhooks/${made.json.id}`;
    expect((await ask('GET', `${at}/deliveries`)).json.items).toEqual([]);
    expect((await ask('POST', `${at}/deliveries/none/redeliver`)).code).toBe('WEBHOOK_NOT_FOUND');
    expect((await ask('DELETE', at)).status).toBe(204);
    expect((await ask('DELETE', at)).code).toBe('WEBHOOK_NOT_FOUND');
    expect((await ask('GET', `${at}/deliveries`)).code).toBe('WEBHOOK_NOT_FOUND');
  });

  it.each(['ftp://example.org/', 'javascript:alert(1)', 'https://user:pw@example.org/', '/relative', 'http://'])(
    'refuses %s',
    async (url) => {
      expect((await ask('POST', '/v1/webhooks', { body: { url } })).code).toBe('WEBHOOK_INVALID');
    },
  );
});

describe('access and the data map', () => {
  it('are answered; more about them in access.test.ts and data-map.test.ts', async () => {
    const at = '/v1/access?service=dashboard&subject=session.created&action=';
    expect((await ask('GET', `${at}subscribe`)).json).toMatchObject({ catalog: 'choice-sherpa', allowed: true });
    expect((await ask('GET', `${at}publish`)).json).toMatchObject({ allowed: false });
    expect((await ask('GET', `${at}steal`)).code).toBe('PARAMETER_INVALID');
    expect((await ask('GET', `${sherpa}/access`)).json).toMatchObject({ catalog: 'choice-sherpa' });
    expect((await ask('GET', `${sherpa}/access?format=kafka`)).text).toContain('kafka-acls.sh');
    expect((await ask('GET', `${sherpa}/data-map`)).json).toMatchObject({ catalog: 'choice-sherpa', filter: {} });
  });

  it('a waiver that has expired, or is for another finding, is distinct', async () => {
    const at = `${sherpa}/subjects/session.merged/versions`;
    const body = session((schema) => ({
      ...schema,
      'x-contract': { ...(schema['x-contract'] as JsonObject), producer: 'stranger' },
    }));
    const why = async () => String(((await ask('POST', at, { body })).json.error as JsonObject).message);
    const about = { catalog: 'choice-sherpa', subject: 'session.merged', reason: 'a trial', expires: '2026-06-30' };
    const refused = await ask('POST', at, { body });
    const report = ((refused.json.error as JsonObject).details as JsonObject).report as JsonObject;
    const [first] = (report.findings as JsonObject[]).filter(({ severity }) => severity === 'error');
    const fingerprint = first?.fingerprint ?? null;
    await expectStatus(ask('POST', '/v1/waivers', { body: { ...about, fingerprint: 'a'.repeat(64) } }), 201);
    expect(await why()).toContain(`is for another finding; this one is ${fingerprint}`);
    await expectStatus(ask('POST', '/v1/waivers', { body: { ...about, fingerprint } }), 201);
    registry.clock.time = Date.parse('2026-07-01T12:00:00Z');
    expect(await why()).toContain('The waiver by local expired on 2026-06-30.');
    registry.clock.time = Date.parse('2026-06-01T12:00:00Z');
  });

  it('a rule that does not exist is refused in a catalog, where it would be off unnoticed', async () => {
    const rules = readSchema('choice-sherpa', 'catalog.json');
    const { code, text } = await ask('PUT', sherpa, { body: { ...rules, rules: { 'name-grammer': 'error' } } });
    expect([code, text]).toEqual(['CATALOG_INVALID', expect.stringContaining('/rules/name-grammer')]);
    const exceptions = [{ id: 'x', rule: 'nothing', subjects: ['**'], reason: 'none' }];
    expect((await ask('PUT', sherpa, { body: { ...rules, exceptions } })).code).toBe('CATALOG_INVALID');
    const services = { ...(rules.services as JsonObject), 'a\u0007b': {} };
    expect((await ask('PUT', sherpa, { body: { ...rules, services } })).code).toBe('CATALOG_INVALID');
  });

  it.each([
    ['no schema', { properties: { type: [] } }, '/envelope/schema/properties/type'],
    ['one that refers to nothing', { $ref: '#/nowhere' }, '/envelope/schema'],
    ['one that refers elsewhere', { $ref: 'herald://choice-sherpa/session.created/1' }, '/envelope/schema'],
    ['one whose pattern may take forever', { pattern: '^(a+)+\\1$' }, '/envelope/schema'],
  ])('an envelope that is %s is refused before an event is held against it', async (_, schema, at) => {
    const rules = readSchema('choice-sherpa', 'catalog.json');
    const envelope = { schema, at: { type: '/type', payload: '/data' } };
    const { code, text } = await ask('PUT', sherpa, { body: { ...rules, envelope } });
    expect([code, text]).toEqual(['CATALOG_INVALID', expect.stringContaining(at)]);
  });

  it('an envelope is read and compiled where others do not wait for it, and one that takes too long is refused', async () => {
    const own = await testRegistry();
    const rules = { ...readSchema('choice-sherpa', 'catalog.json'), name: 'shop' };
    const schema = { properties: { type: { type: 'string' } } };
    const envelope = { schema, at: { type: '/type', payload: '/data' } };
    const work = vi.spyOn(own.deps.validations, 'validate');
    await expectStatus(own.ask('PUT', '/v1/catalogs/shop', { body: { ...rules, envelope } }), 201);
    expect(work.mock.calls.map(([{ stored, isUnchecked }]) => [stored.text, isUnchecked])).toEqual([
      [JSON.stringify(schema), true],
    ]);
    await expectStatus(own.ask('PUT', '/v1/catalogs/shop', { body: { ...rules, envelope } }), 200);
    await expectStatus(own.ask('PUT', '/v1/catalogs/shop', { body: { ...rules, envelope: 'cloudevents-1.0' } }), 200);
    expect(work).toHaveBeenCalledTimes(1);
    work.mockRejectedValueOnce(new Fault('VALIDATION_TOO_COSTLY'));
    const { code, text } = await own.ask('PUT', '/v1/catalogs/shop', { body: { ...rules, envelope } });
    expect([code, text]).toEqual(['CATALOG_INVALID', expect.stringContaining('/envelope/schema')]);
    await own.close();
  });
});

describe('API tokens', () => {
  it('are made, listed and revoked; more about them in http-tokens.test.ts', async () => {
    const { json } = await ask('POST', '/v1/tokens', { body: { name: 'ci', role: 'reader' } });
    expect((await ask('GET', '/v1/tokens')).json.items).toMatchObject([{ id: json.id, name: 'ci' }]);
    expect((await ask('DELETE', `/v1/tokens/${json.id}`)).status).toBe(204);
    expect((await ask('GET', '/v1/tokens')).json.items).toMatchObject([{ id: json.id, revokedBy: 'local' }]);
    expect((await ask('DELETE', '/v1/tokens/nothing')).code).toBe('TOKEN_NOT_FOUND');
    expect((await ask('POST', '/v1/tokens', { body: { name: 'ci', role: 'publisher' } })).code).toBe('TOKEN_INVALID');
  });
});

describe('exchange', () => {
  it('keeps a usable correlation id and makes one for any other', async () => {
    const kept = await ask('GET', '/livez', { headers: { 'X-Correlation-Id': 'abc-123:x' } });
    expect(kept.headers.get('x-correlation-id')).toBe('abc-123:x');
    for (const bad of ['', 'a b', 'x'.repeat(200), '<script>']) {
      const made = await ask('GET', '/livez', { headers: { 'X-Correlation-Id': bad } });
      expect(made.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('is alive, ready, and counts', async () => {
    expect((await ask('GET', '/livez')).json).toEqual({ status: 'alive' });
    const { json: readiness } = await ask('GET', '/readyz');
    expect(readiness).toEqual({ status: 'ready', auditHead: expect.stringMatching(/^\d+:[0-9a-f]{64}$/) });
    const { sequence, hash } = (await ask('GET', '/v1/audit/head')).json;
    expect(readiness.auditHead).toBe(`${sequence}:${hash}`);
    const { text } = await ask('GET', '/metrics');
    expect(text).toContain('herald_http_request_seconds_count{route="getVersion",method="GET",status="200"}');
    expect(text).not.toContain('session.created');
  });

  it('gives an index to programs and to browsers', async () => {
    expect((await ask('GET', '/')).json).toMatchObject({ name: 'herald', docs: '/docs' });
    expect((await ask('GET', '/', { headers: { Accept: 'text/html,*/*;q=0.8' } })).text).toContain('<!doctype html>');
  });

  it('logs a request by route, never by what was in it', async () => {
    await ask('POST', `${created}/versions/latest/validate?service=marker-0815`, { raw: '{"marker-4712":' });
    const line = registry.log.at(-1);
    expect(line).toMatchObject({
      route: 'validatePayload',
      method: 'POST',
      status: 400,
      fault: 'BODY_NOT_JSON',
      actor: 'local',
    });
    expect(JSON.stringify(line)).not.toMatch(/marker/);
  });

  it('describes itself to programs and to people', async () => {
    const { json, headers } = await ask('GET', '/openapi.json');
    expect(json).toMatchObject({ openapi: '3.1.0' });
    expect(
      (await ask('GET', '/openapi.json', { headers: { 'If-None-Match': headers.get('etag') ?? '' } })).status,
    ).toBe(304);
    const page = await ask('GET', '/docs');
    expect(page.text).toContain('The HTTP interface');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('tries a delivery again on request', async () => {
    const { json } = await ask('POST', '/v1/webhooks', { body: { url: 'https://hooks.example.org/again' } });
    await ask('PUT', `${created}/consumers/reporting`, { body: {} });
    await registry.deps.store.fanOut('2026-06-01T12:00:01.000Z', 500);
    const deliveries = await ask('GET', `/v1/webhooks/${json.id}/deliveries`);
    const [first] = deliveries.json.items as JsonObject[];
    expect(first).toMatchObject({ webhook: json.id, state: 'pending', attempts: 0 });
    expect((await ask('POST', `/v1/webhooks/${json.id}/deliveries/${first?.id}/redeliver`)).status).toBe(202);
    await ask('DELETE', `${created}/consumers/reporting`);
  });

  it('answered on every route, and refused with every code that a route declares', () => {
    const answered = new Set(
      registry.log.flatMap((line) => ('route' in line && Number(Object(line).status) < 400 ? [line.route] : [])),
    );
    expect(routes.map(({ id }) => id).filter((id) => !answered.has(id))).toEqual(
      routes.map(({ id }) => id).filter((id) => Object.hasOwn(routesElsewhere, id)),
    );
    const declared = new Set(routes.flatMap((record) => [...faultsOf(record)]));
    expect([...declared].filter((code) => !registry.seen.has(code)).sort()).toEqual(Object.keys(elsewhere).sort());
  });

  it('met no bug on the way', () => {
    expect(registry.bugs).toEqual([]);
  });
});
