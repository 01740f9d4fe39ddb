import { expect, test } from 'vitest';
import { type Keyword, keywords } from '../dialect.ts';
import type { Dialect, SchemaDocument } from '../document.ts';
import type { Json } from '../json.ts';
import { arrays } from './arrays.ts';
import { evaluatorOf } from './evaluator.ts';
import { logic } from './logic.ts';
import { objects } from './objects.ts';
import { scalars } from './scalars.ts';

function documentOf(root: Json, dialect: Dialect = '2020-12'): SchemaDocument {
  return { root, dialect, bundle: new Map() };
}

function of(root: Json, dialect?: Dialect) {
  return evaluatorOf(documentOf(root, dialect), { formats: 'assert' });
}

test('every keyword that constrains has a row, or is read by the row of another', () => {
  const rows = { ...logic, ...scalars, ...arrays, ...objects };
  const readElsewhere: readonly Keyword[] = ['then', 'else', 'minContains', 'maxContains'];
  const names = Object.entries(keywords)
    .filter(([, { role }]) => role === 'assertion' || role === 'applicator')
    .map(([name]) => name);
  expect(names.filter((name) => !Object.hasOwn(rows, name) && !readElsewhere.includes(name as Keyword))).toEqual([]);
});

test('an embedded resource is read in its own dialect', () => {
  const root = (schema: Json) => ({
    $id: 'https://e.example/root',
    properties: { a: { $ref: 'https://e.example/key' } },
    $defs: { k: schema },
  });
  const tuple = of(
    root({
      $id: 'https://e.example/key',
      $schema: 'http://json-schema.org/draft-07/schema#',
      items: [{ type: 'string' }],
      additionalItems: false,
      prefixItems: [false],
    }),
  );
  expect([tuple.accepts({ a: ['x'] }), tuple.accepts({ a: [1] }), tuple.accepts({ a: ['x', 1] })]).toEqual([
    true,
    false,
    false,
  ]);
  const strict = of(
    root({
      id: 'https://e.example/key',
      $schema: 'http://json-schema.org/draft-04/schema#',
      minimum: 1,
      exclusiveMinimum: true,
    }),
  );
  expect([strict.accepts({ a: 1 }), strict.accepts({ a: 2 })]).toEqual([false, true]);
});

test('in 2020-12 what `contains` matched is evaluated, in 2019-09 it is not', () => {
  const schema = { contains: { type: 'integer' }, unevaluatedItems: false };
  expect(of(schema).accepts([1, 2])).toBe(true);
  expect(of(schema).accepts([1, 'x'])).toBe(false);
  expect(of(schema, '2019-09').accepts([1, 2])).toBe(false);
});

test('a failed `if` lends nothing', () => {
  const schema = { if: { properties: { a: { const: 1 } }, required: ['a'] }, unevaluatedProperties: false };
  expect(of(schema).accepts({ a: 1 })).toBe(true);
  expect(of(schema).accepts({ a: 2 })).toBe(false);
});

test('reasons name the innermost keyword, and branches that failed on the way to one that held are no reasons', () => {
  const schema: Json = { properties: { a: { anyOf: [{ type: 'string' }, { type: 'integer', maximum: 3 }] } } };
  expect(of(schema).rejections({ a: 2 })).toEqual([]);
  expect(
    of(schema)
      .rejections({ a: 5 })
      .map((each) => [each.instancePointer, each.schemaPointer]),
  ).toEqual([
    ['/a', '/properties/a/anyOf/0/type'],
    ['/a', '/properties/a/anyOf/1/maximum'],
    ['/a', '/properties/a/anyOf'],
  ]);
  expect(
    of({ not: { type: 'string' } })
      .rejections('x')
      .map(({ keyword }) => keyword),
  ).toEqual(['not']);
  expect(of({ contains: { const: 1 } }).rejections([2, 3])).toMatchObject([
    { keyword: 'contains', params: { minContains: 1 } },
  ]);
});
