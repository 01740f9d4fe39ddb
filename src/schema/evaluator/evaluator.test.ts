import { expect, test } from 'vitest';
import { type Keyword, keywords } from '../dialect.ts';
import type { Dialect, SchemaDocument } from '../document.ts';
import type { Json } from '../json.ts';
import { WorkExceeded } from '../work.ts';
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

test('neither chains of references nor deep events need the stack', () => {
  const links = 10_000;
  const chainOf = (length: number, last: Json): Record<string, Json> =>
    Object.fromEntries(
      Array.from({ length }, (_, index): [string, Json] => [
        `d${index}`,
        index + 1 < length ? { $ref: `#/$defs/d${index + 1}` } : last,
      ]),
    );
  const chain = of({ $ref: '#/$defs/d0', $defs: chainOf(links, { type: 'integer' }) });
  expect([chain.accepts(1), chain.accepts('x')]).toEqual([true, false]);
  expect(chain.rejections('x')).toMatchObject([{ schemaPointer: `/$defs/d${links - 1}/type`, keyword: 'type' }]);

  let event: Json = 'x';
  for (let level = 0; level < 250; level++) event = { next: event };
  const list = of({
    $ref: '#/$defs/d0',
    $defs: chainOf(200, { type: ['object', 'integer'], properties: { next: { $ref: '#/$defs/d0' } } }),
  });
  expect(list.accepts(event)).toBe(false);
});

test('references that multiply end in an error, and not in hours', () => {
  const doubling = of({
    anyOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/b' }],
    $defs: { ...twice('a'), ...twice('b') },
  });
  // what is followed on much costs much: the million references need not all be followed
  let event: Json = 'x'.repeat(1_000_000);
  for (let level = 0; level < 60; level++) event = [event];
  expect(() => doubling.accepts(event)).toThrow(WorkExceeded);
});

function twice(name: string): Record<string, Json> {
  return { [name]: { type: 'array', title: name, items: { anyOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/b' }] } } };
}

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
