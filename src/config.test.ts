import { describe, expect, it } from 'vitest';
import { isLoopback, readConfig } from './config.ts';

const token = { name: 'ci', sha256: 'a'.repeat(64), role: 'publisher', services: ['session'] };

function problems(env: Record<string, string>, flags = {}): readonly string[] {
  const reading = readConfig(env, flags);
  return reading.ok ? [] : reading.problems.map(({ variable, message }) => `${variable}: ${message}`);
}

describe('readConfig', () => {
  it('listens on loopback with an embedded database where nothing is said', () => {
    const reading = readConfig({ PATH: '/bin', PORT: '' });
    expect(reading).toMatchObject({
      ok: true,
      config: {
        host: '127.0.0.1',
        port: 8080,
        storage: { kind: 'folder', path: '.herald' },
        log: { level: 'info', form: 'json' },
      },
    });
    expect(reading.ok && reading.config.auth).toBeUndefined();
    expect(reading.ok && Object.isFrozen(reading.config)).toBe(true);
  });

  it('lets flags win over the environment, a data folder over a database', () => {
    const reading = readConfig({ PORT: '1', DATABASE_URL: 'postgres://h/d' }, { port: '0', data: '/tmp/x' });
    expect(reading).toMatchObject({ ok: true, config: { port: 0, storage: { kind: 'folder', path: '/tmp/x' } } });
    expect(readConfig({ DATABASE_URL: 'postgres://h/d' })).toMatchObject({
      config: { storage: { kind: 'postgres', url: 'postgres://h/d', connections: 10 } },
    });
  });

  it('answers to the names it is given, and bounds the work of callers who say who they are', () => {
    const named = readConfig({ HERALD_ALLOWED_HOSTS: 'a.example, b', HERALD_PUBLIC_URL: 'https://c.example/x' });
    expect(named).toMatchObject({
      ok: true,
      config: { allowedHosts: ['a.example', 'b', 'c.example'], limits: { workSecondsPerMinute: 0 } },
    });
    const known = { HERALD_TOKENS: JSON.stringify([token]) };
    expect(readConfig(known)).toMatchObject({ config: { limits: { workSecondsPerMinute: 30 } } });
    expect(readConfig({ ...known, HERALD_WORK_LIMIT: '7' })).toMatchObject({
      config: { limits: { workSecondsPerMinute: 7 } },
    });
    expect(problems({ HERALD_TOKENS: JSON.stringify([{ ...token, name: 'local' }]) })).toHaveLength(1);
    for (const pattern of ['order.*', 'shop', 'shop/', 'shop/a/b', 'Shop/order.*', 'shop/order..placed'])
      expect(problems({ HERALD_TOKENS: JSON.stringify([{ ...token, subjects: [pattern] }]) })).toEqual([
        expect.stringMatching(/^HERALD_TOKENS: .*matches nothing/),
      ]);
  });

  it('reads every limit, and refuses numbers that are none', () => {
    const limits = {
      HERALD_BODY_LIMIT: '1',
      HERALD_BATCH_LIMIT: '2',
      HERALD_RATE_LIMIT: '3',
      HERALD_CACHE_BYTES: '4',
      HERALD_VALIDATORS: '5',
    };
    expect(readConfig(limits)).toMatchObject({
      config: { limits: { bodyBytes: 1, batchBytes: 2, perSecond: 3, cacheBytes: 4, validators: 5 } },
    });
    for (const name of [...Object.keys(limits), 'HERALD_CONNECTIONS', 'PORT'])
      for (const bad of ['-1', '1.5', '1e3', '99999999999', 'many', ' 1'])
        expect([name, bad, problems({ [name]: bad })]).toEqual([name, bad, [expect.stringContaining(name)]]);
    expect(readConfig({ DATABASE_URL: 'postgres://h/d', HERALD_CONNECTIONS: '3' })).toMatchObject({
      config: { storage: { connections: 3 } },
    });
    expect(readConfig({ HERALD_WEBHOOK_HOSTS: 'hooks.local, 10.0.0.7,' })).toMatchObject({
      config: { webhookHosts: ['hooks.local', '10.0.0.7'] },
    });
  });

  it('reads how people sign in to the console, and what a provider lacks', () => {
    const provider = { HERALD_OIDC_ISSUER: 'https://id.example', HERALD_OIDC_CLIENT_ID: 'herald' };
    const secrets = { HERALD_OIDC_CLIENT_SECRET: 's', HERALD_OIDC_SCOPE: 'roles', HERALD_SESSION_KEY: 'k'.repeat(32) };
    expect(readConfig({ ...provider, ...secrets })).toMatchObject({
      config: {
        // programs need credentials where people do
        auth: { tokens: [] },
        signIn: {
          sessionKey: 'k'.repeat(32),
          provider: {
            issuer: 'https://id.example',
            clientId: 'herald',
            clientSecret: 's',
            scope: 'roles',
            insecure: false,
          },
        },
      },
    });
    expect(problems({ HERALD_SESSION_KEY: 'short' })).toEqual([expect.stringContaining('HERALD_SESSION_KEY')]);
    expect(problems({ HERALD_OIDC_ISSUER: 'https://id.example' })).toEqual([
      expect.stringContaining('HERALD_OIDC_CLIENT_ID: is missing'),
    ]);
    expect(problems({ HERALD_OIDC_CLIENT_SECRET: 's' })).toEqual([
      expect.stringContaining('HERALD_OIDC_ISSUER: is missing'),
    ]);
    expect(problems({ ...provider, HERALD_OIDC_ISSUER: 'http://id.example' })).toEqual([
      expect.stringContaining('is not https'),
    ]);
  });

  it('says everything that is wrong at once, without the values', () => {
    const found = problems({
      PORT: 'eighty',
      LOG_LEVEL: 'loud',
      LOG_FORMAT: 'xml',
      DATABASE_URL: 'mysql://user:secret@h/d',
      HERALD_TOKENS: '[{"name":"x"}]',
    });
    expect(found.map((line) => line.split(':')[0])).toEqual(
      expect.arrayContaining(['PORT', 'LOG_LEVEL', 'LOG_FORMAT', 'DATABASE_URL', 'HERALD_TOKENS']),
    );
    expect(found.join('\n')).toContain('/0/sha256');
    expect(found.join('\n')).not.toContain('secret');
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', 'registry.example.org', '127.0.0.1.example.org'])(
    'refuses to listen on %s without authentication',
    (host) => {
      expect(problems({ HOST: host })).toHaveLength(1);
      expect(problems({ HOST: host, HERALD_TOKENS: '[]' })).toHaveLength(1);
      expect(problems({ HOST: host, HERALD_TOKENS: JSON.stringify([token]) })).toEqual([]);
    },
  );

  it.each([
    [{ HERALD_BASE_PATH: '/herald' }, { base: '/herald', trustedProxies: [] }],
    [
      { HERALD_PUBLIC_URL: 'https://r.example/herald/' },
      { base: '/herald', origin: 'https://r.example', trustedProxies: [] },
    ],
    [{ HERALD_PUBLIC_URL: 'https://r.example' }, { base: '', origin: 'https://r.example', trustedProxies: [] }],
    [{ HERALD_TRUSTED_PROXIES: '10.0.0.0/8, ::1' }, { base: '', trustedProxies: ['10.0.0.0/8', '::1'] }],
  ])('takes %j for where callers reach it', (env, links) => {
    const reading = readConfig(env);
    expect(reading.ok && reading.config.links).toEqual(links);
  });

  it.each<Record<string, string>>([
    { HERALD_BASE_PATH: 'herald' },
    { HERALD_BASE_PATH: '/herald/' },
    { HERALD_BASE_PATH: '//evil.example' },
    { HERALD_PUBLIC_URL: 'registry.example' },
    { HERALD_PUBLIC_URL: 'https://r.example/?a=1' },
    { HERALD_PUBLIC_URL: 'https://r.example/a', HERALD_BASE_PATH: '/b' },
    { HERALD_TRUSTED_PROXIES: 'proxy.example' },
    { HERALD_TRUSTED_PROXIES: '10.0.0.0/33' },
    { HERALD_CORS_ORIGINS: 'https://app.example/' },
    { HERALD_CORS_ORIGINS: 'app.example' },
    { HERALD_FEED_KEY: 'short' },
  ])('refuses %j', (env) => {
    expect(problems(env)).toHaveLength(1);
  });

  it('refuses a setting it does not know, and leaves the command line its own', () => {
    expect(problems({ HERALD_TOKNES: '[]' })).toEqual(['HERALD_TOKNES: is no setting of Herald']);
    expect(problems({ HERALD_URL: 'http://x', HERALD_TOKEN: 'y' })).toEqual([]);
  });

  it('takes the names of the claims', () => {
    const reading = readConfig({
      HERALD_JWT_SECRET: 'a key that is long enough for HS256, really',
      HERALD_JWT_AUDIENCE: 'herald',
      HERALD_JWT_ROLES_CLAIM: 'realm_access.roles',
      HERALD_JWT_ROLE_PREFIX: 'herald-',
      HERALD_JWT_SERVICES_CLAIM: 'apps',
      HERALD_JWT_SUBJECTS_CLAIM: 'events',
    });
    expect(reading.ok && reading.config.auth?.jwt?.claims).toEqual({
      roles: 'realm_access.roles',
      rolePrefix: 'herald-',
      services: 'apps',
      subjects: 'events',
    });
  });

  it('takes JWTs only with an audience, from one kind of key, with algorithms that fit it', () => {
    const secret = 's'.repeat(32);
    const jwks = 'https://id.example.org/keys';
    expect(problems({ HERALD_JWT_SECRET: secret })).toHaveLength(1);
    expect(problems({ HERALD_JWT_SECRET: 'short', HERALD_JWT_AUDIENCE: 'herald' })).toHaveLength(1);
    expect(problems({ HERALD_JWT_SECRET: secret, HERALD_JWT_JWKS: jwks, HERALD_JWT_AUDIENCE: 'herald' })).toHaveLength(
      1,
    );
    expect(problems({ HERALD_JWT_JWKS: 'file:///etc/passwd', HERALD_JWT_AUDIENCE: 'herald' })).toHaveLength(1);
    expect(
      problems({ HERALD_JWT_JWKS: jwks, HERALD_JWT_AUDIENCE: 'herald', HERALD_JWT_ALGORITHMS: 'none' }),
    ).toHaveLength(1);
    expect(
      problems({ HERALD_JWT_JWKS: jwks, HERALD_JWT_AUDIENCE: 'herald', HERALD_JWT_ALGORITHMS: 'HS256' }),
    ).toHaveLength(1);
    expect(problems({ HERALD_JWT_AUDIENCE: 'herald' })).toHaveLength(1);
    const reading = readConfig({
      HERALD_JWT_JWKS: jwks,
      HERALD_JWT_AUDIENCE: 'herald',
      HERALD_JWT_ALGORITHMS: 'ES256, RS256',
      HERALD_JWT_ISSUER: 'https://id.example.org',
    });
    expect(reading).toMatchObject({
      config: {
        auth: {
          jwt: { key: { jwks }, algorithms: ['ES256', 'RS256'], audience: 'herald', issuer: 'https://id.example.org' },
        },
      },
    });
  });
});

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost'])('holds for %s', (host) =>
    expect(isLoopback(host)).toBe(true),
  );
  it.each(['0.0.0.0', '127.0.0.1.nip.io', 'localhost.example.org', '10.0.0.1', ''])('does not hold for "%s"', (host) =>
    expect(isLoopback(host)).toBe(false),
  );
});
