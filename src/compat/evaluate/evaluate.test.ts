import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import { prepare } from '../decide/decide.ts';

function pairOf(root: Json, dialect: Dialect = '2020-12') {
  const document = { root, dialect, bundle: new Map() };
  return prepare(document, document);
}

interface Row {
  readonly schema: Json;
  readonly dialect?: Dialect;
  readonly valid: readonly Json[];
  readonly invalid: readonly Json[];
}

/** A row names values a schema accepts and rejects, from the specification of its keywords; the evaluator is held to it. */
const rows: readonly Row[] = [
  { schema: { type: 'integer' }, valid: [1, 1.0, -3], invalid: [1.5, '1', null] },
  { schema: { multipleOf: 0.01 }, valid: [0.07, 19.99, 'x'], invalid: [0.075] },
  { schema: { maximum: 3, exclusiveMaximum: true }, dialect: 'draft-04', valid: [2.9], invalid: [3] },
  { schema: { exclusiveMaximum: 3 }, dialect: 'draft-04', valid: [4], invalid: [] },
  { schema: { const: 1 }, dialect: 'draft-04', valid: [2], invalid: [] },
  { schema: { maxLength: 1 }, valid: ['\u{1f600}', 'a', 12], invalid: ['ab'] },
  { schema: { enum: [{ a: [1], b: 2 }] }, valid: [{ b: 2, a: [1] }], invalid: [{ a: [1] }] },
  {
    schema: { uniqueItems: true },
    valid: [[1, '1', true]],
    invalid: [
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
  },
  {
    schema: { items: [{ type: 'string' }], additionalItems: false },
    dialect: 'draft-07',
    valid: [[], ['a']],
    invalid: [[1], ['a', 'b']],
  },
  {
    schema: { prefixItems: [{ type: 'string' }], items: { type: 'null' } },
    valid: [['a', null]],
    invalid: [['a', 'a']],
  },
  {
    schema: { contains: { type: 'null' }, minContains: 2, maxContains: 2 },
    valid: [[null, 1, null]],
    invalid: [[null], [null, null, null]],
  },
  { schema: { contains: { type: 'null' }, minContains: 0 }, valid: [[], [1]], invalid: [] },
  { schema: { contains: true, minContains: 2 }, dialect: 'draft-07', valid: [[1]], invalid: [[]] },
  { schema: { required: ['toString'] }, valid: [{ toString: 1 }], invalid: [{}] },
  {
    schema: { properties: { constructor: { type: 'string' } } },
    valid: [{}, { constructor: 'x' }],
    invalid: [{ constructor: 1 }],
  },
  {
    schema: { patternProperties: { '^a': { type: 'string' } }, additionalProperties: false },
    valid: [{ ab: 'x' }],
    invalid: [{ b: 'x' }, { a: 1 }],
  },
  {
    schema: {
      properties: Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`p${index}`, { type: 'string' }])),
      required: ['p3'],
      not: { properties: { p5: { const: 'x' } } },
      allOf: [{ properties: { p5: { maxLength: 2 } } }],
    },
    valid: [{ p3: 'a', p5: 'yy', other: 1 }],
    invalid: [
      {},
      { p3: 'a' },
      { p5: 'yy' },
      { p3: 1, p5: 'yy' },
      { p3: 'a', p5: 'x' },
      { p3: 'a', p5: 'yyy' },
      { p3: 'a', p5: 'yy', p39: null },
    ],
  },
  { schema: { propertyNames: { maxLength: 2 } }, valid: [{ ab: 1 }], invalid: [{ abc: 1 }] },
  {
    schema: { dependencies: { a: ['b'], c: { required: ['d'] } } },
    dialect: 'draft-07',
    valid: [{ a: 1, b: 1 }, 'x'],
    invalid: [{ a: 1 }, { c: 1 }],
  },
  { schema: { dependencies: { a: ['b'] } }, valid: [{ a: 1 }], invalid: [] },
  { schema: { dependentSchemas: { a: false } }, valid: ['x', {}], invalid: [{ a: 1 }] },
  {
    schema: { if: { type: 'string' }, then: { minLength: 1 }, else: { type: 'null' } },
    valid: ['a', null],
    invalid: ['', 1],
  },
  { schema: { oneOf: [{ minimum: 1 }, { maximum: 2 }] }, valid: [0, 3], invalid: [1, 'x'] },
  { schema: { $ref: '#/$defs/n', maxLength: 1, $defs: { n: { type: 'string' } } }, valid: ['a'], invalid: ['ab', 1] },
  {
    schema: { $ref: '#/definitions/n', maxLength: 1, definitions: { n: { type: 'string' } } },
    dialect: 'draft-07',
    valid: ['ab'],
    invalid: [1],
  },
  {
    schema: {
      allOf: [{ properties: { a: true } }],
      anyOf: [{ properties: { b: { const: 1 } }, required: ['b'] }, true],
      unevaluatedProperties: false,
    },
    valid: [{ a: 1, b: 1 }, {}],
    invalid: [{ a: 1, b: 2 }, { c: 1 }],
  },
  {
    schema: {
      if: { properties: { k: { const: 1 } } },
      then: { properties: { x: true } },
      unevaluatedProperties: false,
    },
    valid: [{ k: 1, x: 1 }],
    invalid: [{ k: 2 }],
  },
  {
    schema: { contains: { type: 'string' }, unevaluatedItems: { type: 'null' } },
    valid: [['a', null]],
    invalid: [['a', 1]],
  },
  {
    schema: { contains: { type: 'string' }, unevaluatedItems: { type: 'null' } },
    dialect: '2019-09',
    valid: [],
    invalid: [['a', null]],
  },
  {
    schema: { anyOf: [{ prefixItems: [true, { const: 'x' }] }, { prefixItems: [true] }], unevaluatedItems: false },
    valid: [[1, 'x'], [1]],
    invalid: [[1, 'y']],
  },
  {
    schema: {
      $id: 'https://x.org/strings',
      $ref: 'tree',
      $defs: {
        leaf: { $dynamicAnchor: 'leaf', type: 'string' },
        tree: {
          $id: 'tree',
          type: 'array',
          items: { anyOf: [{ $ref: '#' }, { $dynamicRef: '#leaf' }] },
          $defs: { any: { $dynamicAnchor: 'leaf' } },
        },
      },
    },
    valid: [['a', ['b']]],
    invalid: [[1], [['b', 2]]],
  },
  {
    schema: {
      $id: 'https://x.org/strict',
      $recursiveAnchor: true,
      $ref: 'tree',
      unevaluatedProperties: false,
      $defs: { tree: { $id: 'tree', $recursiveAnchor: true, properties: { child: { $recursiveRef: '#' } } } },
    },
    dialect: '2019-09',
    valid: [{ child: { child: {} } }],
    invalid: [{ child: { chidl: {} } }],
  },
];

describe('the evaluator', () => {
  it.each(rows)('evaluates $schema', ({ schema, dialect, valid, invalid }) => {
    const pair = pairOf(schema, dialect);
    for (const value of valid) expect([value, pair.accepts('next', value)]).toEqual([value, true]);
    for (const value of invalid) expect([value, pair.accepts('next', value)]).toEqual([value, false]);
  });

  it('does not know what rests on an unresolved reference, and only that', () => {
    const pair = pairOf({ anyOf: [{ type: 'string' }, { $ref: 'https://x.org/elsewhere' }] });
    expect(pair.accepts('next', 'a')).toBe(true);
    expect(pair.accepts('next', 1)).toBeUndefined();
  });

  it('gives up on endless nesting without overflowing', () => {
    const pair = pairOf({ items: { $ref: '#' }, maxItems: 1 });
    let deep: Json = [1, 2];
    for (let level = 0; level < 20_000; level++) deep = [deep];
    expect(pair.accepts('next', deep)).toBeUndefined();
    expect(pair.accepts('next', [[[1, 2]]])).toBe(false);
  });
});

/** A row names what a closed-world writer of a schema sends and, although the schema accepts it, does not send. */
const written: readonly { readonly schema: Json; readonly sent: readonly Json[]; readonly unsent: readonly Json[] }[] =
  [
    { schema: { properties: { a: true } }, sent: [{ a: 1 }, {}, 'x'], unsent: [{ b: 1 }] },
    { schema: { properties: { a: true }, additionalProperties: true }, sent: [{ b: 1 }], unsent: [] },
    { schema: { type: 'object' }, sent: [{ anything: 1 }], unsent: [] },
    {
      schema: { required: ['a'], patternProperties: { '^x-': true } },
      sent: [{ a: 1, 'x-b': 2 }],
      unsent: [{ a: 1, b: 2 }],
    },
    {
      schema: { allOf: [{ properties: { a: true } }, { properties: { b: true } }] },
      sent: [{ a: 1, b: 1 }],
      unsent: [{ c: 1 }],
    },
    {
      schema: { not: { required: ['z'], properties: { z: true } }, properties: { a: true } },
      sent: [{ a: 1 }],
      unsent: [{ a: 1, y: 1 }],
    },
    {
      schema: {
        oneOf: [
          { properties: { t: { const: 1 }, a: true }, required: ['t'] },
          { properties: { t: { const: 2 }, b: true }, required: ['t'] },
        ],
      },
      sent: [{ t: 1, a: 1 }],
      unsent: [{ t: 1, b: 1 }],
    },
    { schema: { properties: { o: { properties: { a: true } } } }, sent: [{ o: { a: 1 } }], unsent: [{ o: { b: 1 } }] },
    { schema: { prefixItems: [true] }, sent: [[1]], unsent: [[1, 2]] },
    { schema: { prefixItems: [true], items: true }, sent: [[1, 2]], unsent: [] },
    { schema: { items: { properties: { a: true } } }, sent: [[{ a: 1 }]], unsent: [[{ b: 1 }]] },
    {
      schema: { if: { properties: { k: true } }, then: { properties: { x: true } } },
      sent: [{ k: 1, x: 1 }],
      unsent: [{ z: 1 }],
    },
  ];

describe('a closed-world writer', () => {
  it.each(written)('of $schema sends what it declares', ({ schema, sent, unsent }) => {
    const pair = pairOf(schema);
    for (const value of sent) expect([value, pair.writes('next', value, 'closed')]).toEqual([value, true]);
    for (const value of unsent) {
      expect([value, pair.accepts('next', value)]).toEqual([value, true]);
      expect([value, pair.writes('next', value, 'closed')]).toEqual([value, false]);
      expect([value, pair.writes('next', value, 'open')]).toEqual([value, true]);
    }
  });
});
