import { describe, expect, it } from 'vitest';
import { declaredDialect } from '../../schema/dialect.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import type { Json, JsonObject } from '../../schema/json.ts';
import { compareDocuments } from '../compare.ts';
import type { CompareOptions } from '../report.ts';
import { conditionText } from './condition.ts';
import { catalogue } from './table.ts';

function findingsOf(previous: Json, next: Json, options: CompareOptions = { level: 'FULL' }) {
  const documentOf = (root: Json): SchemaDocument => {
    return { root, dialect: declaredDialect(root) ?? '2020-12', bundle: new Map() };
  };
  return compareDocuments(documentOf(previous), documentOf(next), options).findings;
}

const said = (previous: Json, next: Json) =>
  findingsOf(previous, next).map(({ rule, message }) => `${rule} ${message}`);

describe('what no value can tell apart', () => {
  it('is one finding', () => {
    const list = { type: 'array', minItems: 2, maxItems: 2 };
    const whole = { type: 'integer' };
    expect(said({ ...list, items: whole }, { ...list, prefixItems: [whole, whole] })).toEqual([
      'VALUE_SET_UNCHANGED The event: the same values are accepted as before.',
    ]);
    const [a, b] = [{ required: ['a'] }, { required: ['b'] }];
    expect(said({ allOf: [a, b] }, { required: ['a', 'b'] })).toEqual([]);
    expect(said({ required: ['a'] }, { minProperties: 1, required: ['a'] })).toEqual([
      'VALUE_SET_UNCHANGED The event: the same values are accepted as before.',
    ]);
  });

  it('leaves what is said of words and of equal patterns', () => {
    const rules = findingsOf(
      { pattern: '^[0-9]+$', maxLength: 9, title: 'a' },
      { pattern: '^\\d\\d*$', maxLength: 9, title: 'b' },
    ).map(({ rule }) => rule);
    expect(rules.sort()).toEqual(['META_TITLE_CHANGED', 'PATTERN_EQUIVALENT']);
  });
});

describe('a condition that is new', () => {
  const open = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: true };

  it('is named', () => {
    const next = { allOf: [open, { type: 'object', properties: { _deleted: { type: 'boolean' } } }] };
    expect(said({ allOf: [open] }, { allOf: [next] })).toEqual([
      'CONJUNCT_ADDED The event: a further condition must hold: "_deleted" must be boolean.',
    ]);
  });

  it.each<[Json, string | undefined]>([
    [{ required: ['a', 'b'] }, '"a" and "b" are required'],
    [{ anyOf: [{ required: ['a'] }, { required: ['b'] }] }, 'one of "a" and "b" is required'],
    [{ oneOf: [{ const: 1 }, { type: 'string' }] }, '(must be 1) or (must be string)'],
    [{ not: { const: 1 } }, 'must not satisfy: must be 1'],
    [{ minimum: 3 }, 'minimum 3 holds'],
    [{ properties: { a: { minimum: 3 } } }, '"a" has to satisfy: minimum 3 holds'],
    [{ type: 'object', properties: { a: { enum: [1, 2] } } }, '"a" must be one of 1 and 2'],
    [{ additionalProperties: false }, 'no further property is accepted'],
    [false, 'no value is accepted'],
    [true, undefined],
    [{ title: 'x' }, undefined],
  ])('%j reads %s', (schema, text) => {
    expect(conditionText(schema)).toBe(text);
  });
});

describe('alternatives of a union', () => {
  const card = (last4: Json) => ({ properties: { kind: { const: 'card' }, amount: last4 }, required: ['kind'] });
  const cash = (amount: Json) => ({ properties: { kind: { const: 'cash' }, amount }, required: ['kind'] });
  const union = (type: string) => ({ oneOf: [card({ type }), cash({ type })] });

  it('are named where the same is said of several', () => {
    expect(said(union('number'), union('integer'))).toEqual([
      'TYPE_NARROWED /amount (alternative "kind: card"): the type narrows from number to integer.',
      'TYPE_NARROWED /amount (alternative "kind: cash"): the type narrows from number to integer.',
    ]);
  });
});

describe('a property that every event must carry', () => {
  it('breaks readers that allow no other, and that is said', () => {
    const closed = (names: readonly string[]) => ({
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
      required: [...names],
      additionalProperties: false,
    });
    const reject = 'Readers of the previous version reject events that carry it.';
    expect(said(closed(['a']), closed(['a', 'b']))).toEqual([
      `PROPERTY_ADDED_REQUIRED /b: required property "b" is new; earlier events do not carry it. ${reject}`,
    ]);
    const open = (names: readonly string[]) => ({ ...closed(names), additionalProperties: true });
    expect(said(open(['a']), open(['a', 'b'])).join()).not.toContain(reject);
  });
});

describe('keywords of another dialect', () => {
  it('are named where something breaks', () => {
    const $schema = 'http://json-schema.org/draft-04/schema#';
    const next = { $schema, oneOf: [{ const: 'any' }, { const: 'natural' }] };
    expect(said({ $schema, enum: ['any', 'natural'] }, next).join('\n')).toMatch(
      /"const" is no keyword of draft-04 and constrains nothing\./,
    );
    expect(said({ const: 1 }, { const: 2 }).join()).not.toContain('no keyword');
  });
});

describe('examples', () => {
  const schema = (name: Json, error: Json, required: readonly string[] = []) => ({
    type: 'object',
    properties: { name, error, ...(required.includes('n') ? { n: { type: 'integer' } } : {}) },
    required: ['name', 'error', ...required],
  });
  const text = { type: 'string' };
  const event = (previous: Json, next: Json) => findingsOf(previous, next)[0]?.witness?.value;

  it('are shown in their own field and in no other', () => {
    const error = { ...text, examples: ['disk full'] };
    expect(event(schema(text, error), schema(text, error, ['n']))).toEqual({ name: 'text', error: 'disk full' });
    const name = { ...text, default: 'job 7' };
    expect(event(schema(name, error), schema(name, error, ['n']))).toEqual({ name: 'job 7', error: 'disk full' });
  });
});

describe('the sentence of each row', () => {
  const rows = catalogue.flatMap(({ id, row }) =>
    row.example === undefined ? [] : [{ id, row, example: row.example }],
  );

  /** A row is a param that the sentence says in other words: how many there are where it lists them, a step of 1. */
  const inWords = new Set(['count', 'INTEGER_NOW_REQUIRED next', 'INTEGER_RELAXED previous', 'TYPE_LEVEL_BREAK cause']);

  /** Words that stand for a value in params. */
  function shown(value: Json): string {
    return typeof value === 'string' ? value : JSON.stringify(value);
  }

  it.each(rows)('$id names the place and the values', ({ id, example }) => {
    const { level = 'FULL', ignore = [] } = example;
    const [finding] = findingsOf(example.previous, example.next, { level, ignore }).filter(({ rule }) => rule === id);
    const { message, params } = finding ?? { message: '', params: {} };
    expect(message).toMatch(/^(The event|\/[^:]*?)( \(alternative [^)]*\))?: .*\.$/s);
    expect(message).not.toMatch(/undefined|NaN|\[object|from none to none/);
    for (const [name, value] of Object.entries(params)) {
      if (typeof value !== 'string' && typeof value !== 'number') continue;
      if (inWords.has(name) || inWords.has(`${id} ${name}`)) continue;
      expect([name, value, message.replaceAll('\\\\', '\\').includes(shown(value))]).toEqual([name, value, true]);
    }
  });

  /** A row is a finding that two schemas alone do not bring, with the params it comes with and what it then says. */
  const unshown: Readonly<Record<string, readonly [params: JsonObject, sentence: string]>> = {
    PROPERTY_TYPE_REINTRODUCED: [
      { property: 'total' },
      '/total: property "total" comes back; an earlier version used the name for other values.',
    ],
    REF_VERSION_BUMPED: [
      { subject: 'money.v1', previous: 1, next: 2 },
      '/total: refers to version 2 of "money.v1" now; it was 1.',
    ],
    VALUES_REJECTED: [
      { keyword: 'oneOf', detail: 'two alternatives match' },
      '/total: values the writer may send are rejected by oneOf: two alternatives match.',
    ],
  };
  const undecided: readonly [JsonObject, string] = [
    { detail: 'the search took 200,000 steps' },
    '/total: not decided: the search took 200,000 steps',
  ];

  it.each(catalogue.filter(({ row }) => row.example === undefined))('$id says its reason', ({ id, row }) => {
    const [params, sentence] = id.startsWith('UNDECIDED_') ? undecided : unshown[id]!;
    expect(row.message(params, '/total')).toBe(sentence);
    expect(row.unshown).toBeDefined();
  });
});
