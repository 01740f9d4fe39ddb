import { describe, expect, it } from 'vitest';
import { declaredDialect } from '../../schema/dialect.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import { compareDocuments } from '../compare.ts';
import type { CompareOptions, Patch } from '../report.ts';
import { applyPatch, combined } from './patch.ts';

function documentOf(root: Json): SchemaDocument {
  return { root, dialect: declaredDialect(root) ?? '2020-12', bundle: new Map() };
}

function compare(previous: Json, next: Json, options: CompareOptions = {}) {
  return compareDocuments(documentOf(previous), documentOf(next), options);
}

function frozen<V extends object>(value: V): V {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) frozen(part);
  return Object.freeze(value);
}

describe('a patch', () => {
  const root = { list: [1, 2, 3], object: { a: { b: 1 } }, 'x/y': 0 };
  const patched: readonly (readonly [name: string, patch: Patch, result: Json | undefined])[] = [
    ['adds a member', [{ op: 'add', path: '/object/c', value: 2 }], { ...root, object: { a: { b: 1 }, c: 2 } }],
    ['inserts an item', [{ op: 'add', path: '/list/1', value: 9 }], { ...root, list: [1, 9, 2, 3] }],
    ['appends an item', [{ op: 'add', path: '/list/-', value: 9 }], { ...root, list: [1, 2, 3, 9] }],
    ['removes an item', [{ op: 'remove', path: '/list/0' }], { ...root, list: [2, 3] }],
    [
      'replaces deep inside',
      [{ op: 'replace', path: '/object/a/b', value: null }],
      { ...root, object: { a: { b: null } } },
    ],
    ['unescapes its path', [{ op: 'replace', path: '/x~1y', value: 1 }], { ...root, 'x/y': 1 }],
    ['replaces the whole', [{ op: 'replace', path: '', value: true }], true],
    ['fails on a missing member', [{ op: 'remove', path: '/nothing' }], undefined],
    ['fails on a missing parent', [{ op: 'add', path: '/nothing/a', value: 1 }], undefined],
    ['fails past the end', [{ op: 'add', path: '/list/4', value: 1 }], undefined],
    ['does not see what objects inherit', [{ op: 'remove', path: '/toString' }], undefined],
  ];
  it.each(patched)('%s', (_, patch, result) => {
    const before = JSON.stringify(root);
    expect(applyPatch(root, patch)).toEqual(result);
    expect(JSON.stringify(root)).toBe(before);
  });

  it('sets a member called __proto__ as a member', () => {
    const result = applyPatch({}, [{ op: 'add', path: '/__proto__', value: { a: 1 } }]);
    expect(JSON.stringify(result)).toBe('{"__proto__":{"a":1}}');
  });

  it('joins others without moving an index under them', () => {
    const both = combined([
      [{ op: 'remove', path: '/list/0' }],
      [{ op: 'remove', path: '/list/2' }],
      [{ op: 'remove', path: '/list/0' }],
    ]);
    expect(applyPatch(root, both)).toEqual({ ...root, list: [2] });
  });

  it('leaves what it is given as it was, and takes over what no operation works on', () => {
    const given = frozen({ inner: { list: [1] } });
    const root = frozen({ a: { b: [{ c: 1 }] }, kept: { d: 1 } });
    const result = applyPatch(root, [
      { op: 'replace', path: '/a/b/0/c', value: given },
      { op: 'add', path: '/a/b/0/c/inner/list/-', value: 2 },
      { op: 'remove', path: '/a/b/0/c/inner/list/0' },
      { op: 'add', path: '/a/e', value: given },
    ]);
    expect(result).toEqual({ a: { b: [{ c: { inner: { list: [2] } } }], e: given }, kept: root.kept });
    expect(given.inner.list).toEqual([1]);
    expect(Object(result).kept).toBe(root.kept);
  });

  it('joins others that set the same member or one above it', () => {
    const set = (path: string, value: Json): Patch => [{ op: 'add', path, value }];
    const names = combined([set('/required', ['a']), set('/required', ['b'])]);
    expect(applyPatch({}, names)).toEqual({ required: ['a', 'b'] });
    const above = [[{ op: 'remove', path: '/object/a/b' }], set('/object/a', 1)] satisfies readonly Patch[];
    expect(applyPatch(root, combined(above))).toEqual(applyPatch(root, combined(above.toReversed())));
  });
});

describe('a fix', () => {
  const s = { type: 'string' };
  const object = (properties: Json, more: Readonly<Record<string, Json>> = {}) => ({
    type: 'object',
    properties,
    ...more,
  });
  const cases: readonly (readonly [
    name: string,
    previous: Json,
    next: Json,
    title: string,
    options?: CompareOptions,
  ])[] = [
    [
      'makes a new property optional',
      object({ a: s }),
      object({ a: s, b: s }, { required: ['b'] }),
      'Make "b" optional',
    ],
    [
      'keeps a value',
      { enum: ['a', 'b'] },
      { enum: ['b', 'c'] },
      'Keep the values that were allowed',
      { level: 'BACKWARD' },
    ],
    ['keeps a removed property', object({ a: s, b: s }, { required: ['b'] }), object({ a: s }), 'Keep property "b"'],
    ['accepts both constants', { const: 1 }, { const: 2 }, 'Accept both values', { level: 'BACKWARD' }],
    ['accepts both types', s, { type: 'integer' }, 'Accept both types', { level: 'BACKWARD' }],
    [
      'accepts either name',
      object({ id: {}, mail: s }, { required: ['mail'] }),
      object({ id: {}, email: s }, { required: ['email'] }),
      'Accept either "mail" or "email"',
      { level: 'BACKWARD' },
    ],
    [
      'keeps both names',
      object({ id: {}, mail: s }, { required: ['mail'] }),
      object({ id: {}, email: s }, { required: ['email'] }),
      'Keep "mail" beside "email"',
    ],
    ['takes a bound back', { minimum: 1 }, { minimum: 2 }, 'Take the edit back'],
    [
      'takes a keyword back that changed its name',
      { type: 'number', minimum: 1 },
      { type: 'number', exclusiveMinimum: 1 },
      'Take the edit back',
    ],
    ['keeps an alternative', { oneOf: [s, { type: 'null' }] }, { oneOf: [s] }, 'Keep the alternative'],
    ['takes an alternative back', { oneOf: [s] }, { oneOf: [s, { type: 'null' }] }, 'Take the edit back'],
    [
      'opens an object again',
      object({ a: s }),
      object({ a: s }, { additionalProperties: false }),
      'Take the edit back',
      { world: 'open' },
    ],
  ];

  const named = cases.map(([name, previous, next, title, options = {}]) => ({ name, previous, next, title, options }));
  it.each(named)('$name, and the comparison is compatible then', ({ previous, next, title, options }) => {
    const { findings } = compare(previous, next, options);
    const offered = findings.flatMap(({ fixes = [] }) => fixes);
    const fix = offered.find((each) => each.title === title);
    expect(offered.map((each) => each.title)).toContain(title);
    const mended = applyPatch(next, fix!.patch);
    expect(compare(previous, mended!, options).verdict).toBe('compatible');
  });

  it('is not offered where it would not do', () => {
    // optional is not enough for old readers that reject what they do not know
    const closed = { additionalProperties: false };
    const { findings } = compare(object({ a: s }, closed), object({ a: s, b: s }, { ...closed, required: ['b'] }));
    expect(findings.flatMap(({ fixes = [] }) => fixes.map(({ title }) => title))).toEqual(['Take the edit back']);
  });

  it('mends its own finding where several break, and all together mend the whole', () => {
    const previous = object({ a: { type: 'number' }, b: s, c: s });
    const next = object({ a: { type: 'integer' }, b: s, c: s }, { required: ['b', 'c'] });
    const { findings } = compare(previous, next);
    const errors = findings.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ rule }) => rule)).toEqual(
      ['TYPE_NARROWED', 'REQUIRED_ADDED', 'REQUIRED_ADDED'].sort((l, r) => (l < r ? 1 : -1)),
    );
    const mended = applyPatch(next, combined(errors.map(({ fixes }) => fixes![0]!.patch)));
    expect(compare(previous, mended!).verdict).toBe('compatible');
  });

  it('is found where two names have to come back into one list', () => {
    const { findings } = compare(object({ a: s, b: s }, { required: ['a', 'b'] }), object({ a: s, b: s }));
    expect(findings.map(({ fixes }) => fixes?.map(({ title }) => title))).toEqual([
      ['Keep "a" required'],
      ['Keep "b" required'],
    ]);
  });

  it('is offered for breaks only', () => {
    const { findings } = compare({ enum: ['a'] }, { enum: ['a', 'b'] }, { level: 'BACKWARD' });
    expect(findings.flatMap(({ fixes = [] }) => fixes)).toEqual([]);
  });
});

describe('the change', () => {
  const label = (previous: Json, next: Json, options: CompareOptions = {}) => compare(previous, next, options).change;
  it('is none for the same text in another order', () => {
    expect(label({ type: 'string', title: 'A' }, { title: 'A', type: 'string' })).toBe('none');
  });
  it('is a patch where the accepted values stay the same', () => {
    expect(label({ title: 'A' }, { title: 'B' })).toBe('patch');
    expect(label({ const: 1 }, { enum: [1] })).toBe('patch');
    expect(label({ 'x-note': 1 }, { 'x-note': 2 })).toBe('patch');
  });
  it('is minor where they change compatibly', () => {
    expect(label({ enum: ['a'] }, { enum: ['a', 'b'] }, { level: 'BACKWARD' })).toBe('minor');
  });
  it('is major where they do not, or where nobody knows', () => {
    expect(label({ enum: ['a'] }, { enum: ['a', 'b'] })).toBe('major');
    expect(label({}, { $ref: 'urn:unknown' })).toBe('major');
  });
});

describe('what is said of a fix is what was shown', () => {
  const mended = (previous: Json, next: Json, patch: Patch) =>
    compare(previous, applyPatch(next, patch) ?? null).verdict;

  it('alone, it makes the whole compatible', () => {
    const [previous, next] = [{ enum: ['a', 'b'] }, { enum: ['a'] }];
    const fixes = compare(previous, next).findings.flatMap(({ fixes: each = [] }) => each);
    expect(fixes.map(({ tried }) => tried)).toContain('alone');
    for (const { patch } of fixes) expect(mended(previous, next, patch)).toBe('compatible');
  });

  it('with others that break too, it was tried with those taken back, and does not suffice by itself', () => {
    const previous = { properties: { a: { enum: ['x', 'y'] }, b: { type: 'string' } } };
    const next = { properties: { a: { enum: ['x'] }, b: { type: 'integer' } } };
    const fixes = compare(previous, next).findings.flatMap(({ fixes: each = [] }) => each);
    expect(new Set(fixes.map(({ tried }) => tried))).toEqual(new Set(['with-others']));
    for (const { patch } of fixes) expect(mended(previous, next, patch)).toBe('incompatible');
  });
});

describe('the type-level note', () => {
  const rules = (previous: Json, next: Json, options: CompareOptions) =>
    compare(previous, next, options).findings.map(({ rule, severity }) => `${rule} ${severity}`);
  it('stands beside an edit that is safe on the wire', () => {
    expect(
      rules({ oneOf: [{ type: 'string' }] }, { oneOf: [{ type: 'string' }, { type: 'null' }] }, { level: 'BACKWARD' }),
    ).toEqual(['TYPE_LEVEL_BREAK info', 'UNION_BRANCH_ADDED info']);
  });
  it.each<[Json, Json, string]>([
    [{ properties: { a: { type: 'string' } } }, { properties: { a: { type: ['string', 'null'] } } }, 'TYPE_WIDENED'],
    [{ items: { type: 'string' } }, { items: true }, 'ITEMS_WIDENED'],
    [{ enum: ['a'] }, { enum: ['a', 'b'] }, 'ENUM_VALUE_ADDED'],
    [{ properties: { a: true }, required: ['a'] }, { properties: { a: true } }, 'REQUIRED_REMOVED'],
  ])('%j to %j names what the compiler will say', (previous, next, cause) => {
    const notes = compare(previous, next, { level: 'BACKWARD' }).findings.filter(
      ({ rule }) => rule === 'TYPE_LEVEL_BREAK',
    );
    expect(notes.map(({ params }) => params.cause)).toEqual([cause]);
  });
  it('is silent where the edit breaks anyway', () => {
    expect(rules({ type: 'string' }, { type: ['string', 'null'] }, { level: 'FULL' })).toEqual(['TYPE_WIDENED error']);
  });
});

describe('a fingerprint', () => {
  const of = (previous: Json, next: Json) => compare(previous, next).findings.map(({ fingerprint }) => fingerprint);
  it('stays when the schema is reordered or a definition moves', () => {
    const plain = { properties: { a: { type: 'string' } } };
    const moved = { $defs: { a: { type: 'integer' } }, properties: { a: { $ref: '#/$defs/a' } } };
    expect(of(plain, moved)).toEqual(of(plain, { properties: { a: { type: 'integer' } } }));
  });
  it('differs with place and values', () => {
    expect(of({ minimum: 1 }, { minimum: 2 })).not.toEqual(of({ minimum: 1 }, { minimum: 3 }));
    expect(
      of({ type: 'object', properties: { a: { minimum: 1 } } }, { type: 'object', properties: { a: { minimum: 2 } } }),
    ).not.toEqual(of({ minimum: 1 }, { minimum: 2 }));
  });
});
