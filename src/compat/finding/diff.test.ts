import { describe, expect, it } from 'vitest';
import { declaredDialect } from '../../schema/dialect.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import type { Change, Relation } from './change.ts';
import { defaultNotes } from './diff/note.ts';
import { diff } from './diff.ts';
import type { RuleId } from './ids.ts';
import { patternRelator } from './relate.ts';
import type { Row } from './row.ts';
import { catalogue } from './table.ts';

function documentOf(root: Json, bundle: SchemaDocument['bundle'] = new Map()): SchemaDocument {
  return { root, dialect: declaredDialect(root) ?? '2020-12', bundle };
}

function changes(previous: Json, next: Json, relation: Relation = 'unknown', bundle?: SchemaDocument['bundle']) {
  return diff(documentOf(previous, bundle), documentOf(next, bundle), {
    ...defaultNotes,
    ignore: [],
    relate: () => relation,
    relatePatterns: patternRelator(),
    limit: 1_000,
  });
}

const named = (found: readonly Change[]) => found.map(({ rule, next }) => `${rule} #${next}`);
const rules = (previous: Json, next: Json, relation?: Relation) =>
  changes(previous, next, relation).map(({ rule }) => rule);

/** How the engine relates the subschemas of the rows whose differ asks it; `not` turns around. */
function relationOf(id: RuleId, row: Row): Relation {
  if (id === 'NOT_NARROWED') return 'wider';
  if (id === 'NOT_WIDENED') return 'narrower';
  return (
    { narrows: 'narrower', widens: 'wider', none: 'equal', replaces: 'overlapping', undecided: 'unknown' } as const
  )[row.effect];
}

const rows = catalogue.flatMap(({ id, group, row }) =>
  row.example === undefined || group === 'verdict' ? [] : [{ id, row, example: row.example }],
);

describe('the example of each row', () => {
  it.each(rows)('$id is what the differ reports, at its place and alone', ({ id, row, example }) => {
    const found = changes(example.previous, example.next, relationOf(id, row));
    const own = found.filter(({ rule }) => rule === id);
    expect(own.map(({ previous, next }) => [previous, next].includes(example.at))).toEqual([true]);
    // a reference that points elsewhere is listed beside what that changes
    expect(found.length).toBe(id === 'REF_TARGET_CHANGED' ? 2 : 1);
  });

  it.each(rows)('$id mirrored is its mirror', ({ id, row, example }) => {
    if (typeof row.mirror !== 'string') return expect(row.mirror.none).not.toBe('');
    const turned = {
      narrower: 'wider',
      wider: 'narrower',
      equal: 'equal',
      overlapping: 'overlapping',
      unknown: 'unknown',
    } as const;
    expect(rules(example.next, example.previous, turned[relationOf(id, row)])).toContain(row.mirror);
  });

  it.each(rows)('$id compared with itself is nothing', ({ example }) => {
    expect(changes(example.next, example.next)).toEqual([]);
    expect(changes(example.previous, example.previous)).toEqual([]);
  });
});

describe('equal meaning is no edit', () => {
  const draft04 = 'http://json-schema.org/draft-04/schema#';
  const draft07 = 'http://json-schema.org/draft-07/schema#';
  const s = { type: 'string' };
  const equal: readonly (readonly [name: string, previous: Json, next: Json])[] = [
    ['a constant and a list of one', { const: 1 }, { enum: [1] }],
    ['a list in another order', { enum: ['a', 'b'] }, { enum: ['b', 'a'] }],
    ['a list whose type is stated', { enum: ['a'] }, { type: 'string', enum: ['a'] }],
    ['listed values the type excludes', { type: 'string', enum: ['a', 1] }, { const: 'a' }],
    ['types in another order', { type: ['string', 'null'] }, { type: ['null', 'string'] }],
    ['one type in a list', { type: 'string' }, { type: ['string'] }],
    ['number includes integer', { type: ['number', 'integer'] }, { type: 'number' }],
    ['whole numbers by step', { type: 'number', multipleOf: 1 }, { type: 'integer' }],
    ['required in another order', { required: ['a', 'b'] }, { required: ['b', 'a'] }],
    ['a single conjunct', { allOf: [s] }, s],
    ['a conjunct beside its schema', { type: 'string', allOf: [{ minLength: 1 }] }, { type: 'string', minLength: 1 }],
    [
      'properties spread over conjuncts',
      { properties: { a: s, b: s } },
      { allOf: [{ properties: { a: s } }, { properties: { b: s } }] },
    ],
    [
      'a reference and what it names',
      { properties: { a: { $ref: '#/$defs/s' } }, $defs: { s } },
      { properties: { a: s } },
    ],
    ['another name for a definition', { $ref: '#/$defs/s', $defs: { s } }, { $ref: '#/$defs/t', $defs: { t: s } }],
    ['a definition nobody uses', { $defs: { s } }, { $defs: { s: { type: 'integer' } } }],
    ['alternatives in another order', { anyOf: [s, { type: 'null' }] }, { anyOf: [{ type: 'null' }, s] }],
    ['constants as alternatives', { oneOf: [{ const: 'a', title: 'A' }, { const: 'b' }] }, { enum: ['a', 'b'] }],
    ['true and the empty schema', { properties: { a: true } }, { properties: { a: {} } }],
    ['a minimum for whole numbers', { type: 'integer', minimum: 1 }, { type: 'integer', exclusiveMinimum: 0 }],
    ['a limit that is none', { minLength: 0 }, {}],
    ['uniqueItems false', { uniqueItems: false }, {}],
    ['an if without then and else', { if: { const: 1 } }, {}],
    ['an unknown keyword', { propertiez: { a: s } }, {}],
    ['a bound another bound implies', { minimum: 5 }, { minimum: 5, exclusiveMinimum: 4 }],
  ];
  it.each(equal)('%s', (_, previous, next) => {
    expect(named(changes(previous, next))).toEqual([]);
    expect(named(changes(next, previous))).toEqual([]);
  });

  it('is spelt by the dialect', () => {
    const old = {
      $schema: draft04,
      properties: {
        a: { type: 'number', minimum: 0, exclusiveMinimum: true },
        b: { items: [s], additionalItems: false },
        c: { $ref: '#/definitions/c', minLength: 9 },
        d: { dependencies: { x: ['y'] } },
      },
      definitions: { c: s },
    };
    const now = {
      properties: {
        a: { type: 'number', exclusiveMinimum: 0 },
        b: { prefixItems: [s], items: false },
        c: { $ref: '#/$defs/c' },
        d: { dependentRequired: { x: ['y'] } },
      },
      $defs: { c: s },
    };
    expect(rules(old, now)).toEqual(['META_DIALECT_CHANGED']);
    expect(rules({ ...old, $schema: draft07 }, { ...old, $schema: draft07 })).toEqual([]);
  });
});

describe('near misses', () => {
  const misses: readonly (readonly [name: string, previous: Json, next: Json, found: readonly string[]])[] = [
    ['number to integer beside a step', { type: 'number', multipleOf: 2 }, { type: 'integer', multipleOf: 2 }, []],
    [
      'a list that loses and gains',
      { enum: ['a', 'b'] },
      { enum: ['b', 'c'] },
      ['ENUM_VALUE_REMOVED', 'ENUM_VALUE_ADDED'],
    ],
    ['a constant that becomes free', { const: 'a' }, { type: 'string' }, ['ENUM_REMOVED']],
    ['a constant of another type', { const: 1 }, { type: 'string' }, ['TYPE_REPLACED']],
    ['types that overlap', { type: ['string', 'null'] }, { type: ['string', 'integer'] }, ['TYPE_REPLACED']],
    [
      'limits of a type that went',
      { type: ['string', 'integer'], maxLength: 5 },
      { type: 'integer' },
      ['TYPE_NARROWED'],
    ],
    [
      'an optional property becomes forbidden',
      { properties: { a: {} } },
      { properties: { a: {}, b: false } },
      ['SCHEMA_NOW_FALSE'],
    ],
    [
      'a declared name is required inside an alternative',
      { properties: { a: {}, b: {} }, anyOf: [{ required: ['a'] }, { minProperties: 2 }] },
      { properties: { a: {}, b: {} }, anyOf: [{ required: ['a', 'b'] }, { minProperties: 2 }] },
      ['REQUIRED_ADDED'],
    ],
    [
      'a property that two alternatives declare',
      { anyOf: [{ properties: { a: {} } }] },
      { anyOf: [{ properties: { a: {}, b: {} } }] },
      ['PROPERTY_ADDED_OPTIONAL'],
    ],
    [
      'a tuple becomes a list',
      { prefixItems: [{ type: 'string' }] },
      { items: { type: 'string' } },
      ['TUPLE_POSITION_REMOVED', 'ITEMS_NARROWED'],
    ],
    [
      'a plain schema becomes one of two',
      { type: 'string' },
      { anyOf: [{ type: 'string' }, { type: 'null' }] },
      ['UNION_BRANCH_ADDED'],
    ],
    [
      'a condition keeps its if',
      { if: { required: ['a'] }, then: { required: ['b'] } },
      { if: { required: ['a'] }, then: { required: ['c'] } },
      ['REQUIRED_UNDECLARED_NAME', 'REQUIRED_REMOVED'],
    ],
    ['x-compat on one side only', { const: 1 }, { const: 2, 'x-compat': 'ignore' }, ['VERSION_MARKER_CHANGED']],
    [
      'a property called constructor',
      { properties: {} },
      { properties: { constructor: { type: 'string' } } },
      ['PROPERTY_ADDED_TO_FREE_FORM'],
    ],
  ];
  it.each(misses)('%s', (_, previous, next, found) => {
    expect(rules(previous, next)).toEqual(found);
  });
});

describe('alternatives', () => {
  const tagged = (tag: string, more: Json) => ({ properties: { kind: { const: tag }, v: more }, required: ['kind'] });
  it('are matched by their tag, wherever they stand', () => {
    const previous = { oneOf: [tagged('a', { type: 'number' }), tagged('b', { type: 'string' })] };
    const next = { oneOf: [tagged('b', { type: 'string' }), tagged('c', {}), tagged('a', { type: 'integer' })] };
    expect(named(changes(previous, next))).toEqual([
      'TYPE_NARROWED #/oneOf/2/properties/v/type',
      'UNION_BRANCH_ADDED #/oneOf/1',
    ]);
  });

  it('are matched by the name of what they refer to', () => {
    const union = (extra: Json) => ({
      oneOf: [{ $ref: '#/$defs/A' }, { $ref: '#/$defs/B' }],
      $defs: { A: { type: 'object', properties: { a: extra } }, B: { type: 'array' } },
    });
    expect(named(changes(union({ maxLength: 5 }), union({ maxLength: 4 })))).toEqual([
      'MAX_LENGTH_LOWERED #/$defs/A/properties/a/maxLength',
    ]);
  });
});

describe('one root cause is one finding', () => {
  const event = (money: Json) => ({
    properties: {
      net: { $ref: '#/$defs/money' },
      gross: { $ref: '#/$defs/money' },
      lines: { items: { $ref: '#/$defs/money' } },
    },
    $defs: { money },
  });
  it('a definition that changed is reported once, with its uses', () => {
    const before = { type: 'object', properties: { amount: { type: 'number' }, currency: { type: 'string' } } };
    const after = { type: 'object', properties: { amount: { type: 'integer' }, currency: { type: 'string' } } };
    const [only, ...more] = changes(event(before), event(after));
    expect(more).toEqual([]);
    expect(only).toMatchObject({
      rule: 'TYPE_NARROWED',
      instance: '/net/amount',
      uses: ['/gross/amount', '/lines/*/amount'],
    });
  });

  it('a duty the definition itself lost is reported once', () => {
    const money = { type: 'object', properties: { amount: {} } };
    const [only, ...more] = changes(event({ ...money, required: ['amount'] }), event(money));
    expect(more).toEqual([]);
    expect(only).toMatchObject({ rule: 'REQUIRED_REMOVED', uses: ['/gross/amount', '/lines/*/amount'] });
  });

  it('a recursive definition is reported once', () => {
    const list = (value: Json) => ({ properties: { value, next: { $ref: '#' } } });
    expect(named(changes(list({ type: 'string' }), list({ type: 'integer' })))).toEqual([
      'TYPE_REPLACED #/properties/value/type',
    ]);
  });

  it('a thousand removed values are one finding with a few of them', () => {
    const all = Array.from({ length: 1_000 }, (_, index) => `v${index}`);
    const [only, ...more] = changes({ enum: all }, { enum: ['v0', 'v1'] });
    expect(more).toEqual([]);
    expect(only).toMatchObject({ rule: 'ENUM_VALUE_REMOVED', params: { count: 998 } });
    expect(only!.params.values).toHaveLength(20);
  });
});

describe('renames', () => {
  const object = (names: Record<string, Json>, required: readonly string[] = []) => ({
    properties: { id: {}, ...names },
    required,
  });
  it('are one finding in the place of two', () => {
    expect(rules(object({ user_id: { type: 'string' } }), object({ userId: { type: 'string' } }))).toEqual([
      'PROPERTY_POSSIBLE_RENAME',
    ]);
  });
  it('pair what is most alike', () => {
    const found = changes(
      object({ first_name: { type: 'string' }, last_name: { type: 'string' } }),
      object({ lastName: { type: 'string' }, firstName: { type: 'string' } }),
    );
    expect(found.map(({ params }) => [params.previous, params.next])).toEqual([
      ['first_name', 'firstName'],
      ['last_name', 'lastName'],
    ]);
  });
  it('need the same shape and the same duty', () => {
    expect(rules(object({ a: { type: 'string' } }), object({ b: { type: 'integer' } }))).not.toContain(
      'PROPERTY_POSSIBLE_RENAME',
    );
    expect(rules(object({ a: { type: 'string' } }), object({ b: { type: 'string' } }, ['b']))).not.toContain(
      'PROPERTY_POSSIBLE_RENAME',
    );
  });
});

describe('references', () => {
  const v = (maximum: number) => documentOf({ type: 'integer', maximum });
  const bundle = new Map([
    ['herald://shop/money/1', v(5)],
    ['herald://shop/money/2', v(9)],
  ]);
  it('to another version of a subject say so, beside what that changes', () => {
    const use = (version: number) => ({ properties: { m: { $ref: `herald://shop/money/${version}` } } });
    const found = changes(use(1), use(2), 'unknown', bundle);
    expect(found.map(({ rule, params }) => [rule, params])).toEqual([
      ['REF_VERSION_BUMPED', { subject: 'herald://shop/money', previous: '1', next: '2' }],
      ['MAXIMUM_RAISED', { previous: 5, next: 9 }],
    ]);
  });
  it('that name nothing on both sides are the same unknown', () => {
    expect(rules({ $ref: 'urn:x' }, { $ref: 'urn:x' })).toEqual([]);
  });
});

describe('notes', () => {
  it('know the order of classifications', () => {
    const level = (name: string) => ({ 'x-classification': name });
    expect(rules(level('restricted'), level('public'))).toEqual(['META_CLASSIFICATION_LOWERED']);
    expect(rules({}, level('public'))).toEqual(['META_CLASSIFICATION_RAISED']);
    expect(rules(level('public'), {})).toEqual(['META_CLASSIFICATION_LOWERED']);
  });
  it('read the contract', () => {
    const contract = (stated: Json) => ({ 'x-contract': stated });
    expect(
      rules(
        contract({ producer: 'a', classification: 'internal' }),
        contract({ producer: 'b', classification: 'public' }),
      ),
    ).toEqual(['META_OWNER_CHANGED', 'META_CLASSIFICATION_LOWERED']);
  });
});

describe('the same words', () => {
  it('in another dialect may say something else', () => {
    const root = (dialect: string) => ({
      $schema: dialect,
      properties: { a: { prefixItems: [{ type: 'string' }], items: false } },
    });
    const [previous, next] = [
      'http://json-schema.org/draft-07/schema#',
      'https://json-schema.org/draft/2020-12/schema',
    ].map(root);
    const found = changes(previous ?? {}, next ?? {});
    expect(found.some(({ instance }) => instance.startsWith('/a'))).toBe(true);
  });

  it('in a document of the bundle refer to what that document holds', () => {
    const at = { $ref: '#/$defs/x' };
    const using = (type: string) => {
      const other = documentOf({ properties: { at }, $defs: { x: { type } } });
      const root = { properties: { a: { $ref: 'https://other.example/' } }, $defs: { x: {} } };
      return documentOf(root, new Map([['https://other.example/', other]]));
    };
    const options = { ...defaultNotes, ignore: [], relatePatterns: patternRelator(), limit: 10 };
    const found = diff(using('string'), using('number'), { ...options, relate: () => 'unknown' });
    expect(found.map(({ rule, instance }) => [rule, instance])).toEqual([['TYPE_REPLACED', '/a/at']]);
  });
});
