/**
 * Cases keyword by keyword, each with values it accepts and values it rejects: every one accepted is lost by no comparison, every
 * one rejected is the witness of a break. Those of the JSON Schema Test Suite, in all dialects; and those of test/cases/keywords,
 * which are ours, and which two other validators are asked about.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { prepare } from '../src/compat/decide/decide.ts';
import type { FormatPolicy } from '../src/compat/report.ts';
import { isAjvFaithful } from '../src/schema/departures.ts';
import { declaredDialect } from '../src/schema/dialect.ts';
import { type Dialect, dialects, type SchemaDocument } from '../src/schema/document.ts';
import { evaluatorOf } from '../src/schema/evaluator/evaluator.ts';
import { isObject, type Json } from '../src/schema/json.ts';
import { compileValidator } from '../src/schema/validator.ts';
import { documentOf } from './support/document.ts';
import { generatedValidator } from './support/generated.ts';
import { type Kind, type SuiteGroup, suiteOf } from './support/suite.ts';
import { downTo } from './support/translate.ts';
import { ajvValidator, hyperjumpValidator } from './support/validators.ts';

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

const keywordFolder = new URL('cases/keywords/', import.meta.url);
const keywords: readonly KeywordFile[] = readdirSync(keywordFolder)
  .sort()
  .map((file) => JSON.parse(readFileSync(new URL(file, keywordFolder), 'utf8')));

function own(dialect: Dialect): readonly SuiteGroup[] {
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

/** A row is a group of the suite, or a file of it, and why the engine evaluates values otherwise. Rows that are not needed fail. */
const otherwise: Readonly<Record<string, string>> = {
  'vocabulary.json: schema that uses custom metaschema with with no validation vocabulary':
    'a dialect of its own: registration refuses it, and the keywords of the dialect beside it are read',
  'optional/format-assertion.json': 'a dialect of its own, as above',
  'optional/zeroTerminatedFloats.json': 'JSON has one kind of number: 1.0 is 1, and an integer',
  'optional/content.json': 'what a string contains is not looked into: contentMediaType and contentEncoding annotate',
  'optional/dependencies-compatibility.json':
    '"dependencies" is no keyword since 2019-09: a lint says so, and Ajv does not read it either',
  'optional/ecmascript-regex.json: \\a is not an ECMA 262 control escape': 'a format, and formats annotate here',
  'optional/format/idn-hostname.json': 'a lint says that it is not checked',
};

const reasonFor = (list: Readonly<Record<string, string>>, name: string) =>
  list[name] ?? list[name.slice(0, name.indexOf(':'))];

const kinds: readonly { readonly kind: Kind; readonly formats: FormatPolicy }[] = [
  { kind: 'required', formats: 'annotate' },
  { kind: 'optional', formats: 'annotate' },
  { kind: 'format', formats: 'assert' },
];

/** What is said of each value against what should be; the same where the engine is right. */
function evaluated({ document, valid, invalid }: SuiteGroup, dialect: Dialect, formats: FormatPolicy) {
  const cases = [...valid.map((data) => [data, true] as const), ...invalid.map((data) => [data, false] as const)];
  return cases.map(([data, isValid]) => {
    const pair = prepare(documentOf({ enum: [data] }, dialect), document, { formats });
    const { verdict, witness } = pair.decide('backward', 'open');
    const said = { data, accepted: pair.accepts('next', data), verdict, witness: witness?.value ?? null };
    const wanted = isValid
      ? { data, accepted: true, verdict: 'compatible', witness: null }
      : { data, accepted: false, verdict: 'incompatible', witness: data };
    return { said, wanted };
  });
}

describe.each(dialects)('%s', (dialect) => {
  describe.each(kinds)('$kind', ({ kind, formats }) => {
    const groups = [...suiteOf(dialect, kind), ...(kind === 'required' ? own(dialect) : [])];

    test.each(groups)('$name', (group) => {
      const each = evaluated(group, dialect, formats);
      const reason = reasonFor(otherwise, group.name);
      if (reason === undefined) expect(each.map(({ said }) => said)).toEqual(each.map(({ wanted }) => wanted));
    });
  });

  test('of two groups, a value the one accepts and the other rejects is a break', () => {
    const text = (values: readonly Json[]) => new Set(values.map((value) => JSON.stringify(value)));
    const sets = [...suiteOf(dialect, 'required'), ...own(dialect)]
      .filter(({ name }) => reasonFor(otherwise, name) === undefined)
      .map((group) => ({ ...group, accepted: text(group.valid), rejected: text(group.invalid) }));
    const pairs = sets.flatMap((left) =>
      sets.flatMap((right) => {
        const both = [...left.accepted].find((value) => right.rejected.has(value));
        return both === undefined ? [] : [{ left, right, both }];
      }),
    );
    // every one of a few thousand, spread over all
    const stride = Math.max(1, Math.floor(pairs.length / 4_000));
    for (const { left, right, both } of pairs.filter((_, index) => index % stride === 0)) {
      const { verdict } = prepare(left.document, right.document).decide('backward', 'open');
      expect([left.name, right.name, both, verdict]).not.toContain('compatible');
    }
    expect(pairs.length).toBeGreaterThan(1_000);
  }, 120_000);
});

test('what is listed as evaluated otherwise is, in some dialect', () => {
  const isWrong = ({ said, wanted }: ReturnType<typeof evaluated>[number]) =>
    JSON.stringify(said) !== JSON.stringify(wanted);
  const wrong = dialects.flatMap((dialect) =>
    kinds.flatMap(({ kind, formats }) =>
      suiteOf(dialect, kind)
        .filter(({ name }) => reasonFor(otherwise, name) !== undefined)
        .filter((group) => evaluated(group, dialect, formats).some(isWrong))
        .map(({ name }) => name),
    ),
  );
  expect(Object.keys(otherwise).filter((row) => !wrong.some((name) => name.startsWith(row)))).toEqual([]);
});

/** Registration refuses a dialect of somebody's own, so nothing is ever validated against it. */
const isForeign = ({ document }: SuiteGroup) =>
  isObject(document.root) && typeof document.root.$schema === 'string' && declaredDialect(document.root) === undefined;

const sides: Readonly<Record<string, (document: SchemaDocument) => (data: Json) => boolean>> = {
  'the validator of events': (document) => {
    const compiled = compileValidator(document, { formats: 'annotate' });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
    return (data) => compiled.validator.validate(data).length === 0;
  },
  'the generated validator': (document) => generatedValidator(document, false),
  'the evaluator alone': (document) => {
    const evaluator = evaluatorOf(document, { formats: 'annotate' });
    return (data) => {
      const accepted = evaluator.accepts(data);
      expect(evaluator.rejections(data).length === 0).toBe(accepted);
      return accepted;
    };
  },
};

describe.each(Object.entries(sides))('%s agrees with the suite on every required group of', (_, validatorOf) => {
  test.each(dialects)(
    '%s',
    (dialect) => {
      const groups = suiteOf(dialect, 'required');
      const meant = groups.filter((group) => !isForeign(group));
      const wrong = meant.flatMap(({ name, document, valid, invalid }) => {
        const accepts = validatorOf(document);
        return [
          ...valid.filter((data) => !accepts(data)).map((data) => [name, data, 'is valid']),
          ...invalid.filter(accepts).map((data) => [name, data, 'is not valid']),
        ];
      });
      expect(wrong).toEqual([]);
      expect(groups.length - meant.length).toBeLessThanOrEqual(2);
      expect(meant.length).toBeGreaterThan(140);
    },
    60_000,
  );
});

test('Ajv answers most groups, and the evaluator those where Ajv departs', () => {
  const faithful = suiteOf('2020-12', 'required').map(({ document }) => isAjvFaithful(document));
  expect(faithful.filter(Boolean).length).toBeGreaterThan(200);
  expect(faithful.filter((each) => !each).length).toBeGreaterThan(100);
});

describe('what the cases say', () => {
  const all = dialects.flatMap((dialect) => own(dialect).map((group) => ({ ...group, dialect })));

  test.each(all)('$dialect $name is so by validators of others', async ({ name, document, valid, invalid }) => {
    const listed = keywords
      .flatMap(({ keyword, groups }) => groups.map((group) => ({ ...group, name: `${keyword}: ${group.description}` })))
      .find((group) => group.name === name)?.disagree;
    const validators = {
      ajv: ajvValidator(document, 'annotate'),
      hyperjump: await hyperjumpValidator(document, 'annotate'),
    };
    const voices = Object.entries(validators).filter(([validator]) => !Object.hasOwn(listed ?? {}, validator));
    const cases = [...valid.map((data) => [data, true] as const), ...invalid.map((data) => [data, false] as const)];
    for (const [data, isValid] of cases) {
      const said = voices
        .map(([validator, ask]) => [validator, ask(data)] as const)
        .filter(([, answer]) => answer !== undefined);
      expect({ data, said }).toEqual({ data, said: said.map(([validator]) => [validator, isValid]) });
      if (voices.length > 0) expect([data, said.length]).not.toEqual([data, 0]);
    }
  });
});

test('the cases list no validator that agrees after all', async () => {
  const stale: string[] = [];
  for (const { keyword, groups } of keywords)
    for (const { description, dialects: meant, schema, valid, invalid, disagree } of groups)
      for (const validator of Object.keys(disagree ?? {})) {
        const disputed = await Promise.all(
          meant.map(async (dialect) => {
            const document = documentOf(inDialect(schema, meant, dialect), dialect);
            const ask =
              validator === 'ajv' ? ajvValidator(document, 'annotate') : await hyperjumpValidator(document, 'annotate');
            return valid.some((data) => ask(data) !== true) || invalid.some((data) => ask(data) !== false);
          }),
        );
        if (!disputed.includes(true)) stale.push(`${keyword}: ${description}: ${validator}`);
      }
  expect(stale).toEqual([]);
});
