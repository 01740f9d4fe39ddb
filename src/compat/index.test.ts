import { expect, test } from 'vitest';
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
