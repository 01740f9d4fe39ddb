/** One verdict everywhere: the registry, the client and generated validators say the same of the same whole event. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../src/client/index.ts';
import { validatorText } from '../src/codegen/validator/module.ts';
import { type Catalog, readCatalog } from '../src/schema/catalog.ts';
import { readContract } from '../src/schema/contract.ts';
import { wrapEvent } from '../src/schema/envelope.ts';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { parseSchema } from '../src/schema/parse.ts';
import { sample } from '../src/schema/sample.ts';
import { loadModule } from './support/module.ts';
import { expectStatus, loadCatalog, type TestRegistry, testRegistry } from './support/registry.ts';

interface Case {
  readonly catalog: string;
  readonly subject: string;
  readonly what: string;
  readonly change: (event: JsonObject) => JsonObject;
  readonly rule: string | undefined;
}

const same = (event: JsonObject) => event;
const set = (more: JsonObject) => (event: JsonObject) => ({ ...event, ...more });
const cases: readonly Case[] = [
  ...[
    ['eventing-model', 'chat.message.created'],
    ['political-sphere', 'vote.cast'],
    ['message-patterns', 'workflow.instance.started.v1'],
    ['daarion', 'agent.run.started'],
    ['choice-sherpa', 'session.created'],
  ].map(([catalog = '', subject = '']) => ({ catalog, subject, what: 'nothing wrong', change: same, rule: undefined })),
  {
    catalog: 'eventing-model',
    subject: 'chat.message.created',
    what: 'a foreign producer',
    change: set({ producer: 'sales-service' }),
    rule: 'envelope-producer',
  },
  {
    catalog: 'eventing-model',
    subject: 'chat.message.created',
    what: 'a classification that is not the contract’s',
    change: set({ classification: 'public' }),
    rule: 'envelope-classification',
  },
  {
    catalog: 'message-patterns',
    subject: 'workflow.instance.started.v1',
    what: 'a foreign source',
    change: set({ source: 'analytics' }),
    rule: 'envelope-producer',
  },
  {
    catalog: 'political-sphere',
    subject: 'vote.cast',
    what: 'a foreign emittedBy',
    change: set({ emittedBy: 'media' }),
    rule: 'envelope-producer',
  },
  {
    catalog: 'political-sphere',
    subject: 'vote.cast',
    what: 'a schemaVersion of another line',
    change: set({ schemaVersion: '7.3.0' }),
    rule: 'envelope-version',
  },
  {
    catalog: 'daarion',
    subject: 'agent.run.started',
    what: 'a domain that does not fit the type',
    change: set({ domain: 'chat' }),
    rule: 'envelope-domain',
  },
  {
    catalog: 'daarion',
    subject: 'agent.run.started',
    what: 'two tenants',
    change: (event) => ({ ...event, meta: { ...(event.meta as JsonObject), team_id: 't_other' } }),
    rule: 'envelope-tenant',
  },
  {
    catalog: 'daarion',
    subject: 'agent.run.started',
    what: 'the type in another spelling',
    change: set({ type: 'agent.run.started.v1' }),
    rule: 'envelope-type',
  },
];

function catalogOf(name: string): { readonly value: Json; readonly catalog: Catalog } {
  const value: Json = JSON.parse(readFileSync(new URL(`../schemas/${name}/catalog.json`, import.meta.url), 'utf8'));
  const read = readCatalog(value);
  if (!read.ok) throw new Error(name);
  return { value, catalog: read.catalog };
}

describe('a whole event', () => {
  const names = [...new Set(cases.map(({ catalog }) => catalog))];
  const registered = new Map<string, JsonObject>();
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await testRegistry();
    for (const name of names) await loadCatalog(registry, name);
    for (const { catalog, subject } of cases) registered.set(subject, await schemaOf(catalog, subject));
    // its files are TypeScript, which is loaded by whoever registers them
    const vote = '/v1/catalogs/political-sphere/subjects/vote.cast/versions';
    const body = registered.get('vote.cast')!;
    await expectStatus(registry.ask('POST', vote, { body, type: 'application/schema+json' }), 201);
  }, 60_000);
  afterAll(() => registry.close());

  it.each(cases)('of $catalog with $what', async ({ catalog: name, subject, change, rule }) => {
    const { catalog } = catalogOf(name);
    const schema = registered.get(subject)!;
    const { contract } = readContract(schema);
    const event = change(wrapEvent(catalog, subject, sample(schema, schema), contract) as JsonObject);

    const path = `/v1/catalogs/${name}/validate?subject=${subject}`;
    const answered = await registry.ask('POST', path, { body: event });
    expect(answered.status).toBe(200);
    const rejections = answered.json.errors as { keyword: string }[];
    expect([answered.json.valid, rejections.map(({ keyword }) => keyword)]).toEqual([
      rule === undefined,
      rule ? [rule] : [],
    ]);

    const client = createClient({
      url: 'http://registry',
      fetch: async (url, init) => registry.app.request(url.replace('http://registry', ''), init),
    });
    const parsed = await client.parse(name, event, { subject }).then(
      () => undefined,
      (error: { code: string; details: { errors: { keyword: string }[] } }) => [
        error.code,
        ...error.details.errors.map(({ keyword }) => keyword),
      ],
    );
    expect(parsed).toEqual(rule === undefined ? undefined : ['EVENT_INVALID', rule]);

    const document = parseSchema({ value: schema });
    if (!document.ok) throw new Error(subject);
    const { validateEvent } = (await loadModule(
      validatorText({ catalog, subject, document: document.document, contract }),
    )) as { validateEvent: (value: Json) => boolean };
    expect(validateEvent(event)).toBe(rule === undefined);
  });
});

async function schemaOf(catalog: string, subject: string): Promise<JsonObject> {
  const stem = new URL(`../schemas/${catalog}/${subject}`, import.meta.url);
  if (catalog !== 'political-sphere') return JSON.parse(readFileSync(new URL(`${stem}.json`), 'utf8')) as JsonObject;
  const { default: defined } = (await import(`${stem}.ts`)) as { default: { readonly document: JsonObject } };
  return defined.document;
}
