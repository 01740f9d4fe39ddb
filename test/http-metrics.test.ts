/** Each figure of /metrics, caused on purpose; and labels that strangers cannot multiply. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectStatus, loadCatalog, readSchema, type TestRegistry, testRegistry } from './support/registry.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await testRegistry();
  await loadCatalog(registry, 'choice-sherpa', (subject) => subject.startsWith('cycle.'));
});
afterAll(() => registry.close());

const sherpa = '/v1/catalogs/choice-sherpa/subjects';

async function figures(): Promise<ReadonlyMap<string, number>> {
  const { text } = await registry.ask('GET', '/metrics');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/** What `work` adds to the figure `name`. */
async function added(name: string, work: () => Promise<unknown>): Promise<number> {
  const before = (await figures()).get(name) ?? 0;
  await work();
  return ((await figures()).get(name) ?? 0) - before;
}

const document = () => readSchema('choice-sherpa', 'session.created.json');
const register = (body = document()) => registry.ask('POST', `${sherpa}/session.created/versions`, { body });

describe('metrics count', () => {
  test('registrations, new and the same again', async () => {
    expect(await added('herald_registrations_total{outcome="new"}', register)).toBe(1);
    expect(await added('herald_registrations_total{outcome="same"}', register)).toBe(1);
  });

  test('refusals by rule, once for each rule', async () => {
    const broken = { ...document(), properties: { session_id: { type: 'integer' } } };
    const before = await figures();
    const { json } = await expectStatus(register(broken), 409, 422);
    const report = JSON.parse(JSON.stringify(json)).error.details.report;
    const blocking = new Set<string>(
      report.findings
        .filter((one: { severity: string }) => one.severity === 'error')
        .map((one: { rule: string }) => one.rule),
    );
    expect(blocking.size).toBeGreaterThan(0);
    const after = await figures();
    for (const rule of blocking) {
      const name = `herald_refusals_total{rule="${rule}"}`;
      expect([rule, (after.get(name) ?? 0) - (before.get(name) ?? 0)]).toEqual([rule, 1]);
    }
    const forbidden = () => registry.ask('POST', '/v1/catalogs/nowhere/subjects/a.b/versions', { body: {} });
    expect(await added('herald_refusals_total{rule="CATALOG_NOT_FOUND"}', forbidden)).toBe(1);
  });

  test('the time of checks by verdict', async () => {
    const check = () =>
      registry.ask('POST', '/v1/check', {
        body: { catalog: 'choice-sherpa', candidates: [{ subject: 'cycle.created', schema: document() }] },
      });
    const { json } = await check();
    const { verdict } = (json.reports as { verdict: string }[])[0]!;
    expect(await added(`herald_check_seconds_count{verdict="${verdict}"}`, check)).toBe(1);
  });

  test('validations by verdict, each event of a batch', async () => {
    const send = () =>
      registry.ask('POST', `${sherpa}/session.created/versions/1/validate`, {
        raw: '{"session_id":7}\n{"session_id":8}\n',
        type: 'application/x-ndjson',
      });
    expect(await added('herald_validations_total{verdict="invalid"}', send)).toBe(2);
  });

  test('look-ups and those answered from memory', async () => {
    const look = () => registry.ask('GET', `${sherpa}/session.created/versions/1`);
    expect(await added('herald_lookups_total{cache="miss"}', look)).toBe(1);
    expect(await added('herald_lookups_total{cache="hit"}', look)).toBe(1);
  });

  test('what waits in the outbox, and how long the oldest has', async () => {
    await registry.ask('POST', '/v1/webhooks', { body: { url: 'http://127.0.0.1:9/' } });
    const waiting = (await figures()).get('herald_outbox_pending') ?? 0;
    expect(waiting).toBeGreaterThan(0);
    registry.clock.time += 90_000;
    expect((await figures()).get('herald_outbox_age_seconds')).toBe(90);
  });

  test('deprecations by stage', async () => {
    const plan = {
      successor: 'cycle.completed',
      sunset: '2027-06-01',
      reason: 'A test.',
      migration: 'Read the other.',
    };
    const announce = () =>
      expectStatus(registry.ask('PUT', `${sherpa}/cycle.created/deprecation`, { body: plan }), 201);
    expect(await added('herald_deprecations{stage="announced"}', announce)).toBe(1);
  });

  test('rows of the audit log', async () => {
    const refused = () => registry.ask('PUT', '/v1/catalogs/x', { body: {} });
    expect(await added('herald_audit_rows', refused)).toBe(1);
  });
});

test('labels are ours: whatever strangers send, there are no more of them', async () => {
  const odd = async () => {
    for (const name of ['a', 'b', 'c', 'd'].map((letter) => `odd-${letter}`)) {
      await registry.ask('GET', `/v1/catalogs/${name}/subjects/${name}/versions/1`);
      await registry.ask('GET', `/${name}`);
      await registry.ask('PUT', `/v1/catalogs/${name}`, { body: { name } });
      await registry.ask('POST', `${sherpa}/${name}/versions`, { body: { title: name, enum: [name] } });
      await registry.app.request('/v1/catalogs', { method: `M${name.at(-1)}`.toUpperCase() });
    }
  };
  await odd();
  const before = (await figures()).size;
  await odd();
  const names = [...(await figures()).keys()];
  expect(names.filter((name) => name.includes('odd-') || /method="M/.test(name))).toEqual([]);
  expect(names.length).toBe(before);
});
