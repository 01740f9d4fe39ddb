import { describe, expect, it } from 'vitest';
import type { Dialect, SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import { type DecideOptions, prepare } from './decide.ts';

function document(root: Json, dialect: Dialect = '2020-12'): SchemaDocument {
  return { root, dialect, bundle: new Map() };
}

function backward(previous: Json, next: Json, options: DecideOptions = {}) {
  return prepare(document(previous), document(next), options).decide('backward', 'open');
}

describe('numbers', () => {
  it.each<[Json, Json]>([
    [{ type: 'integer', minimum: 1 }, { exclusiveMinimum: 0.5 }],
    [{ multipleOf: 6 }, { multipleOf: 4, anyOf: [] }],
    [{ type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 3 }, { enum: [1, 2] }],
    [{ type: 'number', multipleOf: 0.5, minimum: 0, maximum: 1 }, { enum: [0, 0.5, 1] }],
  ])('%j within %j', (previous, next) => {
    const isWithin = !JSON.stringify(next).includes('anyOf');
    expect(backward(previous, next).verdict).toBe(isWithin ? 'compatible' : 'incompatible');
  });

  it('avoids steps over whole periods', () => {
    expect(backward({ type: 'integer', not: { multipleOf: 2 } }, { not: { multipleOf: 4 } }).verdict).toBe(
      'compatible',
    );
    expect(backward({ type: 'integer', not: { multipleOf: 4 } }, { not: { multipleOf: 2 } }).witness?.value).toBe(2);
    expect(backward({ multipleOf: 3 }, { anyOf: [{ multipleOf: 2 }, { not: { multipleOf: 2 } }] }).verdict).toBe(
      'compatible',
    );
  });
});

describe('objects', () => {
  it('counts what is left', () => {
    const closed = { type: 'object', properties: { a: true, b: true }, additionalProperties: false, minProperties: 2 };
    expect(backward(closed, { required: ['a', 'b'] }).verdict).toBe('compatible');
    expect(backward({ ...closed, minProperties: 1 }, { required: ['a', 'b'] }).verdict).toBe('incompatible');
  });

  it('finds names among overlapping patterns', () => {
    const overlapping = { type: 'object', patternProperties: { '^a': { type: 'string' }, b$: { type: 'integer' } } };
    expect(backward(overlapping, { patternProperties: { '^a.*b$': false } }).verdict).toBe('compatible');
    expect(backward(overlapping, { patternProperties: { '^a': { maxLength: 3 } } }).witness?.value).toEqual({
      a: expect.any(String),
    });
  });

  it('takes a property called __proto__ for a name like any other', () => {
    const named = JSON.parse('{"type":"object","required":["__proto__"],"properties":{"__proto__":{"type":"string"}}}');
    const witness = backward(named, JSON.parse('{"properties":{"__proto__":{"type":"integer"}}}')).witness
      ?.value as object;
    expect(Object.hasOwn(witness, '__proto__')).toBe(true);
  });
});

describe('arrays', () => {
  it.each<[string, Json, Json, 'compatible' | 'incompatible']>([
    ['pigeons', { items: { enum: [1, 2] }, uniqueItems: true }, { maxItems: 2 }, 'compatible'],
    ['one pigeon more', { items: { enum: [1, 2, 3] }, uniqueItems: true }, { maxItems: 2 }, 'incompatible'],
    [
      'unequal domains',
      { prefixItems: [{ enum: [1] }, { enum: [1, 2] }, { enum: [1, 2] }], items: false, minItems: 3 },
      { uniqueItems: true },
      'incompatible',
    ],
    [
      'a matching that needs a detour',
      { prefixItems: [{ enum: [1, 2] }, { enum: [1] }, { enum: [1, 2, 3] }], uniqueItems: true },
      { maxItems: 2 },
      'incompatible',
    ],
    [
      'a matching that must fail',
      { prefixItems: [{ enum: [1, 2] }, { enum: [1, 2] }, { enum: [1, 2] }], uniqueItems: true },
      { type: ['object', 'string', 'number', 'boolean', 'null', 'array'], maxItems: 2 },
      'compatible',
    ],
    [
      'two demands on one item',
      { contains: { minimum: 1 }, maxItems: 1, allOf: [{ contains: { maximum: 2, type: 'number' } }] },
      { contains: { minimum: 1, maximum: 2 } },
      'compatible',
    ],
    [
      'two demands on two items',
      { contains: { type: 'number', minimum: 5 }, allOf: [{ contains: { type: 'number', maximum: 2 } }] },
      { minItems: 2 },
      'compatible',
    ],
    [
      'a limit that the items exceed',
      { items: { type: 'integer' }, contains: { type: 'number' }, maxContains: 2 },
      { maxItems: 2 },
      'compatible',
    ],
    ['repetition', { items: { const: 1 }, minItems: 2 }, { not: { uniqueItems: true } }, 'compatible'],
  ])('%s', (_, previous, next, verdict) => {
    expect(backward({ type: 'array', ...(previous as object) }, next).verdict).toBe(verdict);
  });
});

describe('an answer that cannot be given', () => {
  // two of each three names: more than counting alternatives without a name in common can see
  const hard = {
    type: 'object',
    maxProperties: 5,
    allOf: [0, 1, 2].flatMap((n) =>
      ['ab', 'bc', 'ca'].map((pair) => ({ anyOf: [...pair].map((letter) => ({ required: [`${letter}${n}`] })) })),
    ),
  };

  it('is undecided when the budget ends, at the same step every time', () => {
    const first = backward(hard, false, { budget: 20 });
    expect(first.verdict).toBe('undecided');
    expect(first.undecided?.[0]?.reason).toBe('budget');
    expect(backward(hard, false, { budget: 20 })).toEqual(first);
    expect(backward(hard, false).verdict).toBe('compatible');
  });

  it('is undecided when the validators disagree, after asking for other values', () => {
    const asked: Json[] = [];
    const confirm = (_w: SchemaDocument, _r: SchemaDocument, value: Json) => {
      asked.push(value);
      return 'disagrees' as const;
    };
    const report = backward({ type: 'integer' }, { maximum: 3 }, { confirm });
    expect(report.undecided?.[0]?.reason).toBe('validators-disagree');
    expect(new Set(asked).size).toBe(3);
  });

  it('is undecided, never compatible, when something breaks inside', () => {
    const confirm = () => {
      throw new TypeError('a bug');
    };
    expect(backward({ type: 'integer' }, { maximum: 3 }, { confirm })).toMatchObject({
      verdict: 'undecided',
      undecided: [{ reason: 'internal', detail: 'a bug' }],
    });
  });

  it('is undecided across an unresolved reference, unless both sides have the same', () => {
    const elsewhere = { $ref: 'https://x.org/elsewhere' };
    expect(backward(elsewhere, elsewhere).verdict).toBe('compatible');
    expect(backward(elsewhere, { type: 'string' }).undecided?.[0]?.reason).toBe('external-ref');
    expect(backward({ type: 'string', maxLength: 2 }, { anyOf: [elsewhere, { maxLength: 3 }] }).verdict).toBe(
      'compatible',
    );
  });
});

describe('ignored places', () => {
  const versioned = (version: number): Json => ({
    properties: { version: { const: version }, a: { type: 'string' } },
    required: ['version'],
  });

  it('are true on both sides, by pointer or by keyword', () => {
    expect(backward(versioned(1), versioned(2)).verdict).toBe('incompatible');
    expect(backward(versioned(1), versioned(2), { ignore: ['/properties/version'] }).verdict).toBe('compatible');
    const marked = JSON.parse(JSON.stringify(versioned(2)).replace('"const"', '"x-compat":"ignore","const"'));
    expect(backward(versioned(1), marked).verdict).toBe('compatible');
  });
});
