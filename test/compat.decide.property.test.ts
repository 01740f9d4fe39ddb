import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepare } from '../src/compat/decide/decide.ts';
import { directions, worlds } from '../src/compat/report.ts';
import type { Json } from '../src/schema/json.ts';
import { documentOf } from './support/document.ts';

const scalar = fc.constantFrom<Json>(null, true, 0, 1, 2, 0.5, '', 'a', 'ab');
const { value: anyValue } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'ab'), tie('value'), { maxKeys: 3 }),
  ),
}));
const key = fc.constantFrom('a', 'b', 'ab');
const small = fc.integer({ min: 0, max: 3 });
const { schema: anySchema } = fc.letrec<{ schema: Json }>((tie) => {
  const inner = tie('schema');
  const keywords = [
    fc.record({ type: fc.constantFrom('string', 'number', 'integer', 'object', 'array', 'null') }),
    fc.record({ enum: fc.array(anyValue, { minLength: 1, maxLength: 3 }) }),
    fc.record({ minimum: small }),
    fc.record({ multipleOf: fc.constantFrom(0.5, 2) }),
    fc.record({ maxLength: small }),
    fc.record({ pattern: fc.constantFrom('^a', 'b$', '^[ab]*$') }),
    fc.record({ items: inner }),
    fc.record({ prefixItems: fc.array(inner, { minLength: 1, maxLength: 2 }) }),
    fc.record({ minItems: small }),
    fc.record({ uniqueItems: fc.constant(true) }),
    fc.record({ contains: inner, minContains: small, maxContains: small }),
    fc.record({ properties: fc.dictionary(key, inner, { maxKeys: 2 }) }),
    fc.record({ patternProperties: fc.dictionary(fc.constantFrom('^a', 'b$'), inner, { minKeys: 1, maxKeys: 2 }) }),
    fc.record({ additionalProperties: inner }),
    fc.record({ unevaluatedProperties: inner }),
    fc.record({ required: fc.array(key, { maxLength: 2 }) }),
    fc.record({ maxProperties: small }),
    fc.record({ allOf: fc.array(inner, { minLength: 1, maxLength: 2 }) }),
    fc.record({ anyOf: fc.array(inner, { minLength: 1, maxLength: 3 }) }),
    fc.record({ oneOf: fc.array(inner, { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: inner }),
    fc.record({ if: inner, then: inner, else: inner }),
  ];
  const some = fc.array(fc.oneof({ depthSize: 'small' }, ...(keywords as fc.Arbitrary<object>[])), {
    minLength: 1,
    maxLength: 3,
  });
  return {
    schema: fc.oneof(
      { depthSize: 'small' },
      fc.boolean(),
      some.map((parts) => Object.assign({}, ...parts) as Json),
    ),
  };
});

describe('whatever the schemas', () => {
  it('no value separates two that are called compatible, and every witness does', () => {
    const property = fc.property(
      anySchema,
      anySchema,
      fc.array(anyValue, { minLength: 30, maxLength: 60 }),
      (previous, next, values) => {
        const pair = prepare(documentOf(previous), documentOf(next), { budget: 5_000 });
        for (const direction of directions) {
          const [from, to] =
            direction === 'backward' ? (['previous', 'next'] as const) : (['next', 'previous'] as const);
          for (const world of worlds) {
            const { verdict, witness } = pair.decide(direction, world);
            const separates = (value: Json) =>
              pair.writes(from, value, world) === true && pair.accepts(to, value) === false;
            if (verdict === 'compatible') expect(values.filter(separates)).toEqual([]);
            if (verdict === 'incompatible') expect(separates(witness?.value as Json)).toBe(true);
          }
        }
      },
    );
    fc.assert(property, { numRuns: 300, seed: 7 });
  });

  it('each is compatible with itself under another conjunction or a double negation', () => {
    const property = fc.property(anySchema, (schema) => {
      const others: readonly Json[] = [{ allOf: [schema] }, { not: { not: schema } }, { anyOf: [schema, schema] }];
      for (const other of others) {
        const pair = prepare(documentOf(schema), documentOf(other));
        for (const direction of directions) expect(pair.decide(direction, 'open').verdict).toBe('compatible');
      }
    });
    fc.assert(property, { numRuns: 200, seed: 7 });
  });
});
