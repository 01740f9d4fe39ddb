/** Confluent's interface as its clients meet it: a real server, the wire, and a client that is in wide use. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { confluentRoutes } from '../src/confluent/routes/index.ts';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { type RunningServer, startServer } from '../src/server.ts';
import { inlineWork } from './support/inline-work.ts';

/** The threads run compiled code, which the sources do not have beside them. */
const work = inlineWork();

let folder: string;
let server: RunningServer;
const slow = 120_000;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'herald-confluent-'));
  const reading = readConfig({
    PORT: '0',
    HERALD_DATA: join(folder, 'data'),
    HERALD_CONFLUENT: '/',
    HERALD_CONFLUENT_CATALOG: 'streams',
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  server = await startServer(reading.config, { log: { write: () => {} }, work });
}, slow);
afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
}, slow);

interface Answered {
  readonly status: number;
  readonly json: Json;
  readonly text: string;
  readonly type: string | null;
}

async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'Content-Type': 'application/vnd.schemaregistry.v1+json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  let json: Json = null;
  try {
    json = JSON.parse(text);
  } catch {
    // a schema's text is no JSON where it is a .proto file
  }
  return { status: response.status, json, text, type: response.headers.get('content-type') };
}

const avro = (...fields: Json[]) => JSON.stringify({ type: 'record', name: 'R', fields });
const int = (name: string, more: JsonObject = {}) => ({ name, type: 'int', ...more });
const put = (subject: string, schema: string, more: JsonObject = {}) =>
  ask('POST', `/subjects/${encodeURIComponent(subject)}/versions`, { schema, ...more });
const idOf = async (subject: string, schema: string, more: JsonObject = {}) =>
  ((await put(subject, schema, more)).json as { id: number }).id;
const code = ({ status, json }: Answered) => [status, (json as { error_code?: number } | null)?.error_code];

describe('the interface', () => {
  it('stands at the root and at its own path, beside the registry’s own', async () => {
    expect((await ask('GET', '/')).json).toEqual({});
    expect((await ask('POST', '/', {})).json).toEqual({});
    expect((await ask('GET', '/apis/confluent/subjects/')).status).toBe(200);
    expect((await ask('GET', '//subjects')).status).toBe(200);
    expect((await ask('GET', '/livez')).json).toEqual({ status: 'alive' });
    expect((await ask('GET', '/v1/catalogs')).status).toBe(200);
    expect((await ask('GET', '/v1/metadata/version')).json).toMatchObject({ version: expect.any(String) });
    expect((await ask('GET', '/v1/metadata/id')).json).toMatchObject({ id: '' });
    expect((await ask('GET', '/v1/metadata/deployment')).status).toBe(200);
    expect((await ask('GET', '/schemas/types')).json).toEqual(['JSON', 'PROTOBUF', 'AVRO']);
    expect((await ask('GET', '/contexts')).json).toEqual(expect.arrayContaining(['.']));
  });

  it('answers what it does not know in Confluent’s JSON', async () => {
    for (const path of ['/nothing', '/apis/confluent/exporters', '/dek-registry/v1/keks']) {
      const answer = await ask('GET', path);
      expect(answer).toMatchObject({ status: 404, json: { error_code: 404, message: 'HTTP 404 Not Found' } });
    }
    expect(code(await ask('GET', '/associations/resources/-/topic?resourceType=topic'))).toEqual([404, 40410]);
    expect(code(await ask('PUT', '/subjects', {}))).toEqual([405, 405]);
  });

  it('takes and gives the media types of its clients, and refuses others', async () => {
    const types = [
      'application/vnd.schemaregistry.v1+json',
      'application/vnd.schemaregistry+json',
      'application/json',
      'application/octet-stream',
    ];
    for (const type of types)
      expect(
        (await ask('POST', '/compatibility/subjects/none/versions', { schema: '"int"' }, { 'Content-Type': type }))
          .status,
      ).toBe(200);
    expect(code(await ask('POST', '/subjects/a/versions', '<x/>', { 'Content-Type': 'text/xml' }))).toEqual([415, 415]);
    expect((await ask('GET', '/subjects')).type).toBe('application/vnd.schemaregistry.v1+json');
    expect((await ask('GET', '/subjects', undefined, { Accept: 'application/json' })).type).toBe('application/json');
    expect(code(await ask('POST', '/subjects/a/versions', '{'))).toEqual([400, 400]);
  });
});

describe('registration', () => {
  it('answers the id alone, or everything to who takes it, and the same id for the same content', async () => {
    const text = `${avro(int('verbatim'))}  `;
    const first = await put('same-a', text);
    expect(first).toMatchObject({ status: 200, json: { id: expect.any(Number) } });
    expect(Object.keys(first.json as object)).toEqual(['id']);
    expect((await put('same-a', text)).json).toEqual(first.json);
    expect((await put('same-b', text)).json).toEqual(first.json);
    const more = await ask(
      'POST',
      '/subjects/same-a/versions',
      { schema: text },
      { 'Confluent-Accept-Unknown-Properties': 'true' },
    );
    expect(more.json).toMatchObject({
      ...(first.json as object),
      version: 1,
      schema: text,
      guid: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    });
    const { id } = first.json as { id: number };
    expect((await ask('GET', `/schemas/ids/${id}`)).json).toEqual({ schema: text });
    expect((await ask('GET', `/schemas/ids/${id}/schema`)).text).toBe(text);
    expect((await ask('GET', `/schemas/ids/${id}/subjects`)).json).toEqual(['same-a', 'same-b']);
    expect((await ask('GET', `/schemas/ids/${id}/versions`)).json).toEqual([
      { subject: 'same-a', version: 1 },
      { subject: 'same-b', version: 1 },
    ]);
    const { guid } = more.json as { guid: string };
    expect((await ask('GET', `/schemas/guids/${guid}`)).json).toEqual({ guid, schema: text });
    expect((await ask('GET', `/schemas/guids/${guid}/ids`)).json).toEqual([{ context: '.', id }]);
    expect((await ask('GET', `/schemas/ids/${id}?fetchMaxId=true`)).json).toMatchObject({ maxId: expect.any(Number) });
  });

  it('keeps the words of each subject, where another wrote the same content otherwise', async () => {
    const first = '{"type":"record","name":"Worded","fields":[{"name":"a","type":"int"}]}';
    const second = '{ "fields": [{ "type": "int", "name": "a" }], "name": "Worded", "type": "record" }';
    const { id } = (await put('worded-z', first)).json as { id: number };
    expect((await put('worded-a', second)).json).toEqual({ id });
    expect((await ask('GET', '/subjects/worded-a/versions/1/schema')).text).toBe(second);
    expect((await ask('GET', '/subjects/worded-a/versions/latest')).json).toMatchObject({ id, schema: second });
    expect((await ask('GET', '/subjects/worded-z/versions/1/schema')).text).toBe(first);
    expect((await ask('GET', `/schemas/ids/${id}`)).json).toEqual({ schema: first });
    expect((await ask('GET', `/schemas/ids/${id}?subject=worded-a`)).json).toEqual({ schema: second });
    expect((await ask('GET', `/schemas/ids/${id}/schema?subject=worded-a`)).text).toBe(second);
    expect((await ask('POST', '/subjects/worded-a', { schema: first })).json).toMatchObject({ id, schema: second });
    // the same subject again: one version, in the words it has
    expect((await put('worded-z', second)).json).toEqual({ id });
    expect((await ask('GET', '/subjects/worded-z/versions')).json).toEqual([1]);
  });

  it('of what breaks is 409 with the finding, the version and a datum that shows it', async () => {
    await put('break', avro(int('a')));
    const refused = await put('break', avro(int('a'), int('b')));
    expect(code(refused)).toEqual([409, 40901]);
    const { message } = refused.json as { message: string };
    expect(message).toContain('AVRO_FIELD_ADDED');
    expect(message).toContain('oldSchemaVersion: 1');
    expect(message).toContain(`witness:'{"a":0}'`);
    expect((await put('break', avro(int('a'), int('b', { default: 0 })))).status).toBe(200);
  });

  it('keeps subjects of any name, and JSON Schema and Protobuf with their type', async () => {
    const names = ['Avro:ThirdLevel', 'a/b c', '1st', '{"x":1}', ':.eu:orders', 'größe'];
    for (const name of names) expect([name, (await put(name, avro(int('named')))).status]).toEqual([name, 200]);
    expect((await ask('GET', '/subjects')).json).toEqual(expect.arrayContaining(names));
    const json = '{ "type": "object", "properties": { "a": { "type": "string" } } }';
    const jsonId = await idOf('json-value', json, { schemaType: 'JSON' });
    expect((await ask('GET', `/schemas/ids/${jsonId}`)).json).toEqual({ schemaType: 'JSON', schema: json });
    const proto = 'syntax = "proto3";\n\nmessage M {\n  int32 a = 1;\n}\n';
    const protoId = await idOf('proto-value', proto, { schemaType: 'PROTOBUF' });
    expect((await ask('GET', `/schemas/ids/${protoId}`)).json).toEqual({ schemaType: 'PROTOBUF', schema: proto });
    const serialized = (await ask('GET', `/schemas/ids/${protoId}?format=serialized`)).json as { schema: string };
    expect(serialized.schema).toMatch(/^[A-Za-z0-9+/]+=*$/);
    const again = await idOf('proto-base64', serialized.schema, { schemaType: 'PROTOBUF' });
    expect((await ask('GET', `/schemas/ids/${again}`)).json).toMatchObject({
      schema: expect.stringContaining('message M {'),
    });
    expect(
      code(await put('proto-value', 'syntax = "proto3"; message M { string a = 1; }', { schemaType: 'PROTOBUF' })),
    ).toEqual([409, 40901]);
    expect(code(await put('json-value', '{"type":"string"}', { schemaType: 'JSON' }))).toEqual([409, 40901]);
    expect(code(await put('json-value', '"string"'))).toEqual([409, 40901]);
  });

  it('refuses bad input by Confluent’s own code, with a message that says what to do', async () => {
    const cases: readonly (readonly [JsonObject, number, RegExp])[] = [
      [
        { schema: '"int"', schemaType: 'XML' },
        42201,
        /Invalid schema type "XML". Valid values are AVRO, JSON and PROTOBUF/,
      ],
      [{ schema: '' }, 42201, /Empty schema/],
      [{ schema: '{"type":"record"}' }, 42201, /no list of "fields"|without a list of "fields"/i],
      [{ schema: '{' }, 42201, /is not JSON/],
      [
        { schema: '"int"', references: [{ name: 'x', subject: 'missing', version: 1 }] },
        42201,
        /subject 'missing', version 1, which is not registered: register it first/,
      ],
      [
        {
          schema: avro(
            { name: 'a', type: { type: 'fixed', name: 'F', size: 1 } },
            { name: 'b', type: { type: 'fixed', name: 'F', size: 2 } },
          ),
        },
        42201,
        /the name "F" is defined a second time/,
      ],
      [
        { schema: 'syntax = "proto3"; import "no.proto"; message M { int32 a = 1; }', schemaType: 'PROTOBUF' },
        42201,
        /imports "no\.proto", which is neither/,
      ],
      [
        { schema: JSON.stringify({ type: 'enum', name: 'E', symbols: ['A'], doc: 'x'.repeat(1_200_000) }) },
        42209,
        /larger than|too large/i,
      ],
      [
        { schema: JSON.stringify({ type: 'enum', name: 'E', symbols: ['A'], doc: 'x'.repeat(10_000_000) }) },
        42209,
        /too large/,
      ],
      [{ schema: '"int"', id: 77 }, 42205, /mode IMPORT/],
      [{ schema: '"int"', version: 9 }, 42201, /it would be 1/],
      [{ schema: '"int"', ruleSet: { domainRules: [{ kind: 'CONDITION' }] } }, 42210, /has no name/],
    ];
    for (const [body, expected, message] of cases) {
      const answer = await ask('POST', '/subjects/bad/versions', body);
      expect([expected, ...code(answer)]).toEqual([expected, Number(String(expected).slice(0, 3)), expected]);
      expect((answer.json as { message: string }).message).toMatch(message);
    }
    expect(code(await put('x'.repeat(300), '"int"'))).toEqual([422, 42208]);
    expect((await ask('GET', '/subjects/bad/versions')).status).toBe(404);
  });

  it('of references pins them, lists who refers, and guards what is referred to', async () => {
    const address = JSON.stringify({ type: 'record', name: 'Address', namespace: 'x', fields: [int('zip')] });
    await put('address', address);
    const schema = JSON.stringify({ type: 'record', name: 'Person', fields: [{ name: 'home', type: 'x.Address' }] });
    const references = [{ name: 'x.Address', subject: 'address', version: -1 }];
    const id = await idOf('person', schema, { references });
    expect((await ask('GET', `/schemas/ids/${id}`)).json).toEqual({
      references: [{ name: 'x.Address', subject: 'address', version: 1 }],
      schema,
    });
    expect((await ask('GET', '/subjects/address/versions/1/referencedby')).json).toEqual([id]);
    expect(code(await ask('DELETE', '/subjects/address/versions/1'))).toEqual([422, 42206]);
    expect(code(await ask('DELETE', '/subjects/address'))).toEqual([422, 42206]);
    const jsonPart = '{"type":"integer"}';
    await put('part', jsonPart, { schemaType: 'JSON' });
    const whole = '{"type":"object","properties":{"p":{"$ref":"part.json"}}}';
    const named = { schemaType: 'JSON', references: [{ name: 'part.json', subject: 'part', version: 1 }] };
    expect((await put('whole', whole, named)).status).toBe(200);
    const messages = 'syntax = "proto3"; import "m.proto"; message W { M m = 1; }';
    await put('m', 'syntax = "proto3"; message M { int32 a = 1; }', { schemaType: 'PROTOBUF' });
    expect(
      (
        await put('w', messages, {
          schemaType: 'PROTOBUF',
          references: [{ name: 'm.proto', subject: 'm', version: 1 }],
        })
      ).status,
    ).toBe(200);
    expect((await ask('DELETE', '/subjects/person')).json).toEqual([1]);
    expect((await ask('DELETE', '/subjects/address')).json).toEqual([1]);
  });
});

describe('looking up', () => {
  it('tells a subject that is not there from a schema that is not in it', async () => {
    await put('known', avro(int('a')));
    expect(await ask('POST', '/subjects/unknown', { schema: '"int"' })).toMatchObject({
      status: 404,
      json: { error_code: 40401, message: "Subject 'unknown' not found." },
    });
    expect(await ask('POST', '/subjects/known', { schema: '"int"' })).toMatchObject({
      status: 404,
      json: { error_code: 40403, message: 'Schema not found' },
    });
    expect((await ask('POST', '/subjects/known', { schema: ` ${avro(int('a'))}` })).json).toMatchObject({
      subject: 'known',
      version: 1,
      schema: avro(int('a')),
    });
    expect((await ask('GET', '/subjects/known/versions/latest')).json).toMatchObject({ version: 1 });
    expect((await ask('GET', '/subjects/known/versions/-1')).json).toMatchObject({ version: 1 });
    expect((await ask('GET', '/subjects/known/versions/1/schema')).text).toBe(avro(int('a')));
    expect(code(await ask('GET', '/subjects/known/versions/7'))).toEqual([404, 40402]);
    expect(code(await ask('GET', '/subjects/known/versions/x'))).toEqual([422, 42202]);
    expect(code(await ask('GET', '/subjects/known/versions/0'))).toEqual([422, 42202]);
    expect(code(await ask('GET', '/subjects/unknown/versions'))).toEqual([404, 40401]);
    expect(code(await ask('GET', '/schemas/ids/999999'))).toEqual([404, 40403]);
    expect(code(await ask('GET', '/schemas/ids/x'))).toEqual([404, 40403]);
    expect(code(await ask('GET', '/schemas/guids/00000000-0000-0000-0000-000000000000'))).toEqual([404, 40403]);
  });

  it('finds by metadata, and keeps it in the content', async () => {
    const metadata = (owner: string) => ({ metadata: { properties: { owner } } });
    await put('meta', avro(int('a')), metadata('Bob Jones'));
    await put('meta', avro(int('a'), int('b', { default: 1 })), metadata('Alice'));
    const found = await ask('GET', '/subjects/meta/metadata?deleted=false&&key=owner&value=Bob%20Jones');
    expect(found.json).toMatchObject({ version: 1, ...metadata('Bob Jones') });
    expect(code(await ask('GET', '/subjects/meta/metadata?key=owner&value=Eve'))).toEqual([404, 40403]);
    expect((await ask('POST', '/subjects/meta', { schema: avro(int('a')) })).json).toMatchObject({ version: 1 });
    const tagged = await ask('POST', '/subjects/meta/versions/2/tags', {
      tagsToAdd: [{ schemaEntity: { entityPath: 'R.a', entityType: 'sr_field' }, tags: ['PII'] }],
    });
    expect(tagged.status).toBe(200);
    expect((await ask('GET', '/subjects/meta/versions/3')).json).toMatchObject({
      metadata: { tags: { 'R.a': ['PII'] }, properties: { owner: 'Alice' } },
    });
  });

  it('pages, and keeps to a prefix and a context', async () => {
    for (const name of ['page-1', 'page-2', 'page-3', ':.us:page-1']) await put(name, avro(int('p')));
    expect((await ask('GET', '/subjects?subjectPrefix=page-&offset=1&limit=1')).json).toEqual(['page-2']);
    expect((await ask('GET', '/subjects?subjectPrefix=:.us:')).json).toEqual([':.us:page-1']);
    expect((await ask('GET', '/contexts/.us/subjects')).json).toEqual([':.us:page-1']);
    expect((await ask('GET', '/contexts/.us/subjects/page-1/versions/1')).json).toMatchObject({
      subject: ':.us:page-1',
    });
    expect((await ask('GET', '/contexts')).json).toEqual(expect.arrayContaining(['.', '.us']));
    expect(code(await ask('GET', '/contexts/.nowhere/subjects/page-1/versions/1'))).toEqual([404, 40401]);
    expect(code(await ask('DELETE', '/contexts/.us'))).toEqual([422, 42211]);
    expect(code(await ask('DELETE', '/contexts/.nowhere'))).toEqual([404, 40401]);
    const listed = (await ask('GET', '/schemas?subjectPrefix=page-&latestOnly=true&limit=2')).json as JsonObject[];
    expect(listed.map(({ subject }) => subject)).toEqual(['page-1', 'page-2']);
  });
});

describe('compatibility', () => {
  it('is asked with a version or all, verbosely or not', async () => {
    await put('asked', avro(int('a')));
    const bad = { schema: avro(int('a'), int('b')) };
    expect(
      (
        await ask('POST', '/compatibility/subjects/asked/versions/latest', {
          schema: avro(int('a'), int('b', { default: 0 })),
        })
      ).json,
    ).toEqual({ is_compatible: true });
    expect((await ask('POST', '/compatibility/subjects/asked/versions/1/', bad)).json).toEqual({
      is_compatible: false,
    });
    const verbose = (await ask('POST', '/compatibility/subjects/asked/versions?verbose=true', bad)).json;
    expect(verbose).toEqual({
      is_compatible: false,
      messages: [expect.stringContaining('AVRO_FIELD_ADDED'), expect.stringContaining("compatibility: 'BACKWARD'")],
    });
    expect(
      (await ask('POST', '/compatibility/subjects/asked/versions?verbose=true', { schema: avro(int('a')) })).json,
    ).toEqual({ is_compatible: true, messages: [] });
    expect((await ask('POST', '/compatibility/subjects/new/versions/latest', bad)).json).toEqual({
      is_compatible: true,
    });
    expect(code(await ask('POST', '/compatibility/subjects/new/versions/1', bad))).toEqual([404, 40402]);
    expect(code(await ask('POST', '/compatibility/subjects/asked/versions/latest', { schema: '{' }))).toEqual([
      422, 42201,
    ]);
    expect(
      (await ask('POST', '/compatibility/subjects/asked/versions/latest?verbose=true', { schema: '{' })).json,
    ).toMatchObject({ is_compatible: false });
  });
});

describe('levels and modes', () => {
  it('of a subject come before its context’s and those of all', async () => {
    expect((await ask('GET', '/config')).json).toEqual({ compatibilityLevel: 'BACKWARD' });
    expect(code(await ask('GET', '/config/levels'))).toEqual([404, 40408]);
    expect((await ask('GET', '/config/levels?defaultToGlobal=true')).json).toEqual({ compatibilityLevel: 'BACKWARD' });
    expect((await ask('PUT', '/config/levels', { compatibility: 'none', normalize: true })).json).toEqual({
      compatibility: 'NONE',
      normalize: true,
    });
    expect((await ask('GET', '/config/levels')).json).toEqual({ compatibilityLevel: 'NONE', normalize: true });
    await put('levels', avro(int('a')));
    expect((await put('levels', avro(int('b')))).status).toBe(200);
    const own = (await (await fetch(`${server.url}/v1/catalogs/streams/subjects/levels`)).json()) as {
      settings: { level: string };
    };
    expect(own.settings.level).toBe('NONE');
    expect(code(await ask('PUT', '/config/levels', { compatibility: 'SOMETIMES' }))).toEqual([422, 42203]);
    expect((await ask('DELETE', '/config/levels')).json).toEqual({ compatibilityLevel: 'NONE', normalize: true });
    expect(code(await ask('DELETE', '/config/levels'))).toEqual([404, 40401]);
    expect((await ask('PUT', '/config/:.eu:', { compatibility: 'NONE' })).status).toBe(200);
    await put(':.eu:l', avro(int('a')));
    expect((await put(':.eu:l', avro(int('b')))).status).toBe(200);
    await put('l', avro(int('a')));
    expect(code(await put('l', avro(int('b'))))).toEqual([409, 40901]);
  });

  it('of LENIENT take the closed world for JSON Schema, of STRICT the open one', async () => {
    const before = '{"type":"object","properties":{"a":{"type":"string"}}}';
    const after = '{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}}}';
    await put('world', before, { schemaType: 'JSON' });
    expect(code(await put('world', after, { schemaType: 'JSON' }))).toEqual([409, 40901]);
    await ask('PUT', '/config/world', { compatibility: 'BACKWARD', compatibilityPolicy: 'LENIENT' });
    expect((await put('world', after, { schemaType: 'JSON' })).status).toBe(200);
  });

  it('of IMPORT keep ids and versions, of READONLY refuse', async () => {
    expect((await ask('GET', '/mode')).json).toEqual({ mode: 'READWRITE' });
    expect(code(await ask('GET', '/mode/moded'))).toEqual([404, 40409]);
    expect((await ask('PUT', '/mode/moded', { mode: 'IMPORT' })).json).toEqual({ mode: 'IMPORT' });
    expect((await put('moded', '"double"', { id: 900_001, version: 5 })).json).toEqual({ id: 900_001 });
    expect((await ask('GET', '/subjects/moded/versions')).json).toEqual([5]);
    expect(code(await put('moded', '"float"', { id: 900_001, version: 6 }))).toEqual([422, 42205]);
    expect((await ask('PUT', '/mode/moded', { mode: 'READONLY' })).status).toBe(200);
    expect(code(await put('moded', '"float"'))).toEqual([422, 42205]);
    expect(code(await ask('DELETE', '/subjects/moded'))).toEqual([422, 42205]);
    expect((await ask('DELETE', '/mode/moded')).json).toEqual({ mode: 'READONLY' });
    expect(code(await ask('DELETE', '/mode/moded'))).toEqual([404, 40401]);
    expect(code(await ask('PUT', '/mode/moded', { mode: 'IMPORT' }))).toEqual([422, 42205]);
    expect((await ask('PUT', '/mode/moded?force=true', { mode: 'IMPORT' })).status).toBe(200);
    expect(code(await ask('PUT', '/mode', { mode: 'NAP' }))).toEqual([422, 42204]);
  });
});

describe('deleting', () => {
  it('hides first and removes second, and numbers are never given twice', async () => {
    await put('gone', avro(int('a')));
    await put('gone', avro(int('a'), int('b', { default: 0 })));
    const id = await idOf('gone', avro(int('a')));
    expect(code(await ask('DELETE', '/subjects/gone/versions/1?permanent=true'))).toEqual([404, 40407]);
    expect((await ask('DELETE', '/subjects/gone/versions/1?permanent=false')).json).toBe(1);
    expect(code(await ask('DELETE', '/subjects/gone/versions/1'))).toEqual([404, 40406]);
    expect((await ask('GET', '/subjects/gone/versions')).json).toEqual([2]);
    expect((await ask('GET', '/subjects/gone/versions?deleted=true')).json).toEqual([1, 2]);
    expect((await ask('GET', '/subjects/gone/versions?deletedOnly=true')).json).toEqual([1]);
    expect(code(await ask('GET', '/subjects/gone/versions/1'))).toEqual([404, 40402]);
    expect((await ask('GET', '/subjects/gone/versions/1?deleted=true')).json).toMatchObject({
      version: 1,
      deleted: true,
    });
    expect((await ask('GET', `/schemas/ids/${id}`)).status).toBe(200);
    expect((await put('gone', avro(int('a')))).json).toEqual({ id });
    expect((await ask('GET', '/subjects/gone/versions')).json).toEqual([2, 3]);
    expect(code(await ask('DELETE', '/subjects/gone?permanent=true'))).toEqual([404, 40405]);
    expect((await ask('DELETE', '/subjects/gone')).json).toEqual([2, 3]);
    expect(code(await ask('DELETE', '/subjects/gone'))).toEqual([404, 40404]);
    expect((await ask('GET', '/subjects')).json).not.toContain('gone');
    expect((await ask('GET', '/subjects?deleted=true')).json).toContain('gone');
    expect((await ask('GET', '/subjects?deletedOnly=true')).json).toContain('gone');
    expect((await ask('DELETE', '/subjects/gone?permanent=true')).json).toEqual([1, 2, 3]);
    expect(code(await ask('DELETE', '/subjects/gone?permanent=true'))).toEqual([404, 40401]);
    await put('gone', avro(int('z')));
    expect((await ask('GET', '/subjects/gone/versions')).json).toEqual([4]);
  });

  it('for ever of the newest version leaves its number taken, for imports too', async () => {
    await put('shrunk', avro(int('a')));
    await put('shrunk', avro(int('a'), int('b', { default: 0 })));
    await ask('DELETE', '/subjects/shrunk/versions/2');
    expect((await ask('DELETE', '/subjects/shrunk/versions/2?permanent=true')).json).toBe(2);
    await ask('PUT', '/mode/shrunk?force=true', { mode: 'IMPORT' });
    expect(code(await put('shrunk', avro(int('c')), { id: 900_100, version: 2 }))).toEqual([422, 42205]);
    expect((await put('shrunk', avro(int('c')), { id: 900_100, version: 3 })).json).toEqual({ id: 900_100 });
    await ask('PUT', '/mode/shrunk', { mode: 'READWRITE' });
    await put('shrunk', avro(int('c'), int('d', { default: 0 })));
    expect((await ask('GET', '/subjects/shrunk/versions')).json).toEqual([1, 3, 4]);
  });

  it('permanently takes the id away from whoever asks for it, also where it was answered before', async () => {
    const id = await idOf('forgotten', avro(int('only-here'.replace('-', '_').replace('-', '_'))));
    expect((await ask('GET', `/schemas/ids/${id}`)).status).toBe(200);
    expect((await ask('GET', `/schemas/ids/${id}`)).status).toBe(200);
    await ask('DELETE', '/subjects/forgotten');
    expect((await ask('GET', `/schemas/ids/${id}`)).status).toBe(200);
    await ask('DELETE', '/subjects/forgotten?permanent=true');
    expect(code(await ask('GET', `/schemas/ids/${id}`))).toEqual([404, 40403]);
  });
});

describe('the same versions by the registry’s own ways', () => {
  it('have a format, types and events as JSON Schema', async () => {
    await put('both', avro(int('a', { doc: 'how many' })));
    const own = `${server.url}/v1/catalogs/streams/subjects/both/versions/1`;
    expect(await (await fetch(own)).json()).toMatchObject({ format: 'avro' });
    expect(await (await fetch(`${own}/artifacts/types.ts`)).text()).toContain('a: number');
    const proto = 'syntax = "proto3"; message Order { string order_id = 1; repeated int64 amounts = 2; }';
    await put('typed', proto, { schemaType: 'PROTOBUF' });
    const types = await (
      await fetch(`${server.url}/v1/catalogs/streams/subjects/typed/versions/1/artifacts/types.ts`)
    ).text();
    expect(types).toContain('orderId?: string');
  });
});

describe('@kafkajs/confluent-schema-registry', () => {
  const registry = () => new SchemaRegistry({ host: server.url });
  const backward = 'BACKWARD' as COMPATIBILITY;

  it('registers, encodes and decodes in all three formats', async () => {
    const client = registry();
    const samples = [
      {
        type: SchemaType.AVRO,
        schema: JSON.stringify({
          type: 'record',
          name: 'Cup',
          namespace: 'k',
          fields: [{ name: 'size', type: 'int' }],
        }),
        payload: { size: 3 },
      },
      {
        type: SchemaType.JSON,
        schema: '{"type":"object","properties":{"size":{"type":"integer"}}}',
        payload: { size: 3 },
      },
      {
        type: SchemaType.PROTOBUF,
        schema: 'syntax = "proto3"; package k; message Cup { int32 size = 1; }',
        payload: { size: 3 },
      },
    ];
    for (const { type, schema, payload } of samples) {
      const { id } = await client.register({ type, schema } as Parameters<SchemaRegistry['register']>[0], {
        subject: `cup-${type}`,
        compatibility: backward,
      });
      expect(await client.getLatestSchemaId(`cup-${type}`)).toBe(id);
      const decoded = await registry().decode(await client.encode(id, payload));
      expect(JSON.parse(JSON.stringify(decoded))).toEqual(payload);
    }
  });

  it('sees what breaks', async () => {
    const client = registry();
    const schema = (fields: Json[]) => ({
      type: SchemaType.AVRO as const,
      schema: JSON.stringify({ type: 'record', name: 'Mug', namespace: 'k', fields }),
    });
    await client.register(schema([int('a')]), { subject: 'mug' });
    await expect(client.register(schema([int('a'), int('b')]), { subject: 'mug' })).rejects.toThrow(/AVRO_FIELD_ADDED/);
    await expect(client.getLatestSchemaId('nobody')).rejects.toThrow("Subject 'nobody' not found.");
  });
});

it(
  '64 clients that register the same schemas agree on their ids',
  async () => {
    const schemas = Array.from({ length: 10 }, (_, index) => avro(int(`f${index}`)));
    const all = await Promise.all(
      Array.from({ length: 64 }, async (_, client) => {
        const ids: number[] = [];
        for (const [index, schema] of schemas.entries())
          ids.push(await idOf(`many-${(index + client) % 10 === 0 ? 'x' : 'y'}-${index}`, schema));
        return ids.join(' ');
      }),
    );
    expect(new Set(all).size).toBe(1);
  },
  slow,
);

it('every route has been asked for above', async () => {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(new URL(import.meta.url), 'utf8');
  const first = (path: string) => path.split('/')[1] ?? '';
  expect(
    confluentRoutes
      .filter(({ path }) => path !== '/' && !text.includes(`'/${first(path)}`) && !text.includes(`\`/${first(path)}`))
      .map(({ path }) => path),
  ).toEqual([]);
});
