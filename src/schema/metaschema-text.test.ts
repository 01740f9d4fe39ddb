import { describe, expect, test } from 'vitest';
import type { Dialect } from './document.ts';
import type { Json } from './json.ts';
import { metaProblems } from './metaschema.ts';

function said(root: Json, dialect: Dialect = '2020-12'): readonly string[] {
  return metaProblems(root, dialect).map(({ pointer, message }) => `#${pointer} ${message}`);
}

const types = 'a type (null, boolean, object, array, number, string, integer) or a list of types without repetition';

/** A row is a mistake people make, and the one sentence that says which keyword, where, and what it takes. */
const mistakes: readonly (readonly [Json, Dialect, string])[] = [
  [
    { properties: { x: { minimum: '5' } } },
    '2020-12',
    '#/properties/x/minimum "minimum" must be a number, not a string',
  ],
  [
    { properties: { x: { minimum: '5' } } },
    'draft-04',
    '#/properties/x/minimum "minimum" must be a number, not a string',
  ],
  [{ items: { maxLength: -1 } }, 'draft-07', '#/items/maxLength "maxLength" must be 0 or more'],
  [{ minLength: 1.5 }, '2019-09', '#/minLength "minLength" must be a whole number, not a fraction'],
  [{ properties: { x: { type: 'strin' } } }, '2020-12', `#/properties/x/type "type" must be ${types}, not a string`],
  [
    { properties: { x: { type: ['string', 'string'] } } },
    'draft-07',
    `#/properties/x/type "type" must be ${types}, not a list with repetitions`,
  ],
  [{ properties: [] }, '2020-12', '#/properties "properties" must be an object, not an array'],
  [{ properties: { x: 'string' } }, '2020-12', '#/properties/x must be a schema: an object or a boolean, not a string'],
  [{ properties: { x: true } }, 'draft-04', '#/properties/x must be a schema, which is an object, not a boolean'],
  [{ not: null }, '2020-12', '#/not "not" must be a schema: an object or a boolean, not null'],
  [{ items: 5 }, 'draft-07', '#/items "items" must be a schema or a list of schemas, not a number'],
  [{ required: ['a', 1] }, '2020-12', '#/required/1 a member of "required" must be a string, not a number'],
  [{ type: [] }, '2020-12', `#/type "type" must be ${types}, not an empty list`],
  [
    { type: ['string', 'strin'] },
    '2020-12',
    '#/type/1 a member of "type" must be array or boolean or integer or null or number or object or string',
  ],
  [{ items: [] }, 'draft-07', '#/items "items" must be a schema or a list of schemas, not an empty list'],
  [{ multipleOf: 0 }, 'draft-04', '#/multipleOf "multipleOf" must be greater than 0'],
  [{ multipleOf: 0 }, '2020-12', '#/multipleOf "multipleOf" must be greater than 0'],
  [
    { dependencies: { a: 5 } },
    'draft-07',
    '#/dependencies/a "dependencies" must be a schema or a list of property names, not a number',
  ],
  [
    { dependencies: { a: ['b', 1] } },
    'draft-07',
    '#/dependencies/a/1 a member of "dependencies" must be a string, not a number',
  ],
  [{ $anchor: '0' }, '2020-12', '#/$anchor "$anchor" must match ^[A-Za-z_][-A-Za-z0-9._]*$'],
  [{ allOf: [] }, '2020-12', '#/allOf "allOf" must have at least 1 member'],
];

describe('a document that is no schema is refused with the keyword, the place and what it takes', () => {
  test.each(mistakes)('%j in %s', (root, dialect, sentence) => {
    expect(said(root, dialect)).toEqual([sentence]);
  });
});

describe('what another dialect writes that way is reported with what to write instead', () => {
  test('a boolean bound of draft-04', () => {
    expect(said({ minimum: 1, exclusiveMinimum: true })).toEqual([
      '#/exclusiveMinimum "exclusiveMinimum" must be a number, not a boolean: it was a boolean up to draft-04; write the bound itself, or state "$schema": "http://json-schema.org/draft-04/schema#"',
    ]);
  });

  test('a numeric bound in draft-04', () => {
    expect(said({ exclusiveMaximum: 5 }, 'draft-04')[0]).toContain(
      'has "exclusiveMaximum", which needs "maximum" beside it',
    );
    expect(said({ maximum: 5, exclusiveMaximum: 5 }, 'draft-04')[0]).toContain('it is a number since draft-06');
  });

  test('a required of draft-03', () => {
    expect(said({ properties: { x: { required: true } } })[0]).toMatch(
      /^#\/properties\/x\/required "required" must be an array, not a boolean: draft-03 wrote it in the property;/,
    );
  });

  test('a tuple of draft-07', () => {
    expect(said({ items: [{ type: 'string' }] })[0]).toContain('"prefixItems" since 2020-12');
    expect(said({ items: [{ type: 'string' }] }, 'draft-07')).toEqual([]);
  });
});

test('what stands there is never repeated: it may be an event posted by mistake', () => {
  const event = { type: 'citizen.moved', properties: { name: 'Ada Lovelace' }, required: 'secret' };
  expect(JSON.stringify(said(event))).not.toMatch(/Ada|citizen|secret/);
});
