/** Where is `pii`, who receives it, kept how long: the same answer as JSON, CSV and Markdown, over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DataMapEntry, dataMap } from '../src/policy/data-map.ts';
import { dataMapCsv, dataMapMarkdown } from '../src/policy/data-map-text.ts';
import { readCatalog } from '../src/schema/catalog.ts';
import { readContract } from '../src/schema/contract.ts';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { parseSchema } from '../src/schema/parse.ts';
import { expectStatus, type TestRegistry, testRegistry } from './support/registry.ts';
import { shop } from './support/shop.ts';

const rules = {
  ...shop,
  envelope: {
    schema: {
      type: 'object',
      required: ['id', 'type', 'payload'],
      properties: {
        id: { type: 'string' },
        type: { type: 'string' },
        actor: { type: 'string', 'x-tags': ['pii'] },
        payload: {},
      },
    },
    at: { id: '/id', type: '/type', payload: '/payload' },
  },
  classification: {
    levels: ['public', 'internal', 'confidential'],
    tags: { pii: { description: 'Identifies a person.' }, money: { description: 'Amounts.' } },
  },
  domains: {
    order: { title: 'Orders', owner: 'orders', classification: 'internal', retention: 'short' },
    person: { title: 'People', owner: 'people', classification: 'confidential', retention: 'P1Y' },
  },
  services: { orders: {}, people: {}, billing: {}, mailer: {} },
  retention: { classes: { short: { min: 'P7D', max: 'P30D' } } },
  rules: { 'correlation-reachable': 'off' },
} satisfies JsonObject;

const address: Json = {
  title: 'PersonMoved',
  description: 'Somebody moved.',
  'x-contract': { producer: 'people', classification: 'confidential' },
  type: 'object',
  'x-tags': ['pii'],
  properties: { street: { type: 'string', description: 'Where to.' } },
};
const order: Json = {
  title: 'OrderPlaced',
  description: 'A customer ordered.',
  'x-contract': { producer: 'orders', consumers: ['billing'], classification: 'confidential', retention: 'P7D' },
  type: 'object',
  properties: {
    order_id: { type: 'string', description: 'Which.' },
    customer: { $ref: '#/$defs/customer', description: 'Who.' },
    ship_to: { $ref: 'herald://shop/person.moved/1', description: 'Where to.' },
    lines: {
      type: 'array',
      description: 'What.',
      items: { type: 'object', properties: { amount: { type: 'number', description: 'Price.', 'x-tags': ['money'] } } },
    },
  },
  $defs: {
    customer: {
      type: 'object',
      'x-classification': 'confidential',
      allOf: [{ properties: { email: { type: 'string', description: 'E-mail.', 'x-tags': ['pii'] } } }],
    },
  },
};

let registry: TestRegistry;
beforeAll(async () => {
  registry = await testRegistry();
  await expectStatus(registry.ask('PUT', '/v1/catalogs/shop', { body: rules }), 201);
  const at = (subject: string) => `/v1/catalogs/shop/subjects/${subject}/versions`;
  await expectStatus(registry.ask('POST', at('person.moved'), { body: address }), 201);
  await expectStatus(registry.ask('POST', at('order.placed'), { body: order }), 201);
  await expectStatus(
    registry.ask('PUT', '/v1/catalogs/shop/subjects/order.placed/consumers/mailer', { body: {} }),
    200,
  );
});
afterAll(() => registry.close());

const map = (query = '', headers = {}) => registry.ask('GET', `/v1/catalogs/shop/data-map${query}`, { headers });

describe('the data map', () => {
  it('says where pii is, who receives it and how long it is kept, through references and combinators', async () => {
    const { json } = await expectStatus(map('?tag=pii'), 200);
    const rows = json.rows as JsonObject[];
    expect(
      rows.map(({ subject, part, field, level, receivers, retention }) => [
        subject,
        part,
        field,
        level,
        receivers,
        retention,
      ]),
    ).toEqual([
      ['*', 'envelope', '/actor', undefined, ['billing', 'mailer'], undefined],
      ['order.placed', 'payload', '/customer/email', 'confidential', ['billing', 'mailer'], 'P7D'],
      ['order.placed', 'payload', '/ship_to', 'confidential', ['billing', 'mailer'], 'P7D'],
      ['order.placed', 'payload', '/ship_to/street', 'confidential', ['billing', 'mailer'], 'P7D'],
      ['person.moved', 'payload', '/street', 'confidential', [], 'P1Y'],
    ]);
  });

  it('has every field, and narrows by level', async () => {
    const fields = async (query: string) =>
      ((await map(query)).json.rows as JsonObject[]).map(({ subject, field }) => `${subject} ${field}`);
    expect(await fields('')).toContain('order.placed /lines/*/amount');
    expect(await fields('?tag=money')).toEqual(['order.placed /lines/*/amount']);
    expect(await fields('?level=confidential')).not.toContain('* /actor');
  });

  it('is CSV and Markdown for who asks for them', async () => {
    const csv = await expectStatus(map('?tag=money', { Accept: 'text/csv' }), 200);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(csv.text).toBe(
      'subject,part,field,pointer,level,tags,producer,receivers,retention,stage\r\n' +
        'order.placed,payload,/lines/*/amount,/properties/lines/items/properties/amount,confidential,money,orders,"billing mailer",P7D,\r\n',
    );
    const page = await expectStatus(map('?tag=money&format=markdown'), 200);
    expect(page.text).toBe(
      '## Data map of shop: tagged money\n\n' +
        '| Event | Field | Level | Tags | Producer | Receivers | Kept |\n|---|---|---|---|---|---|---|\n' +
        '| order.placed | /lines/\\*/amount | confidential | money | orders | billing, mailer | P7D |\n',
    );
  });

  it('refuses a tag or level nobody knows: nothing found would look like good news', async () => {
    for (const [query, said] of [
      ['?tag=pi', '"pi" is no tag of this catalog; there are money, pii.'],
      ['?level=secret', '"secret" is no level of this catalog; there are public, internal, confidential.'],
    ]) {
      const { code, json } = await map(query);
      expect([code, (json.error as JsonObject).message]).toEqual(['PARAMETER_INVALID', said]);
    }
    expect((await registry.ask('GET', '/v1/catalogs/nowhere/data-map')).code).toBe('CATALOG_NOT_FOUND');
  });
});

describe('a map of names somebody chose to harm', () => {
  function entry(names: readonly string[]): DataMapEntry {
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
    const parsed = parseSchema({ value: { type: 'object', properties } });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const { contract } = readContract({ 'x-contract': { producer: '=HYPERLINK("http://evil")' } });
    return { subject: 'order.placed', document: parsed.document, contract, receivers: ['@SUM(A1)', '-2+3'] };
  }
  const reading = readCatalog(rules);
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const made = dataMap(reading.catalog, [entry(['a"b', 'c,d', 'e\nf', '| <script>'])]);

  it('holds no formula for a spreadsheet, and keeps its columns', () => {
    const text = dataMapCsv(made);
    expect(text).toContain(`"'=HYPERLINK(""http://evil"")"`);
    expect(text).toContain(`"'-2+3 @SUM(A1)"`);
    expect(text).toContain('"/a""b"');
    const cells = [...text.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n)/g)];
    const widths: number[] = [];
    let width = 0;
    for (const [, , end] of cells) {
      width += 1;
      if (end === '\r\n') {
        widths.push(width);
        width = 0;
      }
    }
    // the header, the envelope's row, four names
    expect(widths).toEqual([10, 10, 10, 10, 10, 10]);
    for (const [, cell = ''] of cells) expect(cell.replace(/^"/, '')).not.toMatch(/^[=+\-@\t\r]/);
  });

  it('breaks out of no table and runs nothing on a page', () => {
    const lines = dataMapMarkdown(made).split('\n');
    // title, blank, head, rule, five rows, the end
    expect(lines).toHaveLength(10);
    expect(dataMapMarkdown(made)).not.toContain('<script');
    expect(dataMapMarkdown(made)).toContain('/\\| &lt;script&gt;');
  });
});
