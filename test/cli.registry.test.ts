/** Commands that write to a registry, as the callers who run them: a publisher in CI, and whoever promotes from one to another. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commands } from '../src/cli/commands/index.ts';
import type { Io } from '../src/cli/io.ts';
import { run } from '../src/cli/run.ts';
import type { ApiToken } from '../src/http/api-tokens.ts';
import { authenticator } from '../src/http/auth.ts';
import type { Json } from '../src/schema/json.ts';
import { openStore } from '../src/store/open.ts';
import { expectStatus, noon, type TestRegistry, testRegistry } from './support/registry.ts';
import { shop } from './support/shop.ts';

const rules = {
  ...shop,
  domains: { ...shop.domains, stock: { ...shop.domains.order, owner: 'stores' } },
  services: { orders: {}, stores: {} },
};

function event(producer: string, properties: Readonly<Record<string, Json>>): Json {
  const described = Object.entries(properties).map(([name, schema]) => [
    name,
    { description: 'What it says.', ...(schema as object) },
  ]);
  return {
    title: 'Event',
    description: 'Something happened.',
    'x-contract': { producer },
    type: 'object',
    properties: Object.fromEntries(described),
  };
}

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'herald-registry-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, value: Json): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), JSON.stringify(value));
}

async function herald(args: string, registries: Readonly<Record<string, TestRegistry>>, token = '') {
  const said = { out: '', err: '', requests: [] as string[] };
  const io: Io = {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    input: async () => '',
    cwd: folder,
    env: token === '' ? {} : { HERALD_TOKEN: token },
    fetch: async (target, init) => {
      const { hostname, pathname, search } = new URL(String(target));
      said.requests.push(`${init?.method ?? 'GET'} ${pathname}`);
      return registries[hostname]!.app.request(pathname + search, init);
    },
    git: async () => ({ code: 128, stdout: Buffer.alloc(0), stderr: '' }),
    now: () => noon,
    interactive: false,
    color: false,
    stopped: async () => undefined,
  };
  const exit = await run(args.split(' '), io, commands, '0.0.0');
  return { ...said, exit };
}

describe('herald register with the token of a publisher', () => {
  const sha256 = createHash('sha256').update('token-of-ci').digest('hex');
  const ci: ApiToken = { name: 'ci', sha256, role: 'publisher', services: ['orders'], subjects: ['shop/order.*'] };

  async function withShop(): Promise<TestRegistry> {
    const store = await openStore({ kind: 'memory' }, { now: () => noon });
    const open = await testRegistry({ store });
    await expectStatus(open.ask('PUT', '/v1/catalogs/shop', { body: rules }), 201);
    return testRegistry({ store, authenticate: authenticator({ tokens: [ci] }, { now: () => noon }, store) });
  }

  it('writes no catalog that is the same, and registers what its service owns', async () => {
    const registry = await withShop();
    write('schemas/shop/catalog.json', rules);
    write('schemas/shop/order.placed.json', event('orders', { id: { type: 'string' } }));
    const said = await herald('register schemas --registry http://registry', { registry }, 'token-of-ci');
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(said.out).toContain('shop/order.placed: version 1, 1.0.0');
    expect(said.requests.filter((request) => request.startsWith('PUT'))).toEqual([]);
    await registry.close();
  });

  it('names what it may not do, and does the rest', async () => {
    const registry = await withShop();
    write('schemas/shop/catalog.json', { ...rules, title: 'The shop' });
    write('schemas/shop/order.placed.json', event('orders', { id: { type: 'string' } }));
    write('schemas/shop/stock.counted.json', event('stores', { id: { type: 'string' } }));
    const said = await herald('register schemas --registry http://registry', { registry }, 'token-of-ci');
    expect(said.exit).toBe(2);
    expect(said.err).toContain(
      'schemas/shop/catalog.json: refused, the catalog "shop" differs from what the registry has, and only an admin may write it (FORBIDDEN)',
    );
    expect(said.err).toMatch(/stock\.counted\.json: refused, this token may not publish "stock\.counted"/);
    expect(said.out).toContain('shop/order.placed: version 1, 1.0.0');
    await registry.close();
  });

  it('says that a catalog is new where it is', async () => {
    const registry = await withShop();
    write('schemas/market/catalog.json', { ...rules, name: 'market' });
    write('schemas/market/order.placed.json', event('orders', { id: { type: 'string' } }));
    const said = await herald('register schemas --registry http://registry', { registry }, 'token-of-ci');
    expect([said.exit, said.err]).toEqual([
      2,
      'schemas/market/catalog.json: refused, the catalog "market" is new to the registry, and only an admin may write it (FORBIDDEN)\n',
    ]);
    await registry.close();
  });
});

it('registers what an event of another catalog refers to before that one', async () => {
  const registry = await testRegistry();
  write('schemas/market/catalog.json', { ...rules, name: 'market' });
  write(
    'schemas/market/order.placed.json',
    event('orders', { id: { $ref: 'herald://shop/order.paid/1#/properties/id' } }),
  );
  write('schemas/shop/catalog.json', rules);
  write('schemas/shop/order.paid.json', event('orders', { id: { type: 'string' } }));
  const said = await herald('register schemas --registry http://registry', { registry });
  expect(said).toMatchObject({ exit: 0, err: '' });
  expect(said.out).toContain('2 catalogs, 2 new versions');
  await registry.close();
});

describe('herald promote', () => {
  const subject = (name: string) => `/v1/catalogs/shop/subjects/${name}`;
  const referring = (number: number) =>
    event('orders', { state: { $ref: `herald://shop/order.counted/${number}#/properties/state` } });

  async function filled(): Promise<{ from: TestRegistry; to: TestRegistry }> {
    const [from, to] = [await testRegistry(), await testRegistry()];
    for (const { ask } of [from, to]) await expectStatus(ask('PUT', '/v1/catalogs/shop', { body: rules }), 201);
    const post = (name: string, body: Json) =>
      expectStatus(from.ask('POST', `${subject(name)}/versions`, { body }), 201);
    const state = (more: object) => event('orders', { state: { enum: ['open'], ...more } });
    await post('order.counted', state({ title: 'One' }));
    await post('order.counted', state({ title: 'Two' }));
    await post('order.counted', state({ title: 'Three' }));
    await post('order.placed', referring(3));
    return { from, to };
  }

  const args = (names: string) => `promote ${names} --from http://from --to http://to`;

  it('lets references lead to the versions that the target gave the same documents', async () => {
    const { from, to } = await filled();
    const said = await herald(args('shop/order.placed shop/order.counted@3'), { from, to });
    expect(said).toMatchObject({ exit: 0, err: '' });
    const { json } = await to.ask('GET', `${subject('order.placed')}/versions/1`);
    expect(json.schema).toEqual(referring(1));
    const again = await herald(args('shop/order.placed'), { from, to });
    expect(again.out).toContain('0 versions promoted, 1 already there, 0 refused');
    for (const registry of [from, to]) await registry.close();
  });

  it('refuses a document whose reference leads to what the target does not have', async () => {
    const { from, to } = await filled();
    await herald(args('shop/order.counted@2'), { from, to });
    const said = await herald(args('shop/order.placed'), { from, to });
    expect(said.err).toContain(
      'It refers to herald://shop/order.counted/3, and http://to has no version with that content. Promote that one with it.',
    );
    expect(said.exit).toBe(2);
    for (const registry of [from, to]) await registry.close();
  });
});
