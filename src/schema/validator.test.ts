import { expect, test } from 'vitest';
import { type Dialect, dialects, type SchemaDocument } from './document.ts';
import type { Json } from './json.ts';
import { compileValidator, type Rejection } from './validator.ts';

function documentOf(
  root: Json,
  dialect: Dialect = '2020-12',
  bundle = new Map<string, SchemaDocument>(),
): SchemaDocument {
  return { root, dialect, bundle };
}

function rejections(
  document: SchemaDocument,
  value: Json,
  formats: 'assert' | 'annotate' = 'assert',
): readonly Rejection[] {
  const compiled = compileValidator(document, { formats });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.validator.validate(value);
}

function accepts(document: SchemaDocument, value: Json): boolean {
  return rejections(document, value).length === 0;
}

test.each(dialects)('%s: accepts, refuses, and says where', (dialect) => {
  const document = documentOf(
    { type: 'object', properties: { 'a/b': { type: 'string' } }, required: ['a/b'] },
    dialect,
  );
  expect(accepts(document, { 'a/b': 'x' })).toBe(true);
  expect(rejections(document, { 'a/b': 7 })).toEqual([
    {
      instancePointer: '/a~1b',
      schemaPointer: '/properties/a~1b/type',
      keyword: 'type',
      params: { type: 'string' },
    },
  ]);
});

test('every rejection is listed, each at its own place, also behind references', () => {
  const node = { type: 'object', properties: { next: { $ref: '#/$defs/node' }, at: { type: 'integer' } } };
  const document = documentOf({ $ref: '#/$defs/node', $defs: { node } });
  expect(
    rejections(document, { at: 'x', next: { at: 1.5 } }).map((each) => [each.instancePointer, each.schemaPointer]),
  ).toEqual([
    ['/next/at', '/$defs/node/properties/at/type'],
    ['/at', '/$defs/node/properties/at/type'],
  ]);
});

test.each([
  [{ const: 'red' }, 'secret'],
  [{ enum: ['red', { deep: ['x'] }] }, 'secret'],
  [{ type: 'integer' }, 'secret'],
  [{ pattern: '^a$' }, 'secret'],
  [{ format: 'date' }, 'secret'],
  [{ not: {} }, 'secret'],
  [false, 'secret'],
  [{ oneOf: [{}, {}] }, 'secret'],
  [{ maxLength: 1 }, 'secret'],
  [{ properties: { a: { const: 1 } }, additionalProperties: false }, { a: 'secret' }],
  [{ uniqueItems: true }, ['secret', 'secret']],
  [{ contains: { const: 1 } }, ['secret']],
  [{ if: { type: 'string' }, then: { const: 1 } }, 'secret'],
] satisfies [Json, Json][])('%j tells nothing of the event', (schema, value) => {
  const found = rejections(documentOf(schema), value);
  expect(found.length).toBeGreaterThan(0);
  expect(JSON.stringify(found)).not.toContain('secret');
});

test('what an older dialect does not know is inert', () => {
  expect(accepts(documentOf({ const: 1, if: false, contains: false }, 'draft-04'), [2])).toBe(true);
  expect(accepts(documentOf({ if: true, then: false }, 'draft-06'), 2)).toBe(true);
  expect(accepts(documentOf({ if: true, then: false }, 'draft-07'), 2)).toBe(false);
  expect(accepts(documentOf({ prefixItems: [false] }, '2019-09'), [2])).toBe(true);
  expect(accepts(documentOf({ dependencies: { a: ['b'] } }, '2020-12'), { a: 1 })).toBe(true);
  expect(accepts(documentOf({ minimum: 1, exclusiveMinimum: true }, 'draft-04'), 1)).toBe(false);
});

test('vendor keywords that Ajv knows are inert', () => {
  expect(accepts(documentOf({ type: 'string', nullable: true }), null)).toBe(false);
  expect(accepts(documentOf({ $async: true, type: 'string' }), 7)).toBe(false);
  const tagged = { type: 'object', discriminator: { propertyName: 't' }, oneOf: [{ required: ['a'] }] };
  expect(accepts(documentOf(tagged), { a: 1 })).toBe(true);
});

test('up to draft-07 a $ref replaces its schema, later it does not', () => {
  const root = { definitions: { n: { type: 'integer' } }, properties: { a: { $ref: '#/definitions/n', minimum: 5 } } };
  expect(accepts(documentOf(root, 'draft-07'), { a: 1 })).toBe(true);
  expect(accepts(documentOf(root, '2019-09'), { a: 1 })).toBe(false);
});

test('names of Object.prototype are names like any other', () => {
  expect(accepts(documentOf({ required: ['toString'] }), {})).toBe(false);
  expect(accepts(documentOf({ properties: { constructor: { type: 'integer' } } }), { constructor: 'x' })).toBe(false);
  expect(accepts(documentOf({ const: { valueOf: 1 } }), { valueOf: 1 })).toBe(true);
  expect(accepts(documentOf({ enum: [{ a: 1 }] }), { valueOf: 1 })).toBe(false);
  expect(accepts(documentOf({ uniqueItems: true }), [{ valueOf: 1 }, { valueOf: 2 }])).toBe(true);
});

test('each pattern is its own', () => {
  const document = documentOf({ properties: { a: { pattern: '^a$' }, b: { pattern: '^b$' } } });
  expect(accepts(document, { a: 'a', b: 'b' })).toBe(true);
  expect(accepts(document, { a: 'a', b: 'a' })).toBe(false);
});

test('a pattern that has no linear-time engine is a problem, not a validator', () => {
  const compiled = compileValidator(documentOf({ properties: { a: { pattern: '(x)\\1' } } }));
  expect(compiled).toMatchObject({
    ok: false,
    problems: [{ rule: 'SCHEMA_PATTERN_UNSUPPORTED', pointer: '/properties/a/pattern', params: { reason: 'feature' } }],
  });
});

test('a reference to what is not here is a problem, never a download', () => {
  expect(compileValidator(documentOf({ $ref: 'https://example.org/a.json' }))).toMatchObject({
    ok: false,
    problems: [{ rule: 'SCHEMA_REFERENCE_REMOTE', pointer: '/$ref' }],
  });
});

test('documents of the bundle are reached by their URI', () => {
  const money = documentOf({ $defs: { amount: { type: 'integer' } }, type: 'object' });
  const root = { properties: { price: { $ref: 'herald://shop/money/1#/$defs/amount' } } };
  const document = documentOf(root, '2020-12', new Map([['herald://shop/money/1', money]]));
  expect(accepts(document, { price: 1 })).toBe(true);
  expect(rejections(document, { price: 'x' })).toMatchObject([
    { schemaPointer: '/$defs/amount/type', schemaUri: 'herald://shop/money/1' },
  ]);
});

test('formats are asserted or annotate', () => {
  const document = documentOf({ format: 'date' });
  expect(rejections(document, 'tomorrow')).toMatchObject([{ keyword: 'format', params: { format: 'date' } }]);
  expect(rejections(document, 'tomorrow', 'annotate')).toEqual([]);
  expect(accepts(documentOf({ format: 'unheard-of' }), 'x')).toBe(true);
  expect(accepts(documentOf({ format: 'int32' }), 1.5)).toBe(true);
});

test.each([
  [0.3, 0.1, true],
  [0.35, 0.1, false],
  [1e308, 0.123456789, false],
  [9.5, 0.5, true],
  [1e-7, 1e-8, true],
  [-4, 2, true],
  [0, 7, true],
] as const)('%d as a multiple of %d: %s', (value, divisor, expected) => {
  expect(accepts(documentOf({ multipleOf: divisor }), value)).toBe(expected);
});

test('where the two modes of Ajv disagree on contains, refusing wins', () => {
  expect(accepts(documentOf({ prefixItems: [{ type: 'string' }], contains: { const: 1 } }), [])).toBe(false);
});

test('at most 100 rejections are listed', () => {
  expect(rejections(documentOf({ items: { type: 'string' } }), Array(500).fill(1))).toHaveLength(100);
});

test('a failed branch beside evaluated members is a rejection, not a crash', () => {
  const strings = { additionalProperties: { type: 'string' } };
  const inner = { type: ['string'], patternProperties: { '^a': { type: 'string' } }, anyOf: [strings] };
  const document = documentOf({ properties: { a: inner } });
  expect(rejections(document, { a: { a: null } }).map((each) => each.keyword)).toContain('type');
  const either = { anyOf: [strings, { else: { type: 'string' } }], then: { type: 'string' } };
  const chosen = documentOf({ patternProperties: { '^a': { type: 'string' } }, oneOf: [either] });
  expect(rejections(chosen, { ab: 'aab', a: [] }).length).toBeGreaterThan(0);
  expect(accepts(chosen, { ab: 'aab', a: 'b' })).toBe(true);
});
