/** Random schemas over a world so small that random values fall between them. */
import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/schema/json.ts';

export const names = ['a', 'b', 'c', 'ab', 'x-1'];
const words = ['', 'a', 'b', 'ab', 'ba', 'abc', '1', 'x-1', 'A', '😀'];
const numbers = [-1, 0, 0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 6];
const patterns = ['^a', 'b$', '^x-', 'a', '^[ab]*$', '^.{2}$', '^$', '^(?!a)', '\\d', '^[a-c]+$'];
const types = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'];

const scalar = fc.oneof(fc.constantFrom(null, true, false), fc.constantFrom(...numbers), fc.constantFrom(...words));

export const value: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 4 }),
  ),
})).value;

export type Family =
  | 'names'
  | 'number'
  | 'string'
  | 'enum'
  | 'object'
  | 'array'
  | 'composition'
  | 'unevaluated'
  | 'reference';
export const families: readonly Family[] = [
  'names',
  'number',
  'string',
  'enum',
  'object',
  'array',
  'composition',
  'unevaluated',
  'reference',
];

/** Constrains little and declares much: what tells the closed world from the open one. */
const declaring: fc.Arbitrary<Json> = fc.oneof(
  fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 2 }).map((declared) => ({
    properties: Object.fromEntries(declared.map((name) => [name, true])),
  })),
  fc.constantFrom(...names).map((name) => ({ not: { type: 'object', required: [name] } })),
  fc.constantFrom(...patterns).map((source) => ({ patternProperties: { [source]: {} } })),
  fc.constantFrom(...names).map((name) => ({ type: 'object', required: [name] })),
  fc.constantFrom<Json>(true, {}, { additionalProperties: true }, { type: 'object' }),
);

const someMember = fc.constantFrom('a', 'b', 'c');
const declaresOne = someMember.map((name): Json => ({ properties: { [name]: true } }));
const forbidsOne = someMember.map((name): Json => ({ not: { type: 'object', required: [name] } }));

/** A writer that declares members below its names, and a reader that forbids one of them there. */
export const declarations: fc.Arbitrary<readonly [Json, Json]> = fc.tuple(
  holding(declaresOne).map((writer): Json => ({ type: 'object', ...writer })),
  holding(forbidsOne),
);

function holding(part: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> {
  const keywords = {
    properties: fc.dictionary(fc.constantFrom(...names), part, { minKeys: 1, maxKeys: 2 }),
    patternProperties: fc.dictionary(fc.constantFrom(...patterns), part, { minKeys: 1, maxKeys: 2 }),
    additionalProperties: part,
    anyOf: fc.array(
      fc.record({ properties: fc.dictionary(fc.constantFrom(...names), part, { minKeys: 1, maxKeys: 1 }) }),
      { minLength: 1, maxLength: 2 },
    ),
  };
  return fc.record(keywords, { requiredKeys: [] });
}

type Keywords = Record<string, fc.Arbitrary<Json>>;

const count = fc.integer({ min: 0, max: 3 });
const someNames = fc.uniqueArray(fc.constantFrom(...names), { maxLength: 2 });

function keywordsOf(family: Family, sub: fc.Arbitrary<Json>): Keywords {
  const number = fc.constantFrom(...numbers);
  const list = fc.array(sub, { minLength: 1, maxLength: 3 });
  const map = fc.dictionary(fc.constantFrom(...names), sub, { maxKeys: 3 });
  const type = fc.oneof(
    fc.constantFrom(...types),
    fc.uniqueArray(fc.constantFrom(...types), { minLength: 1, maxLength: 3 }),
  );
  switch (family) {
    case 'names': {
      const parts = fc.oneof({ weight: 3, arbitrary: declaring }, { weight: 1, arbitrary: sub });
      const held = fc.dictionary(fc.constantFrom(...names), parts, { maxKeys: 2 });
      return {
        properties: held,
        patternProperties: fc.dictionary(fc.constantFrom(...patterns), parts, { maxKeys: 2 }),
        additionalProperties: parts,
        prefixItems: fc.array(parts, { minLength: 1, maxLength: 3 }),
        items: parts,
        anyOf: fc.array(parts, { minLength: 1, maxLength: 3 }),
        if: parts,
        then: parts,
        required: someNames,
        type: fc.constantFrom('object', 'object', 'array'),
      };
    }
    case 'number': {
      const divisor = fc.constantFrom(0.25, 0.5, 1, 1.5, 2, 3);
      return {
        minimum: number,
        maximum: number,
        exclusiveMinimum: number,
        exclusiveMaximum: number,
        multipleOf: divisor,
      };
    }
    case 'string':
      return { minLength: count, maxLength: count, pattern: fc.constantFrom(...patterns) };
    case 'enum':
      return { enum: fc.array(value, { minLength: 1, maxLength: 4 }), const: value, type };
    case 'object':
      return {
        properties: map,
        patternProperties: fc.dictionary(fc.constantFrom(...patterns), sub, { maxKeys: 2 }),
        additionalProperties: sub,
        propertyNames: fc.oneof(sub, fc.record({ pattern: fc.constantFrom(...patterns) })),
        required: someNames,
        minProperties: count,
        maxProperties: count,
        dependentRequired: fc.dictionary(fc.constantFrom(...names), someNames, { maxKeys: 2 }),
        dependentSchemas: fc.dictionary(fc.constantFrom(...names), sub, { maxKeys: 1 }),
        type: fc.constant('object'),
      };
    case 'array':
      return {
        items: sub,
        prefixItems: list,
        contains: sub,
        minContains: count,
        maxContains: count,
        minItems: count,
        maxItems: count,
        uniqueItems: fc.boolean(),
        type: fc.constant('array'),
      };
    case 'composition':
      return { allOf: list, anyOf: list, oneOf: list, not: sub, if: sub, then: sub, else: sub, type };
    case 'unevaluated':
      return {
        properties: map,
        prefixItems: list,
        contains: sub,
        anyOf: list,
        allOf: list,
        if: sub,
        then: sub,
        unevaluatedProperties: fc.oneof(fc.constant(false), sub),
        unevaluatedItems: fc.oneof(fc.constant(false), sub),
      };
    case 'reference':
      return { $ref: fc.constantFrom('#/$defs/a', '#/$defs/b'), properties: map, items: sub, anyOf: list, type };
  }
}

function schemaOf(family: Family, sub: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> {
  const keywords = keywordsOf(family, sub);
  const keyword = fc.constantFrom(...Object.keys(keywords));
  const entry = keyword.chain((name) => fc.tuple(fc.constant(name), keywords[name] as fc.Arbitrary<Json>));
  return fc
    .array(entry, { minLength: 1, maxLength: family === 'enum' ? 1 : 4 })
    .map((entries) => Object.fromEntries(entries));
}

/** Schemas whose outermost keywords are of `family`, with any below. */
export function schema(family: Family | 'mixed', depth = 2): fc.Arbitrary<Json> {
  const leaf = fc.oneof(
    { weight: 1, arbitrary: fc.boolean() as fc.Arbitrary<Json> },
    { weight: 3, arbitrary: fc.constantFrom(...types).map((type): Json => ({ type })) },
    {
      weight: 3,
      arbitrary: fc.constantFrom<Family>('number', 'string', 'enum').chain((each) => schemaOf(each, fc.constant(true))),
    },
  );
  const kinds = families.filter((each) => each !== 'reference' && each !== 'unevaluated');
  let sub: fc.Arbitrary<Json> = leaf;
  for (let level = 1; level < depth; level++) {
    const below = sub;
    sub = fc.oneof(
      { weight: 2, arbitrary: leaf },
      { weight: 3, arbitrary: fc.constantFrom(...kinds).chain((each) => schemaOf(each, below)) },
    );
  }
  if (family === 'mixed') return fc.constantFrom(...families).chain((each) => withDefinitions(each, sub));
  return withDefinitions(family, sub);
}

/** References go through a child, so that no schema leads back to itself in place. */
function withDefinitions(family: Family, sub: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  const root = schemaOf(family, sub);
  if (family !== 'reference') return root;
  const reference = fc.constantFrom('#', '#/$defs/a', '#/$defs/b').map(($ref): Json => ({ $ref }));
  const below = fc.oneof({ weight: 2, arbitrary: sub }, { weight: 1, arbitrary: reference });
  const definition = fc.oneof(
    sub,
    fc.record({ properties: fc.dictionary(fc.constantFrom('a', 'b'), below, { maxKeys: 2 }) }, { requiredKeys: [] }),
    fc.record({ items: below, type: fc.constant('array') }),
  ) as fc.Arbitrary<Json>;
  return fc.tuple(root, definition, definition).map(([object, a, b]) => ({ ...object, $defs: { a, b } }));
}
