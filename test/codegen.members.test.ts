/**
 * No declared member is missing from a generated type: what a writer may send, given as a literal, is assignable. Held over the
 * JSON Schema Test Suite and over schemas at random; validator and closed world say what may be sent, and `tsc` is the judge.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelOf } from '../src/codegen/model.ts';
import { printModel } from '../src/codegen/typescript.ts';
import { asWriter } from '../src/compat/decide/as-writer.ts';
import type { Dialect, SchemaDocument } from '../src/schema/document.ts';
import { isArray, isObject, type Json } from '../src/schema/json.ts';
import { compileValidator } from '../src/schema/validator.ts';
import { families, schema, value } from './support/arbitrary.ts';
import { compile } from './support/compile.ts';
import { suiteOf } from './support/suite.ts';

const ofObjects = [
  'properties',
  'patternProperties',
  'additionalProperties',
  'unevaluatedProperties',
  'required',
  'propertyNames',
];
const dependent = ['dependentSchemas', 'dependentRequired', 'dependencies'];
const ofArrays = ['items', 'prefixItems', 'additionalItems', 'unevaluatedItems', 'contains'];

/** With the types that keywords of objects and arrays are taken to mean where none is stated. */
function typed(at: Json): Json {
  if (isArray(at)) return at.map(typed);
  if (!isObject(at)) return at;
  const has = (words: readonly string[]) => words.some((word) => Object.hasOwn(at, word));
  const type = [...(has([...ofObjects, ...dependent]) ? ['object'] : []), ...(has(ofArrays) ? ['array'] : [])];
  const inside = Object.fromEntries(Object.entries(at).map(([name, held]) => [name, typed(held)]));
  return type.length === 0 || Object.hasOwn(at, 'type') || Object.hasOwn(at, '$ref') ? inside : { ...inside, type };
}

function validates(document: SchemaDocument): (value: Json) => boolean {
  const compiled = compileValidator(document);
  return compiled.ok ? (given) => compiled.validator.validate(given).length === 0 : () => false;
}

/** Of `values` those that a writer built on `document` may send. */
function sendable(document: SchemaDocument, values: readonly Json[]): readonly Json[] {
  const isValid = validates(document);
  const isMeant = validates({ ...document, root: typed(document.root) });
  return values.filter(
    (given) => isValid(given) && isMeant(given) && asWriter(document, given, 'annotate').allowed === true,
  );
}

async function refused(cases: readonly (readonly [string, SchemaDocument, readonly Json[]])[]): Promise<string> {
  const files = new Map<string, string>();
  for (const [number, [, document, values]] of cases.entries()) {
    files.set(`${number}/types.ts`, printModel(modelOf(document, 'Case')));
    const lines = values.map((given, index) => `export const v${index}: Case = ${JSON.stringify(given)};`);
    files.set(`${number}/values.ts`, ["import type { Case } from './types.js';", ...lines].join('\n'));
  }
  const complaints = (await compile(files)).filter(
    // TypeScript's guard against typing errors, where nothing is required
    (line) => !line.startsWith(' ') && !line.includes('has no properties in common with type'),
  );
  return complaints
    .map((line) => {
      const number = Number(line.split('/')[0]);
      const [name, document] = cases[number] ?? ['?', undefined];
      const at = Number(/\((\d+),/.exec(line)?.[1] ?? 0) - 2;
      return `${name}\n${JSON.stringify(document?.root)}\n${JSON.stringify(cases[number]?.[2][at])}\n${line}\n${files.get(`${number}/types.ts`)}`;
    })
    .join('\n');
}

describe('what a writer may send', () => {
  it.each<Dialect>(['draft-07', '2020-12'])(
    'is assignable: %s of the test suite',
    async (dialect) => {
      const cases = suiteOf(dialect, 'required')
        .filter(({ name }) => ofMembers.test(name) && !exceptions.some((word) => name.includes(word)))
        .map(({ name, document, valid }) => [name, document, sendable(document, valid)] as const)
        .filter(([, , values]) => values.length > 0);
      expect(cases.length).toBeGreaterThan(30);
      expect(await refused(cases)).toBe('');
    },
    120_000,
  );

  it('is assignable: schemas at random', async () => {
    const isLone = (root: Json) => /"if"/.test(JSON.stringify(root)) && !/"(then|else)"/.test(JSON.stringify(root));
    const samples = families.flatMap((family) =>
      fc
        .sample(fc.tuple(schema(family), fc.array(value, { minLength: 60, maxLength: 60 })), { numRuns: runs, seed })
        .filter(([root]) => !isLone(root)),
    );
    const cases = samples
      .map(([root, values], at): readonly [string, SchemaDocument, readonly Json[]] => {
        const document: SchemaDocument = { root, dialect: '2020-12', bundle: new Map() };
        return [`${at}`, document, sendable(document, values)];
      })
      .filter(([, , values]) => values.length > 0);
    expect(cases.length).toBeGreaterThan(runs * 2);
    expect(await refused(cases)).toBe('');
  }, 600_000);
});

// the files of the suite whose keywords declare members or elements
const ofMembers = /^(?:dep|if-|unevaluated|additional|prefixItems|patternProperties|anyOf|oneOf|not)/;
// the meta-schemas refer dynamically to themselves, types have no dynamic scope; every object has a toString already
// and a member that only a condition declares has its type also where the condition does not hold and anything may come
const exceptions = [
  '$id',
  'metaschema',
  'Javascript object property names',
  'single dependency',
  'dependencies subschema',
];
const runs = Number(process.env.RUNS ?? 12);
const seed = Number(process.env.SEED ?? 7);
