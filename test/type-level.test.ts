/**
 * Whether code that compiled compiles still. The verdict comes from one compiler, and each witness is shown to another: the native tsc
 * accepts it with the former types and rejects it with the new ones.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { commands } from '../src/cli/commands/index.ts';
import { loadCompiler } from '../src/cli/infer/compiler.ts';
import { typeVerdictsText } from '../src/cli/output/type-verdicts.ts';
import { run } from '../src/cli/run.ts';
import { type TypeVerdict, typeVerdicts } from '../src/cli/type-level/verdict.ts';
import { payloadTypesText } from '../src/codegen/payload-types.ts';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { parseSchema } from '../src/schema/parse.ts';
import { testIo } from './support/io.ts';

const root = new URL('..', import.meta.url).pathname;
const loaded = loadCompiler(root, 'this test');

function document(value: Json) {
  const parsed = parseSchema({ value }, { closed: false });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.document;
}

const event = (properties: JsonObject, required: readonly string[] = Object.keys(properties)): JsonObject => ({
  type: 'object',
  required: [...required],
  properties,
});

const text = { type: 'string' };
const number = { type: 'number' };
const list = (items: JsonObject): JsonObject => ({ type: 'array', items });
const way = (kind: string, more: JsonObject = {}): JsonObject => event({ kind: { const: kind }, ...more });
const oneOf = (...ways: JsonObject[]): JsonObject => ({ oneOf: ways });

interface Case {
  readonly name: string;
  readonly before: JsonObject;
  readonly after: JsonObject;
  /** `use place` of each witness. */
  readonly reading: readonly string[];
  readonly writing: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'a value is added to a set: readers do not cover it',
    before: event({ status: { enum: ['new', 'paid'] } }),
    after: event({ status: { enum: ['new', 'paid', 'refunded'] } }),
    reading: ['read /status', 'exhaustive /status'],
    writing: [],
  },
  {
    name: 'a value is removed from a set: nobody may look for it or send it',
    before: event({ status: { enum: ['new', 'paid', 'refunded'] } }),
    after: event({ status: { enum: ['new', 'paid'] } }),
    reading: ['exhaustive /status', 'compare /status'],
    writing: ['make /status'],
  },
  {
    name: 'a member need not be there any more',
    before: event({ lines: list(event({ sku: text })) }),
    after: event({ lines: list(event({ sku: text }, [])) }),
    reading: ['read /lines/*/sku'],
    writing: [],
  },
  {
    name: 'a member has to be there from now on',
    before: event({ id: text, note: text }, ['id']),
    after: event({ id: text, note: text }),
    reading: [],
    writing: ['make '],
  },
  {
    name: 'a list need not be there any more: the loop over it fails, and what is read in it is not told again',
    before: event({ lines: list(event({ sku: text })) }),
    after: event({ lines: list(event({ sku: text })) }, []),
    reading: ['present /lines'],
    writing: [],
  },
  {
    name: 'null is possible from now on',
    before: event({ note: text }),
    after: event({ note: { type: ['string', 'null'] } }),
    reading: ['read /note'],
    writing: [],
  },
  {
    name: 'a member is gone',
    before: event({ id: text, amount: number }),
    after: { ...event({ id: text }), additionalProperties: false },
    reading: ['read /amount'],
    writing: ['make '],
  },
  {
    name: 'a list of anything becomes text, which can be looped over too',
    before: event({ tags: { type: 'array' }, more: { type: 'array' } }, ['tags']),
    after: event({ tags: text, more: text }, ['tags']),
    reading: ['present /tags', 'present /more'],
    writing: ['make '],
  },
  {
    name: 'an object of anything becomes text',
    before: event({ more: { type: 'object' } }),
    after: event({ more: text }),
    reading: ['present /more'],
    writing: ['make '],
  },
  {
    name: 'another type',
    before: event({ prices: { type: 'object', additionalProperties: number } }),
    after: event({ prices: { type: 'object', additionalProperties: text } }),
    reading: ['read /prices/*'],
    writing: ['make /prices/*'],
  },
  {
    name: 'an alternative is added',
    before: event({ pay: oneOf(way('card'), way('bank', { iban: text })) }),
    after: event({ pay: oneOf(way('card'), way('bank', { iban: text }), way('cash')) }),
    reading: ['exhaustive /pay'],
    writing: [],
  },
  {
    name: 'a member of one alternative changes its type',
    before: event({ pay: oneOf(way('card'), way('bank', { iban: text })) }),
    after: event({ pay: oneOf(way('card'), way('bank', { iban: { type: ['string', 'null'] } })) }),
    reading: ['read /pay/iban'],
    writing: [],
  },
  {
    name: 'a list of fixed places becomes a list of any length',
    before: event({ at: { type: 'array', prefixItems: [number, number], minItems: 2, items: false } }),
    after: event({ at: list(number) }),
    reading: ['read /at'],
    writing: [],
  },
  {
    name: 'a member that need not be there is added',
    before: event({ id: text }),
    after: event({ id: text, note: text }, ['id']),
    reading: [],
    writing: [],
  },
];

const keysOf = ({ witnesses }: TypeVerdict) => witnesses.map(({ use, place }) => `${use} ${place}`);
const judged = cases.map((one) => ({ ...one, found: typeVerdicts(document(one.before), document(one.after), loaded) }));

describe('code that compiled against the former types', () => {
  test.each(judged)('$name', ({ found, reading, writing }) => {
    expect(keysOf(found.reading).toSorted()).toEqual(reading.toSorted());
    expect(keysOf(found.writing).toSorted()).toEqual(writing.toSorted());
    for (const [side, wanted] of [
      ['reading', reading],
      ['writing', writing],
    ] as const)
      expect(found[side].verdict).toBe(wanted.length === 0 ? 'compiles' : 'breaks');
    expect(found.reading.tried).toBeGreaterThan(0);
    expect(found.writing.tried).toBeGreaterThan(0);
  });

  test('is the same where only words and limits change', () => {
    const before = event({ id: { ...text, maxLength: 5 } });
    const found = typeVerdicts(document(before), document(event({ id: { ...text, maxLength: 4 } })), loaded);
    expect(found.reading.verdict === 'same' || found.reading.verdict === 'compiles').toBe(true);
    expect(typeVerdicts(document(before), document(before), loaded).reading.verdict).toBe('same');
  });

  test('is made up in part of a large event, which is said; each member is read first', () => {
    const members = (last: JsonObject) =>
      event(
        Object.fromEntries(
          Array.from({ length: 450 }, (_, index) => [`m${index}`, index < 449 ? { enum: ['a', 'b', 'c'] } : last]),
        ),
      );
    const [before, after] = [document(members(text)), document(members(number))];
    const { reading } = typeVerdicts(before, after, loaded);
    expect(keysOf(reading)).toEqual(['read /m449']);
    expect([reading.tried, reading.isCut]).toEqual([2_000, true]);
    expect(typeVerdictsText({ reading: { ...reading, verdict: 'compiles' }, writing: reading }, false)).toContain(
      'still compiles: 2000 uses tried, and not all that a large event allows',
    );
  });

  test('is not tried where no event can be made up', () => {
    const nested = (depth: number, leaf: JsonObject): JsonObject =>
      depth === 0 ? leaf : event({ inner: nested(depth - 1, leaf) });
    const { writing } = typeVerdicts(document(nested(10, text)), document(nested(10, number)), loaded);
    expect(writing).toEqual({ verdict: 'untried', tried: 0, witnesses: [] });
    expect(typeVerdictsText({ reading: writing, writing }, false)).toContain('was not tried: no use could be made up');
  });

  test('is not followed without end into a type that holds itself', () => {
    const tree = (value: JsonObject): JsonObject => ({
      ...event({ value, children: list({ $ref: '#' }) }, ['value']),
    });
    const found = typeVerdicts(document(tree(text)), document(tree(number)), loaded);
    expect(keysOf(found.reading)).toContain('read /value');
  });
});

describe('the native compiler', () => {
  const folder = mkdtempSync(join(tmpdir(), 'herald-types-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('accepts each witness with the former types and rejects it with the new ones', () => {
    const witnesses = judged.flatMap(({ before, after, found }) =>
      [...found.reading.witnesses, ...found.writing.witnesses].map(({ code }) => ({ before, after, code })),
    );
    const types = (schema: JsonObject) => payloadTypesText(document(schema), 'Event');
    for (const [index, { before, after, code }] of witnesses.entries()) {
      writeFileSync(join(folder, `before${index}.ts`), `${types(before)}\nexport function use${code}\n`);
      writeFileSync(join(folder, `after${index}.ts`), `${types(after)}\nexport function use${code}\n`);
    }
    const tsc = join(root, 'node_modules/.bin/tsc');
    const options = { strict: true, noEmit: true, target: 'es2022', lib: ['es2022'], types: [] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }));
    const { stdout } = spawnSync(tsc, ['-p', folder, '--pretty', 'false'], { encoding: 'utf8' });
    const rejected = new Set([...stdout.matchAll(/(\w+)\.ts\(\d+,\d+\): error/g)].map(([, name]) => name));
    expect([...rejected].toSorted()).toEqual(witnesses.map((_, index) => `after${index}`).toSorted());
    expect(witnesses.length).toBeGreaterThan(12);
  });
});

test('herald compare --types says it, and its exit code stays that of the wire', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'herald-types-'));
  const [{ before, after }] = cases as [Case];
  writeFileSync(join(folder, 'old.json'), JSON.stringify(before));
  writeFileSync(join(folder, 'new.json'), JSON.stringify(after));
  const compare = async (...more: readonly string[]) => {
    const { io, said } = testIo({ cwd: folder });
    const args = ['compare', 'old.json', 'new.json', '--level', 'BACKWARD', '--types', ...more];
    return { code: await run(args, io, commands, '0'), ...said };
  };
  try {
    const { code, out } = await compare();
    expect(code).toBe(0);
    expect(out).toContain('code that reads events does not compile any more at 2 places');
    expect(out).toContain('a switch that covers every value [#/status]');
    expect(out).toContain('code that makes events still compiles');
    const { types } = JSON.parse((await compare('--format', 'json')).out);
    expect(types.reading.verdict).toBe('breaks');
    expect(types.writing).toMatchObject({ verdict: 'compiles', witnesses: [] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
