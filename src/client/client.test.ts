import { describe, expect, it } from 'vitest';
import { fingerprint } from '../schema/canonical.ts';
import type { Json } from '../schema/json.ts';
import type { Client } from './client.ts';
import { createClient, HeraldError } from './index.ts';
import type { ClientOptions } from './options.ts';

const catalog = {
  name: 'shop',
  formats: 'assert',
  names: { segments: [{ name: 'entity', style: 'lower' }], major: 'optional' },
  envelope: {
    schema: {
      type: 'object',
      required: ['id', 'type', 'payload'],
      properties: { id: { type: 'string' }, type: { type: 'string' }, version: { type: 'integer' } },
    },
    at: { id: '/id', type: '/type', version: '/version', payload: '/payload' },
  },
};
const placed = stated({
  catalog: 'shop',
  subject: 'order.placed',
  number: 2,
  label: '1.1.0',
  id: 7,
  dialect: '2020-12',
  contract: {},
  createdAt: '2026-01-01T00:00:00Z',
  schema: { type: 'object', required: ['total'], properties: { total: { type: 'integer' } } },
});
/** As a registry states it. */
function stated<Content extends { readonly schema: Json }>(content: Content) {
  return { ...content, fingerprint: fingerprint(content.schema) };
}

const latest = '/v1/catalogs/shop/subjects/order.placed/versions/latest';
const base = 'http://registry.test';

type Reply = (request: { path: string; init: RequestInit; count: number }) => Response | Promise<Response>;

function json(value: unknown, init: ResponseInit = {}): Response {
  return new Response(JSON.stringify(value), {
    ...init,
    headers: { 'content-type': 'application/json', ...init.headers },
  });
}

function refusal(status: number, code: string, details: Record<string, Json> = {}): Response {
  return json({ error: { code, message: `refused: ${code}`, details } }, { status });
}

/** A registry that is a function, a clock that is set by hand, and what was asked. */
function registry(routes: Record<string, Reply>, options: Partial<ClientOptions> = {}) {
  const asked: { path: string; init: RequestInit }[] = [];
  const counts = new Map<string, number>();
  const errors: unknown[] = [];
  const slept: number[] = [];
  const timers: { run: () => void; ms: number }[] = [];
  const clock = { now: 1_800_000_000_000 };
  const client = createClient({
    url: `${base}/`,
    fetch: async (url, init) => {
      const path = url.slice(base.length);
      asked.push({ path, init });
      const count = (counts.get(path) ?? 0) + 1;
      counts.set(path, count);
      const reply = routes[path];
      return reply === undefined ? refusal(404, 'SUBJECT_NOT_FOUND') : reply({ path, init, count });
    },
    onError: (error) => errors.push(error),
    runtime: {
      now: () => clock.now,
      random: () => 0.5,
      sleep: async (ms) => {
        slept.push(ms);
      },
      later: (ms, run) => {
        const timer = { run, ms };
        timers.push(timer);
        return () => timers.splice(timers.indexOf(timer), 1);
      },
    },
    ...options,
  });
  return { client, asked, errors, slept, timers, clock, paths: () => asked.map(({ path }) => path) };
}

const working: Record<string, Reply> = {
  '/v1/catalogs/shop': () => json({ name: 'shop', rules: catalog }),
  [latest]: ({ init }) =>
    new Headers(init.headers).get('if-none-match') === '"a"'
      ? new Response(null, { status: 304 })
      : json({ ...placed, stage: 'active' }, { headers: { etag: '"a"' } }),
};

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HeraldError)) throw new Error('no HeraldError', { cause: error });
  return error.code;
}

describe('what never changes', () => {
  const content = { id: 7, fingerprint: placed.fingerprint, dialect: '2020-12', schema: placed.schema };
  const routes: Record<string, Reply> = {
    '/v1/schemas/7': () => json(content),
    [`/v1/schemas/${placed.fingerprint}`]: () => json(content),
    '/v1/catalogs/shop/subjects/order.placed/versions/2': () => json(placed),
  };

  it('is asked for once, whoever asks and when', async () => {
    const { client, paths, clock } = registry(routes);
    await Promise.all([client.schemaById(7), client.schemaById(7)]);
    clock.now += 1e12;
    expect((await client.schemaById(7)).schema).toEqual(placed.schema);
    expect((await client.schemaByFingerprint(placed.fingerprint)).id).toBe(7);
    await client.version('shop', 'order.placed', 2);
    expect((await client.version('shop', 'order.placed', 2)).label).toBe('1.1.0');
    expect(paths()).toEqual(Object.keys(routes));
  });

  it('makes room within its bound', async () => {
    const { client, paths } = registry(routes, { cacheBytes: 3 * JSON.stringify(content).length });
    await client.schemaById(7);
    await client.schemaByFingerprint(placed.fingerprint);
    await client.schemaByFingerprint(placed.fingerprint);
    await client.schemaById(7);
    expect(paths()).toEqual(['/v1/schemas/7', `/v1/schemas/${placed.fingerprint}`, '/v1/schemas/7']);
  });

  it('cannot be changed by whoever holds it', async () => {
    const { client } = registry(routes);
    const schema = (await client.schemaById(7)).schema as Record<string, Json>;
    expect(() => {
      schema.type = 'array';
    }).toThrow(TypeError);
  });

  it('is known from latest too', async () => {
    const { client, paths } = registry(working);
    await client.latest('shop', 'order.placed');
    const version = await client.version('shop', 'order.placed', 2);
    expect([version.number, version.stage, paths()]).toEqual([2, undefined, [latest]]);
  });
});

describe('latest', () => {
  it('is fresh for a while, then old while it is asked for again, with its ETag', async () => {
    const { client, asked, clock } = registry(working, { freshMs: 100, staleMs: 1_000 });
    await client.latest('shop', 'order.placed');
    clock.now += 99;
    await client.latest('shop', 'order.placed');
    expect(asked).toHaveLength(1);
    clock.now += 1;
    expect((await client.latest('shop', 'order.placed')).number).toBe(2);
    expect(new Headers(asked[1]?.init.headers).get('if-none-match')).toBe('"a"');
    await client.latest('shop', 'order.placed');
    expect(asked).toHaveLength(2);
  });

  it('is waited for once it is too old', async () => {
    const reply: Reply = ({ count }) => json({ ...placed, number: count, stage: 'active' });
    const { client, clock } = registry({ [latest]: reply }, { freshMs: 100, staleMs: 1_000 });
    await client.latest('shop', 'order.placed');
    clock.now += 500;
    expect((await client.latest('shop', 'order.placed')).number).toBe(1);
    await expect.poll(async () => (await client.latest('shop', 'order.placed')).number).toBe(2);
    clock.now += 1_100;
    expect((await client.latest('shop', 'order.placed')).number).toBe(3);
  });

  it('stays what it was while the registry is down', async () => {
    const reply: Reply = ({ count }) => {
      if (count > 1) throw new TypeError('connection refused');
      return json({ ...placed, stage: 'active' });
    };
    const { client, clock, errors } = registry({ [latest]: reply }, { freshMs: 100, staleMs: 100 });
    await client.latest('shop', 'order.placed');
    clock.now += 10_000;
    expect((await client.latest('shop', 'order.placed')).number).toBe(2);
    expect(errors).toHaveLength(1);
  });

  it('is gone when the subject is retired, also where an old answer is kept', async () => {
    const reply: Reply = ({ count }) =>
      count === 1
        ? json({ ...placed, stage: 'migrating' })
        : refusal(410, 'SUBJECT_RETIRED', { successor: 'order.placed.v2' });
    const { client, clock } = registry({ [latest]: reply }, { freshMs: 0, staleMs: 0 });
    await client.latest('shop', 'order.placed');
    clock.now += 1;
    expect(await codeOf(client.latest('shop', 'order.placed'))).toBe('SUBJECT_RETIRED');
    expect(await codeOf(client.latest('shop', 'order.placed'))).toBe('SUBJECT_RETIRED');
  });
});

describe('a registry that misbehaves', () => {
  it('is asked again, later each time, and then said to be out of reach', async () => {
    const down: Reply = () => {
      throw new TypeError('connection refused');
    };
    const { client, asked, slept, clock } = registry({ [latest]: down }, { retries: 3 });
    expect(await codeOf(client.latest('shop', 'order.placed'))).toBe('REGISTRY_UNREACHABLE');
    expect([asked.length, slept]).toEqual([4, [75, 150, 300]]);
    expect(await codeOf(client.latest('shop', 'order.placed'))).toBe('REGISTRY_UNREACHABLE');
    expect(asked).toHaveLength(4);
    clock.now += 2_000;
    await codeOf(client.latest('shop', 'order.placed'));
    expect(asked).toHaveLength(8);
  });

  it('is given the time it asks for', async () => {
    const reply: Reply = ({ count }) =>
      count === 1 ? json({}, { status: 503, headers: { 'retry-after': '2' } }) : json({ ...placed, stage: 'active' });
    const { client, slept } = registry({ [latest]: reply });
    expect((await client.latest('shop', 'order.placed')).number).toBe(2);
    expect(slept).toEqual([2_000]);
  });

  it('is given up on when it is slow, before and within the body', async () => {
    const never: Reply = () => new Promise(() => {});
    const stalled: Reply = () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) }));
    for (const reply of [never, stalled]) {
      const { client } = registry({ [latest]: reply }, { timeoutMs: 20, retries: 0 });
      await expect(client.latest('shop', 'order.placed')).rejects.toThrow('did not answer within 20 ms');
    }
  });

  it('is not believed when it answers HTML, half a JSON or another shape', async () => {
    const html = () =>
      new Response('<!doctype html><title>Welcome</title>', { headers: { 'content-type': 'text/html' } });
    const half = () => new Response('{"catalog":"shop","num', { headers: { 'content-type': 'application/json' } });
    const other = () => json({ hello: 'world' });
    const loginPage = () => new Response('<html>', { status: 403 });
    for (const reply of [html, half, other, loginPage]) {
      const { client, asked } = registry({ [latest]: reply });
      expect(await codeOf(client.latest('shop', 'order.placed'))).toBe('REGISTRY_ANSWER_INVALID');
      expect(asked).toHaveLength(1);
    }
  });

  it('is not believed when content is not what its fingerprint says, and is asked again next time', async () => {
    const tampered = { ...placed, schema: { ...placed.schema, required: [] } };
    const path = '/v1/catalogs/shop/subjects/order.placed/versions/2';
    const reply: Reply = ({ count }) => json(count === 1 ? tampered : placed);
    const { client } = registry({ [path]: reply, [latest]: () => json({ ...tampered, stage: 'active' }) });
    await expect(client.version('shop', 'order.placed', 2)).rejects.toThrow('does not have the fingerprint it states');
    expect((await client.version('shop', 'order.placed', 2)).fingerprint).toBe(placed.fingerprint);
    expect(await codeOf(client.latest('shop', 'order.placed'))).toBe('REGISTRY_ANSWER_INVALID');
  });

  it.each([
    ['envelope', undefined, 'states no envelope'],
    ['envelope', { schema: {}, at: {} }, 'states no envelope'],
    ['names', 'snake', 'is not what catalogs state'],
    ['domains', [], 'is not what catalogs state'],
  ])('is not believed when a catalog has %s %j', async (member, value, message) => {
    const routes = {
      ...working,
      '/v1/catalogs/shop': () => json({ name: 'shop', rules: { ...catalog, [member]: value } }),
    };
    const parsing = registry(routes).client.parse('shop', { id: 'e', type: 'order.placed', payload: {} });
    await expect(parsing).rejects.toMatchObject({
      code: 'REGISTRY_ANSWER_INVALID',
      message: expect.stringContaining(message),
    });
  });

  it('keeps its own codes when it refuses, and is not asked again', async () => {
    const { client, asked } = registry({ [latest]: () => refusal(401, 'UNAUTHENTICATED') });
    expect(await codeOf(client.latest('shop', 'order.placed'))).toBe('UNAUTHENTICATED');
    expect(asked).toHaveLength(1);
  });

  it('gets the token that is current', async () => {
    let token = 0;
    const { client, asked } = registry(working, { token: async () => `t${++token}`, freshMs: 0, staleMs: 0 });
    await client.latest('shop', 'order.placed');
    await client.latest('shop', 'order.placed');
    expect(asked.map(({ init }) => new Headers(init.headers).get('authorization'))).toEqual(['Bearer t1', 'Bearer t2']);
  });
});

describe('validate', () => {
  it('says where and why, without the value', async () => {
    const { client } = registry(working);
    expect((await client.validate('shop', 'order.placed', { total: 1 })).valid).toBe(true);
    const { valid, errors, version } = await client.validate('shop', 'order.placed', { total: 'secret' });
    expect([valid, version.number]).toEqual([false, 2]);
    expect(errors.map(({ instancePointer, keyword }) => [instancePointer, keyword])).toEqual([['/total', 'type']]);
    expect(JSON.stringify(errors)).not.toContain('secret');
  });

  it('compiles once and asks once', async () => {
    let compiled = 0;
    const { client, paths } = registry(working, {
      compile: () => {
        compiled += 1;
        return { validate: () => [] };
      },
    });
    await Promise.all([1, 2, 3].map(() => client.validate('shop', 'order.placed', {})));
    expect([compiled, paths().toSorted()]).toEqual([1, ['/v1/catalogs/shop', latest]]);
  });

  it('brings along what the schema refers to', async () => {
    const money = stated({
      ...placed,
      subject: 'money',
      number: 3,
      schema: { $defs: { amount: { type: 'integer' } } },
    });
    const order = stated({
      ...placed,
      schema: { properties: { total: { $ref: 'herald://shop/money/3#/$defs/amount' } } },
    });
    const { client } = registry({
      ...working,
      [latest]: () => json(order),
      '/v1/catalogs/shop/subjects/money/versions/3': () => json(money),
    });
    expect((await client.validate('shop', 'order.placed', { total: 1 })).valid).toBe(true);
    expect((await client.validate('shop', 'order.placed', { total: 'x' })).valid).toBe(false);
  });
});

describe('parse', () => {
  const event = { id: 'e1', type: 'order.placed', version: 1, payload: { total: 1 } };

  it('gives the payload, the subject and the version', async () => {
    const { client } = registry(working);
    const parsed = await client.parse('shop', JSON.stringify(event));
    expect(parsed).toMatchObject({ subject: 'order.placed', payload: { total: 1 }, id: 'e1', version: { number: 2 } });
  });

  it.each([
    ['no JSON', '{"id":', 'EVENT_INVALID'],
    ['a number', 7, 'EVENT_UNROUTABLE'],
    ['no type', { ...event, type: undefined }, 'EVENT_UNROUTABLE'],
    ['an invalid envelope', { ...event, id: 7 }, 'EVENT_INVALID'],
    ['an invalid payload', { ...event, payload: {} }, 'EVENT_INVALID'],
    ['an unknown subject', { ...event, type: 'order.lost' }, 'SUBJECT_NOT_FOUND'],
  ])('refuses %s', async (_, given, code) => {
    const { client } = registry(working);
    expect(await codeOf(client.parse('shop', given))).toBe(code);
  });
});

describe('a lock file', () => {
  const schemas = { 'shop/order.placed': { type: 'object', required: ['id'] } };
  const lock = {
    lockVersion: 1,
    subjects: { 'shop/order.placed': { version: 1, fingerprint: fingerprint(schemas['shop/order.placed']) } },
  };
  const down: Reply = () => {
    throw new TypeError('connection refused');
  };

  it('works with the registry down', async () => {
    const everything = { '/v1/catalogs/shop': down, [latest]: down };
    const { client, asked } = registry(everything, { lock, schemas, catalogs: { shop: catalog } });
    expect((await client.validate('shop', 'order.placed', {})).valid).toBe(false);
    expect((await client.parse('shop', { id: 'e', type: 'order.placed', payload: { id: 1 } })).version.number).toBe(1);
    expect(asked).toEqual([]);
    expect((await client.latest('shop', 'order.placed')).number).toBe(1);
  });

  it('uses a generated validator for the version it was made of, and for no other', async () => {
    const problem = { instancePointer: '', schemaPointer: '', keyword: 'given', params: {} };
    const validators = { 'shop/order.placed': { problems: () => [problem] } };
    const { client } = registry(working, { lock, schemas, validators });
    expect((await client.validate('shop', 'order.placed', { id: 1 })).errors).toEqual([problem]);
    await client.latest('shop', 'order.placed');
    expect((await client.validate('shop', 'order.placed', { total: 1 }, { version: 2 })).valid).toBe(true);
  });

  it('works without any registry', async () => {
    const client = createClient({ lock, schemas });
    expect((await client.validate('shop', 'order.placed', { id: 1 })).valid).toBe(true);
    expect(await codeOf(client.validate('shop', 'order.lost', {}))).toBe('REGISTRY_UNREACHABLE');
  });

  it('refuses a registry whose version is another one', async () => {
    const versionOne = '/v1/catalogs/shop/subjects/order.placed/versions/1';
    const { client } = registry({ ...working, [versionOne]: () => json({ ...placed, number: 1 }) }, { lock });
    expect(await codeOf(client.validate('shop', 'order.placed', {}))).toBe('LOCKFILE_INVALID');
  });

  it.each([
    ['of another version', { lockVersion: 2, subjects: {} }],
    ['without subjects', { lockVersion: 1 }],
    ['with half an entry', { lockVersion: 1, subjects: { 'shop/order.placed': { version: 1 } } }],
    ['with an entry that is no subject', { lockVersion: 1, subjects: { order: { version: 1, fingerprint: 'a' } } }],
  ])('is refused %s', (_, broken) => {
    expect(() => createClient({ url: base, lock: broken as never })).toThrow('The lock file cannot be used');
  });
});

/** A version that is pinned, with its generated validator. */
const order = { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } };
const lock = { lockVersion: 1, subjects: { 'shop/order.placed': { version: 1, fingerprint: fingerprint(order) } } };
const wrong = { instancePointer: '/payload/id', schemaPointer: '', keyword: 'type', params: {} };
const missing = { instancePointer: '/id', schemaPointer: '', keyword: 'required', params: {} };
type Whole = { readonly id?: string; readonly payload?: { readonly id?: unknown } };
const validators = {
  'shop/order.placed': {
    problems: (value: unknown) => (typeof (value as { id?: unknown }).id === 'number' ? [] : [wrong]),
    problemsOfEvent: (event: unknown) => [
      ...((event as Whole).id === undefined ? [missing] : []),
      ...(typeof (event as Whole).payload?.id === 'number' ? [] : [wrong]),
    ],
  },
};

describe('offline, where no code may be made', () => {
  const compile = () => {
    throw new EvalError('unsafe-eval');
  };
  it('parses and validates with generated validators alone', async () => {
    const client = createClient({ lock, validators, catalogs: { shop: catalog }, compile });
    const event = { id: 'e', type: 'order.placed', payload: { id: 1 } };
    expect(await client.validate('shop', 'order.placed', { id: 1 })).toMatchObject({
      valid: true,
      version: { number: 1 },
    });
    expect((await client.parse('shop', event)).payload).toEqual({ id: 1 });
    await expect(client.parse('shop', { ...event, id: undefined })).rejects.toMatchObject({
      code: 'EVENT_INVALID',
      details: { errors: [missing] },
    });
    await expect(client.parse('shop', { ...event, payload: { id: 'x' } })).rejects.toThrow(
      'is not a valid order.placed',
    );
  });

  it('takes bytes, and refuses what is not UTF-8', async () => {
    const client = createClient({ lock, validators, catalogs: { shop: catalog } });
    const text = JSON.stringify({ id: 'e', type: 'order.placed', payload: { id: 1 } });
    for (const bytes of [new TextEncoder().encode(text), Buffer.from(text)])
      expect((await client.parse('shop', bytes)).id).toBe('e');
    await expect(client.parse('shop', new Uint8Array([0x22, 0xff, 0x22]))).rejects.toThrow('not UTF-8');
  });

  it('holds given schemas against the lock', async () => {
    const schemas = { 'shop/order.placed': { ...order, required: [] } };
    const client = createClient({ lock, schemas });
    await expect(client.validate('shop', 'order.placed', {})).rejects.toThrow('is not the one of version 1');
    const whole = createClient({ lock, schemas: { 'shop/order.placed': order } });
    expect((await whole.validate('shop', 'order.placed', {})).valid).toBe(false);
  });

  it('says what it was not given', () => {
    expect(() => createClient({})).toThrow('needs `url`, or `lock`');
    expect(() => createClient({ url: 'registry:8080' })).toThrow('is no address of a registry');
    expect(() => createClient({ url: 'not an address' })).toThrow('is no address of a registry');
    expect(() => createClient({ url: base, validators })).toThrow('pass herald.lock.json along');
  });
});

describe('a caller', () => {
  it('who gives up does not take the reply from others', async () => {
    let answer: (reply: Response) => void = () => {};
    const slow = () =>
      new Promise<Response>((resolve) => {
        answer = resolve;
      });
    const client = createClient({ url: base, fetch: slow });
    const control = new AbortController();
    const [first, second] = [
      client.latest('shop', 'order.placed', { signal: control.signal }),
      client.latest('shop', 'order.placed'),
    ];
    control.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    answer(json(placed));
    expect((await second).number).toBe(2);
    await expect(client.validate('shop', 'order.placed', {}, { signal: AbortSignal.abort() })).rejects.toThrow(
      'aborted',
    );
  });

  it.each<[string, (client: Client, signal: AbortSignal) => Promise<unknown>]>([
    ['subjects', (client, signal) => client.subjects('shop', { signal })],
    ['rules', (client, signal) => client.rules('shop', 'order.placed', { signal })],
    ['reportPairs', (client, signal) => client.reportPairs('shop', 'order.placed', [{ old: 1, new: 2 }], { signal })],
    ['schemaById', (client, signal) => client.schemaById(1, { signal })],
    ['version', (client, signal) => client.version('shop', 'order.placed', 1, { signal })],
    ['parse', (client, signal) => client.parse('shop', {}, { signal })],
    ['event', (client, signal) => client.event('shop', 'order.placed', {}, { signal })],
  ])('may give up %s', async (_, call) => {
    const client = createClient({ url: base, fetch: () => new Promise<Response>(() => {}) });
    const control = new AbortController();
    const called = call(client, control.signal);
    control.abort(new Error('enough'));
    await expect(called).rejects.toThrow('enough');
  });

  it('may give up the heartbeat, which stops all the same', async () => {
    const timers: (() => void)[] = [];
    let sent = 0;
    const client = createClient({
      url: base,
      lock,
      validators,
      heartbeat: { service: 'billing' },
      fetch: () => {
        sent += 1;
        return new Promise<Response>(() => {});
      },
      runtime: {
        later: (_, then) => {
          timers.push(then);
          return () => {
            timers.splice(timers.indexOf(then), 1);
          };
        },
      },
    });
    await client.validate('shop', 'order.placed', {});
    expect(timers).toHaveLength(1);
    const enough = AbortSignal.abort(new Error('enough'));
    await expect(client.flush({ signal: enough })).rejects.toThrow('enough');
    await expect(client.close({ signal: enough })).rejects.toThrow('enough');
    expect([timers.length, sent]).toEqual([0, 1]);
  });

  it('of a subject that is not there asks once', async () => {
    const { client, asked } = registry({ '/v1/catalogs/shop': () => json({ name: 'shop', rules: catalog }) });
    for (let time = 0; time < 100; time++)
      expect(await codeOf(client.validate('shop', 'order.lost', {}))).not.toBeUndefined();
    expect(asked.length).toBe(1);
  });

  it('whose token cannot be had hears so, without retries', async () => {
    let asked = 0;
    const token = () => {
      asked += 1;
      throw new Error('vault is sealed');
    };
    const { client } = registry(working, { token });
    await expect(client.latest('shop', 'order.placed')).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
    expect(asked).toBe(1);
  });

  it('builds an event that parses again', async () => {
    const { client } = registry(working);
    const event = await client.event('shop', 'order.placed', { total: 1 }, { producer: 'billing', id: 'e-1' });
    expect(event).toMatchObject({ id: 'e-1', type: 'order.placed', payload: { total: 1 } });
    expect((await client.parse('shop', event)).payload).toEqual({ total: 1 });
    expect(await codeOf(client.event('shop', 'order.placed', { total: 'x' }, { producer: 'billing' }))).toBe(
      'EVENT_INVALID',
    );
  });
});

describe('the heartbeat', () => {
  const heartbeat = { service: 'billing', intervalMs: 1_000 };
  const bodies = (asked: readonly { path: string; init: RequestInit }[]) =>
    asked
      .filter(({ path }) => path === '/v1/usage')
      .map(({ init }) => JSON.parse(String(init.body)) as { batch: string; rows: unknown[] });

  it('counts what was validated and tells it now and then', async () => {
    const { client, asked, timers } = registry(
      { ...working, '/v1/usage': () => json({ counted: true }) },
      { heartbeat },
    );
    await client.validate('shop', 'order.placed', { total: 1 });
    await client.validate('shop', 'order.placed', { total: 'x' });
    await client.parse('shop', { id: 'e', type: 'order.placed', payload: { total: 1 } });
    expect(timers.map(({ ms }) => ms)).toEqual([1_000]);
    timers[0]?.run();
    await client.flush();
    const row = { catalog: 'shop', subject: 'order.placed', number: 2, service: 'billing', day: '2027-01-15' };
    expect(bodies(asked).map(({ rows }) => rows)).toEqual([
      [
        { ...row, role: 'produce', count: 2 },
        { ...row, role: 'consume', count: 1 },
      ],
    ]);
  });

  it('keeps a batch that did not arrive and sends it again as the same batch', async () => {
    const reply: Reply = ({ count }) => {
      if (count === 1) throw new TypeError('connection refused');
      return json({ counted: true });
    };
    const { client, asked, clock } = registry({ ...working, '/v1/usage': reply }, { heartbeat, retries: 0 });
    await client.validate('shop', 'order.placed', { total: 1 });
    expect(await codeOf(client.flush())).toBe('REGISTRY_UNREACHABLE');
    await client.validate('shop', 'order.placed', { total: 1 });
    clock.now += 10_000;
    await client.close();
    const [first, again, next] = bodies(asked);
    expect(again).toEqual(first);
    expect([next?.batch === first?.batch, next?.rows.length, bodies(asked).length]).toEqual([false, 1, 3]);
  });

  it('drops what the registry refuses, and says so', async () => {
    const { client, errors } = registry({ ...working, '/v1/usage': () => refusal(403, 'FORBIDDEN') }, { heartbeat });
    await client.validate('shop', 'order.placed', { total: 1 });
    await client.flush();
    await client.flush();
    expect(errors).toHaveLength(1);
  });

  it('is silent unless asked for', async () => {
    const { client, timers } = registry(working);
    await client.validate('shop', 'order.placed', { total: 1 });
    await client.flush();
    expect(timers).toEqual([]);
  });
});

it('a catalog that changes what formats count for is heard, though the schema stays the same', async () => {
  const dated = stated({
    ...placed,
    schema: { type: 'object', properties: { on: { type: 'string', format: 'date' } } },
  });
  let formats = 'assert';
  const { client, clock } = registry({
    '/v1/catalogs/shop': () => json({ name: 'shop', rules: { ...catalog, formats } }),
    [latest]: () => json({ ...dated, stage: 'active' }),
  });
  const wrong = async () => (await client.rules('shop', 'order.placed')).payload({ on: 'tomorrow' }).length;
  expect(await wrong()).toBe(1);
  formats = 'annotate';
  clock.now += 3_600_000;
  expect(await wrong()).toBe(0);
});
