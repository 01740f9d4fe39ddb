/**
 * One event validated ahead of routing gets the answer that the app gives. Every request here is sent both ways, to one registry
 * with the shortcut and without it, as bytes over a socket; answers, counts, usage and the audit log are compared.
 */
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { createLog } from '../src/http/log.ts';
import { type ValidationTargets, validationTargets } from '../src/http/validation-shortcut.ts';
import { listenerOf } from '../src/listener.ts';
import { policyRules } from '../src/policy/rules/index.ts';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { expectStatus, noon, readSchema, type TestRegistry, testRegistry } from './support/registry.ts';

const secret = 'a secret of at least thirty-two bytes, for tests';
const token = (name: string, role: string, services: readonly string[] = []) => ({
  name,
  sha256: createHash('sha256').update(`token-of-${name}`).digest('hex'),
  role,
  services,
});
const settings = {
  HERALD_TOKENS: JSON.stringify([token('reader', 'reader'), token('billing', 'publisher', ['billing'])]),
  HERALD_JWT_SECRET: secret,
  HERALD_JWT_AUDIENCE: 'herald',
};
const as = (name: string) => `Authorization: Bearer token-of-${name}`;

interface Way {
  readonly port: number;
  /** Answers of the app that said a verdict. */
  answered: number;
  readonly close: () => void;
}

let registry: TestRegistry;
let quick: Way;
let plain: Way;
let nobody: string;

const subjects = '/v1/catalogs/choice-sherpa/subjects';
const event = { session_id: 'c9a5', user_id: 'u1', title: 'Where to live', created_at: '2026-01-01T00:00:00Z' };
const latest = `${subjects}/session.created/versions/latest/validate`;

/** The app logs each request at the level debug, and then the shortcut is off. */
async function way(level: 'debug' | 'warn', env: Readonly<Record<string, string>> = settings): Promise<Way> {
  const reading = readConfig({ PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: level, ...env });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const targets = validationTargets(100_000);
  const counted = { answered: 0 };
  const counting: ValidationTargets = {
    ...targets,
    set: (...given) => {
      counted.answered += 1;
      targets.set(...given);
    },
  };
  const deps = { ...registry.deps, validationTargets: counting };
  const server = createServer(listenerOf(reading.config, deps, createLog(reading.config.log, { write: () => true })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(counted, { port, close: () => closeNow(server) });
}

function closeNow(server: Server): void {
  server.close();
  server.closeAllConnections();
}

/** What came back until the other side closed. */
function exchange({ port }: Way, bytes: Buffer, cutAfterMs?: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
    if (cutAfterMs !== undefined) setTimeout(() => socket.destroy(), cutAfterMs);
    socket.setTimeout(10_000, () => reject(new Error(`no end: ${answer}`)));
  });
}

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly version?: string;
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
}

/** Unless stated: a valid event of a reader, as clients send it. Without a correlation id each answer would have one of its own. */
function bytesOf({
  method = 'POST',
  path = latest,
  version = '1.1',
  headers,
  body = JSON.stringify(event),
}: Sent): Buffer {
  const content = Buffer.from(body);
  const stated = headers ?? ['Content-Type: application/json', as('reader')];
  const usual = [
    ...(stated.some((line) => /^host:/i.test(line)) ? [] : ['Host: localhost']),
    ...(stated.some((line) => /^(content-length|transfer-encoding):/i.test(line))
      ? []
      : [`Content-Length: ${content.length}`]),
    ...(stated.some((line) => /^x-correlation-id:/i.test(line)) ? [] : ['X-Correlation-Id: one']),
    'Connection: close',
  ];
  const head = [`${method} ${path} HTTP/${version}`, ...stated, ...usual].join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), content]);
}

/** Without the date, and without ids that are made for each request. */
const comparable = (answer: string) =>
  answer.replace(/^Date: .*\r\n/gm, '').replace(/^(x-correlation-id: )[0-9a-f-]{36}\r$/gm, '$1made\r');

/** Everything that is counted, by its name: but for how long anything took. */
async function counts(): Promise<ReadonlyMap<string, number>> {
  const lines = (await registry.deps.metrics.text()).split('\n');
  const rows = lines.map((line) =>
    /^(herald_(?:http_request_seconds_count|faults|validations|audit)\S*) (\d+)/.exec(line),
  );
  return new Map(rows.flatMap((row) => (row ? [[row[1] ?? '', Number(row[2])]] : [])));
}

async function counted(work: () => Promise<unknown>): Promise<Readonly<Record<string, number>>> {
  const before = await counts();
  await work();
  const after = await counts();
  const grown = [...after].map(([name, count]): [string, number] => [name, count - (before.get(name) ?? 0)]);
  return Object.fromEntries(grown.filter(([, count]) => count !== 0));
}

/** The answer to both, and whether the shortcut gave it. */
async function bothWays(sent: Sent): Promise<{ readonly answer: string; readonly isQuick: boolean }> {
  const bytes = bytesOf(sent);
  let answer = '';
  let expected = '';
  const answered = quick.answered;
  const ofQuick = await counted(async () => {
    answer = comparable(await exchange(quick, bytes));
  });
  const isQuick = quick.answered === answered && answer.startsWith('HTTP/1.1 200');
  const ofPlain = await counted(async () => {
    expected = comparable(await exchange(plain, bytes));
  });
  expect(answer).toBe(expected);
  expect(ofQuick).toEqual(ofPlain);
  return { answer, isQuick };
}

/** Until the schema is compiled here and the caller is known. */
async function warm(path = latest, who = as('reader'), body: Json = event): Promise<void> {
  const headers = ['Content-Type: application/json', who];
  for (let round = 0; round < 3; round += 1)
    for (const each of [quick, plain]) await exchange(each, bytesOf({ path, headers, body: JSON.stringify(body) }));
}

const recursive: JsonObject = {
  type: 'object',
  'x-contract': { producer: 'session', classification: 'internal' },
  properties: { n: { $ref: '#/$defs/n' } },
  $defs: {
    n: {
      anyOf: [
        { properties: { n: { $ref: '#/$defs/n' } }, required: ['x'] },
        { properties: { n: { $ref: '#/$defs/n' } }, required: ['y'] },
        { type: 'string' },
      ],
    },
  },
};
const nested = (depth: number) => `${'{"n":'.repeat(depth)}7${'}'.repeat(depth)}`;

beforeAll(async () => {
  registry = await testRegistry();
  const put = (path: string, body: Json) => expectStatus(registry.ask('PUT', path, { body }), 200, 201);
  const catalog = readSchema('choice-sherpa', 'catalog.json');
  const rules = Object.fromEntries(policyRules.map(({ id }) => [id, 'off']));
  await put('/v1/catalogs/choice-sherpa', { ...catalog, level: 'BACKWARD', rules });
  const register = (subject: string, body: Json) =>
    expectStatus(registry.ask('POST', `${subjects}/${subject}/versions`, { body }), 201);
  await register('session.created', readSchema('choice-sherpa', 'session.created.json'));
  await register('session.nested', recursive);
  for (const subject of ['conversation.started', 'conversation.started.v2'])
    await register(subject, readSchema('choice-sherpa', 'conversation.started.json'));
  const plan = {
    successor: 'conversation.started.v2',
    sunset: '2026-12-31',
    reason: 'A test.',
    migration: 'Read the other.',
  };
  await put(`${subjects}/conversation.started/deprecation`, plan);
  quick = await way('warn');
  plain = await way('debug');
  const claims = new SignJWT({ roles: [] }).setProtectedHeader({ alg: 'HS256' }).setSubject('nobody');
  const signed = claims
    .setAudience('herald')
    .setIssuedAt(noon / 1_000)
    .setExpirationTime(noon / 1_000 + 600);
  nobody = `Authorization: Bearer ${await signed.sign(Buffer.from(secret))}`;
  await warm();
});
afterAll(async () => {
  quick.close();
  plain.close();
  await registry.close();
});

describe('the shortcut answers as the app does', () => {
  const json = 'Content-Type: application/json';
  const reader = as('reader');
  const at = (rest: string) => `${subjects}/session.created/versions/${rest}`;
  const bytes = (...values: readonly number[]) =>
    Buffer.concat([Buffer.from('{"title":"'), Buffer.from(values), Buffer.from('"}')]);
  /** A row: what is sent, and what decides. `known`: after the same path was asked for by a valid event. */
  const rows: readonly (readonly [string, 'shortcut' | 'app', Sent])[] = [
    ['a valid event', 'shortcut', {}],
    ['an invalid event', 'shortcut', { body: '{"session_id":7,"more":[]}' }],
    ['another kind of value', 'shortcut', { body: '"text"' }],
    ['null', 'shortcut', { body: ' null\n' }],
    ['duplicate names', 'shortcut', { body: '{"session_id":"a","session_id":7}' }],
    ['names of prototypes', 'shortcut', { body: '{"__proto__":{"session_id":"a"},"constructor":1}' }],
    ['numbers beyond doubles', 'shortcut', { body: '{"session_id":1e400,"user_id":-0,"title":123456789012345678901}' }],
    ['a byte order mark', 'shortcut', { body: Buffer.from('\ufeff{"session_id":7}') }],
    ['characters of several bytes', 'shortcut', { body: '{"session_id":7,"名":"𝄞é"}' }],
    ['levels that are too many to validate', 'shortcut', { body: nested(300) }],
    ['a correlation id that is not well-formed', 'shortcut', { headers: [json, reader, 'X-Correlation-Id: a b'] }],
    ['two correlation ids', 'app', { headers: [json, reader, 'X-Correlation-Id: a', 'X-Correlation-Id: b'] }],
    ['CloudEvents’ media type', 'shortcut', { headers: ['content-type: application/cloudevents+json', reader] }],
    ['a charset', 'shortcut', { headers: ['Content-Type: application/json; charset=UTF-8', reader] }],
    ['HTTP 1.0', 'shortcut', { version: '1.0' }],
    ['the path written otherwise', 'app', { path: at('%6catest/validate') }],
    ['a question mark with nothing behind it', 'app', { path: at('latest/validate?') }],
    ['an absolute target', 'app', { path: `http://localhost${latest}` }],
    ['another version', 'app', { path: at('2/validate') }],
    ['another subject', 'app', { path: `${subjects}/session.imagined/versions/latest/validate` }],
    ['a version that is none', 'app', { path: at('first/validate') }],
    ['a parameter that is not known', 'app', { path: at('latest/validate?x=1') }],
    ['a parameter that is given twice', 'app', { path: at('latest/validate?role=consume&role=produce') }],
    ['another method', 'app', { method: 'PUT' }],
    ['a request to read', 'app', { method: 'GET', body: '' }],
    ['no credentials', 'app', { headers: [json] }],
    ['a token nobody made', 'app', { headers: [json, as('stranger')] }],
    ['credentials given twice', 'app', { headers: [json, reader, as('billing')] }],
    ['no JSON', 'app', { body: '{"session_id":' }],
    ['JSON and more', 'app', { body: '{} {}' }],
    ['nothing', 'app', { body: '' }],
    ['bytes that are not UTF-8', 'app', { body: bytes(0xc0, 0x80) }],
    ['half of a surrogate pair in UTF-8', 'app', { body: bytes(0xed, 0xa0, 0x80) }],
    ['a character cut short', 'app', { body: bytes(0xe2, 0x82) }],
    ['levels that are too many to parse', 'app', { body: nested(1_001) }],
    ['a body of more than is little', 'app', { body: JSON.stringify({ ...event, title: 'x'.repeat(70_000) }) }],
    ['a body beyond the limit', 'app', { headers: [json, reader, 'Content-Length: 9000000'] }],
    ['no media type', 'app', { headers: [reader] }],
    ['another media type', 'app', { headers: ['Content-Type: text/plain', reader] }],
    ['two media types', 'app', { headers: [json, 'Content-Type: text/plain', reader] }],
    ['another charset', 'app', { headers: ['Content-Type: application/json; charset=latin1', reader] }],
    ['a compressed body', 'app', { headers: [json, reader, 'Content-Encoding: gzip'] }],
    ['chunks', 'app', { headers: [json, reader, 'Transfer-Encoding: chunked'], body: '2\r\n{}\r\n0\r\n\r\n' }],
    ['an expectation', 'app', { headers: [json, reader, 'Expect: 100-continue'] }],
    ['a batch', 'app', { headers: ['Content-Type: application/x-ndjson', reader], body: '{}\n{"a":\n' }],
    ['a page of another origin', 'app', { headers: [json, reader, 'Origin: http://evil.example'] }],
    ['a host that is none', 'app', { headers: [json, reader, 'Host: a b'] }],
  ];

  it.each(rows)('to %s: the %s', async (_, decides, sent) => {
    await warm();
    const { isQuick } = await bothWays(sent);
    // a verdict that the app gives is counted; what it refuses was never the shortcut's
    expect(isQuick).toBe(decides === 'shortcut');
  });

  it('to whoever has no role', async () => {
    const { answer } = await bothWays({ headers: [json, nobody] });
    expect(answer).toMatch(/^HTTP\/1.1 403 .*"code":"FORBIDDEN"/s);
  });

  it('several requests on one connection, in their order', async () => {
    const keep = (body: string) => bytesOf({ body }).toString().replace('Connection: close\r\n', '');
    const bodies = ['{"session_id":1}', '{"session_id":', JSON.stringify(event)];
    const all = Buffer.from([...bodies.map(keep), bytesOf({ body: '[]' })].join(''));
    const answers = await Promise.all([quick, plain].map(async (each) => comparable(await exchange(each, all))));
    expect(answers[0]).toBe(answers[1]);
    expect(answers[0]?.match(/HTTP\/1.1 \d+/g)).toEqual([200, 400, 200, 200].map((status) => `HTTP/1.1 ${status}`));
  });

  it('whoever hangs up before the body has ended', async () => {
    const cut = bytesOf({ headers: [json, reader, 'Content-Length: 5000'] });
    const hangUp = (each: Way) =>
      counted(async () => {
        await exchange(each, cut, 50);
        await expect.poll(async () => (await counts()).size).toBeGreaterThan(0);
        await new Promise((resolve) => setTimeout(resolve, 100));
      });
    expect(await hangUp(quick)).toEqual(await hangUp(plain));
  });

  it('any bytes at all', async () => {
    const member = fc.constantFrom('session_id', 'user_id', 'title', 'created_at', '__proto__', 'x');
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant('2026-01-01T00:00:00Z'));
    const texts = fc.oneof(
      fc.dictionary(member, value).map((object) => JSON.stringify({ ...event, ...object })),
      fc.json(),
      fc.string({ unit: 'grapheme' }),
    );
    const bodies = fc.oneof(
      texts.map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 40 }).map((raw) => Buffer.from(raw)),
    );
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        await bothWays({ body });
      }),
      { numRuns: 120, seed: 18 },
    );
  }, 60_000);
});

describe('what the shortcut keeps', () => {
  const json = 'Content-Type: application/json';

  it('a service’s validations are its use, where the caller speaks for it', async () => {
    const path = `${latest}?service=billing&role=consume`;
    await warm(path, as('billing'));
    const usage = async () => {
      await registry.deps.meter.flush();
      const rows = await registry.deps.store.usage({ catalog: 'choice-sherpa', subject: 'session.created' });
      return rows.reduce((sum, { count }) => sum + count, 0);
    };
    const before = await usage();
    const { isQuick } = await bothWays({ path, headers: [json, as('billing')] });
    expect([isQuick, (await usage()) - before]).toEqual([true, 2]);
    const refused = await bothWays({ path, headers: [json, as('reader')] });
    expect(refused.answer).toMatch(/^HTTP\/1.1 403/);
    expect((await usage()) - before).toBe(2);
  });

  it('a deprecated subject says so', async () => {
    const path = `${subjects}/conversation.started/versions/latest/validate`;
    await warm(path);
    const { answer, isQuick } = await bothWays({ path });
    expect(isQuick).toBe(true);
    expect(answer).toMatch(
      /^deprecation: @1780272000\r\nlink: <.*conversation\.started\.v2>; rel="successor-version"/m,
    );
  });

  it('work that grows with references is not done here', async () => {
    const path = `${subjects}/session.nested/versions/latest/validate`;
    await warm(path, as('reader'), {});
    expect((await bothWays({ path, body: '{"n":"x"}' })).isQuick).toBe(true);
    expect((await bothWays({ path, body: nested(30) })).isQuick).toBe(false);
  });

  it('a version that is registered, or a plan, counts from the next event on', async () => {
    const path = `${subjects}/session.renamed/versions/latest/validate`;
    const register = (type: string) =>
      expectStatus(
        registry.ask('POST', `${subjects}/session.renamed/versions`, {
          body: { ...recursive, $defs: {}, properties: { n: { type } } },
        }),
        201,
      );
    await register('integer');
    await warm(path, as('reader'), {});
    expect((await bothWays({ path, body: '{"n":1.5}' })).answer).toMatch(/"valid":false.*"number":1\}/);
    await register('number');
    expect((await bothWays({ path, body: '{"n":1.5}' })).answer).toMatch(/"valid":true.*"number":2\}/);
  });

  it('who is revoked is refused at once', async () => {
    const { json: made } = await expectStatus(
      registry.ask('POST', '/v1/tokens', { body: { name: 'short', role: 'reader', expires: '2026-07-01' } }),
      201,
    );
    const who = `Authorization: Bearer ${String(made.token)}`;
    await warm(latest, who);
    expect((await bothWays({ headers: [json, who] })).isQuick).toBe(true);
    await expectStatus(registry.ask('DELETE', `/v1/tokens/${String(made.id)}`), 204);
    expect((await bothWays({ headers: [json, who] })).answer).toMatch(/^HTTP\/1.1 401/);
  });

  it('a request counts once against the rate, whoever answers it', async () => {
    const limited = await way('warn', { ...settings, HERALD_RATE_LIMIT: '4' });
    const statuses: string[] = [];
    // of eight that may come at once, four are answered by the app
    for (const body of ['{}', '{}', '{}', '{"session_id":', '{"session_id":', '{}', '{}', '{}', '{}', '{"session_id":'])
      statuses.push((await exchange(limited, bytesOf({ body }))).slice(9, 12));
    limited.close();
    expect(statuses.join(' ')).toBe('200 200 200 400 400 200 200 200 429 429');
    expect(limited.answered).toBeLessThan(5);
  });
});
