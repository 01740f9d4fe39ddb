/**
 * `herald check --types`: what becomes of TypeScript where a change touches its events, as a verdict beside the wire's. Each witness is
 * shown to the native compiler with the types that herald generates before and after.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { changedTypes } from '../src/cli/check/changed-types.ts';
import type { ChangedTypes } from '../src/cli/check/run.ts';
import { commands } from '../src/cli/commands/index.ts';
import { loadCompiler } from '../src/cli/infer/compiler.ts';
import { formatNames } from '../src/cli/output/format.ts';
import { typesLines } from '../src/cli/output/types-of-change.ts';
import { run } from '../src/cli/run.ts';
import { folderTree } from '../src/cli/source/folder.ts';
import { moduleRunner } from '../src/cli/source/module.ts';
import { surveyWorkspace } from '../src/cli/source/workspace.ts';
import { payloadTypesText } from '../src/codegen/payload-types.ts';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { documentOf } from './support/document.ts';
import { testIo } from './support/io.ts';
import { shop } from './support/shop.ts';

const root = new URL('..', import.meta.url).pathname;
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const text = { type: 'string', description: 'Text.' };

function event(properties: JsonObject): JsonObject {
  return {
    title: 'OrderPlaced',
    description: 'A customer placed an order.',
    'x-contract': { producer: 'orders' },
    type: 'object',
    required: ['id', ...Object.keys(properties)],
    properties: { id: text, ...properties },
  };
}

type Files = Readonly<Record<string, Json>>;

/** Two copies of a folder, `before` and `now`, each with the shop's catalog. */
function workspace(before: Files, now: Files, catalog: JsonObject = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'herald-check-types-'));
  folders.push(folder);
  for (const [name, files] of Object.entries({ before, now }))
    for (const [file, value] of Object.entries({ 'catalog.json': { ...shop, ...catalog }, ...files })) {
      const path = join(folder, name, 'shop', file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
    }
  return folder;
}

async function check(folder: string, ...more: readonly string[]) {
  const { io, said } = testIo({ cwd: folder });
  const code = await run(['check', 'now/shop', '--against', './before/shop', ...more], io, commands, '0');
  return { code, ...said };
}

async function typesIn(folder: string): Promise<ChangedTypes> {
  return JSON.parse((await check(folder, '--types', '--format', 'json')).out).types;
}

const status = (...values: readonly string[]) => ({ status: { enum: [...values], description: 'How it is.' } });

/** A row is an edit with the wire's exit code, and the places where code breaks, by side. */
const goldens: readonly {
  readonly name: string;
  readonly level: string;
  readonly before: JsonObject;
  readonly now: JsonObject;
  readonly exit: number;
  readonly reading: readonly string[];
  readonly writing: readonly string[];
}[] = [
  {
    name: 'new readers read old events, and an exhaustive switch misses the value that is new',
    level: 'BACKWARD',
    before: event(status('new', 'paid')),
    now: event(status('new', 'paid', 'refunded')),
    exit: 0,
    reading: ['read /status', 'exhaustive /status'],
    writing: [],
  },
  {
    name: 'the same values written otherwise: nothing changes on the wire, and any text is no value of the type',
    level: 'FULL_TRANSITIVE',
    before: event({ status: { type: 'string', pattern: '^(new|paid)$', description: 'How it is.' } }),
    now: event(status('new', 'paid')),
    exit: 0,
    reading: [],
    writing: ['make '],
  },
  {
    name: 'a break of the wire that no type shows',
    level: 'FULL_TRANSITIVE',
    before: event({ note: { ...text, maxLength: 5 } }),
    now: event({ note: { ...text, maxLength: 4 } }),
    exit: 1,
    reading: [],
    writing: [],
  },
  {
    name: 'a break of both',
    level: 'FULL_TRANSITIVE',
    before: event({ amount: { type: 'number', description: 'Its total.' } }),
    now: event({ amount: { type: 'string', description: 'Its total.' } }),
    exit: 1,
    reading: ['read /amount'],
    writing: ['make '],
  },
];

const places = (side: ChangedTypes['events'][number]['reading'] | undefined) =>
  (side?.witnesses ?? []).map(({ use, place }) => `${use} ${place}`).toSorted();

describe.each(goldens)('$name', ({ level, before, now, exit, reading, writing }) => {
  const folder = workspace({ 'order.placed.json': before }, { 'order.placed.json': now }, { level });

  test('is told beside the wire’s verdict, which stays as it is', async () => {
    const [plain, typed] = [await check(folder), await check(folder, '--types')];
    expect([plain.code, typed.code]).toEqual([exit, exit]);
    const { types, ...rest } = JSON.parse((await check(folder, '--types', '--format', 'json')).out);
    expect(rest).toEqual(JSON.parse((await check(folder, '--format', 'json')).out));
    const [found] = (types as ChangedTypes).events;
    expect(places(found?.reading)).toEqual([...reading].toSorted());
    expect(places(found?.writing)).toEqual([...writing].toSorted());
    expect(typed.out).toContain(
      reading.length + writing.length > 0
        ? 'it no longer compiles for 1 of 1 event whose types changed'
        : 'no types of events changed',
    );
  });

  test('with witnesses that tsc accepts before and rejects after', async () => {
    const [found] = (await typesIn(folder)).events;
    const witnesses = [...(found?.reading.witnesses ?? []), ...(found?.writing.witnesses ?? [])];
    for (const { code } of witnesses) {
      const types = (schema: JsonObject) => payloadTypesText(documentOf(schema), 'Event');
      expect(compiles(`${types(before)}\nexport function use${code}\n`)).toBe(true);
      expect(compiles(`${types(now)}\nexport function use${code}\n`)).toBe(false);
    }
    expect(witnesses).toHaveLength(reading.length + writing.length);
  });
});

function compiles(code: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'herald-check-types-'));
  folders.push(folder);
  writeFileSync(join(folder, 'use.ts'), code);
  const compilerOptions = { strict: true, noEmit: true, target: 'es2022', lib: ['es2022'], types: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  return spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder]).status === 0;
}

describe('every format', () => {
  const [{ before, now, level }] = goldens as [(typeof goldens)[number]];
  const folder = workspace({ 'order.placed.json': before }, { 'order.placed.json': now }, { level });

  test.each(formatNames)('%s shows the code and counts no finding more', async (format) => {
    const [plain, typed] = [
      await check(folder, '--format', format),
      await check(folder, '--types', '--format', format),
    ];
    expect([plain.code, typed.code]).toEqual([0, 0]);
    if (format !== 'json') expect(typed.out).toMatch(/a switch that covers every value/);
    expect(typed.out).toMatch(/switch \(event\.status\)/);
    expect(plain.out).not.toMatch(/switch \(event\.status\)/);
    if (format === 'junit') expect(typed.out).toContain('failures="0" errors="0"');
    if (format === 'sarif') expect(levelsOf(typed.out)).toEqual([...levelsOf(plain.out), 'note', 'note']);
    if (format === 'github') expect(typed.out).not.toMatch(/^::(error|warning) .*TypeScript/m);
  });

  const levelsOf = (sarif: string): readonly string[] =>
    JSON.parse(sarif).runs[0].results.map((result: { level: string }) => result.level);
});

describe('the compiler is asked', () => {
  test('about no event that is new, gone, or as it was', async () => {
    const placed = event(status('new', 'paid'));
    const folder = workspace(
      { 'order.placed.json': placed, 'order.paid.json': placed, 'order.gone.json': placed },
      { 'order.placed.json': placed, 'order.paid.json': event(status('new')), 'order.new.json': placed },
    );
    expect((await typesIn(folder)).events.map(({ subject }) => subject)).toEqual(['order.paid']);
  });

  test('where only what an event refers to changed', async () => {
    const money = (type: string) => ({ $defs: { money: { type, description: 'An amount.' } } });
    const placed = event({ amount: { $ref: './shared.defs.json#/$defs/money' } });
    const folder = workspace(
      { 'order.placed.json': placed, 'shared.defs.json': money('number') },
      { 'order.placed.json': placed, 'shared.defs.json': money('string') },
    );
    const [found] = (await typesIn(folder)).events;
    expect(places(found?.reading)).toEqual(['read /amount']);
  });

  test('where only another event changed that it refers to', async () => {
    const line = (type: string) => event({ amount: { type, description: 'An amount.' } });
    const placed = event({ line: { $ref: './order.line.json' } });
    const folder = workspace(
      { 'order.placed.json': placed, 'order.line.json': line('number') },
      { 'order.placed.json': placed, 'order.line.json': line('string') },
    );
    const { events } = await typesIn(folder);
    expect(events.map(({ subject, reading }) => [subject, places(reading)])).toEqual([
      ['order.line', ['read /amount']],
      ['order.placed', ['read /line/amount']],
    ]);
  });

  test('about so many events and no more, and the others are counted', async () => {
    const names = ['order.a.json', 'order.b.json', 'order.c.json'];
    const all = (type: string) => Object.fromEntries(names.map((name) => [name, event({ a: { type } })]));
    const folder = workspace(all('number'), all('string'));
    const surveyed = (name: string) =>
      surveyWorkspace(folderTree(join(folder, name), name, { pastOf: folder }), ['shop'], moduleRunner(folder));
    const [before, now] = [await surveyed('before'), await surveyed('now')];
    const types = changedTypes(now, { name: 'main', collections: before }, loadCompiler(root, 'this test'), 2);
    expect([types.events.map(({ subject }) => subject), types.left]).toEqual([['order.a', 'order.b'], 1]);
    expect(typesLines({ types })).toEqual([
      'TypeScript that compiled with the types of main: it no longer compiles for 2 of 2 events whose types changed, 1 more event not looked at',
    ]);
  });
});

describe('without what it takes', () => {
  test('it wants a baseline', async () => {
    const { io, said } = testIo({ cwd: workspace({}, { 'order.placed.json': event({}) }) });
    expect(await run(['check', 'now/shop', '--types'], io, commands, '0')).toBe(2);
    expect(said.err).toContain('name it with --against');
  });

  test('it says which compiler to install, before anything is checked', () => {
    const [{ before, now }] = goldens as [(typeof goldens)[number]];
    const folder = workspace({ 'order.placed.json': before }, { 'order.placed.json': now });
    const installed = join(folder, 'node_modules');
    mkdirSync(join(installed, 'herald-registry'), { recursive: true });
    cpSync(join(root, 'dist'), join(installed, 'herald-registry/dist'), { recursive: true });
    cpSync(join(root, 'package.json'), join(installed, 'herald-registry/package.json'));
    for (const name of readdirSync(join(root, 'node_modules')))
      if (!name.startsWith('.') && name !== '@ts-morph' && name !== 'typescript')
        symlinkSync(join(root, 'node_modules', name), join(installed, name));
    const main = join(installed, 'herald-registry/dist/cli/main.js');
    const asked = ['check', 'now/shop', '--against', './before/shop'];
    const herald = (...more: readonly string[]) =>
      spawnSync(process.execPath, [main, ...asked, ...more], { cwd: folder, encoding: 'utf8' });
    const { status: code, stdout, stderr } = herald('--types');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('npm install --save-dev @ts-morph/common');
    expect(herald().stdout).toContain('1 schema, against ./before/shop');
  }, 60_000);
});
