/**
 * Alternatives that compete: for values, for names, for places. Trying them one by one takes as many attempts as there are ways to
 * choose, so they are counted. Each is asked twice, with one place too few and with just enough.
 */
import { describe, expect, test } from 'vitest';
import { prepare } from '../src/compat/decide/decide.ts';
import { worlds } from '../src/compat/report.ts';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { documentOf } from './support/document.ts';
import { accepts } from './support/reference.ts';

const range = (length: number) => Array.from({ length }, (_, index) => index);
const pairsOf = (count: number) => range(count).flatMap((one) => range(one).map((other) => [other, one] as const));
const named = (count: number) => range(count).map((at) => `p${at}`);

/** Nothing satisfies it that has `z`, so that all that counts is whether anything satisfies the other. */
const nothingOfThese: JsonObject = { required: ['z'] };

/** `count` properties, each with one of `holes` values, and no two with the same. */
function values(count: number, holes: number): JsonObject {
  const differ = pairsOf(count).flatMap(([one, other]) =>
    range(holes).map((hole) => ({
      anyOf: [one, other].map((at) => ({ properties: { [`p${at}`]: { not: { const: hole } } } })),
    })),
  );
  const properties = Object.fromEntries(named(count).map((name) => [name, { enum: range(holes) }]));
  return { type: 'object', required: named(count), properties, allOf: differ };
}

/** One name of each row is there, and no two of a column. */
function names(count: number, holes: number): JsonObject {
  const name = (row: number, column: number) => `p${row}in${column}`;
  const rows = range(count).map((row) => ({
    anyOf: range(holes).map((column) => ({ required: [name(row, column)] })),
  }));
  const columns = range(holes).flatMap((column) =>
    pairsOf(count).map(([one, other]) => ({ not: { required: [name(one, column), name(other, column)] } })),
  );
  return { type: 'object', allOf: [...rows, ...columns] };
}

/** The same by `oneOf` and by properties that are there with a value. */
function cases(count: number, holes: number): JsonObject {
  const at = (row: number, hole: number) => ({ required: [`p${row}`], properties: { [`p${row}`]: { const: hole } } });
  const rows = range(count).map((row) => ({ oneOf: range(holes).map((hole) => at(row, hole)) }));
  const columns = range(holes).flatMap((hole) =>
    pairsOf(count).map(([one, other]) => ({ not: { allOf: [at(one, hole), at(other, hole)] } })),
  );
  return { type: 'object', allOf: [...rows, ...columns] };
}

/** Beside alternatives that take part in nothing. */
function besides(schema: JsonObject): JsonObject {
  const others = range(5).map((at) => ({ anyOf: [{ required: [`x${at}`] }, { required: [`y${at}`] }] }));
  return { allOf: [schema, ...others] };
}

const pairs = (count: number) =>
  range(count).map((at) => ({ anyOf: [{ required: [`a${at}`] }, { required: [`b${at}`] }] }));
const triples = (count: number) =>
  range(count).map((at) => ({
    oneOf: [
      { required: [`a${at}`, `b${at}`] },
      { required: [`c${at}`, `d${at}`] },
      { required: [`e${at}`, `f${at}`, `g${at}`] },
    ],
  }));
const items = (count: number) =>
  range(count).map((at) => ({ anyOf: [{ contains: { const: `a${at}` } }, { contains: { const: `b${at}` } }] }));

/** Of each two names one is missing, and there are no others. */
function exclusive(count: number): JsonObject {
  const properties = Object.fromEntries(
    range(count).flatMap((at) => [[`a${at}`, true] as const, [`b${at}`, true] as const]),
  );
  const missing = range(count).map((at) => ({ not: { required: [`a${at}`, `b${at}`] } }));
  return { type: 'object', additionalProperties: false, properties, allOf: missing };
}

function verdicts(previous: Json, next: Json): readonly unknown[] {
  return worlds.map((world) => {
    // a pair for each world: what is known in one answers in the other
    const { verdict, witness } = prepare(documentOf(previous), documentOf(next)).decide('backward', world);
    if (witness !== undefined) {
      expect(accepts(previous, witness.value)).toBe(true);
      expect(accepts(next, witness.value)).toBe(false);
    }
    return verdict;
  });
}

const compatible = ['compatible', 'compatible'];
const incompatible = ['incompatible', 'incompatible'];

describe.each([4, 8, 9, 12])('%i in one place fewer', (count) => {
  test.each([
    ['values', values],
    ['names', names],
    ['cases', cases],
  ])('%s', (_, schema) => {
    expect(verdicts(schema(count, count - 1), nothingOfThese)).toEqual(compatible);
    expect(verdicts(schema(count, count), nothingOfThese)).toEqual(incompatible);
  });
});

test('alternatives that take part in nothing hide nothing', () => {
  expect(verdicts(besides(names(9, 8)), nothingOfThese)).toEqual(compatible);
  expect(verdicts(besides(values(9, 8)), nothingOfThese)).toEqual(compatible);
});

describe.each([3, 15, 30])('%i alternatives', (count) => {
  test.each<readonly [string, Json, (limit: number) => Json, number]>([
    ['ask for a name each', { type: 'object', allOf: pairs(count) }, (minProperties) => ({ minProperties }), count],
    [
      'ask for two names at the least',
      { type: 'object', allOf: triples(count) },
      (minProperties) => ({ minProperties }),
      2 * count,
    ],
    ['ask for an item each', { type: 'array', allOf: items(count) }, (minItems) => ({ minItems }), count],
    ['leave a name each', exclusive(count), (most) => ({ maxProperties: 2 * count - most }), count],
  ])('%s', (_, schema, limitOf, limit) => {
    expect(verdicts(schema, limitOf(limit))).toEqual(compatible);
    expect(verdicts(schema, limitOf(limit + 1))).toEqual(incompatible);
  });
});

test('a name is found for one property though another may need the same', () => {
  const schema: JsonObject = {
    type: 'object',
    additionalProperties: false,
    patternProperties: { '^(a|b)$': { type: ['integer', 'string'] } },
    allOf: [
      { not: { patternProperties: { '^a$': { type: 'string' } } } },
      { not: { patternProperties: { '^(a|b)$': { type: 'integer' } } } },
    ],
  };
  expect(accepts(schema, { a: 1, b: 'x' })).toBe(true);
  expect(verdicts(schema, nothingOfThese)).toEqual(incompatible);
});

test('properties that must exist share a name where there is no room for two', () => {
  const other = (pattern: string, type: string) => ({ not: { patternProperties: { [pattern]: { type } } } });
  const both = { type: 'object', maxProperties: 1, allOf: [other('^a', 'string'), other('b$', 'integer')] };
  expect(verdicts(both, { patternProperties: { '^a.*b$': { type: 'boolean' } } })).toEqual(incompatible);
  expect(verdicts({ ...both, propertyNames: { pattern: '^[ab]$' } }, nothingOfThese)).toEqual(compatible);
});
