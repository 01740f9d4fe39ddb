/** The server as a process would run it: real sockets, a real data folder, start and end. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { get, request as httpRequest, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json as readJson } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Config, readConfig } from '../src/config.ts';
import { described } from '../src/http/log.ts';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { type RunningServer, type ServerIo, startServer } from '../src/server.ts';
import { inlineWork } from './support/inline-work.ts';
import { readSchema } from './support/registry.ts';

const subject = '/v1/catalogs/choice-sherpa/subjects/session.created';

let folder: string;
const running: RunningServer[] = [];
const lines: string[] = [];
const log = { write: (line: string) => void lines.push(line) };

/** The threads run compiled code, which the sources do not have beside them. */
const work = inlineWork();

const slow = 120_000;

// the first start of a data folder makes a whole database: seconds on a quiet machine
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'herald-server-'));
  await (await startServer(config('kept'), { log, work })).close();
}, slow);
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function config(data: string, env: Record<string, string> = {}): Config {
  const reading = readConfig({ PORT: '0', HERALD_DATA: join(folder, data), ...env });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.config;
}

async function start(data: string, env: Record<string, string> = {}, io: ServerIo = {}): Promise<RunningServer> {
  const server = await startServer(config(data, env), { log, work, ...io });
  running.push(server);
  return server;
}

async function send(
  server: RunningServer,
  method: string,
  path: string,
  body?: Json,
): Promise<{ status: number; json: JsonObject }> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
  return { status: response.status, json: JSON.parse((await response.text()) || '{}') };
}

/** Speaks HTTP by hand, for what a client library would not send. Answers what came back until the other side closed. */
function raw(
  server: RunningServer,
  write: (socket: ReturnType<typeof connect>) => void,
): Promise<{ answer: string; sent: number }> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => write(socket));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve({ answer, sent: socket.bytesWritten }));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error);
    });
    socket.setTimeout(10_000, () => reject(new Error(`no end: ${answer}`)));
  });
}

describe('a running server', () => {
  it('keeps what was registered over a restart', async () => {
    const first = await start('kept');
    expect(
      (await send(first, 'PUT', '/v1/catalogs/choice-sherpa', readSchema('choice-sherpa', 'catalog.json'))).status,
    ).toBe(201);
    const at = '/v1/catalogs/choice-sherpa/subjects/session.created/versions';
    const { status, json } = await send(first, 'POST', at, readSchema('choice-sherpa', 'session.created.json'));
    expect(status).toBe(201);
    await first.close();
    const second = await start('kept');
    expect((await send(second, 'GET', `${at}/latest`)).json).toMatchObject({
      id: json.id,
      number: 1,
      fingerprint: json.fingerprint,
    });
  });

  it('refuses a second process on its data folder, and goes on', async () => {
    const server = await start('kept');
    await expect(startServer(config('kept'), { log, work })).rejects.toMatchObject({ code: 'DATA_FOLDER_IN_USE' });
    expect((await send(server, 'GET', '/readyz')).status).toBe(200);
  });

  it('refuses a taken port in words, and lets go of the data folder', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(startServer(config('kept', { PORT: String(port) }), { log, work })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`Port ${port}`),
    });
    other.close();
    await start('kept');
  });

  it('refuses 10 MB without reading it, declared or chunked, and closes that connection alone', async () => {
    const server = await start('kept');
    const at = '/v1/catalogs/choice-sherpa/subjects/session.created/versions';
    const head = `POST ${at} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
    const declared = await raw(server, (socket) => socket.write(`${head}Content-Length: 10000000\r\n\r\n{`));
    expect(declared.answer).toMatch(/^HTTP\/1\.1 413 .*BODY_TOO_LARGE/is);
    const block = `${(100_000).toString(16)}\r\n${' '.repeat(100_000)}\r\n`;
    const chunked = await raw(server, (socket) => {
      socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
      const more = (left: number): void => {
        if (left > 0 && socket.writable) socket.write(block, () => setTimeout(more, 2, left - 1));
      };
      more(1_000);
    });
    expect(chunked.answer).toMatch(/^HTTP\/1\.1 413 .*BODY_TOO_LARGE/is);
    expect(chunked.sent).toBeLessThan(20_000_000);
    expect((await send(server, 'GET', '/readyz')).status).toBe(200);
  });

  it('lets a caller who sends more than it reads see why it is refused', async () => {
    const server = await start('kept');
    const at = '/v1/catalogs/choice-sherpa/subjects/session.created/versions';
    const head = `POST ${at} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
    const body = Buffer.alloc(9_000_000, ' ');
    const { answer } = await raw(server, (socket) => {
      socket.write(`${head}Content-Length: ${body.length}\r\n\r\n`);
      socket.write(body, () => socket.end());
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 .*BODY_TOO_LARGE/is);
  });

  it('answers to its own names alone where nobody says who they are', async () => {
    const server = await start('kept', { HERALD_ALLOWED_HOSTS: 'registry.internal' });
    const asked = async (host: string, more = '', line = 'GET /v1/catalogs') => {
      const head = `${line} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${more}\r\n`;
      return (await raw(server, (socket) => socket.write(head))).answer;
    };
    for (const host of ['localhost:1', '127.0.0.1', 'registry.internal'])
      expect(await asked(host)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await asked('evil.example')).toMatch(/^HTTP\/1\.1 421 .*HOST_REFUSED/is);
    const empty = 'Content-Type: application/json\r\nContent-Length: 0\r\n';
    const written = (host: string, origin: string) => asked(host, `Origin: ${origin}\r\n${empty}`, 'POST /v1/tokens');
    expect(await written('localhost', 'http://evil.example')).toMatch(/^HTTP\/1\.1 403 .*ORIGIN_REFUSED/is);
    expect(await written('localhost:8080', 'http://localhost:8080')).toMatch(/^HTTP\/1\.1 400 .*BODY_NOT_JSON/is);
  });

  it('survives what is no HTTP, and a caller who leaves in the middle', async () => {
    const server = await start('kept');
    expect((await raw(server, (socket) => socket.write('GARBAGE\r\n\r\n'))).answer).toMatch(/^HTTP\/1\.1 400/);
    await raw(server, (socket) => {
      socket.write(
        'POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"cata',
      );
      setTimeout(() => socket.destroy(), 50);
    });
    expect((await send(server, 'GET', '/readyz')).status).toBe(200);
    expect(lines.filter((line) => line.includes('"bug"'))).toEqual([]);
  });

  it('keeps an idle connection for longer than a balancer does', async () => {
    const { headers } = await fetch(`${(await start('kept')).url}/livez`);
    expect(Number(/timeout=(\d+)/.exec(headers.get('keep-alive') ?? '')?.[1])).toBeGreaterThan(60);
  });

  it('finishes what it has accepted before it ends', async () => {
    const server = await start('kept');
    const candidates = Array.from({ length: 100 }, (_, index) => ({
      subject: `session.s${index}`,
      schema: { type: 'object' },
    }));
    const body = JSON.stringify({ catalog: 'choice-sherpa', candidates });
    const request = httpRequest(`${server.url}/v1/check`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        expect: '100-continue',
      },
    });
    request.flushHeaders();
    // the server's word that it has accepted the request, and waits for its body
    await once(request, 'continue');
    const closing = server.close();
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const { reports } = (await readJson(response)) as { reports: readonly unknown[] };
    expect([response.statusCode, reports.length]).toEqual([200, 100]);
    await closing;
    await expect(fetch(`${server.url}/livez`)).rejects.toThrow();
    await server.close();
  });

  it('writes usage that was counted and not yet stored when it ends', async () => {
    const server = await start('kept');
    await send(
      server,
      'POST',
      '/v1/catalogs/choice-sherpa/subjects/session.created/versions/1/validate?service=dashboard&role=consume',
      {},
    );
    await server.close();
    const again = await start('kept');
    const rows = await again.deps.store.usage({ catalog: 'choice-sherpa', subject: 'session.created' });
    expect(rows).toMatchObject([{ service: 'dashboard', role: 'consume' }]);
  });
});

describe('a look-up that was answered before', () => {
  const paths = ['/versions/1', '/versions/latest', '/versions/1/schema'].map((each) => `${subject}${each}`);

  beforeAll(async () => {
    const server = await start('kept');
    await send(server, 'PUT', '/v1/catalogs/choice-sherpa', readSchema('choice-sherpa', 'catalog.json'));
    await send(server, 'POST', `${subject}/versions`, readSchema('choice-sherpa', 'session.created.json'));
    await Promise.all(running.splice(0).map((each) => each.close()));
  }, slow);

  async function look(server: RunningServer, path: string, headers: Record<string, string> = {}) {
    const response = await fetch(`${server.url}${path}`, { headers });
    const { date: _, 'x-correlation-id': correlation, ...others } = Object.fromEntries(response.headers);
    return { status: response.status, headers: others, text: await response.text(), correlation };
  }

  /** What comes back until the server closes the connection. */
  function received(server: RunningServer, bytes: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (chunk) => chunks.push(chunk)).on('error', reject);
      socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
    });
  }

  it('is given again without the database, and says the same', async () => {
    const server = await start('kept');
    const asked = [...paths, '/v1/schemas/1'];
    const first = await Promise.all(asked.map((path) => look(server, path)));
    await server.deps.store.close();
    const second = await Promise.all(asked.map((path) => look(server, path)));
    expect(second.map(({ status, headers, text }) => ({ status, headers, text }))).toEqual(
      first.map(({ status, headers, text }) => ({ status, headers, text })),
    );
    expect(first.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await look(server, '/v1/schemas/2')).status).toBe(503);
    running.splice(0);
    await expect(server.close()).rejects.toThrow('closed');
  });

  it('answers 304 to who has it, and keeps the correlation id of who sent a usable one', async () => {
    const server = await start('kept');
    const [path = ''] = paths;
    const { headers } = await look(server, path);
    const again = await look(server, path, { 'If-None-Match': String(headers.etag), 'X-Correlation-Id': 'mine-1' });
    expect(again).toMatchObject({ status: 304, text: '', correlation: 'mine-1' });
    expect(again.headers).toMatchObject({ etag: headers.etag, 'cache-control': 'public, max-age=31536000, immutable' });
    expect((await look(server, path, { 'X-Correlation-Id': 'a b' })).correlation).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is the same for texts of any length and script, one after the other on one connection', async () => {
    const server = await start('kept');
    const texts = ['x', 'é', '名 𝄞', 'y'.repeat(12 * 1_024), 'é'.repeat(9_000), 'z'.repeat(300_000)];
    const paths = texts.map((_, index) => `/v1/catalogs/choice-sherpa/subjects/session.long_${index}_created/versions`);
    for (const [index, description] of texts.entries()) {
      const document = { ...(readSchema('choice-sherpa', 'session.created.json') as JsonObject), description };
      expect((await send(server, 'POST', paths[index]!, document)).status).toBe(201);
    }
    const asked = paths.map((path) => `${path}/1/schema`);
    const first: string[] = [];
    for (const path of asked) first.push((await look(server, path)).text);
    expect(first.map((text) => JSON.parse(text).description)).toEqual(texts);
    const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n`;
    const last = `${request(asked[0]!)}Connection: close\r\n\r\n`;
    const pipelined = `${asked.map((path) => `${request(path)}\r\n`).join('')}${last}`;
    const bodies = (await received(server, pipelined)).split(/HTTP\/1\.1 200 OK\r\n[\s\S]*?\r\n\r\n/);
    expect(bodies).toEqual(['', ...first, first[0]]);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain(`herald_lookups_total{cache="hit"} ${texts.length + 1}`);
  });

  it('is left to the app where a body comes, and the connection goes on', async () => {
    const server = await start('kept');
    const [path = ''] = paths;
    const { text } = await look(server, path);
    const request = (more: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${more}`;
    const several = `${request('Content-Length: 3\r\n\r\nabc')}${request('Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n')}${request('Connection: close\r\n\r\n')}`;
    const bodies = (await received(server, several)).split(/HTTP\/1\.1 200 OK\r\n[\s\S]*?\r\n\r\n/);
    expect(bodies).toEqual(['', text, text, text]);
    // what never comes is not waited for
    expect(await received(server, request('Content-Length: 5000000\r\n\r\nabc'))).toContain(text);
  });

  it('is judged by the app where a header came twice', async () => {
    const server = await start('kept');
    const [path = ''] = paths;
    const { headers } = await look(server, path);
    const twice = (name: string, values: readonly string[]) =>
      new Promise<number | undefined>((resolve, reject) => {
        get(`${server.url}${path}`, { headers: { [name]: [...values] } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        }).on('error', reject);
      });
    expect(await twice('If-None-Match', ['"other"', String(headers.etag)])).toBe(304);
    expect(await twice('If-None-Match', ['"other"', '"another"'])).toBe(200);
    expect(await twice('X-Correlation-Id', ['one', 'two'])).toBe(200);
  });

  it('is counted like any other', async () => {
    const server = await start('kept');
    const [path = ''] = paths;
    for (let times = 0; times < 3; times += 1) await look(server, path);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain('herald_lookups_total{cache="hit"} 2');
    expect(metrics).toContain('herald_http_request_seconds_count{route="getVersion",method="GET",status="200"} 3');
  });

  it('is answered anew once the subject changed', async () => {
    const server = await start('kept');
    const [, latest = ''] = paths;
    const before = await look(server, latest);
    expect((await look(server, latest)).text).toBe(before.text);
    const document = { ...(readSchema('choice-sherpa', 'session.created.json') as JsonObject), description: 'Other.' };
    expect((await send(server, 'POST', `${subject}/versions`, document)).status).toBe(201);
    expect(JSON.parse((await look(server, latest)).text)).toMatchObject({ number: 2, label: '1.0.1' });
  });

  it('counts against the rate of its caller', async () => {
    const server = await start('kept', { HERALD_RATE_LIMIT: '2' }, { clock: { now: () => 1_800_000_000_000 } });
    const [path = ''] = paths;
    const statuses: number[] = [];
    for (let times = 0; times < 6; times += 1) statuses.push((await look(server, path)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429]);
  });

  it('is not for who does not say who they are', async () => {
    const token = 'a-reader-of-schemas';
    const sha256 = createHash('sha256').update(token).digest('hex');
    const tokens = JSON.stringify([{ name: 'reader', sha256, role: 'reader' }]);
    const server = await start('kept', { HERALD_TOKENS: tokens });
    const [path = ''] = paths;
    const known = { Authorization: `Bearer ${token}` };
    const statuses: number[] = [];
    for (const headers of [known, known, {}, { Authorization: 'Bearer other' }, known])
      statuses.push((await look(server, path, headers)).status);
    expect(statuses).toEqual([200, 200, 401, 401, 200]);
  });

  it('is given to a token from memory, and no more once the token is revoked', async () => {
    const admin = 'an-administrator-of-schemas';
    const sha256 = createHash('sha256').update(admin).digest('hex');
    const server = await start('kept', { HERALD_TOKENS: JSON.stringify([{ name: 'admin', sha256, role: 'admin' }]) });
    const asAdmin = { Authorization: `Bearer ${admin}`, 'Content-Type': 'application/json' };
    const made = await fetch(`${server.url}/v1/tokens`, {
      method: 'POST',
      headers: asAdmin,
      body: JSON.stringify({ name: 'reader', role: 'reader' }),
    });
    const { id, token } = (await made.json()) as Record<string, string>;
    const [path = ''] = paths;
    const asReader = { Authorization: `Bearer ${token}` };
    for (let times = 0; times < 3; times += 1) expect((await look(server, path, asReader)).status).toBe(200);
    const metrics = await (await fetch(`${server.url}/metrics`, { headers: asAdmin })).text();
    expect(metrics).toContain('herald_lookups_total{cache="hit"} 2');
    expect((await fetch(`${server.url}/v1/tokens/${id}`, { method: 'DELETE', headers: asAdmin })).ok).toBe(true);
    expect((await look(server, path, asReader)).status).toBe(401);
  });

  it('is not for an expired token, however lately it was good', async () => {
    let time = Date.parse('2026-06-01T12:00:00Z');
    const token = 'a-reader-for-the-day';
    const sha256 = createHash('sha256').update(token).digest('hex');
    const row = { name: 'reader', sha256, role: 'reader', expires: '2026-06-01T12:00:05Z' };
    const server = await start('kept', { HERALD_TOKENS: JSON.stringify([row]) }, { clock: { now: () => time } });
    const [path = ''] = paths;
    const known = { Authorization: `Bearer ${token}` };
    expect((await look(server, path, known)).status).toBe(200);
    expect((await look(server, path, known)).status).toBe(200);
    time += 6_000;
    expect((await look(server, path, known)).status).toBe(401);
  });
});

describe('behind a proxy', () => {
  const document = { ...(readSchema('choice-sherpa', 'session.created.json') as JsonObject), description: 'Proxied.' };
  const register = (server: RunningServer, at: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}${at}${subject}/versions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(document),
    });

  it('all that it links to is below the base path, whether or not the proxy strips it', async () => {
    const server = await start('kept', { HERALD_BASE_PATH: '/herald' });
    for (const at of ['/herald', '']) {
      const index = (await (await fetch(`${server.url}${at}/`)).json()) as Record<string, string>;
      expect([index.docs, index.catalogs]).toEqual(['/herald/docs', '/herald/v1/catalogs']);
      const openapi = (await (await fetch(`${server.url}${at}/openapi.json`)).json()) as JsonObject;
      expect(openapi.servers).toEqual([{ url: '/herald' }]);
      expect((await register(server, at)).headers.get('location')).toMatch(/^\/herald\/v1\/.*\/versions\/\d+$/);
      const page = await (await fetch(`${server.url}${at}/docs`)).text();
      const linked = [...page.matchAll(/href="(\/[^"]*)"/g)].map(([, href]) => href);
      expect(linked.length).toBeGreaterThan(0);
      expect(linked.filter((href) => !href?.startsWith('/herald/'))).toEqual([]);
      const missing = (await (await fetch(`${server.url}${at}/nothing`)).json()) as JsonObject;
      expect(missing).toMatchObject({ error: { details: { documentation: '/herald/docs' } } });
    }
    expect((await fetch(`${server.url}/heraldry/livez`)).status).toBe(404);
  });

  it('states absolute URLs where it knows its public one', async () => {
    const server = await start('kept', { HERALD_PUBLIC_URL: 'https://registry.example/herald/' });
    const openapi = (await (await fetch(`${server.url}/openapi.json`)).json()) as JsonObject;
    expect(openapi.servers).toEqual([{ url: 'https://registry.example/herald' }]);
    expect(await (await fetch(`${server.url}/docs`)).text()).toContain(
      'HERALD=<span class="origin">https://registry.example/herald<',
    );
  });

  it('believes forwarded headers of the proxies it trusts, and of nobody else', async () => {
    const forwarded = {
      'X-Forwarded-Prefix': '/events',
      'X-Forwarded-Host': 'registry.example',
      'X-Forwarded-Proto': 'https',
    };
    const servers = async (server: RunningServer, headers: Record<string, string>) =>
      ((await (await fetch(`${server.url}/openapi.json`, { headers })).json()) as JsonObject).servers;
    const trusting = await start('kept', { HERALD_TRUSTED_PROXIES: '10.0.0.0/8, 127.0.0.1' });
    expect(await servers(trusting, forwarded)).toEqual([{ url: 'https://registry.example/events' }]);
    expect((await register(trusting, '', forwarded)).headers.get('location')).toMatch(/^\/events\/v1\//);
    expect(await servers(trusting, {})).toEqual([{ url: '/' }]);
    const evil = { 'X-Forwarded-Prefix': '//evil.example', 'X-Forwarded-Host': 'evil.example"><script>' };
    expect(await servers(trusting, evil)).toEqual([{ url: '/' }]);
    await trusting.close();
    running.splice(0);
    const strict = await start('kept', { HERALD_TRUSTED_PROXIES: '10.0.0.0/8' });
    expect(await servers(strict, forwarded)).toEqual([{ url: '/' }]);
  });
});

describe('pages of other origins', () => {
  const preflight = { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST' };
  const ask = (server: RunningServer, method: string, path: string, headers: Record<string, string>) =>
    fetch(`${server.url}${path}`, { method, headers });

  it('may ask where their origin is configured: preflight, reply from the app, reply from memory', async () => {
    const server = await start('kept', { HERALD_CORS_ORIGINS: 'https://app.example, https://other.example' });
    const allowed = await ask(server, 'OPTIONS', `${subject}/versions/latest/validate`, preflight);
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, 'https://app.example']);
    expect(allowed.headers.get('access-control-allow-methods')).toBe('POST');
    expect(allowed.headers.get('access-control-allow-headers')).toContain('Authorization');
    for (let times = 0; times < 3; times += 1) {
      const look = await ask(server, 'GET', `${subject}/versions/1`, { Origin: 'https://app.example' });
      expect([look.status, look.headers.get('access-control-allow-origin')]).toEqual([200, 'https://app.example']);
      expect(look.headers.get('access-control-expose-headers')).toContain('ETag');
      const plain = await ask(server, 'GET', `${subject}/versions/1`, {});
      for (const { headers } of [look, plain]) expect(headers.get('vary')).toContain('Origin');
      expect(plain.headers.get('access-control-allow-origin')).toBeNull();
    }
    const missing = await ask(server, 'GET', '/v1/catalogs/none', { Origin: 'https://app.example' });
    expect([missing.status, missing.headers.get('access-control-allow-origin')]).toEqual([404, 'https://app.example']);
  });

  it('may not where it is another origin, or none is configured', async () => {
    const some = await start('kept', { HERALD_CORS_ORIGINS: 'https://app.example' });
    const evil = { ...preflight, Origin: 'https://evil.example' };
    const refused = await ask(some, 'OPTIONS', `${subject}/versions/latest/validate`, evil);
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([405, null]);
    await some.close();
    running.splice(0);
    const none = await start('kept');
    const answer = await ask(none, 'OPTIONS', `${subject}/versions/latest/validate`, preflight);
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([405, null]);
    expect((await ask(none, 'GET', '/v1/catalogs', { Origin: 'https://app.example' })).headers.get('vary')).toBeNull();
  });
});

describe('the calendar at a signed address', () => {
  const token = 'a-reader-of-calendars';
  const sha256 = createHash('sha256').update(token).digest('hex');
  const HERALD_TOKENS = JSON.stringify([{ name: 'reader', sha256, role: 'reader' }]);
  const headers = { Authorization: `Bearer ${token}` };
  const HERALD_FEED_KEY = 'a key that is long enough to sign addresses';

  it('needs no credentials, reads nothing else, and ends on its day', async () => {
    const time = { now: Date.parse('2026-06-01T12:00:00Z') };
    const env = { HERALD_TOKENS, HERALD_FEED_KEY, HERALD_BASE_PATH: '/herald' };
    const server = await start('kept', env, { clock: { now: () => time.now } });
    const asked = `${server.url}/v1/deprecations/address?catalog=choice-sherpa&expires=2026-06-03`;
    expect((await fetch(asked)).status).toBe(401);
    const { url, expires } = (await (await fetch(asked, { headers })).json()) as Record<string, string>;
    expect([url?.startsWith(`${server.url}/herald/v1/feeds/`), expires]).toEqual([true, '2026-06-03']);
    const feed = await fetch(url ?? '');
    expect([feed.status, feed.headers.get('content-type')]).toEqual([200, 'text/calendar; charset=utf-8']);
    expect(await feed.text()).toMatch(/^BEGIN:VCALENDAR\r\n/);
    for (const [from, to] of [
      ['choice-sherpa', 'daarion'],
      ['2026-06-03', '2026-07-03'],
      ['for=reader', 'for=admin'],
      ['signature=', 'signature=A'],
    ])
      expect([from, (await fetch((url ?? '').replace(from ?? '', to ?? ''))).status]).toEqual([from, 401]);
    time.now += 3 * 86_400_000;
    expect((await fetch(url ?? '')).status).toBe(401);
  });

  it('is not there without a key', async () => {
    const server = await start('kept', { HERALD_TOKENS });
    const answer = await fetch(`${server.url}/v1/deprecations/address`, { headers });
    expect([answer.status, ((await answer.json()) as JsonObject).error]).toEqual([
      404,
      expect.objectContaining({ code: 'FEED_DISABLED' }),
    ]);
  });
});

describe('metrics', () => {
  const token = 'a-reader-of-metrics';
  const sha256 = createHash('sha256').update(token).digest('hex');
  const HERALD_TOKENS = JSON.stringify([{ name: 'reader', sha256, role: 'reader' }]);

  it('need a reader where authentication is on', async () => {
    const server = await start('kept', { HERALD_TOKENS });
    expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
    const headers = { Authorization: `Bearer ${token}` };
    expect(await (await fetch(`${server.url}/metrics`, { headers })).text()).toContain('herald_store_up 1');
  });

  it('have a port of their own that serves nothing else', async () => {
    const port = await freePort();
    const server = await start('kept', { HERALD_TOKENS, HERALD_METRICS_PORT: String(port) });
    const own = `http://127.0.0.1:${port}`;
    expect(await (await fetch(`${own}/metrics`)).text()).toContain('herald_store_up 1');
    expect((await fetch(`${own}/v1/catalogs`)).status).toBe(404);
    expect((await fetch(`${own}/metrics`, { method: 'POST' })).status).toBe(404);
    await server.close();
    running.splice(0);
    await expect(fetch(`${own}/metrics`)).rejects.toThrow();
  });

  it('on a port that is taken stop the start, and nothing goes on listening', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as AddressInfo;
    await expect(start('kept', { HERALD_METRICS_PORT: String(port) })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
    blocker.close();
    const again = await start('kept');
    expect((await fetch(`${again.url}/livez`)).status).toBe(200);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a database that is down', () => {
  it('is answered as such: 503, retryable, no stack; /livez goes on', async () => {
    const server = await start('kept');
    await server.deps.store.close();
    for (const path of ['/readyz', '/v1/catalogs', '/v1/schemas/1']) {
      const response = await fetch(`${server.url}${path}`);
      const text = await response.text();
      expect([path, response.status, JSON.parse(text).error.code]).toEqual([path, 503, 'STORE_UNAVAILABLE']);
      expect(response.headers.get('retry-after')).toBe('1');
      expect(text).not.toMatch(/node_modules|select|PGlite/i);
    }
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
    expect(await (await fetch(`${server.url}/metrics`)).text()).toContain('herald_store_up 0');
    running.splice(0);
    await expect(server.close()).rejects.toThrow('closed');
  });
});

describe('the log', () => {
  it('describes an error without what a syntax error quotes', () => {
    const secret = 'marker-4713';
    const error = (() => {
      try {
        return JSON.parse(`{"a": ${secret}}`);
      } catch (cause) {
        return new Error('could not read', { cause });
      }
    })();
    expect(String(error.cause)).toContain('marker');
    expect(JSON.stringify(described(error))).not.toContain('marker');
    expect(described(error)).toMatchObject({
      name: 'Error',
      message: 'could not read',
      cause: { name: 'SyntaxError' },
    });
  });
});
