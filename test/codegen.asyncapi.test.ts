/** AsyncAPI documents of all our catalogs, read by the specification's own parser. */
import { Parser } from '@asyncapi/parser';
import { describe, expect, it } from 'vitest';
import { asyncApiText } from '../src/codegen/asyncapi.ts';
import type { ArtifactInput } from '../src/codegen/input.ts';
import type { SchemaDocument } from '../src/schema/document.ts';
import { expanded } from '../src/schema/group-members.ts';
import type { Json } from '../src/schema/json.ts';
import { resolve } from '../src/schema/pointer.ts';
import { compileValidator } from '../src/schema/validator.ts';
import { catalogFolder, catalogNames } from './support/catalogs.ts';
import { readSchema, testRegistry } from './support/registry.ts';
import { candidates } from './support/values.ts';

const parser = new Parser();

async function parsed(text: string) {
  const { document, diagnostics } = await parser.parse(text);
  // 0 is an error, 1 a warning; the rest is advice about fields we have nothing for
  return { document, wrong: diagnostics.filter(({ severity }) => severity <= 1).map(({ message }) => message) };
}

describe('AsyncAPI', () => {
  it.each(catalogNames)(
    '%s: is valid, and names who sends and receives',
    async (name) => {
      const { catalog, events } = await catalogFolder(name);
      const inputs = events.map((event) => ({ catalog, ...event }));
      const text = asyncApiText(catalog, inputs);
      const { document, wrong } = await parsed(text);
      expect(wrong).toEqual([]);
      expect(
        document
          ?.channels()
          .all()
          .map((channel) => channel.address())
          .sort(),
      ).toEqual(events.map(({ subject }) => subject).sort());
      const stated = events.flatMap(({ subject, contract }) => [
        ...(contract.producer === undefined ? [] : [`send ${contract.producer} ${subject}`]),
        ...expanded(catalog, contract.consumers ?? [], contract.producer).map(
          ({ service }) => `receive ${service} ${subject}`,
        ),
      ]);
      const operations = document?.operations().all() ?? [];
      const written = operations.map(
        (one) => `${one.action()} ${one.extensions().get('x-service')?.value()} ${one.channels().all()[0]?.address()}`,
      );
      expect(written.sort()).toEqual(stated.sort());
      expect(asyncApiText(catalog, inputs.toReversed())).toBe(text);
    },
    120_000,
  );

  it('carries what is provisioned: streams, groups on NATS and Kafka, exchanges', async () => {
    const read = async (name: string) => {
      const { catalog, events } = await catalogFolder(name);
      const text = asyncApiText(
        catalog,
        events.map((event) => ({ catalog, ...event })),
      );
      expect((await parsed(text)).wrong).toEqual([]);
      return JSON.parse(text) as Json;
    };
    const daarion = await read('daarion');
    expect(resolve(daarion, '/channels/rwa.inventory.updated/x-stream')).toEqual({
      name: 'STREAM_RWA',
      retention: 'limits',
      storage: 'file',
      replicas: 3,
      maxAgeMs: 3 * 365 * 86_400_000,
      duplicateWindowMs: 120_000,
    });
    expect(resolve(daarion, '/operations/wallet.receive.rwa.inventory.updated/bindings')).toEqual({
      nats: { queue: 'wallet', bindingVersion: '0.1.0' },
    });
    const patterns = await read('message-patterns');
    const topic = 'workflow.instance.started.v1';
    expect(resolve(patterns, `/channels/${topic}/bindings`)).toMatchObject({
      kafka: { topic, replicas: 1, topicConfiguration: { 'cleanup.policy': ['delete'], 'retention.ms': -1 } },
      amqp: { is: 'routingKey', exchange: { name: 'EVT_WORKFLOW', type: 'topic', durable: true } },
    });
    expect(resolve(patterns, `/operations/analytics.receive.${topic}/bindings/kafka/groupId/enum`)).toEqual([
      'analytics',
    ]);
    // a catalog that says nothing of brokers has nothing of them
    expect(JSON.stringify(await read('choice-sherpa'))).not.toMatch(/"bindings"|"x-stream"/);
  }, 60_000);

  /** Read as JSON Schema, the whole document being where its references reach. */
  it('describes whole events that its own schema accepts', async () => {
    const { catalog, events } = await catalogFolder('choice-sherpa');
    const all = JSON.parse(
      asyncApiText(
        catalog,
        events.map((event) => ({ catalog, ...event })),
      ),
    ) as Json;
    for (const { subject, document } of events.slice(0, 5)) {
      const payload = resolve(all, `/components/schemas/payload.${subject}/schema`)!;
      const schemas = resolve(all, '/components/schemas')!;
      const root = { components: { schemas }, $ref: `#/components/schemas/payload.${subject}/schema` };
      const held: SchemaDocument = { root, dialect: '2020-12', bundle: new Map() };
      const [ours, theirs] = [compileValidator(document), compileValidator(held)];
      if (!ours.ok || !theirs.ok) throw new Error(JSON.stringify([ours, theirs]));
      expect(payload).toBeDefined();
      for (const value of [...candidates(document), {}, 7])
        expect(theirs.validator.validate(value).length === 0).toBe(ours.validator.validate(value).length === 0);
    }
  });

  it('says the dialect of old schemas, follows references of every kind, and marks what is deprecated', async () => {
    const { catalog } = await catalogFolder('choice-sherpa');
    const money = { root: { $defs: { 'a/b': { type: 'integer' } } }, dialect: '2020-12', bundle: new Map() } as const;
    const old: ArtifactInput = {
      catalog,
      subject: 'session.archived',
      contract: { producer: 'any service', consumers: [{ service: 'any/service' }, { service: 'any service' }] },
      document: {
        root: {
          $schema: 'http://json-schema.org/draft-07/schema#',
          $id: 'https://example.org/archived',
          type: 'object',
          properties: {
            a: { $ref: '#named' },
            b: { $ref: 'https://example.org/archived#/definitions/x' },
          },
          definitions: { x: { $id: '#named', type: 'string' } },
        },
        dialect: 'draft-07',
        bundle: new Map(),
      },
      notice: { sunset: '2030-01-31', successor: 'session.closed' },
    };
    const referring: ArtifactInput = {
      catalog,
      subject: 'session.created',
      contract: {},
      document: {
        root: { properties: { total: { $ref: 'herald://shop/money.amount/1#/$defs/a~1b' }, again: { $ref: '#' } } },
        dialect: '2020-12',
        bundle: new Map([['herald://shop/money.amount/1', money]]),
      },
    };
    const text = asyncApiText(catalog, [old, referring]);
    expect((await parsed(text)).wrong).toEqual([]);
    const at = (pointer: string) => resolve(JSON.parse(text) as Json, pointer);
    const archived = '/components/schemas/payload.session.archived';
    expect(at(`${archived}/schemaFormat`)).toBe('application/schema+json;version=draft-07');
    expect(at(`${archived}/schema/properties/a/$ref`)).toBe(`#${archived}/schema/definitions/x`);
    expect(at(`${archived}/schema/properties/b/$ref`)).toBe(`#${archived}/schema/definitions/x`);
    expect(at('/components/schemas/payload.session.created/schema/properties/total/$ref')).toBe(
      '#/components/schemas/version.shop.money.amount.1/schema/$defs/a~1b',
    );
    expect(at('/components/messages/session.archived/payload/schema/deprecated')).toBe(true);
    expect(at('/components/messages/session.archived/x-sunset')).toBe('2030-01-31');
    expect(at('/components/messages/session.created/x-deprecated')).toBeUndefined();
  }, 60_000);

  /** The official parser takes a member called `$ref` for a reference, whatever it holds, so it is not asked here. */
  it('leaves alone what is nobody’s reference: a property of that name, and a constant that is data', async () => {
    const { catalog } = await catalogFolder('choice-sherpa');
    const root = { properties: { $ref: { const: { $ref: '#/info' } }, again: { $ref: '#/properties/$ref' } } };
    const document = { root, dialect: '2020-12', bundle: new Map() } as const;
    const text = asyncApiText(catalog, [{ catalog, subject: 'session.created', contract: {}, document }]);
    const at = (pointer: string) => resolve(JSON.parse(text) as Json, pointer);
    const created = '/components/schemas/payload.session.created';
    expect(at(`${created}/schema/properties/$ref/const/$ref`)).toBe('#/info');
    expect(at(`${created}/schema/properties/again/$ref`)).toBe(`#${created}/schema/properties/$ref`);
  });

  it('is served for a catalog', async () => {
    const registry = await testRegistry();
    const { catalog } = await catalogFolder('choice-sherpa');
    await registry.ask('PUT', '/v1/catalogs/choice-sherpa', { body: JSON.parse(JSON.stringify(catalog)) });
    expect((await registry.ask('GET', '/v1/catalogs/nothing/asyncapi.json')).code).toBe('CATALOG_NOT_FOUND');
    const body = readSchema('choice-sherpa', 'session.created.json');
    const versions = '/v1/catalogs/choice-sherpa/subjects/session.created/versions';
    expect((await registry.ask('POST', versions, { body })).status).toBe(201);
    const answer = await registry.ask('GET', '/v1/catalogs/choice-sherpa/asyncapi.json');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(JSON.parse(answer.text).channels['session.created'].address).toBe('session.created');
    await registry.close();
  }, 120_000);
});
