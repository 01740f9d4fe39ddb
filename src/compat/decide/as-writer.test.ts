import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../schema/json.ts';
import { parseSchema } from '../../schema/parse.ts';
import { asWriter } from './as-writer.ts';

function ask(schema: Json, event: Json) {
  const parsed = parseSchema({ value: schema });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return asWriter(parsed.document, event);
}

const order: JsonObject = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string' }, note: { type: 'object', properties: { text: {} } } },
};

test('what the schema declares may be sent', () => {
  expect(ask(order, { id: 'a', note: { text: 'b' } })).toEqual({ allowed: true });
});

test('a member the schema does not declare may not, and is named', () => {
  expect(ask(order, { id: 'a', extra: 1 })).toEqual({ allowed: false, undeclared: ['/extra'] });
  expect(ask(order, { id: 'a', note: { text: 'b', more: 1 }, z: {} })).toEqual({
    allowed: false,
    undeclared: ['/note/more', '/z'],
  });
});

test('a place that is open by its own word, or declares nothing, is free', () => {
  expect(ask({ ...order, additionalProperties: true }, { id: 'a', extra: 1 })).toEqual({ allowed: true });
  expect(ask({ type: 'object' }, { anything: 1 })).toEqual({ allowed: true });
});

test('a branch that does not match lends no names', () => {
  const schema: Json = {
    oneOf: [
      { required: ['a'], properties: { a: { const: 1 } } },
      { required: ['a'], properties: { a: { const: 2 }, b: {} } },
    ],
  };
  expect(ask(schema, { a: 2, b: 0 })).toEqual({ allowed: true });
  expect(ask(schema, { a: 1, b: 0 })).toEqual({ allowed: false, undeclared: ['/b'] });
});

test('where members stand for each other, the one too many is still named', () => {
  const either: Json = { anyOf: [{ required: ['a'] }, { required: ['b'] }], properties: { a: {}, b: {} } };
  expect(ask(either, { a: 1, b: 2 })).toEqual({ allowed: true });
  expect(ask(either, { a: 1, b: 2, c: 3 })).toMatchObject({ allowed: false });
});
