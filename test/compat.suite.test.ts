/**
 * Cases keyword by keyword, each with values it accepts and values it rejects: every one accepted is lost by no comparison, every
 * one rejected is the witness of a break. Those of the JSON Schema Test Suite were written for draft-04 and are carried to later
 * dialects; those of test/cases/keywords are ours, for what came after, and two other validators say whether they are right.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { prepare } from '../src/compat/decide.ts';
import { type Dialect, dialects, type SchemaDocument } from '../src/schema/document.ts';
import type { Json } from '../src/schema/json.ts';
import { parseSchema } from '../src/schema/parse.ts';
import { documentOf } from './support/document.ts';
import { downTo, hasRefNeighbours, upTo } from './support/translate.ts';
import { ajvJudge, hyperjumpJudge } from './support/validators.ts';

/** A group in one dialect. */
interface Group {
  readonly name: string;
  readonly document: SchemaDocument;
  readonly valid: readonly Json[];
  readonly invalid: readonly Json[];
}

interface SuiteGroup {
  readonly description: string;
  readonly schema: Json;
  readonly tests: readonly { readonly data: Json; readonly valid: boolean }[];
}

interface KeywordFile {
  readonly keyword: string;
  readonly law: string;
  readonly groups: readonly {
    readonly description: string;
    readonly dialects: readonly Dialect[];
    readonly schema: Json;
    readonly valid: readonly Json[];
    readonly invalid: readonly Json[];
    /** Validators known to say otherwise, and why. */
    readonly disagree?: Readonly<Record<string, string>>;
  }[];
}

function read<T>(path: string): readonly (readonly [file: string, content: T])[] {
  const folder = new URL(path, import.meta.url);
  return readdirSync(folder)
    .sort()
    .map((file) => [file, JSON.parse(readFileSync(new URL(file, folder), 'utf8'))] as const);
}

const suite = read<readonly SuiteGroup[]>('cases/suite/draft-04/').flatMap(([file, groups]) =>
  groups.map((group) => ({ ...group, name: `${file}: ${group.description}` })),
);
const keywords = read<KeywordFile>('cases/keywords/').map(([, file]) => file);

/** A row is a group of the suite that cannot be run, and why. */
const refused: Readonly<Record<string, string>> = {
  'definitions.json: valid definition': 'refers to the meta-schema by its address, and nothing is fetched',
  'definitions.json: invalid definition': 'refers to the meta-schema by its address, and nothing is fetched',
  'ref.json: remote ref, containing refs itself': 'refers to the meta-schema by its address, and nothing is fetched',
};

function carried(dialect: Dialect): readonly Group[] {
  return suite.flatMap(({ name, schema, tests }) => {
    if (Object.hasOwn(refused, name) || hasRefNeighbours(schema, dialect)) return [];
    const of = (wanted: boolean) => tests.filter(({ valid }) => valid === wanted).map(({ data }) => data);
    return [{ name, document: documentOf(upTo(schema, dialect), dialect), valid: of(true), invalid: of(false) }];
  });
}

function own(dialect: Dialect): readonly Group[] {
  return keywords.flatMap(({ keyword, groups }) =>
    groups
      .filter((group) => group.dialects.includes(dialect))
      .map(({ description, schema, valid, invalid, dialects: meant }) => ({
        name: `${keyword}: ${description}`,
        document: documentOf(inDialect(schema, meant, dialect), dialect),
        valid,
        invalid,
      })),
  );
}

/** Written in 2020-12 where it is meant there, in its own dialect where it is not. */
function inDialect(schema: Json, meant: readonly Dialect[], dialect: Dialect): Json {
  return meant.includes('2020-12') ? downTo(schema, dialect) : schema;
}

describe.each(dialects)('%s', (dialect) => {
  const groups = [...carried(dialect), ...own(dialect)];

  test.each(groups)('$name', ({ document, valid, invalid }) => {
    for (const [values, isValid] of [
      [valid, true],
      [invalid, false],
    ] as const)
      for (const data of values) {
        const pair = prepare(documentOf({ enum: [data] }, dialect), document);
        const { verdict, witness } = pair.decide('backward', 'open');
        const said = { accepted: pair.accepts('next', data), verdict, witness: witness?.value ?? null };
        const wanted = isValid
          ? { accepted: true, verdict: 'compatible', witness: null }
          : { accepted: false, verdict: 'incompatible', witness: data };
        expect({ data, ...said }).toEqual({ data, ...wanted });
      }
  });

  test('of two groups, a value the one accepts and the other rejects is a break', () => {
    const text = (values: readonly Json[]) => new Set(values.map((value) => JSON.stringify(value)));
    const sets = groups.map((group) => ({ ...group, accepted: text(group.valid), rejected: text(group.invalid) }));
    for (const left of sets)
      for (const right of sets) {
        const both = [...left.accepted].find((value) => right.rejected.has(value));
        if (both === undefined) continue;
        const { verdict } = prepare(left.document, right.document).decide('backward', 'open');
        expect([left.name, right.name, both, verdict]).not.toContain('compatible');
      }
  }, 120_000);
});

describe('what the cases say', () => {
  const all = dialects.flatMap((dialect) => own(dialect).map((group) => ({ ...group, dialect })));

  test.each(all)('$dialect $name is so by validators of others', async ({ name, document, valid, invalid }) => {
    const listed = keywords
      .flatMap(({ keyword, groups }) => groups.map((group) => ({ ...group, name: `${keyword}: ${group.description}` })))
      .find((group) => group.name === name)?.disagree;
    const judges = { ajv: ajvJudge(document, 'annotate'), hyperjump: await hyperjumpJudge(document, 'annotate') };
    const voices = Object.entries(judges).filter(([judge]) => !Object.hasOwn(listed ?? {}, judge));
    const cases = [...valid.map((data) => [data, true] as const), ...invalid.map((data) => [data, false] as const)];
    for (const [data, isValid] of cases) {
      const said = voices
        .map(([judge, ask]) => [judge, ask(data)] as const)
        .filter(([, answer]) => answer !== undefined);
      expect({ data, said }).toEqual({ data, said: said.map(([judge]) => [judge, isValid]) });
      if (voices.length > 0) expect([data, said.length]).not.toEqual([data, 0]);
    }
  });
});

describe('the lists of exceptions', () => {
  test('name groups that are there, each refused for what it says', () => {
    const found = suite.filter(({ name, schema }) => {
      const parsed = parseSchema({ value: schema }, { dialect: 'draft-04' });
      return !parsed.ok && name in refused;
    });
    expect(found.map(({ name }) => name)).toEqual(Object.keys(refused));
  });

  test('name every group that cannot be run', () => {
    const unread = suite.filter(({ schema }) => !parseSchema({ value: schema }, { dialect: 'draft-04' }).ok);
    expect(unread.map(({ name }) => name)).toEqual(Object.keys(refused));
  });

  test('hold no validator that agrees after all', async () => {
    const stale: string[] = [];
    for (const { keyword, groups } of keywords)
      for (const { description, dialects: meant, schema, valid, invalid, disagree } of groups)
        for (const judge of Object.keys(disagree ?? {})) {
          const disputed = await Promise.all(
            meant.map(async (dialect) => {
              const document = documentOf(inDialect(schema, meant, dialect), dialect);
              const ask = judge === 'ajv' ? ajvJudge(document, 'annotate') : await hyperjumpJudge(document, 'annotate');
              return valid.some((data) => ask(data) !== true) || invalid.some((data) => ask(data) !== false);
            }),
          );
          if (!disputed.includes(true)) stale.push(`${keyword}: ${description}: ${judge}`);
        }
    expect(stale).toEqual([]);
  });
});

test('every group of the suite is carried to every dialect, but where a reference has neighbours', () => {
  const missing = dialects.map((dialect) => suite.length - Object.keys(refused).length - carried(dialect).length);
  expect(missing.every((count) => count <= 2)).toBe(true);
});
