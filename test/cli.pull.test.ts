/** `herald pull` against registries that misbehave: each is reported by what it did, with its own exit code, and nothing is written. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commands } from '../src/cli/commands/index.ts';
import { run } from '../src/cli/run.ts';
import { fingerprint } from '../src/schema/canonical.ts';
import type { Json } from '../src/schema/json.ts';
import { compile } from './support/compile.ts';
import { testIo } from './support/io.ts';

const rules = {
  name: 'shop',
  title: 'Shop',
  names: {
    segments: [
      { name: 'entity', style: 'lower' },
      { name: 'fact', style: 'lower' },
    ],
    major: 'optional',
  },
  envelope: 'cloudevents-1.0',
  classification: { levels: ['public'] },
};
const money = { $defs: { amount: { type: 'integer' } } };
const order = { type: 'object', properties: { total: { $ref: 'herald://shop/money.amount/1#/$defs/amount' } } };

function version(subject: string, schema: Json, more: Record<string, Json> = {}): Json {
  return { catalog: 'shop', subject, number: 1, label: '1.0.0', fingerprint: fingerprint(schema), schema, ...more };
}

const orderPath = '/v1/catalogs/shop/subjects/order.placed/versions/latest';
const working: Record<string, () => Response> = {
  '/v1/catalogs/shop': () => Response.json({ name: 'shop', rules }),
  [orderPath]: () => Response.json(version('order.placed', order)),
  '/v1/catalogs/shop/subjects/order.placed/versions/1': () => Response.json(version('order.placed', order)),
  '/v1/catalogs/shop/subjects/money.amount/versions/1': () => Response.json(version('money.amount', money)),
  '/v1/catalogs/shop/subjects/money.amount/versions/latest': () => Response.json(version('money.amount', money)),
};

/** As a bundler reads it. */
function transform(text: string): string {
  return transformSync(text, { loader: 'ts', format: 'esm' }).code;
}

describe('herald pull', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'herald-pull-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function pull(routes: Record<string, () => Response>, args = 'shop/order.placed --out events') {
    const { io, said } = testIo({
      cwd: folder,
      env: { HERALD_URL: 'http://registry.test' },
      fetch: async (target) =>
        routes[new URL(String(target)).pathname]?.() ?? new Response('not here', { status: 404 }),
    });
    const exit = await run(['pull', ...args.split(' ')], io, commands, '0');
    return { ...said, exit };
  }

  it('generates here, with what the version refers to, and the same bytes again', async () => {
    expect(await pull(working)).toEqual({
      out: '1 subject pinned in herald.lock.json, 12 files written\n',
      err: '',
      exit: 0,
    });
    const types = readFileSync(join(folder, 'events/shop/order.placed/types.ts'), 'utf8');
    expect(types).toContain('version 1 (1.0.0)');
    expect(types).toContain('total?: Amount;');
    expect((await pull(working, '--out events --check')).exit).toBe(0);
    expect((await pull(working, '--out events --check --readonly')).out).toContain(
      'events/shop/order.placed/types.ts is stale',
    );
  });

  it('gives one module that a client works with offline, where no code may be made, typed by subject', async () => {
    expect((await pull(working)).exit).toBe(0);
    const files = new Map<string, string>();
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
      if (/\.(?:ts|js|json)$/.test(path)) files.set(path, readFileSync(join(folder, path), 'utf8'));
    files.set(
      'client.d.ts',
      `export * from ${JSON.stringify(fileURLToPath(new URL('../dist/client/index.js', import.meta.url)))};`,
    );
    files.set(
      'uses.ts',
      `import { createClient, type Lock } from './client.js';
import { type Events, offline, type Payloads } from './events/herald.js';
import lock from './herald.lock.json' with { type: 'json' };
const herald = createClient<Events, Payloads>(offline);
export const sameLock: Lock = lock;
export async function uses(): Promise<number | undefined> {
  const checked = await herald.validate('shop', 'order.placed', {});
  if (!checked.valid) return checked.errors.length;
  const event = await herald.event('shop', 'order.placed', { total: 1 }, { producer: 'billing' });
  // @ts-expect-error a total is a number
  await herald.event('shop', 'order.placed', { total: 'x' });
  // @ts-expect-error no such subject
  await herald.latest('shop', 'order.lost');
  const parsed = await herald.parse('shop', event);
  return parsed.payload.total ?? checked.payload.total;
}
`,
    );
    // the library of browsers, which declares fetch, is not loaded here
    expect((await compile(files)).filter((line) => !line.startsWith('..'))).toEqual([]);
    const program = `import { createClient } from ${JSON.stringify(new URL('../dist/client/index.js', import.meta.url).href)};
import { offline } from './events/herald.js';
const herald = createClient(offline);
const good = await herald.parse('shop', { specversion: '1.0', id: 'e', source: '/shop', type: 'order.placed', data: { total: 1 } });
const bad = await herald.validate('shop', 'order.placed', { total: 'x' });
console.log(JSON.stringify([good.payload, good.version.number, bad.errors[0].keyword]));`;
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'uses.mjs'), program);
    for (const path of ['events/herald', 'events/shop/schemas'])
      writeFileSync(join(folder, `${path}.js`), transform(readFileSync(join(folder, `${path}.ts`), 'utf8')));
    const said = execFileSync(process.execPath, ['--disallow-code-generation-from-strings', 'uses.mjs'], {
      cwd: folder,
    });
    expect(JSON.parse(String(said))).toEqual([{ total: 1 }, 1, 'type']);
  }, 120_000);

  it('keeps a pin of a retired subject, moves the others and says both; --check tells of newer versions', async () => {
    const money2 = { $defs: { amount: { type: 'number' } } };
    const moneyPath = '/v1/catalogs/shop/subjects/money.amount/versions';
    expect((await pull(working, 'shop/order.placed shop/money.amount --out events')).exit).toBe(0);
    const retired = () =>
      Response.json(
        { error: { code: 'SUBJECT_RETIRED', message: 'order.placed is retired.', details: {} } },
        { status: 410 },
      );
    const later = {
      ...working,
      [orderPath]: retired,
      [`${moneyPath}/latest`]: () => Response.json(version('money.amount', money2, { number: 2, label: '2.0.0' })),
      [`${moneyPath}/2`]: () => Response.json(version('money.amount', money2, { number: 2, label: '2.0.0' })),
    };
    const checked = await pull(later, '--out events --check');
    expect([checked.exit, checked.out]).toEqual([
      0,
      expect.stringContaining('shop/money.amount: version 1 is pinned, 2 is the latest'),
    ]);
    expect(checked.out).toContain('shop/order.placed: version 1 is pinned, the subject is retired');
    const moved = await pull(later, '--out events --update');
    expect([moved.exit, moved.out]).toEqual([0, expect.stringContaining('shop/money.amount: version 1 → 2')]);
    expect(moved.err).toContain('shop/order.placed is retired; it stays at version 1');
    const lock = JSON.parse(readFileSync(join(folder, 'herald.lock.json'), 'utf8'));
    expect([lock.subjects['shop/order.placed'].version, lock.subjects['shop/money.amount'].version]).toEqual([1, 2]);
  });

  it.each([
    [
      'down',
      () => {
        throw new TypeError('fetch failed');
      },
      'cannot be reached',
      3,
    ],
    [
      'slow',
      () => {
        throw new DOMException('late', 'TimeoutError');
      },
      'did not answer within 60 s',
      3,
    ],
    [
      'answering HTML',
      () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
      'did not answer a version',
      3,
    ],
    [
      'answering half of it',
      () => new Response('{"number":1,', { headers: { 'content-type': 'application/json' } }),
      'did not answer a version',
      3,
    ],
    ['a login page', () => new Response('<html>', { status: 403 }), 'Is this the right address?', 3],
    [
      'answering other content',
      () => Response.json(version('order.placed', order, { schema: { type: 'array' } })),
      'does not have the fingerprint it states',
      3,
    ],
    [
      'without the subject',
      () =>
        Response.json(
          { error: { code: 'SUBJECT_NOT_FOUND', message: 'There is no subject "order.placed".' } },
          { status: 404 },
        ),
      'shop/order.placed: There is no subject',
      2,
    ],
  ])('says so where the registry is %s', async (_, reply, says, exit) => {
    const result = await pull({ ...working, [orderPath]: reply });
    expect([result.err, result.exit]).toEqual([expect.stringContaining(says), exit]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('does not list subjects out of HTML', async () => {
    const html = () => new Response('<html>', { headers: { 'content-type': 'text/html' } });
    const result = await pull({ ...working, '/v1/catalogs/shop/subjects': html }, 'shop/* --out events');
    expect([result.err, result.exit]).toEqual([expect.stringContaining('did not list the subjects of shop'), 3]);
  });

  it.each([
    ['half of one', '{"lockVersion":1,'],
    ['another version', '{"lockVersion":2,"registry":"x","subjects":{}}'],
    [
      'a cut fingerprint',
      '{"lockVersion":1,"registry":"x","subjects":{"shop/order.placed":{"version":1,"fingerprint":"ab"}}}',
    ],
  ])('refuses a lock file that is %s', async (_, text) => {
    writeFileSync(join(folder, 'herald.lock.json'), text);
    const result = await pull(working);
    expect([result.err, result.exit]).toEqual([expect.stringContaining('herald.lock.json cannot be used'), 2]);
    expect(readFileSync(join(folder, 'herald.lock.json'), 'utf8')).toBe(text);
  });

  it('does not take another content for a pinned version', async () => {
    await pull(working);
    const other = { type: 'array' };
    const path = '/v1/catalogs/shop/subjects/order.placed/versions/1';
    const result = await pull(
      { ...working, [path]: () => Response.json(version('order.placed', other)) },
      '--out events',
    );
    expect([result.err, result.exit]).toEqual([expect.stringContaining('a version never changes'), 2]);
  });

  it('removes what it generated for a subject that is no longer pinned, and nothing else', async () => {
    await pull(working, 'shop/order.placed shop/money.amount --out events');
    const lock = join(folder, 'herald.lock.json');
    const { subjects, ...rest } = JSON.parse(readFileSync(lock, 'utf8'));
    writeFileSync(lock, JSON.stringify({ ...rest, subjects: { 'shop/order.placed': subjects['shop/order.placed'] } }));
    mkdirSync(join(folder, 'events/shop/mine'));
    writeFileSync(join(folder, 'events/shop/mine/types.ts'), 'export {};\n');
    const check = await pull(working, '--out events --check');
    expect([check.out, check.exit]).toEqual([
      expect.stringContaining('events/shop/money.amount is of a subject that is not there any more'),
      1,
    ]);
    await pull(working, '--out events');
    expect(readdirSync(join(folder, 'events/shop')).sort()).toEqual([
      'envelope.ts',
      'events.ts',
      'mine',
      'order.placed',
      'schemas.ts',
    ]);
  });
});
