/** Schemas made to be hard: each a name and a document within what a registry reads at all. */
const many = (count, make) => Array.from({ length: count }, (_, index) => make(index));
const nested = (depth, wrap, inner = { type: 'string' }) =>
  many(depth, () => wrap).reduce((schema, one) => one(schema), inner);
const named = (count, make) => Object.fromEntries(many(count, (index) => [`p${index}`, make(index)]));

export const bombs = {
  'properties 1,000 deep': () => nested(1_000, (inner) => ({ type: 'object', properties: { a: inner } })),
  'properties 100 deep': () => nested(100, (inner) => ({ type: 'object', properties: { a: inner } })),
  'not 127 deep': () => nested(127, (inner) => ({ not: inner })),
  '5,000 properties': () => ({ type: 'object', properties: named(5_000, () => ({ type: 'string', maxLength: 9 })) }),
  '15,000 properties, all required': () => ({
    type: 'object',
    required: many(15_000, (index) => `p${index}`),
    properties: named(15_000, () => ({})),
  }),
  '$ref fan: 20 levels of two': () => ({
    $ref: '#/$defs/p19',
    $defs: named(20, (index) =>
      index === 0
        ? { type: 'string' }
        : {
            type: 'object',
            properties: { a: { $ref: `#/$defs/p${index - 1}` }, b: { $ref: `#/$defs/p${index - 1}` } },
          },
    ),
  }),
  'allOf $ref fan: 20 levels of two': () => ({
    $ref: '#/$defs/p19',
    $defs: named(20, (index) =>
      index === 0
        ? { type: 'string' }
        : { allOf: [{ $ref: `#/$defs/p${index - 1}` }, { $ref: `#/$defs/p${index - 1}` }] },
    ),
  }),
  'anyOf $ref fan: 12 levels of ten': () => ({
    $ref: '#/$defs/p11',
    $defs: named(12, (index) =>
      index === 0
        ? { type: 'string', maxLength: 5 }
        : { anyOf: many(10, (at) => ({ title: String(at), $ref: `#/$defs/p${index - 1}` })) },
    ),
  }),
  '$ref to itself': () => ({ $ref: '#' }),
  '$ref in a circle of 500': () => ({
    $ref: '#/$defs/p0',
    $defs: named(500, (index) => ({ $ref: `#/$defs/p${(index + 1) % 500}` })),
  }),
  'a tree of itself': () => ({
    type: 'object',
    properties: { left: { $ref: '#' }, right: { $ref: '#' }, value: { type: 'integer' } },
  }),
  'pattern (a+)+$': () => ({ type: 'string', pattern: '^(a+)+$' }),
  'pattern (a|a)*b': () => ({ type: 'string', pattern: '^(a|a)*b$' }),
  'pattern a{1,1000}{1,1000}': () => ({ type: 'string', pattern: '^((a{1,1000}){1,1000}){1,1000}$' }),
  'pattern (.*){1,1000} of classes': () => ({ type: 'string', pattern: `^${'(.*[a-z0-9]){1,50}'.repeat(20)}$` }),
  'pattern with a look-behind': () => ({ type: 'string', pattern: '(?<=a)b' }),
  '50 patterns to intersect': () => ({ allOf: many(50, (index) => ({ pattern: `a.{${index + 10}}b` })) }),
  '300 patternProperties': () => ({
    type: 'object',
    patternProperties: Object.fromEntries(many(300, (index) => [`^(x|y){${index}}.*z`, { type: 'string' }])),
  }),
  'enum of 10,000': () => ({ enum: many(10_000, (index) => `value ${index}`) }),
  'enum of 30,000': () => ({ enum: many(30_000, (index) => index) }),
  'enum of 500 objects': () => ({ enum: many(500, (index) => ({ a: many(20, (at) => ({ at, index })) })) }),
  'oneOf of 900 that overlap': () => ({ oneOf: many(900, (index) => ({ type: 'integer', minimum: index })) }),
  'anyOf of 30 in 3 levels': () =>
    nested(3, (inner) => ({ anyOf: many(30, (index) => ({ ...inner, minProperties: index })) }), { type: 'object' }),
  'allOf of anyOf: 2 to the 24': () => ({
    allOf: many(24, (index) => ({ anyOf: [{ required: [`a${index}`] }, { required: [`b${index}`] }] })),
  }),
  'oneOf in not in if, 12 deep': () =>
    // as text it doubles with each level: deeper ones are larger than any body
    nested(12, (inner) => ({ if: { not: inner }, then: { oneOf: [inner, { const: 1 }] } })),
  'if in if, 60 deep': () =>
    nested(60, (inner) => ({ if: { required: ['a'] }, then: inner, else: { required: ['b'] } })),
  'dependentSchemas in a circle': () => ({
    type: 'object',
    dependentSchemas: named(60, (index) => ({ required: [`p${(index + 1) % 60}`] })),
  }),
  'unevaluatedProperties over 15 anyOf': () => ({
    type: 'object',
    anyOf: many(15, (index) => ({ properties: { [`p${index}`]: { type: 'string' } } })),
    unevaluatedProperties: false,
  }),
  'multipleOf of many primes': () => ({
    type: 'integer',
    allOf: [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47].map((multipleOf) => ({ multipleOf })),
  }),
  'uniqueItems of 2,000 of two values': () => ({
    type: 'array',
    uniqueItems: true,
    minItems: 2_000,
    items: { enum: [1, 2] },
  }),
  'contains, minContains 1,000,000': () => ({ type: 'array', contains: { const: 1 }, minContains: 1_000_000 }),
  'minLength 1,000,000,000': () => ({ type: 'string', minLength: 1_000_000_000 }),
  'minItems 1,000,000 of itself': () => ({ type: 'array', minItems: 1_000_000, items: { $ref: '#' } }),
  'prefixItems of 5,000': () => ({ type: 'array', prefixItems: many(5_000, (index) => ({ const: index })) }),
  'a title of 900 KB': () => ({ title: 'a'.repeat(900_000) }),
};

/** Texts that nest deeper than programs that print or walk JSON can follow: they are sent as they are. */
export const texts = {
  'not 5,000 deep': () => `${'{"not":'.repeat(5_000)}{}${'}'.repeat(5_000)}`,
  'properties 50,000 deep': () => `${'{"properties":{"a":'.repeat(50_000)}{}${'}}'.repeat(50_000)}`,
  'arrays 400,000 deep': () => `{"enum":${'['.repeat(400_000)}${']'.repeat(400_000)}}`,
};

/** The same, changed a little: what a comparison has to work on. */
export function changed(bomb) {
  return { ...bomb, anyOf: [...(bomb.anyOf ?? []).slice(1), { type: ['string', 'object', 'array', 'integer'] }] };
}
