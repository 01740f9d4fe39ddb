/** Who may make the gate milder by Confluent's interface: levels, modes and deletions, by role. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confluentApp } from '../src/confluent/app.ts';
import { prepareCatalog } from '../src/confluent/catalog.ts';
import { type Identity, may } from '../src/http/identity.ts';
import type { JsonObject } from '../src/schema/json.ts';
import { type TestRegistry, testRegistry } from './support/registry.ts';

const catalog = 'streams';
const people: Readonly<Record<string, Identity>> = {
  publisher: { actor: 'publisher', roles: ['publisher'], services: ['orders'], subjects: [] },
  stranger: { actor: 'stranger', roles: ['publisher'], services: ['mail'], subjects: [] },
  steward: { actor: 'steward', roles: ['steward'], services: [], subjects: [] },
  admin: { actor: 'admin', roles: ['admin'], services: ['*'], subjects: [] },
};

let registry: TestRegistry;
let app: ReturnType<typeof confluentApp>;
beforeAll(async () => {
  registry = await testRegistry();
  app = confluentApp({
    deps: registry.deps,
    catalog,
    maxBytes: 100_000,
    prepare: () => prepareCatalog(registry.deps, catalog),
    admit: async (authorization) => {
      const identity = people[authorization?.replace('Bearer ', '') ?? ''];
      if (identity === undefined) throw new Error('nobody asks');
      return {
        actor: identity.actor,
        queue: identity.actor,
        can: (permission, about) => may(identity, permission, about),
      };
    },
  });
});
afterAll(() => registry.close());

async function ask(who: keyof typeof people, method: string, path: string, body?: JsonObject) {
  const request = new Request(`http://herald${path}`, {
    method,
    headers: { Authorization: `Bearer ${who}`, 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const response = await app(request, path, path);
  return { status: response.status, json: (await response.json()) as JsonObject };
}

const schema = (amount: string): JsonObject => ({
  schemaType: 'JSON',
  schema: JSON.stringify({
    'x-contract': { producer: 'orders' },
    type: 'object',
    required: ['amount'],
    properties: { amount: { type: amount } },
  }),
});
const register = (who: keyof typeof people, subject: string, amount: string) =>
  ask(who, 'POST', `/subjects/${subject}/versions`, schema(amount));
const records = async () => (await registry.deps.store.audit({ limit: 500 })).items;
const announced = async () =>
  (await registry.deps.store.outbox(0, 500)).filter(({ type }) => type === 'herald.settings.changed.v1');

describe('a level and a mode', () => {
  it('hold a publisher to them', async () => {
    expect((await register('publisher', 'levelled-value', 'number')).status).toBe(200);
    expect((await ask('steward', 'PUT', '/config/levelled-value', { compatibility: 'FULL' })).status).toBe(200);
    expect((await register('publisher', 'levelled-value', 'string')).status).toBe(409);
  });

  it.each([
    ['the level of its subject', 'PUT', '/config/levelled-value', { compatibility: 'NONE' }],
    ['the level of all', 'PUT', '/config', { compatibility: 'NONE' }],
    ['the mode of its subject', 'PUT', '/mode/levelled-value?force=true', { mode: 'IMPORT' }],
    ['back the level of its subject', 'DELETE', '/config/levelled-value', undefined],
  ] as const)('are no publisher’s to set: %s, and the refusal is on record', async (_, method, path, body) => {
    const before = (await records()).length;
    const refused = await ask('publisher', method, path, body);
    expect([refused.status, refused.json.error_code]).toEqual([403, 40301]);
    expect((await register('publisher', 'levelled-value', 'string')).status).toBe(409);
    const written = (await records()).slice(before);
    const action = path.startsWith('/mode') ? 'confluent.mode' : 'confluent.config';
    expect(written.filter((row) => row.action === action)).toMatchObject([{ actor: 'publisher', outcome: 'refused' }]);
  });

  it('are a steward’s to set, which is on record with what was set, and announced', async () => {
    expect((await ask('steward', 'PUT', '/config/levelled-value', { compatibility: 'NONE' })).status).toBe(200);
    expect((await records()).at(-1)).toMatchObject({
      action: 'confluent.config',
      actor: 'steward',
      outcome: 'done',
      subject: 'levelled-value',
      details: { scope: 'levelled-value', config: { compatibilityLevel: 'NONE' } },
    });
    expect((await announced()).at(-1)).toMatchObject({
      subject: 'levelled-value',
      data: { settings: { level: 'NONE' } },
    });
    expect((await register('publisher', 'levelled-value', 'string')).status).toBe(200);
  });
});

describe('a version that is gone is compared with no more', () => {
  const paths = ['/subjects/taken-value/versions/1', '/subjects/taken-value'];

  it.each(paths)('so DELETE %s is not for whoever publishes for another', async (path) => {
    await register('publisher', 'taken-value', 'number');
    const refused = await ask('stranger', 'DELETE', path);
    expect([refused.status, refused.json.error_code]).toEqual([403, 40301]);
  });

  it.each(paths)('nor, while others rely on it, for its publisher: DELETE %s', async (path) => {
    const row = {
      catalog,
      subject: 'taken-value',
      number: 1,
      service: 'billing',
      role: 'consume',
      day: '2026-05-30',
      count: 1,
    };
    expect((await registry.ask('POST', '/v1/usage', { body: { rows: [row] } })).status).toBeLessThan(300);
    const refused = await ask('publisher', 'DELETE', path);
    expect([refused.status, refused.json.error_code]).toEqual([422, 42205]);
    expect(refused.json.message).toContain('billing');
    expect((await register('publisher', 'taken-value', 'string')).status).toBe(409);
  });

  it('nor where a service declares that it reads it', async () => {
    await register('publisher', 'declared-value', 'number');
    const at = `/v1/catalogs/${catalog}/subjects/declared-value/consumers/billing`;
    expect((await registry.ask('PUT', at, { body: { reads: ['/amount'] } })).status).toBe(200);
    expect((await ask('publisher', 'DELETE', '/subjects/declared-value')).status).toBe(422);
    expect((await ask('steward', 'DELETE', '/subjects/declared-value')).status).toBe(200);
  });

  it('one that nobody uses its publisher deletes', async () => {
    await register('publisher', 'unused-value', 'number');
    expect((await ask('publisher', 'DELETE', '/subjects/unused-value/versions/1')).status).toBe(200);
  });
});
