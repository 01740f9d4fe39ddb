/** Runs the goldens of each lint: language-neutral cases that assert places and parameters, never prose. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lint } from '../src/lint/lint.ts';
import { lintRules } from '../src/lint/rules/index.ts';
import { isArray, type Json } from '../src/schema/json.ts';
import { append, resolve } from '../src/schema/pointer.ts';
import { compileValidator } from '../src/schema/validator.ts';
import { documentOf } from './support/document.ts';
import { ajvValidator } from './support/validators.ts';

interface Golden {
  readonly rule: string;
  readonly cases: readonly {
    readonly name: string;
    readonly document: Json;
    readonly findings: readonly { readonly pointer: string; readonly params?: Readonly<Record<string, Json>> }[];
  }[];
}

const folder = new URL('cases/lint/', import.meta.url);
const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const files = readdirSync(folder).toSorted();
const shape = compileValidator(documentOf(read('cases/policy.schema.json')));

it('every lint has its golden, with something that passes and something that does not', () => {
  expect(files).toEqual(lintRules.map(({ id }) => `${id}.json`).toSorted());
  for (const file of files) {
    const { cases }: Golden = read(`cases/lint/${file}`);
    const counts = cases.map(({ findings }) => findings.length);
    expect([file, counts.includes(0), counts.some((count) => count > 0)]).toEqual([file, true, true]);
  }
});

it('only what programs read in different ways is refused without a word from the catalog', () => {
  expect(lintRules.filter(({ severity }) => severity === 'error').map(({ id }) => id)).toEqual([
    'SCHEMA_PATTERN_FOREIGN',
  ]);
});

describe.each(files)('%s', (file) => {
  const golden: Golden = read(`cases/lint/${file}`);
  const rules = lintRules.filter(({ id }) => id === golden.rule);

  it('has the form of a golden', () => {
    expect(shape.ok && shape.validator.validate(read(`cases/lint/${file}`))).toEqual([]);
  });

  it.each(golden.cases)('$name', ({ document, findings }) => {
    const found = lint(documentOf(document), 'assert', rules);
    const said = found.map(({ pointer, params }) => {
      if (params === undefined) return { pointer };
      // which value shows it is the engine's choice: that it does is for another validator to say
      const { value, ...rest } = params;
      if (value !== undefined) expect(matches(document, pointer, rest.branches, value)).toEqual([true, true]);
      return { pointer, params: rest };
    });
    expect(said).toEqual(findings);
  });
});

function matches(document: Json, union: string, branches: Json | undefined, value: Json): readonly unknown[] {
  if (!isArray(branches)) throw new Error('an overlap names its alternatives');
  return branches.map((index) => {
    const branch = resolve(document, append(union, Number(index)));
    return branch === undefined ? undefined : ajvValidator(documentOf(branch), 'assert')(value);
  });
}
