/** Readers over HTTP: declared, refused, stored, exported, and named by checks and registrations. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { inlineChecks } from '../src/registry/versions/checks.ts';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { expectStatus, type TestRegistry, testRegistry } from './support/registry.ts';
import { shop } from './support/shop.ts';

const catalog: JsonObject = {
  ...shop,
  classification: {
    levels: ['public', 'internal', 'restricted'],
    tags: { pii: { description: 'Identifies a person.' } },
  },
  services: { orders: {}, billing: {}, mail: {} },
  rules: { 'description-present': 'off', 'explicit-fields': 'off', 'consumers-cleared': 'off' },
};

const placed = (amount: Json): JsonObject => ({
  title: 'OrderPlaced',
  'x-contract': { producer: 'orders', classification: 'restricted' },
  type: 'object',
  required: ['id', 'amount'],
  properties: {
    id: { type: 'string' },
    amount,
    address: { type: 'string', 'x-classification': 'restricted', 'x-tags': ['pii'] },
    contacts: { type: 'object', additionalProperties: { type: 'string', 'x-tags': ['pii'] } },
    people: {
      type: 'array',
      items: { type: 'object', patternProperties: { '^m': { type: 'string', 'x-tags': ['pii'] } } },
    },
  },
});

const at = '/v1/catalogs/shop/subjects/order.placed';
let registry: TestRegistry;
beforeAll(async () => {
  registry = await testRegistry();
  await expectStatus(registry.ask('PUT', '/v1/catalogs/shop', { body: catalog }), 201);
  await expectStatus(registry.ask('POST', `${at}/versions`, { body: placed({ type: 'integer' }) }), 201);
});
afterAll(() => registry.close());

const declared = async () => ((await registry.ask('GET', at)).json.consumers ?? []) as readonly JsonObject[];
const declare = (body: Json, service = 'billing') => registry.ask('PUT', `${at}/consumers/${service}`, { body });

describe('a declaration', () => {
  it('is kept with fields, demand, samples and whether it is critical', async () => {
    const body = { reads: ['/amount'], requires: { type: 'object' }, samples: [{ amount: 5 }], critical: true };
    expect((await declare(body)).json).toEqual({ service: 'billing', origin: 'declared', ...body });
    expect(await declared()).toEqual([{ service: 'billing', origin: 'declared', ...body }]);
  });

  const bad: readonly (readonly [string, Json, string, RegExp])[] = [
    [
      'a pointer that leads nowhere',
      { reads: ['/amuont'] },
      '/reads/0',
      /leads nowhere: no event has anything at \/amuont/,
    ],
    ['a pointer named twice', { reads: ['/id', '/id'] }, '/reads/1', /names \/id again/],
    ['a demand that is no schema', { requires: { type: 'nonsense' } }, '/requires/type', /is no schema/],
    [
      'a sample that is no event of today',
      { samples: [{ amount: 'five' }] },
      '/samples/0/amount',
      /is no event of today/,
    ],
    [
      'a sample with personal data',
      { samples: [{ id: '1', address: 'Main Street' }] },
      '/samples/0/address',
      /is tagged pii; leave it out/,
    ],
    [
      'a sample with personal data under a name of its own',
      { samples: [{ id: '1', contacts: { ann: 'Main Street' } }] },
      '/samples/0/contacts/ann',
      /\/contacts\/\* is tagged pii/,
    ],
    [
      'a sample with personal data in an item, under a name that a pattern describes',
      { samples: [{ id: '1', people: [{ mail: 'Main Street' }] }] },
      '/samples/0/people/0/mail',
      /\/people\/\*\/\* is tagged pii/,
    ],
    [
      'a sample with what no schema describes',
      { samples: [{ id: '1', note: { street: 'Main Street' } }] },
      '/samples/0/note',
      /no schema says what \/note is/,
    ],
    ['no sample', { samples: [] }, '/samples', /holds no event/],
  ];
  it.each(bad)('with %s is refused, and what was there stays', async (_, body, pointer, message) => {
    const before = await declared();
    const answer = await declare(body);
    expect([answer.status, answer.code]).toEqual([422, 'READING_INVALID']);
    const { problems } = (
      answer.json.error as { details: { problems: readonly { pointer: string; message: string }[] } }
    ).details;
    expect(problems).toMatchObject([{ pointer, message: expect.stringMatching(message) }]);
    expect(answer.text).not.toContain('Main Street');
    expect(await declared()).toEqual(before);
  });

  it('with a sample of very many things that nobody describes is refused with the first of them', async () => {
    const sample = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`n${index}`, 1]));
    const answer = await declare({ samples: [{ id: '1', ...sample }] });
    const { problems } = (answer.json.error as { details: { problems: readonly Json[] } }).details;
    expect([answer.code, problems.length]).toEqual(['READING_INVALID', 50]);
  });

  it('is judged before its transaction, and judged by nothing that changed meanwhile', async () => {
    const { checks } = registry.deps;
    const judging = vi.spyOn(checks, 'declaration');
    judging.mockImplementationOnce(async (stated, about, requester) => {
      await expectStatus(registry.ask('PUT', '/v1/catalogs/shop', { body: { ...catalog, title: 'Store' } }), 200);
      return inlineChecks.declaration(stated, about, requester);
    });
    const answer = await declare({ reads: ['/id'] }, 'mail');
    expect([answer.status, answer.code]).toEqual([503, 'SUBJECT_LOCKED']);
    expect((await declared()).map(({ service }) => service)).not.toContain('mail');
    expect((await declare({ reads: ['/id'] }, 'mail')).status).toBe(200);
    judging.mockRestore();
    await registry.ask('DELETE', `${at}/consumers/mail`);
    await expectStatus(registry.ask('PUT', '/v1/catalogs/shop', { body: catalog }), 200);
  });

  it('whose demand accepts everything is kept, and says that it does not count', async () => {
    const answer = await declare({ reads: ['/id'], requires: {} }, 'mail');
    expect(String(answer.json.notices)).toMatch(/accepts everything, so it is not counted/);
    await registry.ask('DELETE', `${at}/consumers/mail`);
  });

  it('whose demand rejects what is sent today is kept, and says so', async () => {
    const answer = await declare({ requires: { type: 'object', required: ['address'] } }, 'mail');
    expect(answer.status).toBe(200);
    expect(String(answer.json.notices)).toMatch(/rejects events that are sent today/);
    await registry.ask('DELETE', `${at}/consumers/mail`);
  });

  it('may hold samples up to the level that the catalog allows to keep', async () => {
    await expectStatus(registry.ask('PUT', '/v1/catalogs/shop', { body: { ...catalog, samples: 'restricted' } }), 200);
    expect((await declare({ samples: [{ id: '1', address: 'Main Street' }] }, 'mail')).status).toBe(200);
    await registry.ask('DELETE', `${at}/consumers/mail`);
    await expectStatus(registry.ask('PUT', '/v1/catalogs/shop', { body: catalog }), 200);
  });
});

describe('a check', () => {
  it('names who breaks on which field, and who does not read it', async () => {
    await declare({ reads: ['/amount'] });
    await declare({ reads: ['/id'] }, 'mail');
    const candidates = [{ subject: 'order.placed', schema: placed({ type: 'number' }) }];
    const { reports } = (await registry.ask('POST', '/v1/check', { body: { catalog: 'shop', candidates } })).json;
    expect(reports).toMatchObject([
      {
        verdict: 'incompatible',
        readers: [
          { service: 'billing', verdict: 'incompatible' },
          { service: 'mail', verdict: 'compatible' },
        ],
        findings: expect.arrayContaining([expect.objectContaining({ consumers: ['billing'], unaffected: ['mail'] })]),
        gate: { allowed: false },
      },
    ]);
  });

  it('takes readers of files beside those declared', async () => {
    const readers = [{ service: 'audit', origin: 'file', samples: [{ amount: 5.5 }] }];
    const candidates = [{ subject: 'order.placed', schema: placed({ type: 'integer' }), readers }];
    const { reports } = (await registry.ask('POST', '/v1/check', { body: { catalog: 'shop', candidates } })).json;
    expect(JSON.stringify(reports)).toContain('audit can read its recorded event (sample 1) no more: /amount');
  });

  it('is never milder by a file than the registration, which has none', async () => {
    const readers: readonly JsonObject[] = [
      { service: 'billing', origin: 'file', reads: [] },
      { service: 'mail', origin: 'file', requires: {} },
    ];
    const schema = placed({ type: 'number' });
    await expectStatus(registry.ask('PUT', `${at}/settings`, { body: { breaks: 'declared-readers' } }), 200);
    const body: JsonObject = { catalog: 'shop', candidates: [{ subject: 'order.placed', schema, readers }] };
    const { reports } = (await registry.ask('POST', '/v1/check', { body })).json;
    expect((await registry.ask('POST', `${at}/versions`, { body: schema })).code).toBe('INCOMPATIBLE');
    expect(reports).toMatchObject([{ gate: { allowed: false, fault: 'INCOMPATIBLE' } }]);
    expect(JSON.stringify(reports)).toContain('the two differ: the file leaves out /amount');
  });

  it('counts what a change says less of its consumers from the next version on', async () => {
    const event = (amount: string, consumers: readonly Json[]) => ({
      ...placed({ type: amount }),
      'x-contract': { producer: 'orders', classification: 'restricted', consumers },
    });
    const other = '/v1/catalogs/shop/subjects/order.changed';
    const post = (body: Json) => registry.ask('POST', `${other}/versions`, { body });
    const full = [{ service: 'billing', reads: ['/amount'], critical: true }];
    await expectStatus(post(event('integer', full)), 201);
    for (const breaks of ['declared-readers', 'critical-readers']) {
      await expectStatus(registry.ask('PUT', `${other}/settings`, { body: { breaks } }), 200);
      for (const less of [
        [],
        [{ service: 'billing', reads: [] }],
        [{ service: 'billing', reads: ['/id'], critical: true }],
      ]) {
        const refused = await post(event('number', less));
        expect(refused.code).toBe('INCOMPATIBLE');
        expect(refused.text).toContain('readers-kept');
      }
    }
  });

  it('is the policy of the subject: a break of nobody that counts lets the version in', async () => {
    await expectStatus(registry.ask('PUT', `${at}/settings`, { body: { breaks: 'declared-readers' } }), 200);
    expect((await registry.ask('POST', `${at}/versions`, { body: placed({ type: 'number' }) })).code).toBe(
      'INCOMPATIBLE',
    );
    await registry.ask('DELETE', `${at}/consumers/billing`);
    // an unknown reader, seen and not declared, reads everything
    const usage = {
      rows: [
        {
          catalog: 'shop',
          subject: 'order.placed',
          number: 1,
          service: 'ghost',
          role: 'consume',
          day: '2026-05-30',
          count: 1,
        },
      ],
    };
    await expectStatus(registry.ask('POST', '/v1/usage', { body: usage }), 200, 202);
    const refused = await registry.ask('POST', `${at}/versions`, { body: placed({ type: 'number' }) });
    expect(refused.code).toBe('INCOMPATIBLE');
    expect(refused.text).toContain('ghost');
    await declare({ reads: ['/id'] }, 'ghost');
    await expectStatus(registry.ask('POST', `${at}/versions`, { body: placed({ type: 'number' }) }), 201);
  });
});

describe('a registration does not loosen its own gate', () => {
  const event = (amount: string, consumers: readonly Json[] = []): JsonObject => ({
    ...placed({ type: amount }),
    'x-contract': { producer: 'orders', classification: 'restricted', consumers },
  });

  it('by readers that its own contract names first', async () => {
    const other = '/v1/catalogs/shop/subjects/order.paid';
    const post = (body: Json) => registry.ask('POST', `${other}/versions`, { body });
    await expectStatus(post(event('integer')), 201);
    for (const breaks of ['declared-readers', 'critical-readers']) {
      await expectStatus(registry.ask('PUT', `${other}/settings`, { body: { breaks } }), 200);
      expect((await post(event('number', [{ service: 'billing', reads: ['/id'] }]))).code).toBe('INCOMPATIBLE');
    }
    // a version before it may: who reads what is settled then
    await expectStatus(post(event('integer', [{ service: 'billing', reads: ['/id'] }])), 201);
    await expectStatus(post(event('number', [{ service: 'billing', reads: ['/id'] }])), 201);
  });

  it('by usage of others, while a reader never said what it validates', async () => {
    const rules = { ...catalog, breaks: 'declared-readers', quietReaders: 'P30D' };
    await expectStatus(registry.ask('PUT', '/v1/catalogs/shop', { body: rules }), 200);
    const other = '/v1/catalogs/shop/subjects/order.sent';
    const post = (body: Json) => registry.ask('POST', `${other}/versions`, { body });
    await expectStatus(post(event('integer', [{ service: 'billing', reads: ['/amount'] }])), 201);
    await expectStatus(registry.ask('PUT', `${other}/consumers/mail`, { body: { reads: ['/id'] } }), 200);
    const seen = (service: string, day: string) => {
      const row = { catalog: 'shop', subject: 'order.sent', number: 1, service, role: 'consume', day, count: 1 };
      return expectStatus(registry.ask('POST', '/v1/usage', { body: { rows: [row] } }), 200, 202);
    };
    await seen('mail', '2026-05-30');
    const next = event('number', [{ service: 'billing', reads: ['/amount'] }]);
    expect((await post(next)).code).toBe('INCOMPATIBLE');
    await seen('billing', '2026-03-01');
    await expectStatus(post(next), 201);
    await expectStatus(registry.ask('PUT', '/v1/catalogs/shop', { body: catalog }), 200);
  });
});

it('travels with an export', async () => {
  const body = { reads: ['/amount'], requires: { type: 'object' }, samples: [{ amount: 5 }], critical: true };
  await declare(body);
  const file = (await registry.ask('GET', '/v1/export')).text;
  const other = await testRegistry();
  await expectStatus(other.ask('POST', '/v1/import', { raw: file, type: 'application/x-ndjson' }), 200);
  expect((await other.ask('GET', at)).json.consumers).toEqual((await registry.ask('GET', at)).json.consumers);
  await other.close();
});
