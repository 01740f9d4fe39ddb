import { describe, expect, it, test } from 'vitest';
import { Fault } from '../errors.ts';
import type { Json } from '../schema/json.ts';
import { compare, compareHistory } from './index.ts';

test('values and text are compared alike', () => {
  const fromValues = compare({ type: 'number' }, { type: 'integer' });
  expect(compare('{"type":"number"}', '{"type":"integer"}')).toEqual(fromValues);
  expect(fromValues).toMatchObject({
    verdict: 'incompatible',
    level: 'FULL_TRANSITIVE',
    world: 'closed',
    formats: 'assert',
  });
});

test('a schema without $schema takes the dialect it is given', () => {
  const both: [Json, Json] = [{ minimum: 1, exclusiveMinimum: true }, { minimum: 1 }];
  expect(() => compare(...both)).toThrow(Fault);
  expect(compare(...both, { dialect: 'draft-04', level: 'FORWARD' }).verdict).toBe('incompatible');
  expect(compare(...both, { dialect: 'draft-04', level: 'BACKWARD' }).verdict).toBe('compatible');
});

test('what is no schema is refused with its side and pointer', () => {
  const attempt = (previous: Json, next: Json) => {
    try {
      compare(previous, next);
    } catch (error) {
      if (error instanceof Fault) return { code: error.code, side: error.details.side };
      throw error;
    }
    return undefined;
  };
  expect(attempt(true, '{')).toEqual({ code: 'BODY_NOT_JSON', side: 'next' });
  expect(attempt({ type: 'nothing' }, true)).toEqual({ code: 'SCHEMA_INVALID', side: 'previous' });
  expect(attempt('{"const": 9007199254740993}', true)).toEqual({ code: 'SCHEMA_NUMBER_PRECISION', side: 'previous' });
  expect(attempt(true, { $schema: 'urn:x' })).toEqual({ code: 'SCHEMA_DIALECT_UNKNOWN', side: 'next' });
});

test('references reach the documents they are given, and nothing else', () => {
  const references = { 'https://example.org/money': { type: 'integer' } };
  const next = { properties: { price: { $ref: 'https://example.org/money' } } };
  const previous = { properties: { price: { type: 'integer' } } };
  expect(compare(previous, next, { references, level: 'BACKWARD' }).verdict).toBe('compatible');
  expect(compare(previous, next, { level: 'BACKWARD' }).verdict).toBe('undecided');
});

test('closed-world compatibility is not transitive, so every version is asked', () => {
  const v1 = { type: 'object', properties: { a: { type: 'string' } } };
  const v2 = { type: 'object', properties: { b: { type: 'string' } } };
  const v3 = { type: 'object', properties: { a: { type: 'integer' }, b: { type: 'string' } } };
  expect(compareHistory([v1, v2], v3, { level: 'BACKWARD' }).verdict).toBe('compatible');
  const transitive = compareHistory([v1, v2], v3, { level: 'BACKWARD_TRANSITIVE' });
  expect(transitive.verdict).toBe('incompatible');
  expect(transitive.worlds.closed.backward).toMatchObject({
    against: 1,
    witness: { value: { a: expect.any(String) } },
  });
});

describe('options that are not what they may be', () => {
  const pair = [{ type: 'string' }, { type: 'integer' }] as const;
  // as a caller without types gives them
  const refusal = (options: object) => {
    try {
      return compare(...pair, options).verdict;
    } catch (error) {
      return error instanceof Fault ? `${error.code}: ${error.message}` : error;
    }
  };

  it.each<[string, object, RegExp]>([
    [
      'a level in lower case',
      { level: 'backward' },
      /^PARAMETER_INVALID: level must be one of "NONE", .*, not "backward"$/,
    ],
    ['a level of another type', { level: 1 }, /^PARAMETER_INVALID: level must be one of .*, not 1$/],
    [
      'an unknown world',
      { world: 'opened' },
      /^PARAMETER_INVALID: world must be one of "closed", "open", not "opened"$/,
    ],
    [
      'an unknown policy for formats',
      { formats: 'ignore' },
      /^PARAMETER_INVALID: formats must be one of "assert", "annotate"/,
    ],
    ['an unknown dialect', { dialect: 'draft-05' }, /^PARAMETER_INVALID: dialect must be one of "draft-04", /],
    ['a budget below one', { budget: 0 }, /^PARAMETER_INVALID: budget must be a whole number above 0, not 0$/],
    ['a budget that is no number', { budget: Number.NaN }, /^PARAMETER_INVALID: budget /],
    ['a misspelt option', { levels: 'FULL' }, /^PARAMETER_INVALID: levels is no option; there are level, world, /],
    ['references that are no object', { references: [] }, /^PARAMETER_INVALID: references must be an object /],
    [
      'something ignored that is no pointer',
      { ignore: ['v'] },
      /^PARAMETER_INVALID: ignore must be a list of JSON pointers/,
    ],
    ['one pointer instead of a list', { ignore: '/properties/v' }, /^PARAMETER_INVALID: ignore must be a list /],
    ['a pointer that leads nowhere', { ignore: ['/properties/v'] }, /leads to no schema in any of the documents$/],
    [
      'a pointer to what is no schema',
      { ignore: ['/type'] },
      /"\/type", which leads to no schema in any of the documents$/,
    ],
    ['the whole schema', { ignore: [''] }, /the whole schema: nothing would be compared$/],
  ])('%s is refused', (_, options, message) => {
    expect(refusal(options)).toMatch(message);
    expect(() => compareHistory([pair[0]], pair[1], options)).toThrow(Fault);
  });

  it('what may be said is taken', () => {
    const options = { level: 'BACKWARD', world: 'open', formats: 'annotate', budget: 10, dialect: 'draft-07' } as const;
    expect(compare(...pair, { ...options, ignore: [], references: {} }).verdict).toBe('incompatible');
    const [previous, next] = [{ properties: { v: { const: 1 } } }, { properties: { v: { const: 2 } } }];
    expect(compare(previous, next, { ignore: ['/properties/v'] }).verdict).toBe('compatible');
  });
});
