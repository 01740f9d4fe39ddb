import { describe, expect, it } from 'vitest';
import type { Json } from '../../schema/json.ts';
import { buildGraph } from './prepare.ts';

function isSameNode(previous: Json, next: Json): boolean {
  const document = (root: Json) => ({ root, dialect: '2020-12', bundle: new Map() }) as const;
  const graph = buildGraph(document(previous), document(next), { formats: 'assert', ignore: new Set() });
  return graph.previous.lit === graph.next.lit;
}

const list = (value: string, definition: string): Json => ({
  $ref: `#/$defs/${definition}`,
  $defs: {
    [definition]: { type: 'object', properties: { value: { type: value }, next: { $ref: `#/$defs/${definition}` } } },
  },
});

describe('two schemas are one node', () => {
  it.each<[string, Json, Json]>([
    ['one value listed or constant', { enum: ['a'] }, { const: 'a' }],
    ['constants in a union', { anyOf: [{ const: 'a' }, { const: 'b' }] }, { enum: ['b', 'a'] }],
    ['constants, exactly one of them', { oneOf: [{ const: 'a' }, { const: 1 }] }, { enum: ['a', 1] }],
    ['types in a union', { oneOf: [{ type: 'string' }, { type: 'null' }] }, { type: ['null', 'string'] }],
    ['number as its two halves', { type: ['integer', 'number'] }, { type: 'number' }],
    ['both booleans', { enum: [true, false] }, { type: 'boolean' }],
    ['a bound on another type', { type: 'string', minimum: 3 }, { type: 'string' }],
    ['listed values of the wrong type', { type: 'string', enum: ['a', 1] }, { const: 'a' }],
    ['a double negation', { not: { not: { minLength: 1 } } }, { minLength: 1 }],
    ['conjuncts apart and together', { allOf: [{ minimum: 1 }, { maximum: 2 }] }, { minimum: 1, maximum: 2 }],
    ['a definition and its use', { $ref: '#/$defs/x', $defs: { x: { minimum: 1 } } }, { minimum: 1 }],
    ['a contradiction and false', { type: 'string', const: 1 }, false],
    ['members in another order', { required: ['a', 'b'] }, { required: ['b', 'a'] }],
    [
      'a closed list of names',
      { propertyNames: { enum: ['a'] } },
      { properties: { a: {} }, additionalProperties: false },
    ],
    ['a condition and its union', { if: { minimum: 1 }, then: false }, { anyOf: [{ not: { minimum: 1 } }, false] }],
    ['recursion under another name', list('string', 'node'), list('string', 'element')],
    [
      'recursion unrolled once',
      list('string', 'n'),
      {
        type: 'object',
        properties: { value: { type: 'string' }, next: { $ref: '#/$defs/n' } },
        $defs: { n: { type: 'object', properties: { value: { type: 'string' }, next: { $ref: '#/$defs/n' } } } },
      },
    ],
  ])('%s', (_, previous, next) => {
    expect(isSameNode(previous, next)).toBe(true);
  });

  it.each<[string, Json, Json]>([
    ['another recursive value', list('string', 'n'), list('integer', 'n')],
    ['an overlapping oneOf', { oneOf: [{ type: 'integer' }, { type: 'number' }] }, { type: 'number' }],
    ['a bound on its own type', { minimum: 3 }, {}],
    ['two unresolved references', { $ref: 'https://x.org/a' }, { $ref: 'https://x.org/b' }],
    ['an inclusive bound', { minimum: 1 }, { exclusiveMinimum: 1 }],
  ])('but not: %s', (_, previous, next) => {
    expect(isSameNode(previous, next)).toBe(false);
  });
});

describe('a reference in place to itself', () => {
  it.each<[string, Json, number]>([
    ['directly', { allOf: [{ $ref: '#' }] }, 1],
    [
      'through a definition reached below',
      { properties: { a: { $ref: '#/$defs/b' } }, $defs: { b: { anyOf: [{ $ref: '#/$defs/b' }, true] } } },
      1,
    ],
    ['not where a property lies between', { properties: { a: { $ref: '#' } } }, 0],
  ])('is reported %s', (_, root, problems) => {
    const document = { root, dialect: '2020-12', bundle: new Map() } as const;
    const graph = buildGraph(document, { ...document, root: true }, { formats: 'assert', ignore: new Set() });
    expect(graph.problems.map(({ reason }) => reason)).toEqual(Array(problems).fill('ill-founded'));
  });
});
