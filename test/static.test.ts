/** `herald export --static`: files answer look-ups as the registry does, the client works against them, and a second run asks little. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commands } from '../src/cli/commands/index.ts';
import { run } from '../src/cli/run.ts';
import { createClient } from '../src/client/index.ts';
import type { JsonObject } from '../src/schema/json.ts';
import { testIo } from './support/io.ts';
import { expectStatus, type TestRegistry, testRegistry } from './support/registry.ts';
import { s3Credentials, s3Server } from './support/s3.ts';
import { shop } from './support/shop.ts';

const order = (more: JsonObject = {}): JsonObject => ({
  title: 'OrderPlaced',
  description: 'An order was placed.',
  'x-contract': { producer: 'orders', consumers: ['billing'], orderingKey: '/id' },
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', description: 'The order.' }, ...more },
});
const note = { note: { type: 'string', description: 'A note.' } };
const subject = '/v1/catalogs/shop/subjects/order.placed';

let registry: TestRegistry;
let folder: string;
const servers: Server[] = [];

beforeEach(async () => {
  registry = await testRegistry();
  folder = mkdtempSync(join(tmpdir(), 'herald-static-'));
  await expectStatus(registry.ask('PUT', '/v1/catalogs/shop', { body: shop }), 201);
  await register('order.placed', order());
  await register('order.placed', order(note));
  await register('order.shipped', { ...order(), title: 'OrderShipped' });
});

afterEach(async () => {
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
  for (const server of servers.splice(0)) server.close();
});

const register = (name: string, body: JsonObject) =>
  expectStatus(registry.ask('POST', `/v1/catalogs/shop/subjects/${name}/versions`, { body }), 201);

interface Ran {
  readonly code: number;
  readonly err: string;
  /** Paths the registry was asked for. */
  readonly asked: readonly string[];
}

/** `broken`: the registry is gone once it was asked so often. */
async function copy(
  to = folder,
  { env = {}, broken = Number.POSITIVE_INFINITY }: { readonly env?: object; readonly broken?: number } = {},
): Promise<Ran> {
  const asked: string[] = [];
  const { io, said } = testIo({
    now: Date.now,
    env: { ...env },
    fetch: async (url, init) => {
      const path = String(url).replace(/^http:\/\/[^/]+/, '');
      if (asked.length >= broken) throw new TypeError('fetch failed');
      asked.push(path);
      return registry.app.request(path, init);
    },
  });
  const code = await run(['export', '--static', to, '--registry', 'http://registry.test'], io, commands, '0');
  return { code, err: said.err, asked };
}

/** A web server that knows only files: the path, or the `index.json` of its folder, or `404.json`. */
async function served(root: string): Promise<string> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://files').pathname);
    const found = [join(root, path), join(root, path, 'index.json')].find(
      (file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true,
    );
    response.writeHead(found === undefined ? 404 : 200);
    response.end(readFileSync(found ?? join(root, '404.json')));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const files = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length));

test('every file is what the registry answers at its path', async () => {
  expect(await copy()).toMatchObject({ code: 0, err: expect.stringContaining('2 subjects, 0 of them unchanged') });
  const paths = files().filter((file) => file.startsWith('/v1/'));
  const version = (name: string, number: number | string) => `/v1/catalogs/shop/subjects/${name}/versions/${number}`;
  for (const wanted of [
    '/v1/catalogs/shop/index.json',
    ...[1, 2, 'latest'].flatMap((number) => [
      `${version('order.placed', number)}/index.json`,
      `${version('order.placed', number)}/schema`,
    ]),
    `${version('order.shipped', 1)}/artifacts/types.ts`,
    `${version('order.placed', 1)}/artifacts/validator.js`,
    '/v1/schemas/1',
    '/v1/schemas/3',
  ])
    expect(paths).toContain(wanted);
  for (const path of paths) {
    const answer = await expectStatus(registry.ask('GET', path.replace(/\/index\.json$/, '')), 200);
    expect([path, readFileSync(join(folder, path), 'utf8')]).toEqual([path, answer.text]);
  }
});

test('the client looks up, validates and is refused as by the registry', async () => {
  await copy();
  const client = createClient({ url: await served(folder) });
  const latest = await client.latest('shop', 'order.placed');
  expect([latest.number, latest.stage]).toEqual([2, 'active']);
  expect((await client.version('shop', 'order.placed', 1)).label).toBe('1.0.0');
  expect((await client.schemaByFingerprint(latest.fingerprint)).id).toBe(latest.id);
  expect((await client.schemaById(latest.id!)).schema).toEqual(latest.schema);
  expect((await client.validate('shop', 'order.placed', { id: 7 })).valid).toBe(false);
  expect((await client.validate('shop', 'order.placed', { id: '7' })).valid).toBe(true);
  await expect(client.latest('shop', 'order.paid')).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND', status: 404 });
});

describe('a second run', () => {
  test('asks for lists and rules alone where nothing is new', async () => {
    await copy();
    const again = await copy();
    expect(again.err).toContain('2 subjects, 2 of them unchanged');
    expect(again.asked).toEqual([
      '/v1/catalogs',
      '/v1/catalogs/shop',
      expect.stringMatching(/^\/v1\/catalogs\/shop\/subjects\?/),
    ]);
  });

  test('asks for a new version, and not for those before it', async () => {
    await copy();
    await register('order.placed', order({ ...note, gift: { type: 'boolean', description: 'Whether it is one.' } }));
    const again = await copy();
    expect(again.asked.filter((path) => /versions\/\d/.test(path))).toEqual(
      again.asked.filter((path) => path.startsWith(`${subject}/versions/3`)),
    );
    const client = createClient({ url: await served(folder) });
    expect((await client.latest('shop', 'order.placed')).number).toBe(3);
  });

  test('makes artifacts again when the rules of the catalog change', async () => {
    await copy();
    const classification = { levels: ['public', 'internal', 'secret'] };
    await expectStatus(registry.ask('PUT', '/v1/catalogs/shop', { body: { ...shop, classification } }), 200);
    const { asked } = await copy();
    expect(asked).toContain(`${subject}/versions/1/artifacts/redact.js`);
    expect(asked).not.toContain(`${subject}/versions/1`);
  });

  test('removes a version that was withdrawn', async () => {
    await copy();
    await expectStatus(registry.ask('DELETE', `${subject}/versions/2?reason=a%20mistake`), 204);
    expect((await copy()).err).toMatch(/9 files removed/);
    expect(files().filter((file) => file.startsWith(`${subject}/versions/2`))).toEqual([]);
    const client = createClient({ url: await served(folder) });
    expect((await client.latest('shop', 'order.placed')).number).toBe(1);
  });

  test('leaves the versions of a retired subject, and no latest one', async () => {
    await copy();
    await register('order.placed.v2', { ...order(), title: 'OrderPlacedV2' });
    const plan = {
      successor: 'order.placed.v2',
      sunset: '2026-12-31',
      migration: 'Read order.placed.v2.',
      reason: 'It has more.',
    };
    await expectStatus(registry.ask('PUT', `${subject}/deprecation`, { body: plan }), 201);
    const force = { reason: 'nobody is left' };
    for (const transition of ['dual-write', 'migrate', 'retire'])
      await expectStatus(
        registry.ask('POST', `${subject}/deprecation/transitions`, { body: { transition, force } }),
        200,
      );
    await copy();
    const client = createClient({ url: await served(folder) });
    await expect(client.latest('shop', 'order.placed')).rejects.toMatchObject({ status: 404 });
    expect((await client.version('shop', 'order.placed', 2)).number).toBe(2);
  });

  test('finishes what a registry that went away left undone', async () => {
    const first = await copy(folder, { broken: 20 });
    expect([first.code, first.err]).toEqual([3, expect.stringContaining('cannot be reached')]);
    expect(files().filter((file) => file.endsWith('.unfinished'))).toEqual([]);
    expect((await copy()).code).toBe(0);
    const whole = files();
    rmSync(folder, { recursive: true });
    await copy();
    expect(whole.toSorted()).toEqual(files().toSorted());
  });
});

test('a bucket has each page under its own path, with the headers it is served with', async () => {
  const bucket = await s3Server('events');
  const env = {
    AWS_ACCESS_KEY_ID: s3Credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3Credentials.secretAccessKey,
    AWS_ENDPOINT_URL: bucket.url,
  };
  try {
    expect((await copy('s3://events/herald', { env })).code).toBe(0);
    const under = (path: string) => bucket.objects.get(`events/herald${path}`)?.toString();
    for (const path of [`${subject}/versions/1`, `${subject}/versions/latest/schema`, '/v1/schemas/2'])
      expect(under(path)).toBe((await registry.ask('GET', path)).text);
    expect(bucket.headers.get(`events/herald${subject}/versions/1`)).toMatchObject({
      'content-type': expect.stringContaining('application/json'),
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect(bucket.headers.get(`events/herald${subject}/versions/latest`)).toMatchObject({
      'cache-control': 'public, max-age=10, must-revalidate',
    });
    expect((await copy('s3://events/herald', { env })).err).toContain('2 of them unchanged');
  } finally {
    await bucket.close();
  }
});

test('says what is wrong with the place', async () => {
  expect(await copy('gs://bucket')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--static is a folder or s3://bucket/prefix, not "gs://bucket".'),
  });
  expect(await copy('s3://events/herald')).toMatchObject({
    code: 2,
    err: expect.stringContaining('s3://events/herald needs AWS_ACCESS_KEY_ID'),
  });
  await copy();
  const blocked = join(folder, '404.json', 'below');
  expect(await copy(blocked)).toMatchObject({ code: 2, err: expect.stringContaining(`${blocked} cannot be written`) });
});
