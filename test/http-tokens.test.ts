/** API tokens that the registry makes: shown once, kept as a hash, scoped, expiring, revoked at once, and in no log. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authenticator } from '../src/http/auth.ts';
import type { Deliveries, Store } from '../src/registry/ports.ts';
import { openStore } from '../src/store/open.ts';
import { expectStatus, loadCatalog, noon, type TestRegistry, testRegistry } from './support/registry.ts';

const hash = (token: string) => createHash('sha256').update(token).digest('hex');
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const root = bearer('the first admin, of the configuration'.replaceAll(' ', '-'));
const settings = {
  tokens: [
    {
      name: 'root',
      sha256: hash('the-first-admin,-of-the-configuration'),
      role: 'admin' as const,
      services: [],
      subjects: [],
    },
  ],
};

let store: Store & Deliveries;
let registry: TestRegistry;
/** What time it is for the authenticator and the registry. */
const time = { at: noon };
const clock = { now: () => time.at };

beforeAll(async () => {
  store = await openStore({ kind: 'memory' }, clock);
  await loadCatalog(await testRegistry({ store }), 'choice-sherpa', (subject) => subject.startsWith('session.'));
  registry = await testRegistry({ store, authenticate: authenticator(settings, clock, store) });
});
afterAll(() => store.close());

async function made(
  body: Readonly<Record<string, string | readonly string[]>>,
): Promise<{ id: string; token: string }> {
  const { json } = await expectStatus(registry.ask('POST', '/v1/tokens', { body, headers: root }), 201);
  return { id: String(json.id), token: String(json.token) };
}

const asks = (token: string, method = 'GET', path = '/v1/catalogs') =>
  registry.ask(method, path, { headers: bearer(token) });
const lastRefusal = () => {
  const line = registry.log.findLast((row) => 'refused' in row);
  return line && 'refused' in line ? line.refused : undefined;
};

describe('a token', () => {
  it('is shown once and opens what its role opens', async () => {
    const { id, token } = await made({ name: 'auditor', role: 'steward' });
    expect(token).toMatch(/^herald_[\w-]{43}$/);
    expect((await asks(token, 'GET', '/v1/audit')).status).toBe(200);
    expect((await asks(token, 'GET', '/v1/tokens')).code).toBe('FORBIDDEN');
    const list = await registry.ask('GET', '/v1/tokens', { headers: root });
    expect(list.text).not.toContain(token);
    expect(list.text).not.toContain(hash(token));
    expect(list.json.items).toContainEqual(
      expect.objectContaining({ id, name: 'auditor', role: 'steward', createdBy: 'root', expires: '2026-08-30' }),
    );
  });

  it('of a publisher speaks for its services within its subjects', async () => {
    const { token } = await made({
      name: 'ci',
      role: 'publisher',
      services: ['dashboard'],
      subjects: ['choice-sherpa/session.created'],
    });
    const declare = (subject: string, service: string) =>
      registry.ask('PUT', `/v1/catalogs/choice-sherpa/subjects/${subject}/consumers/${service}`, {
        body: {},
        headers: bearer(token),
      });
    expect((await declare('session.created', 'dashboard')).status).toBe(200);
    expect((await declare('session.created', 'websocket')).code).toBe('FORBIDDEN');
    expect((await declare('session.renamed', 'dashboard')).code).toBe('FORBIDDEN');
  });

  it('is revoked at once, wherever it is remembered', async () => {
    const { id, token } = await made({ name: 'leaver', role: 'reader' });
    const elsewhere = await testRegistry({ store, authenticate: authenticator(settings, clock, store) });
    expect((await asks(token)).status).toBe(200);
    expect((await elsewhere.ask('GET', '/v1/catalogs', { headers: bearer(token) })).status).toBe(200);
    await expectStatus(registry.ask('DELETE', `/v1/tokens/${id}`, { headers: root }), 204);
    expect((await asks(token)).code).toBe('UNAUTHENTICATED');
    expect(lastRefusal()).toEqual({ reason: 'revoked', credential: 'leaver' });
    expect((await elsewhere.ask('GET', '/v1/catalogs', { headers: bearer(token) })).code).toBe('UNAUTHENTICATED');
    await expectStatus(registry.ask('DELETE', `/v1/tokens/${id}`, { headers: root }), 204);
  });

  it('holds through its last day and no longer, and its use is noted by the day', async () => {
    const { id, token } = await made({ name: 'temp', role: 'reader', expires: '2026-06-02' });
    const used = async () => (await store.tokens()).find((row) => row.id === id)?.lastUsed;
    expect(await used()).toBeUndefined();
    await asks(token);
    expect(await used()).toBe('2026-06-01');
    time.at = Date.parse('2026-06-02T23:59:59Z');
    expect((await asks(token)).status).toBe(200);
    expect(await used()).toBe('2026-06-02');
    time.at = Date.parse('2026-06-03T00:00:00Z');
    expect((await asks(token)).code).toBe('UNAUTHENTICATED');
    expect(lastRefusal()).toEqual({ reason: 'expired', credential: 'temp' });
    expect(await used()).toBe('2026-06-02');
    time.at = noon;
  });
});

describe('a stranger', () => {
  it('hears one answer, whatever is wrong with the token; the log hears which', async () => {
    const gone = await made({ name: 'gone', role: 'reader' });
    await registry.ask('DELETE', `/v1/tokens/${gone.id}`, { headers: root });
    const answers = new Set<string>();
    const reasons: unknown[] = [];
    for (const token of [gone.token, `herald_${'A'.repeat(43)}`, 'a.b.c', hash(gone.token)]) {
      const { status, text } = await asks(token);
      answers.add(`${status} ${text}`);
      reasons.push(lastRefusal());
    }
    expect(answers.size).toBe(1);
    expect([...answers][0]).toMatch(/^401 /);
    expect(reasons).toEqual([
      { reason: 'revoked', credential: 'gone' },
      { reason: 'unknown' },
      { reason: 'unknown' },
      { reason: 'unknown' },
    ]);
  });
});

describe('making one', () => {
  it.each([
    ['that has expired', { name: 'x', role: 'reader', expires: '2026-05-31' }, 'TOKEN_INVALID', 'expired already'],
    ['that lasts too long', { name: 'x', role: 'reader', expires: '2027-06-03' }, 'TOKEN_INVALID', 'until 2027-06-02'],
    ['of a publisher for nobody', { name: 'x', role: 'publisher' }, 'TOKEN_INVALID', 'name at least one'],
    ['with services that mean nothing', { name: 'x', role: 'steward', services: ['a'] }, 'TOKEN_INVALID', 'steward'],
    ['of no role there is', { name: 'x', role: 'root' }, 'PARAMETER_INVALID', '/role'],
    ['for a name with control characters', { name: 'a\u0007', role: 'reader' }, 'PARAMETER_INVALID', '/name'],
    ['on a day there is not', { name: 'x', role: 'reader', expires: '2026-02-30' }, 'PARAMETER_INVALID', '/expires'],
  ])('refuses one %s', async (_, body, code, said) => {
    const answer = await registry.ask('POST', '/v1/tokens', { body, headers: root });
    expect(answer.code).toBe(code);
    expect(answer.text).toContain(said);
  });

  it('hears when there is no such token, without the id that was given', async () => {
    const answer = await registry.ask('DELETE', '/v1/tokens/herald_given-by-mistake', { headers: root });
    expect(answer.code).toBe('TOKEN_NOT_FOUND');
    expect(answer.text).not.toContain('mistake');
  });

  it('stands in the audit log with its scope; no token and no hash stands anywhere', async () => {
    const { id, token } = await made({ name: 'canary', role: 'publisher', services: ['billing'] });
    await asks(token);
    const { items } = await store.audit({ limit: 1_000 });
    expect(items).toContainEqual(
      expect.objectContaining({
        actor: 'root',
        action: 'token.create',
        outcome: 'done',
        details: expect.objectContaining({ id, name: 'canary', services: ['billing'] }),
      }),
    );
    const said = JSON.stringify([items, registry.log, await store.outbox(0, 1_000), await store.tokens()]);
    expect(said).not.toContain(token);
    expect(said).not.toContain(hash(token));
  });
});
