/** Who may do what: every route × every role, and tokens that must not work. */
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CompactSign, exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ApiToken } from '../src/http/api-tokens.ts';
import { type AuthSettings, authenticator } from '../src/http/auth.ts';
import { usualClaims } from '../src/http/jwt.ts';
import type { Unproved } from '../src/http/proof.ts';
import { routes } from '../src/http/routes/index.ts';
import type { Permission } from '../src/registry/caller.ts';
import type { Deliveries, Store } from '../src/registry/ports.ts';
import { roles } from '../src/registry/records.ts';
import { openStore } from '../src/store/open.ts';
import { type Ask, loadCatalog, noon, readSchema, type TestRegistry, testRegistry } from './support/registry.ts';

const clock = { now: () => noon };
const row = (name: string, role: ApiToken['role'], more: Partial<ApiToken> = {}): ApiToken => ({
  name,
  sha256: createHash('sha256').update(`token-of-${name}`).digest('hex'),
  role,
  services: [],
  subjects: [],
  ...more,
});
const tokens = [
  row('reader', 'reader'),
  row('publisher', 'publisher', { services: ['*'] }),
  row('owner', 'publisher', { services: ['session', 'dashboard'] }),
  row('narrow', 'publisher', { services: ['*'], subjects: ['choice-sherpa/cycle.*'] }),
  row('steward', 'steward'),
  row('admin', 'admin'),
  row('late', 'admin', { expires: '2026-06-01T11:59:59Z' }),
];
const as = (name: string): Record<string, string> => ({ Authorization: `Bearer token-of-${name}` });

let store: Store & Deliveries;
let registry: TestRegistry;

async function guarded(settings: AuthSettings): Promise<TestRegistry> {
  return testRegistry({ store, authenticate: authenticator(settings, clock, store) });
}

beforeAll(async () => {
  store = await openStore({ kind: 'memory' }, clock);
  await loadCatalog(await testRegistry({ store }), 'choice-sherpa');
  registry = await guarded({ tokens });
});
afterAll(() => store.close());

/** By role, the permissions it has. Written by hand from the design: reader, publisher, steward, admin. */
const granted: Readonly<Record<ApiToken['role'], readonly Permission[]>> = {
  reader: ['read'],
  publisher: ['read', 'publish', 'consume'],
  steward: ['read', 'steward'],
  admin: ['read', 'publish', 'consume', 'steward', 'admin'],
};

describe('routes × roles', () => {
  const path = (template: string) => template.replace('{version}', '1').replace(/\{\w+\}/g, 'nothing');

  it.each(routes.map((record) => [`${record.method.toUpperCase()} ${record.path}`, record] as const))(
    '%s',
    async (_, record) => {
      const asked = (headers: Record<string, string>): Ask => ({
        headers,
        ...(record.body && { raw: '{', type: 'application/json' }),
      });
      const answers = await Promise.all(
        roles.map(async (role) => {
          const { code } = await registry.ask(record.method.toUpperCase(), path(record.path), asked(as(role)));
          return [role, code === 'FORBIDDEN' ? 'refused' : 'let in'];
        }),
      );
      const { permission } = record;
      expect(answers).toEqual(
        roles.map((role) => [role, permission === 'open' || granted[role].includes(permission) ? 'let in' : 'refused']),
      );
      const anonymous = await registry.ask(record.method.toUpperCase(), path(record.path), asked({}));
      // an open route may want parameters, but never credentials
      if (permission === 'open') expect(['UNAUTHENTICATED', 'FORBIDDEN']).not.toContain(anonymous.code);
      else {
        expect([anonymous.status, anonymous.code]).toEqual([401, 'UNAUTHENTICATED']);
        expect(anonymous.headers.get('www-authenticate')).toMatch(/^Bearer/);
      }
    },
  );
});

describe('ownership', () => {
  const versions = (subject: string) => `/v1/catalogs/choice-sherpa/subjects/${subject}/versions`;

  it('lets a publisher register for its own services only', async () => {
    const own = await registry.ask('POST', versions('session.created'), {
      body: readSchema('choice-sherpa', 'session.created.json'),
      headers: as('owner'),
    });
    expect(own.status).toBe(200);
    const other = await registry.ask('POST', versions('cycle.created'), {
      body: readSchema('choice-sherpa', 'cycle.created.json'),
      headers: as('owner'),
    });
    expect([other.status, other.code]).toEqual([403, 'FORBIDDEN']);
  });

  it('keeps a publisher inside its subjects', async () => {
    const inside = await registry.ask('POST', versions('cycle.created'), {
      body: readSchema('choice-sherpa', 'cycle.created.json'),
      headers: as('narrow'),
    });
    expect(inside.status).toBe(200);
    const outside = await registry.ask('POST', versions('session.created'), {
      body: readSchema('choice-sherpa', 'session.created.json'),
      headers: as('narrow'),
    });
    expect(outside.code).toBe('FORBIDDEN');
  });

  it('lets a service declare itself, not another one, and steward nothing', async () => {
    const consumer = (service: string) => `/v1/catalogs/choice-sherpa/subjects/cycle.created/consumers/${service}`;
    expect((await registry.ask('PUT', consumer('dashboard'), { body: {}, headers: as('owner') })).status).toBe(200);
    expect((await registry.ask('PUT', consumer('stranger'), { body: {}, headers: as('owner') })).code).toBe(
      'FORBIDDEN',
    );
    expect((await registry.ask('DELETE', consumer('websocket'), { headers: as('owner') })).code).toBe('FORBIDDEN');
    const usage = {
      catalog: 'choice-sherpa',
      subject: 'cycle.created',
      service: 'stranger',
      role: 'consume',
      day: '2026-06-01',
      count: 1,
    };
    expect((await registry.ask('POST', '/v1/usage', { body: { rows: [usage] }, headers: as('owner') })).code).toBe(
      'FORBIDDEN',
    );
    expect(
      (
        await registry.ask('POST', '/v1/usage', {
          body: { rows: [{ ...usage, service: 'dashboard' }] },
          headers: as('reader'),
        })
      ).code,
    ).toBe('FORBIDDEN');
  });

  it('counts validations only for a service the caller speaks for', async () => {
    const at = '/v1/catalogs/choice-sherpa/subjects/cycle.created/versions/latest/validate?role=consume&service=';
    expect((await registry.ask('POST', `${at}stranger`, { body: {}, headers: as('owner') })).code).toBe('FORBIDDEN');
    expect((await registry.ask('POST', `${at}dashboard`, { body: {}, headers: as('owner') })).status).toBe(200);
  });

  it('records the refusal with who was refused', async () => {
    const { json } = await registry.ask('GET', '/v1/audit?limit=1000', { headers: as('steward') });
    expect(json.items).toContainEqual(
      expect.objectContaining({
        actor: 'owner',
        action: 'version.register',
        outcome: 'refused',
        reason: 'FORBIDDEN',
        subject: 'cycle.created',
      }),
    );
  });
});

describe('API tokens', () => {
  it.each([
    ['an unknown one', { Authorization: 'Bearer token-of-nobody' }],
    ['an expired one', as('late')],
    ['its hash', { Authorization: `Bearer ${tokens[5]?.sha256}` }],
    ['another scheme', { Authorization: 'Basic YWRtaW46YWRtaW4=' }],
    ['none', {}],
    ['an empty one', { Authorization: 'Bearer ' }],
    ['a very long one', { Authorization: `Bearer ${'x'.repeat(20_000)}` }],
  ])('refuses %s', async (_, headers) => {
    const { code, text } = await registry.ask('GET', '/v1/catalogs', { headers: headers as Record<string, string> });
    expect(code).toBe('UNAUTHENTICATED');
    expect(text).not.toContain('token-of');
  });
});

describe('JWT', () => {
  const secret = 'a key that is long enough for HS256, really';
  const key = new TextEncoder().encode(secret);
  const now = noon / 1_000;
  const good = { sub: 'ci', roles: ['admin'], aud: 'herald', iss: 'https://id.example.org', exp: now + 60 };
  const sign = (claims: JWTPayload, alg = 'HS256', by: Uint8Array = key) =>
    new SignJWT(claims).setProtectedHeader({ alg }).sign(by);
  const jwt = { key: { secret }, algorithms: ['HS256'], audience: 'herald', issuer: 'https://id.example.org' };
  const settings: AuthSettings = { tokens: [], jwt };
  const codeFor = async (guard: TestRegistry, token: string, path = '/v1/catalogs') =>
    (await guard.ask('GET', path, { headers: { Authorization: `Bearer ${token}` } })).code;
  let guard: TestRegistry;

  beforeAll(async () => {
    guard = await guarded(settings);
  });

  it('lets in who is who they say, with the roles they have', async () => {
    expect(await codeFor(guard, await sign(good))).toBeUndefined();
    expect(await codeFor(guard, await sign({ ...good, roles: ['reader'] }), '/v1/webhooks')).toBe('FORBIDDEN');
    expect(await codeFor(guard, await sign({ ...good, roles: ['root'] }))).toBe('FORBIDDEN');
  });

  it.each<[string, () => Promise<string> | string, Unproved]>([
    [
      'signed with another key',
      () => sign(good, 'HS256', new TextEncoder().encode('another key that is long enough, yes')),
      'forged',
    ],
    ['with an algorithm that was not pinned', () => sign(good, 'HS512'), 'algorithm'],
    ['with no algorithm', () => new UnsecuredJWT(good).encode(), 'algorithm'],
    ['that has expired', () => sign({ ...good, exp: now - 1 }), 'expired'],
    [
      'that never expires',
      () => sign({ sub: 'ci', roles: ['admin'], aud: 'herald', iss: 'https://id.example.org' }),
      'claims',
    ],
    ['for another audience', () => sign({ ...good, aud: 'somebody' }), 'claims'],
    [
      'for no audience',
      () => sign({ sub: 'ci', roles: ['admin'], iss: 'https://id.example.org', exp: now + 60 }),
      'claims',
    ],
    ['of another issuer', () => sign({ ...good, iss: 'https://evil.example.org' }), 'claims'],
    [
      'whose pattern of subjects matches nothing',
      () => sign({ ...good, subjects: ['shop/order.*', 'order.*'] }),
      'claims',
    ],
    [
      'of nobody',
      () => sign({ roles: ['admin'], aud: 'herald', iss: 'https://id.example.org', exp: now + 60 }),
      'claims',
    ],
    [
      'that expires at no date',
      () =>
        new CompactSign(new TextEncoder().encode(JSON.stringify(good).replace(/"exp":\d+/, '"exp":1e400')))
          .setProtectedHeader({ alg: 'HS256' })
          .sign(key),
      'claims',
    ],
    ['that is none', () => 'a.b.c', 'malformed'],
    [
      'with a changed payload',
      async () => {
        const [header, , signature] = (await sign({ ...good, roles: ['reader'] })).split('.');
        return `${header}.${Buffer.from(JSON.stringify(good)).toString('base64url')}.${signature}`;
      },
      'forged',
    ],
  ])('refuses one %s, and tells the log alone why', async (_, make, reason) => {
    const token = await make();
    const answer = await guard.ask('GET', '/v1/catalogs', { headers: { Authorization: `Bearer ${token}` } });
    const stranger = await guard.ask('GET', '/v1/catalogs', { headers: as('nobody') });
    expect([answer.code, answer.text]).toEqual(['UNAUTHENTICATED', stranger.text]);
    expect(guard.log.at(-2)).toMatchObject({ refused: { reason } });
    expect(JSON.stringify(guard.log)).not.toContain(token);
  });

  it.each([
    ['a nested list', { roles: 'realm_access.roles' }, { realm_access: { roles: ['steward', 'offline_access'] } }],
    ['a text of scopes', { roles: 'scope', rolePrefix: 'herald:' }, { scope: 'openid herald:steward admin' }],
    ['a claim whose name is a URL', { roles: 'https://id.example/roles' }, { 'https://id.example/roles': ['steward'] }],
  ])('reads roles from %s', async (_, named, stated) => {
    const claims = { ...usualClaims, ...named };
    const guard = await guarded({ tokens: [], jwt: { ...jwt, claims } });
    const { roles: __, ...rest } = good;
    const code = async (path: string, claims: JWTPayload) =>
      (await guard.ask('GET', path, { headers: { Authorization: `Bearer ${await sign(claims)}` } })).code;
    expect(await code('/v1/audit', { ...rest, ...stated })).toBeUndefined();
    expect(await code('/v1/tokens', { ...rest, ...stated })).toBe('FORBIDDEN');
    expect(await code('/v1/audit', { ...rest, roles: ['steward'] })).toBe('FORBIDDEN');
  });

  it('says so where the claim names no role', async () => {
    const token = await sign({ ...good, roles: ['owner'] });
    const answer = await guard.ask('GET', '/v1/catalogs', { headers: { Authorization: `Bearer ${token}` } });
    expect(answer.json).toMatchObject({
      error: { message: expect.stringContaining('carry none of the roles reader') },
    });
  });

  it('refuses a claim of roles that is neither a list nor a text', async () => {
    const token = await sign({ ...good, roles: { admin: true } });
    const answer = await guard.ask('GET', '/v1/catalogs', { headers: { Authorization: `Bearer ${token}` } });
    expect(answer.code).toBe('UNAUTHENTICATED');
  });

  it.each(['local', 'anonymous', 'steward'])('whose subject is "%s" is nobody else on record', async (sub) => {
    const token = await sign({ ...good, sub, roles: ['reader'] });
    const { code } = await guard.ask('GET', '/v1/webhooks', { headers: { Authorization: `Bearer ${token}` } });
    expect(code).toBe('FORBIDDEN');
    const { items } = await store.audit({ limit: 1_000 });
    expect(items.at(-1)).toMatchObject({ actor: `jwt:${sub}`, outcome: 'refused' });
  });

  it('stops taking a remembered token when it expires', async () => {
    const time = { now: noon };
    const ticking = await testRegistry({ store, authenticate: authenticator(settings, { now: () => time.now }) });
    const token = await sign(good);
    expect(await codeFor(ticking, token)).toBeUndefined();
    time.now += 61_000;
    expect(await codeFor(ticking, token)).toBe('UNAUTHENTICATED');
  });
});

describe('JWKS', () => {
  let server: Server;
  let fetched = 0;
  let keys: readonly object[] = [];
  const claims = { sub: 'ci', roles: ['reader'], aud: 'herald', exp: noon / 1_000 + 60 };

  beforeAll(async () => {
    server = createServer((_, response) => {
      fetched += 1;
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('takes published keys, fetches them once, and never takes a public key as a shared one', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' };
    keys = [jwk];
    const jwks = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
    const guard = await guarded({ tokens: [], jwt: { key: { jwks }, algorithms: ['ES256'], audience: 'herald' } });
    for (let index = 0; index < 5; index += 1) {
      const token = await new SignJWT({ ...claims, jti: String(index) })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .sign(privateKey);
      expect((await guard.ask('GET', '/v1/catalogs', { headers: { Authorization: `Bearer ${token}` } })).status).toBe(
        200,
      );
    }
    expect(fetched).toBe(1);
    const confused = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(new TextEncoder().encode(JSON.stringify(jwk)));
    expect((await guard.ask('GET', '/v1/catalogs', { headers: { Authorization: `Bearer ${confused}` } })).code).toBe(
      'UNAUTHENTICATED',
    );
  });

  it('finds a rotated key by its id, drops the old one, and asks no more often than it may', async () => {
    const pair = async (kid: string) => {
      const { publicKey, privateKey } = await generateKeyPair('ES256');
      const sign = (claimed: JWTPayload) =>
        new SignJWT(claimed).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey);
      return { jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' }, sign };
    };
    const [old, next, never] = [await pair('old'), await pair('next'), await pair('never')];
    const jwks = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
    const code = async (guard: TestRegistry, token: string) =>
      (await guard.ask('GET', '/v1/catalogs', { headers: { Authorization: `Bearer ${token}` } })).code;
    const jwt = { key: { jwks }, algorithms: ['ES256'], audience: 'herald' };
    keys = [old.jwk];
    const eager = await guarded({ tokens: [], jwt: { ...jwt, refetchAfterMs: 0 } });
    expect(await code(eager, await old.sign(claims))).toBeUndefined();
    expect(await code(eager, await next.sign(claims))).toBe('UNAUTHENTICATED');
    expect(eager.log.at(-1)).toMatchObject({ refused: { reason: 'key-unknown' } });
    keys = [next.jwk];
    expect(await code(eager, await next.sign(claims))).toBeUndefined();
    expect(await code(eager, await old.sign({ ...claims, jti: 'signed after the rotation' }))).toBe('UNAUTHENTICATED');

    const patient = await guarded({ tokens: [], jwt });
    expect(await code(patient, await next.sign(claims))).toBeUndefined();
    const before = fetched;
    for (let index = 0; index < 20; index += 1)
      expect(await code(patient, await never.sign({ ...claims, jti: String(index) }))).toBe('UNAUTHENTICATED');
    expect(fetched).toBe(before);
  });

  it('refuses a token a minute after its key was withdrawn, however long the token lasts', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: noon });
    try {
      const { publicKey, privateKey } = await generateKeyPair('ES256');
      keys = [{ ...(await exportJWK(publicKey)), kid: 'leaked', alg: 'ES256' }];
      const jwks = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
      const settings = { tokens: [], jwt: { key: { jwks }, algorithms: ['ES256'], audience: 'herald' } };
      const guard = await testRegistry({ store, authenticate: authenticator(settings, { now: Date.now }) });
      const token = await new SignJWT({ ...claims, exp: noon / 1_000 + 86_400 })
        .setProtectedHeader({ alg: 'ES256', kid: 'leaked' })
        .sign(privateKey);
      const ask = async () =>
        (await guard.ask('GET', '/v1/catalogs', { headers: { Authorization: `Bearer ${token}` } })).code;
      expect(await ask()).toBeUndefined();
      keys = [];
      const refusedAfter: number[] = [];
      for (let seconds = 0; seconds <= 60; seconds += 5) {
        vi.setSystemTime(noon + seconds * 1_000);
        if ((await ask()) === 'UNAUTHENTICATED') refusedAfter.push(seconds);
      }
      expect(refusedAfter).toContain(60);
    } finally {
      vi.useRealTimers();
    }
  });

  it('answers 503, not 401, where the keys are out of reach', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(privateKey);
    const guard = await guarded({
      tokens: [],
      jwt: { key: { jwks: 'http://127.0.0.1:9/keys' }, algorithms: ['ES256'], audience: 'herald' },
    });
    const { status } = await guard.ask('GET', '/v1/catalogs', { headers: { Authorization: `Bearer ${token}` } });
    expect(status).toBe(503);
  });
});

describe('rate limit', () => {
  it('refuses who asks too often, and lets them in again later', async () => {
    const { rateLimit } = await import('../src/http/rate.ts');
    const time = { now: noon };
    const limited = await testRegistry({ store, rate: rateLimit(2, { now: () => time.now }) });
    const codes = await Promise.all(
      Array.from({ length: 5 }, async () => (await limited.ask('GET', '/v1/catalogs')).code),
    );
    expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(1);
    expect((await limited.ask('GET', '/livez')).status).toBe(200);
    time.now += 1_000;
    expect((await limited.ask('GET', '/v1/catalogs')).code).toBeUndefined();
  });
});
