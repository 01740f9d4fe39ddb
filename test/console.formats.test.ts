/** Avro and Protobuf subjects on the console and in comparisons: their own text, their own rules, their own witnesses. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConsoleIdentity } from '../src/console/visitor.ts';
import { localAdmin } from '../src/http/identity.ts';
import { policyRules } from '../src/policy/rules/index.ts';
import { register } from '../src/registry/versions/register.ts';
import type { SchemaFormat } from '../src/schema/definition.ts';
import type { Json } from '../src/schema/json.ts';
import { type Browser, openGatekeeper, type TestConsole, testConsole } from './support/console.ts';
import { expectStatus } from './support/registry.ts';

let shop: TestConsole;
let browser: Browser;

const avro = (...fields: object[]) =>
  JSON.stringify({
    type: 'record',
    name: 'Order',
    doc: 'A customer placed an order.',
    fields: [{ name: 'id', type: 'string', doc: 'The order.' }, ...fields],
  });
const amount = {
  name: 'amount',
  type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 },
  doc: 'Total.',
};
const proto = (type: string) => `syntax = "proto3";
// A customer paid.
message Paid {
  ${type} id = 1; // The order.
}
`;

const names = { avro: 'order.placed', protobuf: 'order.paid' } as const;
const at = (format: keyof typeof names) => `/catalogs/streams/subjects/${names[format]}`;

beforeAll(async () => {
  shop = await testConsole();
  browser = shop.browser();
  const catalog = {
    name: 'streams',
    title: 'Streams',
    names: { segments: ['domain', 'fact'].map((name) => ({ name, style: 'snake' })), major: 'none' },
    envelope: 'cloudevents-1.0',
    classification: { levels: ['open'] },
    rules: Object.fromEntries(policyRules.map(({ id }) => [id, 'off'])),
  };
  await expectStatus(shop.ask('PUT', '/v1/catalogs/streams', { body: catalog as never }), 201);
  const { callerOf } = openGatekeeper();
  const context = { ...shop.deps, caller: callerOf(localAdmin as ConsoleIdentity, {}) };
  const add = (format: keyof typeof names & SchemaFormat, text: string) =>
    register(context, {
      catalog: 'streams',
      subject: names[format],
      source: { text: '' },
      given: { definition: { format, text, references: [] }, attached: {} },
      level: 'NONE',
    });
  await add('avro', avro());
  await add('avro', avro(amount));
  await add('protobuf', proto('string'));
  await add('protobuf', proto('int64'));
});
afterAll(() => shop.close());

const compared = (format: keyof typeof names) => shop.ask('GET', `/v1${at(format)}/compare?from=1&to=2`);

it('a reader of another format may name fields alone: nobody could tell what a recorded event holds', async () => {
  for (const format of ['avro', 'protobuf'] as const) {
    const put = (body: Json) =>
      shop.ask('PUT', `/v1/catalogs/streams/subjects/${names[format]}/consumers/billing`, { body });
    const kept = await put({ reads: ['/id'] });
    expect([kept.status, kept.text]).toEqual([200, expect.stringContaining(`is defined in ${format}: every reader`)]);
    const demanding = await put({ requires: { type: 'object', required: ['id'] } });
    const refused = await put({ samples: [{ id: 'Main Street' }] });
    for (const [member, { status, json }] of Object.entries({ requires: demanding, samples: refused })) {
      expect([status, (json.error as { code: string }).code]).toEqual([422, 'READING_INVALID']);
      expect((json.error as { message: string }).message).toContain(
        `/${member} cannot be held against a schema of ${format}: leave it out; "reads" may name fields`,
      );
    }
    expect(refused.text).not.toContain('Main Street');
  }
});

describe('an Avro subject', () => {
  it('is shown with its fields, its format and the schema that was registered', async () => {
    const { text, status } = await browser.get(at('avro'));
    expect(status).toBe(200);
    for (const word of [
      'Avro',
      'decimal',
      'Total.',
      '&quot;doc&quot;: &quot;A customer placed an order.&quot;',
      'as JSON Schema',
    ])
      expect(text).toContain(word);
  });

  it('is compared by the rules of resolution, over HTTP and on the page, with the bytes that prove the break', async () => {
    const { json } = await compared('avro');
    expect(json).toMatchObject({ verdict: 'incompatible', next: { format: 'avro' } });
    expect(json.findings).toMatchObject([
      { rule: 'AVRO_FIELD_ADDED', breaks: { closed: ['backward'] }, witness: { value: { id: '' }, encoded: '00' } },
    ]);
    const { text } = await browser.get(`${at('avro')}/compare`);
    for (const word of ['AVRO_FIELD_ADDED', 'As bytes', '<code class="bytes">00</code>', '+ ', 'logicalType'])
      expect(text).toContain(word);
  });

  it('takes a candidate in Avro, and says where one is no Avro', async () => {
    const form = await browser.get(`${at('avro')}/candidate`);
    expect(form.text).toContain('&quot;logicalType&quot;: &quot;decimal&quot;');
    const optional = avro(amount, { name: 'note', type: 'string', default: '' });
    expect((await browser.send(`${at('avro')}/candidate`, { schema: optional })).text).toContain('AVRO_FIELD_ADDED');
    const wrong = await browser.send(`${at('avro')}/candidate`, { schema: avro({ name: 'x', type: 'text' }) });
    expect(wrong.text).toContain('names the type');
    expect(wrong.text).toContain('It would be refused');
  });
});

describe('a Protobuf subject', () => {
  it('is shown and compared by the rules of the wire', async () => {
    const { text } = await browser.get(at('protobuf'));
    for (const word of ['Protobuf', 'The order.', 'int64 id = 1;']) expect(text).toContain(word);
    const { json } = await compared('protobuf');
    expect(json).toMatchObject({ verdict: 'incompatible', next: { format: 'protobuf' } });
    const witness = expect.objectContaining({ value: { id: 'a' }, encoded: '0a0161' });
    expect(json.findings).toContainEqual(expect.objectContaining({ rule: 'PROTO_FIELD_TYPE_CHANGED', witness }));
    const page = await browser.get(`${at('protobuf')}/compare`);
    for (const word of ['PROTO_FIELD_TYPE_CHANGED', 'As bytes', 'string id = 1;']) expect(page.text).toContain(word);
  });

  it('takes a candidate as it is written', async () => {
    const form = await browser.get(`${at('protobuf')}/candidate`);
    expect(form.text).toContain('int64 id = 1;');
    const seen = await browser.send(`${at('protobuf')}/candidate`, { schema: proto('bytes') });
    expect(seen.text).toContain('PROTO_FIELD_TYPE_CHANGED');
    const kept = await browser.send(`${at('protobuf')}/candidate`, { schema: proto('bytes'), keep: 'yes' });
    expect((await browser.get(kept.headers.get('location') ?? '')).text).toContain('PROTO_FIELD_TYPE_CHANGED');
    expect(shop.bugs).toEqual([]);
  });
});
