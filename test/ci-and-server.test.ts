/** What a folder's check says in CI, the registry that holds the folder says too: the rules about neighbours know the same. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Report } from '../src/check/report.ts';
import { checkWorkspace } from '../src/cli/check/checking.ts';
import { isReport } from '../src/cli/check/registry-report.ts';
import { type Collection, readableValue } from '../src/cli/source/collection.ts';
import { folderTree } from '../src/cli/source/folder.ts';
import { moduleRunner } from '../src/cli/source/module.ts';
import { readWorkspace } from '../src/cli/source/workspace.ts';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { catalogNames } from './support/catalogs.ts';
import { expectStatus, type TestRegistry, testRegistry } from './support/registry.ts';
import { shop } from './support/shop.ts';

const repository = new URL('..', import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), 'herald-same-'));
const registries: TestRegistry[] = [];
afterAll(async () => {
  rmSync(scratch, { recursive: true, force: true });
  for (const registry of registries) await registry.close();
});

const event = (fields: Readonly<Record<string, Json>>): Json => ({
  title: 'Something',
  description: 'Something has happened.',
  'x-contract': { producer: 'orders', consumers: ['billing'], classification: 'internal', retention: 'P90D' },
  type: 'object',
  properties: fields,
});
const text = { type: 'string', description: 'A text.' };
const number = { type: 'integer', description: 'A number.' };

/** Field names in two styles, and names with two types: findings that only a look at the neighbours brings. */
const untidy: Readonly<Record<string, Json>> = {
  catalog: { ...shop, name: 'untidy', title: 'Untidy', domains: { order: { title: 'Orders', owner: 'orders' } } },
  'order.placed': event({ order_id: text, line_count: number, placedBy: text }),
  'order.shipped': event({ order_id: number, parcel_id: text }),
  'order.shipped.v2': event({ order_id: text, parcel_id: number, parcelId: text }),
  'order.closed': event({
    orderId: text,
    line_count: text,
    nested: { type: 'object', properties: { order_id: number } },
  }),
};

async function collectionAt(root: string, path: string): Promise<Collection> {
  const [collection] = await readWorkspace(folderTree(root, 'test'), [path], moduleRunner(root));
  if (!collection) throw new Error(`no catalog at ${path}`);
  return collection;
}

function untidyFolder(): string {
  mkdirSync(join(scratch, 'untidy'), { recursive: true });
  for (const [name, value] of Object.entries(untidy))
    writeFileSync(join(scratch, 'untidy', `${name}.json`), JSON.stringify(value, null, 2));
  return 'untidy';
}

async function registered(collection: Collection): Promise<TestRegistry> {
  const registry = await testRegistry();
  registries.push(registry);
  const at = `/v1/catalogs/${collection.catalog.name}`;
  await expectStatus(registry.ask('PUT', at, { body: JSON.parse(JSON.stringify(collection.catalog)) }), 201);
  for (const definition of collection.definitions)
    await expectStatus(
      registry.ask('POST', `${at}/subjects/${definition.subject}/versions`, { body: readableValue(definition) }),
      201,
    );
  return registry;
}

/** What is compared: everything but which versions there are. */
const said = ({ findings, gate, verdict, fingerprint }: Report) => ({ findings, gate, verdict, fingerprint });

function inCi(collection: Collection): ReadonlyMap<string, object> {
  const run = checkWorkspace(
    [collection],
    { name: 'itself', collections: [collection] },
    { all: true, today: '2026-06-01' },
  );
  return new Map(run.files.flatMap(({ subject, report }) => (report ? [[subject, said(report)]] : [])));
}

function reportsIn({ reports }: JsonObject): readonly Report[] {
  const given: unknown = reports;
  if (!Array.isArray(given) || !given.every(isReport)) throw new Error('these are no reports');
  return given;
}

async function onServer(registry: TestRegistry, { catalog, definitions }: Collection, each: number) {
  const found = new Map<string, object>();
  for (let at = 0; at < definitions.length; at += each) {
    const candidates = definitions
      .slice(at, at + each)
      .map((definition) => ({ subject: definition.subject, schema: readableValue(definition) }));
    const { json } = await expectStatus(
      registry.ask('POST', '/v1/check', { body: { catalog: catalog.name, candidates } }),
      200,
    );
    for (const report of reportsIn(json)) found.set(report.subject, said(report));
  }
  return found;
}

describe('a folder and the registry that holds it', () => {
  it.each([...catalogNames, 'untidy'])(
    'say the same of %s, one by one and all at once',
    async (name) => {
      const collection =
        name === 'untidy'
          ? await collectionAt(scratch, untidyFolder())
          : await collectionAt(repository, `schemas/${name}`);
      const registry = await registered(collection);
      const local = inCi(collection);
      expect(await onServer(registry, collection, 1)).toEqual(local);
      expect(await onServer(registry, collection, 100)).toEqual(local);
    },
    120_000,
  );

  it('has something to say of an untidy one: styles, and types of one name, other lines left aside', async () => {
    const collection = await collectionAt(scratch, untidyFolder());
    const findings = [...inCi(collection)].flatMap(([subject, report]) =>
      (report as Report).findings
        .filter(({ rule }) => rule.startsWith('field-'))
        .map(({ rule, nextPointer, params }) => [subject, rule, nextPointer, params.subject ?? params.style]),
    );
    expect(findings).toEqual([
      ['order.closed', 'field-naming', '/properties/orderId', 'snake'],
      ['order.closed', 'field-type-consistent', '/properties/line_count', 'order.placed'],
      ['order.placed', 'field-naming', '/properties/placedBy', 'snake'],
      ['order.placed', 'field-type-consistent', '/properties/line_count', 'order.closed'],
      ['order.shipped.v2', 'field-naming', '/properties/parcelId', 'snake'],
    ]);
  });

  it('follows what changes: a neighbour that is put right, and documents checked together', async () => {
    const collection = await collectionAt(scratch, untidyFolder());
    const registry = await registered(collection);
    const about = async (candidates: readonly { subject: string; schema: Json }[]) => {
      const { json } = await registry.ask('POST', '/v1/check', {
        body: { catalog: 'untidy', candidates: [...candidates] },
      });
      const [first] = reportsIn(json);
      return first?.findings.filter(({ rule }) => rule === 'field-type-consistent').map(({ params }) => params.field);
    };
    const placed = { subject: 'order.placed', schema: untidy['order.placed'] as Json };
    const mended = event({ line_count: number });
    expect(await about([placed])).toEqual(['line_count']);
    expect(await about([placed, { subject: 'order.closed', schema: mended }])).toEqual([]);
    expect(await about([placed])).toEqual(['line_count']);
    await registry.ask('PUT', '/v1/catalogs/untidy/subjects/order.closed/settings', { body: { level: 'NONE' } });
    await expectStatus(
      registry.ask('POST', '/v1/catalogs/untidy/subjects/order.closed/versions', { body: mended }),
      201,
    );
    expect(await about([placed])).toEqual([]);
  });
});
