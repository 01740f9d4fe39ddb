/** A whole registry, out of one and into another: the same file again, on either database; or a line that says what is wrong. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sealWith } from '../src/registry/transfer/seal.ts';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { type FileRow, fileStart, footerAfter, headerOf, readLine, writeLine } from '../src/schema/registry-file.ts';
import { openStore } from '../src/store/open.ts';
import { databaseUrl, dropSchema, newSchema } from './support/database.ts';
import {
  expectStatus,
  loadCatalog,
  noon,
  type Reply,
  readSchema,
  type TestRegistry,
  testRegistry,
} from './support/registry.ts';

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

async function empty(): Promise<TestRegistry> {
  const registry = await testRegistry();
  closing.push(() => registry.close());
  return registry;
}

async function emptyPostgres(): Promise<TestRegistry> {
  const schema = newSchema();
  const store = await openStore({ kind: 'postgres', url: databaseUrl!, schema, connections: 3 }, { now: () => noon });
  const registry = await testRegistry({ store });
  closing.push(async () => {
    await registry.close();
    await dropSchema(schema);
  });
  return registry;
}

const sherpa = '/v1/catalogs/choice-sherpa/subjects';

/** Something of everything that travels: versions, references both ways round the alphabet, settings, plans, steps, usage. */
async function fill(registry: TestRegistry): Promise<void> {
  const { ask } = registry;
  await loadCatalog(registry, 'choice-sherpa', (subject) => /^(cycle|session)\./.test(subject));
  const created = readSchema('choice-sherpa', 'session.created.json');
  const post = (subject: string, body: Json) =>
    expectStatus(ask('POST', `${sherpa}/${subject}/versions`, { body }), 201);
  const withMore = (document: JsonObject, name: string, schema: Json): JsonObject => ({
    ...document,
    properties: { ...(document.properties as JsonObject), [name]: schema },
  });
  const more = (name: string, schema: Json) => withMore(created, name, schema);
  await ask('PUT', `${sherpa}/session.created/settings`, { body: { level: 'BACKWARD' } });
  // a refused one uses up nothing that shows
  await expectStatus(ask('POST', `${sherpa}/session.created/versions`, { body: { type: 'nothing' } }), 422);
  await post('session.created', more('note', { type: 'string', description: 'A note. Ünïcode \u2028 "quoted".' }));
  const pinned = { description: 'The other.', $ref: 'herald://choice-sherpa/session.created/2' };
  await post('cycle.archived', withMore(readSchema('choice-sherpa', 'cycle.archived.json'), 'other', pinned));
  const back = { description: 'The other.', $ref: 'herald://choice-sherpa/cycle.archived/2' };
  await post('session.created', more('note', { type: 'string', description: 'A note.' }));
  await post('session.created', more('other', back));
  await ask('PUT', `${sherpa}/cycle.created/consumers/dashboard`, {
    body: { reads: ['/cycle_id'], note: 'all of it' },
  });
  const plan = { successor: 'cycle.completed', sunset: '2026-12-31', reason: 'A test.', migration: 'Read the other.' };
  await expectStatus(ask('PUT', `${sherpa}/cycle.created/deprecation`, { body: plan }), 201);
  const step = (body: Json) =>
    expectStatus(ask('POST', `${sherpa}/cycle.created/deprecation/transitions`, { body }), 200);
  await step({ transition: 'postpone', sunset: '2027-01-31', reason: 'Later.' });
  await step({ transition: 'dual-write', force: { reason: 'A test.' } });
  const waiver = {
    catalog: 'choice-sherpa',
    subject: 'session.created',
    fingerprint: 'a'.repeat(64),
    reason: 'x',
    expires: '2026-06-30',
  };
  await expectStatus(ask('POST', '/v1/waivers', { body: waiver }), 201);
  const rows = [1, 2].map((number) => ({
    catalog: 'choice-sherpa',
    subject: 'session.created',
    number,
    service: 'dashboard',
    role: 'consume',
    day: '2026-06-01',
    count: 9 + number,
  }));
  await expectStatus(ask('POST', '/v1/usage', { body: { rows } }), 200);
}

async function exported({ ask }: TestRegistry): Promise<readonly string[]> {
  const { text } = await expectStatus(ask('GET', '/v1/export'), 200);
  return text.split('\n').slice(0, -1);
}

const send = ({ ask }: TestRegistry, lines: readonly string[], query = ''): Promise<Reply> =>
  ask('POST', `/v1/import${query}`, { raw: lines.join('\n'), type: 'application/x-ndjson' });

const problem = async (answering: Promise<Reply>) => {
  const { json, code } = await answering;
  const error = json.error as JsonObject | undefined;
  return `${code}: ${String(error?.message)}`;
};

/** `rows` as a registry would have exported them. */
function file(rows: readonly FileRow[]): readonly string[] {
  const counts: Record<string, number> = {};
  for (const { kind } of rows) counts[kind] = (counts[kind] ?? 0) + 1;
  let place = fileStart;
  const text = (row: FileRow) => {
    const line = writeLine(place, row);
    place = line.place;
    return line.text;
  };
  const lines = [headerOf(counts), ...rows].map(text);
  return [...lines, text(footerAfter(place))];
}

function rowsIn(lines: readonly string[]): readonly FileRow[] {
  let place = fileStart;
  const rows: FileRow[] = [];
  for (const line of lines) {
    const reading = readLine(place, line);
    if (!reading.ok) throw new Error(reading.problem);
    place = reading.place;
    rows.push(reading.row);
  }
  return rows.slice(1, -1);
}

let source: TestRegistry;
let lines: readonly string[];
beforeAll(async () => {
  source = await empty();
  await fill(source);
  lines = await exported(source);
});

describe('an export', () => {
  test('holds something of every kind', () => {
    const kinds = new Set(rowsIn(lines).map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual([
      'catalog',
      'consumer',
      'deprecation',
      'subject',
      'transition',
      'usage',
      'version',
      'waiver',
    ]);
  });

  test('is the same every time, and holds no secrets', async () => {
    await source.ask('POST', '/v1/webhooks', { body: { url: 'https://hooks.example.org/herald' } });
    const [webhook] = await source.deps.store.webhooks();
    const again = await exported(source);
    expect(again).toEqual(lines);
    expect(again.join('\n')).not.toContain(webhook?.secret);
    expect(again.join('\n')).not.toContain('hooks.example.org');
  });

  test('is for admins alone', async () => {
    const { store, clock } = source.deps;
    const guarded = await testRegistry({
      store,
      authenticate: async () => ({ actor: 'steward', roles: ['steward'], services: [], subjects: [] }),
    });
    expect((await guarded.ask('GET', '/v1/export')).code).toBe('FORBIDDEN');
    expect((await send(guarded, lines)).code).toBe('FORBIDDEN');
    expect(clock.now()).toBe(noon);
  });
});

describe('an import into an empty registry', () => {
  test('gives the same registry: the same export, the same look-ups, the next id and number', async () => {
    const target = await empty();
    const { json } = await expectStatus(send(target, lines), 200);
    expect(json).toMatchObject({ line: lines.length, created: lines.length - 2 });
    expect(await exported(target)).toEqual(lines);
    for (const path of [
      `${sherpa}/session.created/versions/2`,
      `${sherpa}/cycle.created`,
      '/v1/schemas/3',
      '/v1/deprecations',
      '/v1/catalogs/choice-sherpa/matrix',
      `${sherpa}?limit=1000`,
    ])
      expect([path, (await target.ask('GET', path)).json]).toEqual([path, (await source.ask('GET', path)).json]);
    const next = async ({ ask }: TestRegistry) =>
      (
        await ask('POST', `${sherpa}/session.renamed/versions`, {
          body: { ...readSchema('choice-sherpa', 'session.renamed.json'), title: 'Another' },
        })
      ).json;
    const [here, there] = [await next(target), await next(source)];
    expect([here.number, here.id, here.label]).toEqual([there.number, there.id, there.label]);
  });

  test('keeps a withdrawn version withdrawn, and its number and id taken', async () => {
    const from = await empty();
    await loadCatalog(from, 'choice-sherpa', (subject) => subject === 'session.created');
    const { ask } = from;
    const at = `${sherpa}/session.created/versions`;
    const described = (description: string) => ({
      ...readSchema('choice-sherpa', 'session.created.json'),
      description,
    });
    await expectStatus(ask('POST', at, { body: described('Wrong.') }), 201);
    await expectStatus(ask('DELETE', `${at}/2?reason=mistake`), 204);
    const target = await empty();
    await expectStatus(send(target, await exported(from)), 200);
    expect(await exported(target)).toEqual(await exported(from));
    for (const registry of [from, target]) {
      expect(await problem(registry.ask('GET', `${at}/2`))).toBe(
        'VERSION_NOT_FOUND: Version 2 of "session.created" was withdrawn.',
      );
      expect((await registry.ask('GET', `${at}/latest`)).json.number).toBe(1);
      const next = await expectStatus(registry.ask('POST', at, { body: described('Right.') }), 201);
      expect([next.json.number, next.json.id]).toEqual([3, 3]);
    }
  }, 60_000);

  test('of a registry with a subject that was removed for ever is whole', async () => {
    const from = await empty();
    await loadCatalog(from, 'choice-sherpa', (subject) => subject.startsWith('session.c'));
    await expectStatus(from.ask('DELETE', `${sherpa}/session.created/versions/1?reason=mistake`), 204);
    await from.deps.store.write((transaction) => transaction.remove('choice-sherpa', 'session.created', 1));
    const target = await empty();
    await expectStatus(send(target, await exported(from)), 200);
  });

  test('is on record, with the hash of the file’s last line, and the chain holds', async () => {
    const target = await empty();
    await send(target, lines);
    const { items } = await target.deps.store.audit({ limit: 10 });
    const { hash } = JSON.parse(lines.at(-1) ?? '');
    expect(items).toMatchObject([
      { action: 'registry.import', outcome: 'done', details: { from: 1, to: lines.length, hash } },
    ]);
    expect(await target.deps.store.verifyAudit()).toMatchObject({ intact: true });
  });

  test('in portions, each sent twice, is the same', async () => {
    const target = await empty();
    let after = { line: 0, hash: fileStart.hash };
    for (let from = 0; from < lines.length; ) {
      let end = Math.min(from + 4, lines.length);
      while (end < lines.length && lines[end - 1]?.includes('"kind":"subject"')) end += 1;
      const portion = lines.slice(from, end);
      const query = `?after=${after.line}&hash=${after.hash}`;
      await expectStatus(send(target, portion, query), 200);
      const { json } = await expectStatus(send(target, portion, query), 200);
      expect(json.created).toBe(0);
      after = json as { line: number; hash: string };
      from = end;
    }
    expect(await exported(target)).toEqual(lines);
  });

  test.skipIf(databaseUrl === undefined)('goes to PostgreSQL and back', async () => {
    const postgres = await emptyPostgres();
    await expectStatus(send(postgres, lines), 200);
    expect(await exported(postgres)).toEqual(lines);
    const back = await empty();
    await expectStatus(send(back, await exported(postgres)), 200);
    expect(await exported(back)).toEqual(lines);
  });
});

describe('an import into a registry that has something', () => {
  let target: TestRegistry;
  beforeAll(async () => {
    target = await empty();
    await send(target, lines);
  });

  test('changes nothing where it is the same', async () => {
    const before = await target.deps.store.auditHead();
    expect((await send(target, lines)).json).toMatchObject({ created: 0, same: lines.length });
    expect(await target.deps.store.auditHead()).toEqual(before);
  });

  test('adds what it lacks, and keeps what it has beside', async () => {
    const other = await empty();
    await loadCatalog(other, 'message-patterns', () => false);
    await expectStatus(send(other, lines), 200);
    const { json } = await other.ask('GET', '/v1/catalogs');
    expect((json.items as JsonObject[]).map(({ name }) => name)).toEqual(['choice-sherpa', 'message-patterns']);
  });

  const altered = (kind: string, change: (record: JsonObject) => JsonObject) => {
    const rows = rowsIn(lines);
    const at = rows.findIndex((row) => row.kind === kind);
    return {
      text: file(rows.map((row, index) => (index === at ? { kind, record: change(row.record) } : row))),
      line: at + 2,
    };
  };

  test.each<[string, (record: JsonObject) => JsonObject, RegExp]>([
    ['subject', (record) => ({ ...record, settings: { level: 'NONE' } }), /is another subject/],
    ['version', (record) => ({ ...record, label: '9.9.9' }), /is another version 1 of/],
    ['consumer', (record) => ({ ...record, note: 'other' }), /is another consumer/],
    ['deprecation', (record) => ({ ...record, reason: 'other' }), /is another deprecation/],
    ['transition', (record) => ({ ...record, reason: 'other' }), /is another step/],
    ['waiver', (record) => ({ ...record, reason: 'other' }), /is another waiver/],
    ['usage', (record) => ({ ...record, count: 1 }), /is another usage/],
  ])('refuses another %s in the same place, with the line, and writes nothing', async (kind, change, said) => {
    const { text, line } = altered(kind, change);
    const refusal = await problem(send(target, text));
    expect(refusal).toMatch(/^IMPORT_CONFLICT/);
    expect(refusal).toMatch(said);
    expect(refusal).toContain(`Line ${line} `);
    expect(await exported(target)).toEqual(lines);
  });

  test('refuses a schema id that is other content, and content that has another id', async () => {
    const other = await empty();
    await loadCatalog(other, 'choice-sherpa', (subject) => subject === 'session.renamed');
    expect(await problem(send(other, lines))).toMatch(
      /^IMPORT_CONFLICT: Line \d+ (is another catalog|has schema id 1, which is other content|has content that is schema 1 here)/,
    );
  });
});

describe('a file that is not as it was exported', () => {
  let target: TestRegistry;
  beforeAll(async () => {
    target = await empty();
  });

  test.each<[string, () => readonly string[], RegExp]>([
    [
      'a line changed',
      () => lines.with(4, lines[4]?.replace('"createdAt":"2026', '"createdAt":"2025') ?? ''),
      /Line 5 is not as it was exported/,
    ],
    ['a line missing', () => lines.toSpliced(4, 1), /Line 5 is missing: line 6 of the export stands in its place/],
    ['a line twice', () => lines.toSpliced(4, 0, lines[3] ?? ''), /Line 5 is line 4 of the export, here again/],
    [
      'two lines changed about',
      () => lines.with(4, lines[5] ?? '').with(5, lines[4] ?? ''),
      /Line 5 is missing: line 6/,
    ],
    ['a line cut off', () => [...lines.slice(0, 4), lines[4]?.slice(0, 100) ?? ''], /Line 5 is no line of an export/],
    ['something else', () => ['{"hello":"world"}'], /Line 1 is no line of an export/],
    ['no header', () => lines.slice(1), /Line 1 is missing/],
    [
      'another format version',
      () => [
        writeLine(fileStart, { kind: 'header', record: { format: 'herald-registry', formatVersion: 2, counts: {} } })
          .text,
      ],
      /says format version 2; this Herald reads 1/,
    ],
  ])('with %s is refused, and nothing is written', async (_, text, said) => {
    expect(await problem(send(target, text()))).toMatch(said);
    expect(await target.deps.store.catalogs()).toEqual([]);
  });

  const versionWith = (change: (schema: JsonObject) => JsonObject) => () =>
    file(
      rowsIn(lines).map(({ kind, record }) => ({
        kind,
        record: kind === 'version' ? { ...record, schema: change(record.schema as JsonObject) } : record,
      })),
    );

  test.each<[string, () => readonly string[], RegExp]>([
    [
      'content that is not its fingerprint',
      versionWith((schema) => ({ ...schema, text: '{"type":"null"}' })),
      /has a fingerprint that is not its own/,
    ],
    ['a document that is none', versionWith((schema) => ({ ...schema, text: '{' })), /has no document/],
    ['a kind nobody knows', () => file([{ kind: 'spell', record: {} }]), /is of a kind "spell"/],
    [
      'a member nobody knows',
      () =>
        file([{ kind: 'waiver', record: { ...rowsIn(lines).find(({ kind }) => kind === 'waiver')?.record, x: 1 } }]),
      /has a member "x" that is not known/,
    ],
    [
      'a subject without its version',
      () => file(rowsIn(lines).filter(({ kind }) => kind === 'catalog' || kind === 'subject')),
      /opens a subject whose first version is not in the same portion/,
    ],
    [
      'a version without its subject',
      () => file(rowsIn(lines).filter(({ kind }) => kind === 'catalog' || kind === 'version')),
      /which is not here: lines before it are missing/,
    ],
    [
      'a value the database refuses',
      () =>
        file(
          rowsIn(lines).map(({ kind, record }) => ({
            kind,
            record: kind === 'subject' ? { ...record, stage: 'asleep' } : record,
          })),
        ),
      /holds a value that the database refuses/,
    ],
    [
      'a moment that is none',
      () =>
        file(
          rowsIn(lines).map(({ kind, record }) => ({
            kind,
            record: kind === 'catalog' ? { ...record, createdAt: 'now' } : record,
          })),
        ),
      /has no usable "createdAt"/,
    ],
    [
      'a version refers to what is not there',
      () =>
        file(
          rowsIn(lines).filter(
            ({ kind, record }) =>
              kind === 'catalog' ||
              ((kind === 'subject' || kind === 'version') && [record.name, record.subject].includes('cycle.archived')),
          ),
        ),
      /IMPORT_INVALID/,
    ],
  ])('with %s, though its hashes are right, is refused, and nothing is written', async (_, text, said) => {
    const refusal = await problem(send(target, text()));
    expect(refusal).toMatch(/^IMPORT_INVALID: Line \d+ /);
    expect(refusal).toMatch(said);
    expect(await target.deps.store.catalogs()).toEqual([]);
    expect(target.bugs).toEqual([]);
  });
});

describe('a signed export', () => {
  const key = 'the key that both registries share, 32 and more';
  const sealed = async (shared: string) => {
    const registry = await testRegistry({ seal: sealWith(shared) });
    closing.push(() => registry.close());
    return registry;
  };
  let signed: readonly string[];
  beforeAll(async () => {
    const origin = await sealed(key);
    await fill(origin);
    signed = await exported(origin);
  });

  test('is taken by a registry with its key, and by one that has none', async () => {
    const [partner, open] = [await sealed(key), await empty()];
    for (const target of [partner, open]) await expectStatus(send(target, signed), 200);
    expect(await exported(partner)).toEqual(signed);
    expect(await exported(open)).toEqual(signed.map((line) => line.replace(/"signature":"[0-9a-f]{64}",/, '')));
  });

  const forged = () => {
    const rows = rowsIn(signed).map((row) =>
      row.kind === 'version' ? { ...row, record: { ...row.record, createdAt: '2020-01-01T00:00:00.000Z' } } : row,
    );
    return file(rows);
  };

  test.each<[string, () => readonly string[], RegExp]>([
    [
      'without signatures',
      () => lines,
      /Line 1 is not signed: the registry that exports must have the same HERALD_EXPORT_KEY/,
    ],
    ['forged, its chain computed anew', forged, /Line 1 is not signed/],
    [
      'forged, with the signatures of the lines it replaces',
      () => {
        const signatures = signed.map((line) => /"signature":"[0-9a-f]{64}",/.exec(line)?.[0] ?? '');
        return forged().map((line, index) => line.replace(/^(\{"hash":"[0-9a-f]{64}",)/, `$1${signatures[index]}`));
      },
      /Line \d+ was signed with another key/,
    ],
  ])('%s is refused, and nothing is written', async (_, text, said) => {
    const target = await sealed(key);
    expect(await problem(send(target, text()))).toMatch(said);
    expect(await target.deps.store.catalogs()).toEqual([]);
  });

  test('is what a forgery needs: without a key the chain alone is believed', async () => {
    await expectStatus(send(await empty(), forged()), 200);
  });

  test('with another key is refused', async () => {
    const target = await sealed('another key, that is long enough as well');
    expect(await problem(send(target, signed))).toMatch(/Line 1 was signed with another key/);
  });
});
