/** Versions that were registered by mistake are withdrawn while nobody has used them; their numbers and ids are never given again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { loadCatalog, readSchema, type TestRegistry, testRegistry } from './support/registry.ts';

let registry: TestRegistry;
const subjects = '/v1/catalogs/choice-sherpa/subjects';
const base = readSchema('choice-sherpa', 'session.created.json') as JsonObject;

beforeAll(async () => {
  registry = await testRegistry();
  await loadCatalog(registry, 'choice-sherpa');
});
afterAll(() => registry.close());

/** Content of its own for each text. */
const documented = (description: string, more: JsonObject = {}): Json => ({ ...base, description, ...more });

async function register(subject: string, description: string): Promise<JsonObject> {
  const { status, json } = await registry.ask('POST', `${subjects}/${subject}/versions`, {
    body: documented(description),
  });
  expect([200, 201]).toContain(status);
  return json;
}

const withdraw = (subject: string, number: number, reason = 'sent by mistake') =>
  registry.ask('DELETE', `${subjects}/${subject}/versions/${number}?reason=${encodeURIComponent(reason)}`);

const because = (json: JsonObject) => ((json.error as JsonObject).details as JsonObject).because as string[];

describe('a version nobody used', () => {
  it('is withdrawn: the one before is the latest again, and neither its number nor its id comes back', async () => {
    await register('session.created', 'First.');
    const before = await registry.ask('GET', `${subjects}/session.created`);
    const wrong = await register('session.created', 'Wrong.');
    const number = Number(wrong.number);
    expect((await registry.ask('GET', `${subjects}/session.created/versions/latest`)).json.number).toBe(number);
    expect((await withdraw('session.created', number)).status).toBe(204);

    const latest = await registry.ask('GET', `${subjects}/session.created/versions/latest`);
    expect(latest.json).toMatchObject({ number: number - 1, schema: { description: 'First.' } });
    expect((await registry.ask('GET', `${subjects}/session.created`)).json).toEqual(before.json);
    const gone = await registry.ask('GET', `${subjects}/session.created/versions/${number}`);
    expect([gone.code, (gone.json.error as JsonObject).message]).toEqual([
      'VERSION_NOT_FOUND',
      `Version ${number} of "session.created" was withdrawn.`,
    ]);
    const { items } = (await registry.ask('GET', `${subjects}/session.created/versions`)).json;
    expect((items as JsonObject[]).map((row) => row.number)).not.toContain(number);
    expect((await withdraw('session.created', number)).code).toBe('VERSION_NOT_FOUND');

    const next = await register('session.created', 'Right.');
    expect(next.number).toBe(number + 1);
    expect(next.id).not.toBe(wrong.id);
    const again = await register('session.created', 'Wrong.');
    expect([again.number, again.id]).toEqual([number + 2, wrong.id]);
  });

  it('leaves nothing of itself: neither in replies kept before, nor in lists, searches and consumers', async () => {
    const contract = base['x-contract'] as JsonObject;
    await register('session.shown', 'Kept.');
    const of = `${subjects}/session.shown`;
    const looks = () =>
      Promise.all(
        [of, `${subjects}?limit=1000`, '/v1/search?q=zeppelin', `${of}/versions/latest`].map(
          async (path) => (await registry.ask('GET', path)).json,
        ),
      );
    const before = await looks();
    const mistaken = documented('A zeppelin.', {
      title: 'Zeppelin',
      'x-contract': { ...contract, consumers: ['websocket'], owner: 'dashboard', classification: 'confidential' },
    });
    const made = await registry.ask('POST', `${of}/versions`, { body: mistaken });
    expect([made.status, made.text]).toEqual([201, made.text]);
    expect((await registry.ask('GET', `${of}/versions/2`)).status).toBe(200);
    const between = await looks();
    for (const [index, look] of between.entries()) expect(look).not.toEqual(before[index]);
    expect((await withdraw('session.shown', 2)).status).toBe(204);
    expect(await looks()).toEqual(before);
    expect((await registry.ask('GET', `${of}/versions/2`)).code).toBe('VERSION_NOT_FOUND');
  });

  it('stands in the audit log with who withdrew it and why, and is announced', async () => {
    const { number, id } = await register('session.created', 'For the log.');
    await withdraw('session.created', Number(number), 'a draft');
    const { json } = await registry.ask('GET', '/v1/audit?limit=1000');
    expect((json.items as JsonObject[]).at(-1)).toMatchObject({
      action: 'version.withdraw',
      outcome: 'done',
      reason: 'a draft',
      subject: 'session.created',
      details: { number, schemaId: id },
    });
    const outbox = await registry.deps.store.outbox(0, 1_000);
    expect(outbox.at(-1)).toMatchObject({ type: 'herald.version.withdrawn.v1', data: { number, reason: 'a draft' } });
  });

  it('and the only one takes its subject along, until something is registered again', async () => {
    await register('session.mistyped', 'Misspelt.');
    expect((await withdraw('session.mistyped', 1)).status).toBe(204);
    expect((await registry.ask('GET', `${subjects}/session.mistyped`)).code).toBe('SUBJECT_NOT_FOUND');
    expect((await registry.ask('GET', `${subjects}/session.mistyped/versions/latest`)).code).toBe('SUBJECT_NOT_FOUND');
    const { items } = (await registry.ask('GET', `${subjects}?limit=1000`)).json;
    expect((items as JsonObject[]).map(({ name }) => name)).not.toContain('session.mistyped');
    expect((await register('session.mistyped', 'Again.')).number).toBe(2);
  });

  it('travels to another registry as withdrawn', async () => {
    await register('session.moved', 'Kept.');
    const { number } = await register('session.moved', 'Withdrawn.');
    await withdraw('session.moved', Number(number));
    await register('session.emptied', 'The only one.');
    await withdraw('session.emptied', 1);
    const { text } = await registry.ask('GET', '/v1/export');
    const other = await testRegistry();
    const imported = await other.ask('POST', '/v1/import', { raw: text, type: 'application/x-ndjson' });
    expect([imported.status, imported.text]).toEqual([200, imported.text]);
    expect((await other.ask('GET', `${subjects}/session.moved`)).json).toEqual(
      (await registry.ask('GET', `${subjects}/session.moved`)).json,
    );
    const next = await other.ask('POST', `${subjects}/session.moved/versions`, { body: documented('Next.') });
    expect(next.json.number).toBe(Number(number) + 1);
    expect((await other.ask('GET', `${subjects}/session.emptied`)).code).toBe('SUBJECT_NOT_FOUND');
    const twice = await other.ask('POST', '/v1/import', { raw: text, type: 'application/x-ndjson' });
    expect(twice.json).toMatchObject({ created: 0 });
    await other.close();
  }, 120_000);
});

describe('a version is not withdrawn', () => {
  it('where its subject is deprecated, or the successor of one that is', async () => {
    await register('session.closed', 'Old.');
    await register('session.finished', 'New.');
    const plan = { successor: 'session.finished', sunset: '2027-12-31', reason: 'Two.', migration: 'Read both.' };
    const force = { reason: 'A test.' };
    const planned = await registry.ask('PUT', `${subjects}/session.closed/deprecation`, { body: { ...plan, force } });
    expect([planned.status, planned.text]).toEqual([201, planned.text]);
    const old = await withdraw('session.closed', 1);
    expect([old.code, because(old.json)]).toEqual([
      'VERSION_IN_USE',
      ['"session.closed" is announced, and its plan was decided by this version'],
    ]);
    const successor = await withdraw('session.finished', 1);
    expect(because(successor.json)).toEqual(['the plan that deprecates "session.closed" depends on it']);
  });

  it('where its subject would go with it, and a service declared that it consumes it', async () => {
    await register('session.declared', 'Withdrawn first.');
    await withdraw('session.declared', 1);
    await register('session.declared', 'The only one.');
    await registry.ask('PUT', `${subjects}/session.declared/consumers/dashboard`, { body: {} });
    const { json } = await withdraw('session.declared', 2);
    expect(because(json)).toEqual(['"dashboard" declared that it consumes "session.declared"']);
    await register('session.declared', 'Another.');
    expect((await withdraw('session.declared', 3)).status).toBe(204);
  });

  it('where another came after it', async () => {
    const { number } = await register('session.used', 'Earlier.');
    await register('session.used', 'Later.');
    const { code, json } = await withdraw('session.used', Number(number));
    expect([code, because(json)]).toEqual([
      'VERSION_IN_USE',
      [`version ${Number(number) + 1} was registered after it`],
    ]);
  });

  it('where a service validated events of it, counted or not yet written', async () => {
    const { number } = await register('session.used', 'Validated.');
    await registry.ask('POST', `${subjects}/session.used/versions/${number}/validate?service=dashboard&role=consume`, {
      body: { session_id: 's' },
    });
    const { code, json } = await withdraw('session.used', Number(number));
    expect([code, because(json)]).toEqual(['VERSION_IN_USE', ['events of it were validated by dashboard']]);
  });

  it('where another version refers to it', async () => {
    const { number } = await register('session.shared', 'Shared.');
    const referring = documented('Refers.', {
      properties: {
        ...(base.properties as JsonObject),
        other: { $ref: `herald://choice-sherpa/session.shared/${number}` },
      },
    });
    const made = await registry.ask('POST', `${subjects}/session.referred/versions`, { body: referring });
    expect(made.status).toBe(201);
    const { json } = await withdraw('session.shared', Number(number));
    expect(because(json)).toEqual([`version ${made.json.number} of choice-sherpa/session.referred refers to it`]);
    expect((await withdraw('session.referred', Number(made.json.number))).status).toBe(204);
    expect((await withdraw('session.shared', Number(number))).status).toBe(204);
    const late = await registry.ask('POST', `${subjects}/session.referred/versions`, { body: referring });
    expect(late.status).toBe(422);
  });

  it('where there is none, or no reason is given', async () => {
    expect((await withdraw('session.used', 99)).code).toBe('VERSION_NOT_FOUND');
    expect((await registry.ask('DELETE', `${subjects}/session.used/versions/1`)).code).toBe('PARAMETER_INVALID');
  });
});
