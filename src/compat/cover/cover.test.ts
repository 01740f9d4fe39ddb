import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { schema, value } from '../../../test/support/arbitrary.ts';
import { documentOf } from '../../../test/support/document.ts';
import type { Json } from '../../schema/json.ts';
import { prepare } from '../decide/decide.ts';
import { type Covering, coverOf } from './cover.ts';
import { asSent } from './sent.ts';

const coverings: readonly Covering[] = ['closedBackward', 'openBackward', 'forward'];
const cover = (older: Json, newer: Json) => coverings.filter(coverOf(documentOf(older), documentOf(newer), 'assert'));
const event = (
  properties: { readonly [name: string]: Json },
  more: { readonly [keyword: string]: Json } = {},
): Json => ({
  type: 'object',
  properties,
  ...more,
});
const text = { type: 'string' };

describe('a newer version answers for an older one', () => {
  test.each<[string, Json, Json, string]>([
    [
      'the words changed',
      event({ a: text }),
      event({ a: text }, { description: 'An event.' }),
      'closedBackward openBackward forward',
    ],
    ['a field came', event({ a: text }), event({ a: text, b: text }), 'closedBackward forward'],
    ['a field went', event({ a: text, b: text }), event({ a: text }), 'openBackward'],
    [
      'a field below came',
      event({ a: event({ b: text }) }),
      event({ a: event({ b: text, c: text }) }),
      'closedBackward forward',
    ],
    ['a field is required now', event({ a: text }), event({ a: text }, { required: ['a'] }), 'forward'],
    [
      'a field is wider',
      event({ a: { type: 'integer' } }),
      event({ a: { type: 'number' } }),
      'closedBackward openBackward',
    ],
    ['a field has another type', event({ a: text }), event({ a: { type: 'number' } }), ''],
    ['nothing is declared any more', event({ a: text }), event({}), 'closedBackward openBackward'],
    ['a field is declared where all was free', event({}), event({ a: true }), 'openBackward forward'],
    ['a tuple is longer', { prefixItems: [text] }, { prefixItems: [text, text] }, 'closedBackward forward'],
    [
      'a field may be null',
      event({ a: text }),
      event({ a: { anyOf: [text, { type: 'null' }] } }),
      'closedBackward openBackward',
    ],
    [
      'what is required is declared',
      { required: ['a'] },
      { required: ['a'], properties: { a: true } },
      'closedBackward openBackward forward',
    ],
  ])('%s', (_, older, newer, expected) => {
    expect(cover(older, newer).join(' ')).toBe(expected);
  });
});

describe('what is sent depends on the event', () => {
  const below = event({ c: text });
  test.each<[string, Json]>([
    ['where alternatives declare names', { anyOf: [event({ a: text }), event({ b: text })] }],
    ['where a name fits a pattern too', { properties: { ab: {} }, patternProperties: { '^a': below } }],
    ['where a name may fit two patterns', { patternProperties: { '^a': below, b$: event({ d: text }) } }],
    ['beside a reference', { $ref: '#/$defs/a', properties: { b: text }, $defs: { a: event({ a: text }) } }],
    ['where a place is ignored', event({ a: { 'x-compat': 'ignore' } })],
    ['where names are evaluated elsewhere', { ...(below as object), unevaluatedProperties: false }],
    ['where a further schema applies', { ...(below as object), dependentSchemas: { a: event({ b: text }) } }],
    ['where a reference leads out of the keywords', { $ref: '#/other', other: below }],
  ])('%s', (_, root) => {
    expect(asSent(documentOf(root))).toBeUndefined();
  });
});

test('words are no difference wherever they stand, values that look like words are', () => {
  const nested = (title: string): Json => ({
    anyOf: [event({ title: text, a: { items: { title, type: 'string' } } }), { $ref: '#/$defs/b' }],
    $defs: { b: { description: title, required: ['b'] } },
  });
  expect(cover(nested('One'), nested('Another'))).toEqual(coverings);
  expect(cover({ const: { title: 'One' } }, { const: { title: 'Another' } })).toEqual([]);
  const described: Json = event({ a: text, description: text });
  expect(cover({ anyOf: [described] }, { anyOf: [event({ a: text })] })).toEqual(['openBackward']);
});

test('what is sent is said exactly', () => {
  let said = 0;
  const one = fc.oneof(schema('object', 3), schema('array', 3), schema('reference', 3), schema('mixed', 3));
  const property = fc.property(one, fc.array(value, { minLength: 20, maxLength: 40 }), (root, values) => {
    const document = documentOf(root);
    const sent = asSent(document);
    if (sent === undefined) return;
    said += 1;
    const pair = prepare(document, sent);
    for (const each of values) {
      const own = pair.writes('previous', each, 'closed');
      if (own !== undefined) expect([each, pair.accepts('next', each)]).toEqual([each, own]);
    }
  });
  fc.assert(property, { numRuns: 1_500, seed: 11 });
  expect(said).toBeGreaterThan(300);
});
