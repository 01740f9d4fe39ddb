/** test/cases/codegen: schema, expected TypeScript, values the type takes and values it refuses. A validator has its say on both. */
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { modelOf } from '../src/codegen/model.ts';
import { printModel } from '../src/codegen/typescript.ts';
import { declaredDialect } from '../src/schema/dialect.ts';
import type { SchemaDocument } from '../src/schema/document.ts';
import type { Json } from '../src/schema/json.ts';
import { compileValidator } from '../src/schema/validator.ts';
import { compile } from './support/compile.ts';

const folder = new URL('cases/codegen/', import.meta.url);
const read = (name: string, file: string) => readFileSync(new URL(`${name}/${file}`, folder), 'utf8');
const cases = readdirSync(folder)
  .sort()
  .map((name) => {
    const root = JSON.parse(read(name, 'schema.json')) as Json;
    const document: SchemaDocument = { root, dialect: declaredDialect(root) ?? '2020-12', bundle: new Map() };
    return {
      name,
      document,
      expected: read(name, 'expected.ts'),
      accept: JSON.parse(read(name, 'accept.json')) as readonly Json[],
      reject: JSON.parse(read(name, 'reject.json')) as readonly Json[],
    };
  });

/** Refused values stand as literals, so that members a closed type does not have count; accepted ones may have more. */
function program({ accept, reject }: (typeof cases)[number]): string {
  return [
    "import type { Case } from './types.js';",
    'declare function take(value: Case): void;',
    'declare function same<Value>(value: Value): Value;',
    ...accept.map((value) => `take(same(${JSON.stringify(value)}));`),
    ...reject.flatMap((value) => ['// @ts-expect-error', `take(${JSON.stringify(value)});`]),
  ].join('\n');
}

describe('generated types', () => {
  let complaints: readonly string[] = [];
  beforeAll(async () => {
    const files = new Map<string, string>();
    for (const one of cases) {
      files.set(`${one.name}/types.ts`, one.expected);
      files.set(`${one.name}/values.ts`, program(one));
    }
    complaints = await compile(files);
  });

  it.each(cases)('$name: the text is what a person would have written', ({ document, expected }) => {
    expect(printModel(modelOf(document, 'Case'))).toBe(expected);
  });

  it.each(cases)('$name: the type takes and refuses what it must', ({ name }) => {
    expect(complaints.filter((line) => line.startsWith(`${name}/`))).toEqual([]);
  });

  it.each(cases)('$name: a validator agrees with both lists', ({ document, accept, reject }) => {
    const compilation = compileValidator(document);
    if (!compilation.ok) throw new Error(JSON.stringify(compilation.problems));
    expect(accept.filter((value) => compilation.validator.validate(value).length > 0)).toEqual([]);
    expect(reject.filter((value) => compilation.validator.validate(value).length === 0)).toEqual([]);
  });
});
