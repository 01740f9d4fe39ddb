/** Generated validators against the registry's own, on goldens and on schemas and values at random. */
import { readdirSync, readFileSync } from 'node:fs';
import * as draft2019 from '@hyperjump/json-schema/draft-2019-09';
import * as draft2020 from '@hyperjump/json-schema/draft-2020-12';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emitValidator } from '../src/codegen/validator/emit.ts';
import { formatTest } from '../src/codegen/validator/formats.ts';
import { sentenceKeywords, sentencesText } from '../src/codegen/validator/sentences.ts';
import { declaredDialect } from '../src/schema/dialect.ts';
import { type Dialect, dialects, type SchemaDocument } from '../src/schema/document.ts';
import { assertedFormats, formatPredicate } from '../src/schema/format.ts';
import type { Json, JsonObject } from '../src/schema/json.ts';
import type { Rejection } from '../src/schema/rejection.ts';
import { rejectionText } from '../src/schema/rejection-text.ts';
import { compileValidator } from '../src/schema/validator.ts';

interface Generated {
  validate(value: unknown): boolean;
  problems(value: unknown): readonly (Omit<Rejection, 'schemaUri'> & { readonly message: string })[];
}

function generated(document: SchemaDocument, asserts = true): Generated {
  const { text, entries } = emitValidator(document, { asserts });
  const code = `${text}\nreturn { validate(v) { left = 1e6; const out = null; return ${entries[0]}; }, problems(v) { left = 1e6; const out = []; ${entries[0]}; return out; } };`;
  return new Function(code)() as Generated;
}

function documentOf(root: Json, dialect?: Dialect): SchemaDocument {
  return { root, dialect: dialect ?? declaredDialect(root) ?? '2020-12', bundle: new Map() };
}

describe('generated validators', () => {
  const folder = new URL('cases/codegen/', import.meta.url);
  const read = (name: string, file: string) =>
    JSON.parse(readFileSync(new URL(`${name}/${file}`, folder), 'utf8')) as Json;

  it.each(readdirSync(folder).sort())('%s: takes what is accepted and refuses what is rejected', (name) => {
    const { validate, problems } = generated(documentOf(read(name, 'schema.json')));
    const [accept, reject] = [read(name, 'accept.json') as Json[], read(name, 'reject.json') as Json[]];
    expect(accept.filter((value) => !validate(value) || problems(value).length > 0)).toEqual([]);
    expect(reject.filter((value) => validate(value) || problems(value).length === 0)).toEqual([]);
  });

  it('says where and what, without the value', () => {
    const schema = { properties: { 'a/b': { type: 'array', items: { type: 'string', maxLength: 2 } } } };
    const { problems } = generated(documentOf(schema));
    expect(problems({ 'a/b': ['ok', 'secret', 7] })).toEqual([
      {
        instancePointer: '/a~1b/1',
        schemaPointer: '/properties/a~1b/items/maxLength',
        keyword: 'maxLength',
        params: { limit: 2 },
        message: 'is longer than 2 characters',
      },
      {
        instancePointer: '/a~1b/2',
        schemaPointer: '/properties/a~1b/items/type',
        keyword: 'type',
        params: { type: 'string' },
        message: 'is not of the type string',
      },
    ]);
  });

  it('says what the schema wants: the values, the factor, and only of the branch that came nearest', () => {
    const { problems } = generated(
      documentOf({
        properties: {
          tone: { enum: ['high', 'low', 3] },
          fixed: { const: { a: 1 } },
          step: { multipleOf: 0.5 },
          nullable: { oneOf: [{ type: 'null' }, { type: 'object', required: ['x'] }] },
          kind: {
            anyOf: [
              { properties: { kind: { const: 'a' } }, required: ['a'] },
              { properties: { kind: { const: 'b' } }, required: ['b'] },
            ],
          },
        },
      }),
    );
    const found = problems({ tone: 'x', fixed: {}, step: 0.3, nullable: {}, kind: { kind: 'b' } });
    expect(
      found.map(({ instancePointer, keyword, params, message }) => [instancePointer, keyword, params, message]),
    ).toEqual([
      ['/tone', 'enum', { allowedValues: ['high', 'low', 3] }, 'is none of "high" or "low" or 3'],
      ['/fixed', 'const', { allowedValue: { a: 1 } }, 'is not {"a":1}'],
      ['/step', 'multipleOf', { multipleOf: 0.5 }, 'is not a multiple of 0.5'],
      ['/nullable', 'required', { missingProperty: 'x' }, 'lacks the required member "x"'],
      ['/nullable', 'oneOf', { passingSchemas: null }, 'matches none of the schemas it must match one of'],
      ['/kind', 'required', { missingProperty: 'b' }, 'lacks the required member "b"'],
      ['/kind', 'anyOf', {}, 'matches none of the schemas it may match'],
    ]);
  });

  it.each(sentenceKeywords)('says it in the words that the registry uses: %s', (keyword) => {
    const sentences = new Function(`${sentencesText(new Set([keyword]))} return sentences;`)();
    const names = {
      property: 'a',
      missingProperty: 'b',
      additionalProperty: 'c',
      unevaluatedProperty: 'd',
      propertyName: 'e',
    };
    const stated = { limit: 3, format: 'date', pattern: '^a', multipleOf: 0.5, type: 'string,null', minContains: 1 };
    const params = { ...names, ...stated, allowedValues: ['a', 1], allowedValue: { a: 1 }, passingSchemas: [0, 1] };
    const cases: Rejection['params'][] = [params, { ...params, maxContains: 2 }, { ...params, passingSchemas: null }];
    for (const each of cases)
      expect(sentences[keyword](each)).toBe(
        rejectionText({ instancePointer: '', schemaPointer: '', keyword, params: each }),
      );
  });

  it('runs nothing that a schema says, however it is spelt', () => {
    const hostile = [
      '*/ globalThis.pwned = 1 //',
      "'; globalThis.pwned = 1; '",
      '`$' + '{globalThis.pwned = 1}`',
      '\n\u2028globalThis.pwned = 1\u2029\r',
    ];
    const named = (value: Json) => Object.fromEntries(hostile.map((name) => [name, value]));
    const { validate, problems } = generated(
      documentOf({
        properties: named({ enum: hostile, format: hostile[0]!, pattern: hostile[1]! }),
        required: hostile,
        patternProperties: { 'globalThis.pwned = 1': { const: named(1) } },
        dependentRequired: { [hostile[0]!]: hostile },
        additionalProperties: { type: hostile[2]! },
        $defs: named({ type: 'string' }),
        allOf: [{ $ref: `#/$defs/${encodeURIComponent(hostile[0]!.replaceAll('/', '~1'))}` }],
      }),
    );
    validate(named('x'));
    expect(problems(named('x')).length).toBeGreaterThan(0);
    expect('pwned' in globalThis).toBe(false);
  });

  it('is not stalled by a pattern, in values or in names', () => {
    const { problems } = generated(
      documentOf({ properties: { a: { pattern: '^(a+)+$' } }, patternProperties: { '^(b|b)*$': false } }),
    );
    const long = (letter: string) => `${letter.repeat(50_000)}!`;
    expect(problems({ a: long('a'), [long('b')]: 1, bb: 1 }).map(({ keyword }) => keyword)).toEqual([
      'pattern',
      'false',
    ]);
  });

  it('treats names of Object.prototype as any other name', () => {
    const { validate } = generated(
      documentOf({ required: ['constructor'], properties: { toString: { type: 'string' } } }),
    );
    expect([validate({}), validate({ constructor: 1 }), validate({ constructor: 1, toString: 1 })]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it.each(dialects)('%s: agrees with our own validator on random schemas and values', (dialect) => {
    fc.assert(
      fc.property(schemas(dialect), fc.array(values, { minLength: 20, maxLength: 20 }), (root, tried) => {
        const document = documentOf(root, dialect);
        const compiled = compileValidator(document);
        fc.pre(compiled.ok);
        const { validate, problems } = generated(document);
        for (const value of tried) {
          const expected = compiled.ok && compiled.validator.validate(value).length === 0;
          expect([value, validate(value), problems(value).length === 0]).toEqual([value, expected, expected]);
        }
      }),
      { numRuns: 150, seed: 7 },
    );
  });
});

/** Ajv throws on some uses of what is evaluated and is wrong about others: here the specification's own authors are asked. */
describe('generated validators on unevaluated members', () => {
  it.each([
    ['2019-09', 'https://json-schema.org/draft/2019-09/schema', draft2019],
    ['2020-12', 'https://json-schema.org/draft/2020-12/schema', draft2020],
  ] as const)(
    '%s: agree with Hyperjump',
    async (dialect, uri, { registerSchema, unregisterSchema, validate: compile }) => {
      let number = 0;
      await fc.assert(
        fc.asyncProperty(
          schemas(dialect, true),
          fc.array(values, { minLength: 15, maxLength: 15 }),
          async (root, tried) => {
            const id = `https://example.org/${dialect}/${number++}`;
            registerSchema(root as never, id, uri);
            try {
              const reference = await compile(id);
              const { validate, problems } = generated(documentOf(root, dialect), false);
              for (const value of tried) {
                const expected = reference(value as never).valid;
                expect([value, validate(value), problems(value).length === 0]).toEqual([value, expected, expected]);
              }
            } finally {
              unregisterSchema(id);
            }
          },
        ),
        { numRuns: 150, seed: 5 },
      );
    },
  );
});

const names = fc.constantFrom('a', 'b', 'ab', 'constructor');
const scalars = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    false,
    0,
    1,
    2,
    0.3,
    -1.5,
    10,
    '',
    'a',
    'b',
    'ab',
    'aab',
    '𝒳𝒳',
    '2026-02-29',
    'a@b.de',
  ),
);
const values: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    scalars,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(names, tie('value'), { maxKeys: 3 }),
  ),
})).value;

/** Schemas of one dialect; only keywords it knows, since our own validator is asked as well. */
function schemas(dialect: Dialect, unevaluated = false): fc.Arbitrary<JsonObject> {
  const at = dialects.indexOf(dialect);
  const since = (first: Dialect, members: Record<string, fc.Arbitrary<Json>>) =>
    at >= dialects.indexOf(first) ? members : {};
  const refs = fc.constantFrom<JsonObject>({ $ref: '#/definitions/x' }, { $ref: '#/definitions/y' });
  let schema: fc.Arbitrary<JsonObject> = refs;
  for (let depth = 0; depth < 3; depth++) {
    const inner = schema;
    const held: fc.Arbitrary<Json> =
      at === 0 ? inner : fc.oneof({ weight: 5, arbitrary: inner }, { weight: 1, arbitrary: fc.boolean() });
    const list = fc.array(inner, { minLength: 1, maxLength: 3 });
    const map = fc.dictionary(names, held, { maxKeys: 3 });
    const needs = fc.uniqueArray(names, { minLength: 1, maxLength: 2 });
    const members: Record<string, fc.Arbitrary<Json>> = {
      type: fc.oneof(
        fc.constantFrom('string', 'number', 'integer', 'object', 'array', 'null', 'boolean'),
        fc.uniqueArray(fc.constantFrom('string', 'integer', 'object', 'array'), { minLength: 1, maxLength: 3 }),
      ),
      enum: fc.array(values, { minLength: 1, maxLength: 3 }),
      minimum: fc.constantFrom(0, 1),
      maximum: fc.constantFrom(1, 5),
      multipleOf: unevaluated ? fc.constantFrom(2, 1.5) : fc.constantFrom(0.1, 2, 1.5),
      minLength: fc.constantFrom(1, 2),
      maxLength: fc.constantFrom(1, 2),
      pattern: fc.constantFrom('^a', 'b$', 'a+b'),
      format: fc.constantFrom('date', 'email', 'unknown-format'),
      minItems: fc.constantFrom(1, 2),
      maxItems: fc.constantFrom(1, 3),
      uniqueItems: fc.boolean(),
      items: at === 4 ? held : fc.oneof(held, list),
      ...(at < 4 ? { additionalItems: held } : { prefixItems: list }),
      properties: map,
      required: needs,
      patternProperties: fc.dictionary(fc.constantFrom('^a', 'b'), held, { maxKeys: 2 }),
      additionalProperties: held,
      minProperties: fc.constantFrom(1, 2),
      maxProperties: fc.constantFrom(1, 2),
      allOf: list,
      anyOf: list,
      oneOf: list,
      not: inner,
      $ref: fc.constantFrom('#/definitions/x', '#/definitions/y'),
      ...(at <= 2 ? { dependencies: fc.dictionary(names, fc.oneof(held, needs), { maxKeys: 2 }) } : {}),
      ...since('draft-06', {
        const: values,
        exclusiveMinimum: fc.constantFrom(0, 1),
        propertyNames: held,
        // Hyperjump counts what `contains` matched as evaluated in 2019-09 too, where core §9.3.1.3 does not
        ...(unevaluated && at < 4 ? {} : { contains: held }),
      }),
      ...since('draft-07', { if: inner, then: inner, else: inner }),
      ...since('2019-09', {
        dependentRequired: fc.dictionary(names, needs, { maxKeys: 2 }),
        dependentSchemas: map,
        ...(unevaluated ? { unevaluatedProperties: held, unevaluatedItems: held } : {}),
      }),
    };
    schema = fc
      .uniqueArray(fc.constantFrom(...Object.keys(members)), { minLength: 1, maxLength: 4 })
      .chain((chosen) =>
        fc.record(Object.fromEntries(chosen.map((name) => [name, members[name]!]))),
      ) as fc.Arbitrary<JsonObject>;
  }
  const leaf = fc.constantFrom<Json>(
    { type: 'string' },
    { type: 'object', properties: { a: { $ref: '#/definitions/x' } } },
    { minimum: 1 },
  );
  return fc
    .record({ definitions: fc.record({ x: leaf, y: leaf }), root: schema })
    .map(({ definitions, root }) => ({ definitions, allOf: [root] }));
}

describe('formats as text', () => {
  const words = fc.oneof(
    fc.string(),
    fc.stringMatching(/^[0-9:TZtz. +-]{0,30}$/),
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString()),
    fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
      .map((date) => date.toISOString().slice(0, 10)),
    fc
      .tuple(fc.nat(25), fc.nat(61), fc.nat(61), fc.constantFrom('Z', '', '+01:00', '-23:59', '+0100', 'z', '+24:00'))
      .map(
        ([hour, minute, second, zone]) =>
          [hour, minute, second].map((part) => String(part).padStart(2, '0')).join(':') + zone,
      ),
    fc.constantFrom(
      '2026-02-29',
      '2024-02-29',
      '1990-12-31T23:59:60Z',
      '1990-12-31T15:59:60-08:00',
      '1998-12-31 23:59:60Z',
      '2026-01-01T00:00:00Z\nx',
    ),
    fc.webUrl(),
    fc
      .array(fc.constantFrom('a', ':', '/', '//', '@', '[::1]', '?', '#', '%41', '%', "'", '"', 'é', '{b.c}', '{'), {
        maxLength: 8,
      })
      .map((parts) => parts.join('')),
    fc.emailAddress(),
    fc.uuid(),
    fc.ipV4(),
    fc.ipV6(),
    fc.base64String(),
    fc.constantFrom(
      'a:b',
      '//a',
      'urn:x:y',
      'http://[::1]/',
      'mailto:a@b',
      '%zz',
      '/a/b',
      '#/a',
      '0#',
      '1/a',
      '{a}',
      'P1D',
      '[',
      '\\Z',
      'x\\Z',
    ),
  );
  it.each(assertedFormats)('%s: accepts what our own validator accepts', (name) => {
    const row = formatTest(name)!;
    const text = new Function('v', `${(row.functions ?? []).join('\n')}\nreturn ${row.test};`) as (
      word: string,
    ) => boolean;
    const known = formatPredicate(name)!;
    fc.assert(
      fc.property(words, (word) => {
        expect([word, text(word)]).toEqual([word, known(word)]);
      }),
      { numRuns: 1_000, seed: 11 },
    );
  });
});
