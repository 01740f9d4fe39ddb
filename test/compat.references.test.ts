/**
 * Reference graphs of thousands of definitions with one change deep inside. Whatever the size of the stack and whatever was
 * compared before, an answer is the truth or says why there is none.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compareDocuments } from '../src/compat/compare.ts';
import { confirm } from '../src/compat/confirm/confirm.ts';
import { prepare } from '../src/compat/decide/decide.ts';
import type { DirectionReport } from '../src/compat/report.ts';
import { isObject, type Json, type JsonObject } from '../src/schema/json.ts';
import { documentOf } from './support/document.ts';
import { hyperjumpValidator } from './support/validators.ts';

const kinds = ['chain', 'ring', 'mesh'] as const;
type Kind = (typeof kinds)[number];

interface Edit {
  readonly at: number;
  readonly type: string;
}

function linksOf(kind: Kind, count: number, index: number): JsonObject {
  if (kind === 'chain' && index + 1 === count) return {};
  if (kind !== 'mesh') return { next: { $ref: `#/$defs/T${(index + 1) % count}` } };
  // a hash: each definition is some ten links away from the first
  const target = (turn: number) => (Math.imul(index * 3 + turn, 2_654_435_761) >>> 9) % count;
  return Object.fromEntries([1, 2, 3].map((turn) => [`link${turn}`, { $ref: `#/$defs/T${target(turn)}` }]));
}

/** A definition refers to the next, the last one to the first, or each to three others; each says what its `value` is. */
function graph(kind: Kind, count: number, edit?: Edit): JsonObject {
  const definitions = Array.from({ length: count }, (_, index): [string, Json] => {
    const value = { type: edit?.at === index ? edit.type : 'number' };
    return [`T${index}`, { type: 'object', properties: { value, ...linksOf(kind, count, index) } }];
  });
  const properties = { first: { $ref: '#/$defs/T0' } };
  return { type: 'object', properties, $defs: Object.fromEntries(definitions) };
}

/** How an event is read, one step at a time: the definitions are regular enough for that. */
function accepts(schema: JsonObject, event: Json): boolean {
  const definitions = isObject(schema.$defs) ? schema.$defs : {};
  const waiting: (readonly [Json, Json])[] = [[schema, event]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [at, value] = next;
    if (!isObject(at)) return false;
    if (typeof at.$ref === 'string') waiting.push([definitions[at.$ref.slice('#/$defs/'.length)] ?? false, value]);
    else if (!isOfType(at.type, value)) return false;
    else if (isObject(at.properties) && isObject(value))
      for (const [name, inner] of Object.entries(at.properties))
        if (Object.hasOwn(value, name)) waiting.push([inner, value[name] ?? null]);
  }
  return true;
}

function isOfType(type: Json | undefined, value: Json): boolean {
  if (type === 'object') return isObject(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

function truthOf(previous: JsonObject, next: JsonObject, { verdict, witness, undecided }: DirectionReport): string {
  if (verdict === 'undecided') return `undecided: ${undecided?.[0]?.detail}`;
  if (witness === undefined) return verdict;
  return accepts(previous, witness.value) && !accepts(next, witness.value) ? verdict : 'wrong';
}

const tooDeep = 'undecided: the event asked for nests deeper than 300 levels';

describe.each(kinds)('a %s of definitions', (kind) => {
  test.each([600, 1_200, 10_000])(
    '%i long: a break deep inside is never called compatible',
    { timeout: 240_000 },
    (count) => {
      for (const at of [Math.floor(count * 0.6), count - 1]) {
        const [previous, next] = [graph(kind, count), graph(kind, count, { at, type: 'string' })];
        const pair = prepare(documentOf(previous), documentOf(next), { confirm });
        const wanted = kind === 'mesh' ? 'incompatible' : tooDeep;
        expect(truthOf(previous, next, pair.decide('backward', 'open'))).toBe(wanted);
        expect(truthOf(next, previous, pair.decide('forward', 'closed'))).toBe(wanted);
      }
    },
  );

  test.each([600, 10_000])('%i long: what only widens deep inside is proved', { timeout: 240_000 }, (count) => {
    const [previous, next] = [graph(kind, count, { at: count - 1, type: 'integer' }), graph(kind, count)];
    const pair = prepare(documentOf(previous), documentOf(next), { confirm });
    expect(pair.decide('backward', 'open').verdict).toBe('compatible');
    expect(pair.decide('backward', 'closed').verdict).toBe('compatible');
    expect(pair.decide('forward', 'open').verdict).not.toBe('compatible');
  });

  test('200 long: the witness is one for another validator too', { timeout: 60_000 }, async () => {
    const [previous, next] = [graph(kind, 200), graph(kind, 200, { at: 120, type: 'string' })];
    const { witness } = prepare(documentOf(previous), documentOf(next), { confirm }).decide('backward', 'open');
    const event = witness?.value ?? null;
    const said = [previous, next].map(async (root) => (await hyperjumpValidator(documentOf(root), 'assert'))(event));
    expect(await Promise.all(said)).toEqual([true, false]);
  });

  test('the second answer equals the first', { timeout: 120_000 }, () => {
    const compare = () =>
      compareDocuments(documentOf(graph(kind, 600)), documentOf(graph(kind, 600, { at: 500, type: 'string' })), {
        confirm,
      });
    const first = compare();
    expect(compare()).toEqual(first);
    expect(JSON.stringify(first)).not.toMatch(/call stack/i);
  });
});

describe('the size of the stack', () => {
  const folder = mkdtempSync(join(tmpdir(), 'herald-references-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const main = new URL('../dist/cli/main.js', import.meta.url).pathname;

  function reportAt(stackKilobytes: number | undefined, files: readonly string[]): string {
    const flags = stackKilobytes === undefined ? [] : [`--stack-size=${stackKilobytes}`];
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [...flags, main, 'compare', ...files, '--format', 'json'],
      {
        encoding: 'utf8',
        maxBuffer: 100_000_000,
      },
    );
    expect(stderr).toBe('');
    return `${status} ${stdout}`;
  }

  test.each(kinds)('decides nothing about a %s of 1,200 definitions', { timeout: 240_000 }, (kind) => {
    const files = [graph(kind, 1_200), graph(kind, 1_200, { at: 720, type: 'string' })].map((root, index) => {
      const file = join(folder, `${kind}${index}.json`);
      writeFileSync(file, JSON.stringify(root));
      return file;
    });
    const report = reportAt(undefined, files);
    // half a megabyte, and the four that a worker is given
    expect(reportAt(500, files)).toBe(report);
    expect(reportAt(4_000, files)).toBe(report);
    expect(report).toMatch(kind === 'mesh' ? /^1 / : /^3 /);
    expect(report).not.toMatch(/call stack/i);
  });
});
