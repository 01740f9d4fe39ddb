/** What registration accepts can be used ever after: validated with, generated from and compared, whatever its references look like. */
import { describe, expect, it, test } from 'vitest';
import { typesText } from '../src/codegen/types.ts';
import { prepare } from '../src/compat/decide/decide.ts';
import { lint } from '../src/lint/lint.ts';
import { isAjvFaithful } from '../src/schema/departures.ts';
import type { SchemaDocument } from '../src/schema/document.ts';
import { evaluatorOf } from '../src/schema/evaluator/evaluator.ts';
import type { Json } from '../src/schema/json.ts';
import { registryLimits } from '../src/schema/limits.ts';
import { parseSchema } from '../src/schema/parse.ts';
import { sensitivities } from '../src/schema/sensitivity.ts';
import { compileValidator } from '../src/schema/validator.ts';
import { generatedValidator } from './support/generated.ts';
import { catalogNamed } from './support/records.ts';

const draft07 = 'http://json-schema.org/draft-07/schema#';

function parsed(value: Json, bundle: ReadonlyMap<string, SchemaDocument> = new Map()): SchemaDocument {
  const result = parseSchema({ value }, { limits: registryLimits, bundle });
  if (!result.ok) throw new Error(JSON.stringify(result.problems.slice(0, 3)));
  return result.document;
}

function problems(value: Json, bundle: ReadonlyMap<string, SchemaDocument> = new Map()): readonly string[] {
  const result = parseSchema({ value }, { limits: registryLimits, bundle });
  return result.ok ? [] : result.problems.map(({ rule, pointer }) => `${rule} #${pointer}`);
}

/** Every voice that a producer or consumer may hear about one event. */
function voices(document: SchemaDocument): (event: Json) => Readonly<Record<string, boolean | undefined>> {
  const compiled = compileValidator(document);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const evaluator = evaluatorOf(document, { formats: 'assert' });
  const generated = generatedValidator(document);
  const pair = prepare({ root: true, dialect: '2020-12', bundle: new Map() }, document, { formats: 'assert' });
  return (event) => ({
    registry: compiled.validator.validate(event).length === 0,
    evaluator: evaluator.accepts(event),
    generated: generated(event),
    engine: pair.accepts('next', event),
  });
}

const all = (said: boolean) => ({ registry: said, evaluator: said, generated: said, engine: said });

/** T0 → T1 → … → T0, and the root also names the last. */
function ring(size: number): Json {
  const property = (index: number) => ({ $ref: `#/$defs/T${index % size}` });
  const definitions = Array.from({ length: size }, (_, index): [string, Json] => [
    `T${index}`,
    { type: 'object', properties: { v: { type: 'string' }, next: property(index + 1) } },
  ]);
  return {
    type: 'object',
    properties: { first: property(0), last: property(size - 1) },
    $defs: Object.fromEntries(definitions),
  };
}

describe.each([100, 250, 500])('a ring of %i definitions', (size) => {
  const document = parsed(ring(size));

  it('is validated against, and no voice says otherwise', () => {
    const said = voices(document);
    // the engine's budget may leave it undefined, which is no answer; it never gives another one
    const answers = (event: Json) => new Set(Object.values(said(event)).filter((each) => each !== undefined));
    expect([...answers({ last: { v: 'x', next: { v: 'y' } } })]).toEqual([true]);
    expect([...answers({ last: { v: 'x', next: { v: 1 } } })]).toEqual([false]);
  });

  it('is generated from', () => {
    const text = typesText({ catalog: catalogNamed('shop'), subject: 'order.placed', document, contract: {} });
    expect(text).toContain('next?: ');
  });
});

test('ten thousand definitions are validated against within seconds', () => {
  const document = parsed({ ...(ring(9_000) as object), description: 'many' } as Json);
  const compiled = compileValidator(document);
  if (!compiled.ok) throw new Error('refused');
  expect(compiled.validator.validate({ last: { v: 'x', next: {} } })).toEqual([]);
  expect(compiled.validator.validate({ last: { v: 1 } })).toMatchObject([
    { schemaPointer: '/$defs/T8999/properties/v/type' },
  ]);
}, 20_000);

test('a chain that never steps into the event is refused past one limit, by its name', () => {
  const chain = (length: number): Json => ({
    $ref: '#/$defs/c0',
    $defs: Object.fromEntries(
      Array.from({ length }, (_, index): [string, Json] => [
        `c${index}`,
        index + 1 < length ? { $ref: `#/$defs/c${index + 1}` } : { type: 'integer' },
      ]),
    ),
  });
  expect(problems(chain(5_000))).toEqual(['SCHEMA_TOO_DEEP #']);
  const document = parsed(chain(registryLimits.chain - 1));
  expect(voices(document)(7)).toEqual(all(true));
  expect(voices(document)('x')).toEqual(all(false));
});

describe('a schema that only a reference leads to', () => {
  const behind = (name: string, schema: Json, $schema?: string): Json => ({
    ...($schema !== undefined && { $schema }),
    type: 'object',
    properties: { f: { $ref: `#/${name}/f` } },
    [name]: { f: schema },
  });
  const lookAround = { type: 'string', pattern: '^(?!.*[<>]).*\\.blf$' };

  test.each([
    [
      'look-around in $defs of draft-07',
      behind('$defs', lookAround, draft07),
      ['SCHEMA_PATTERN_UNSUPPORTED #/$defs/f/pattern'],
    ],
    [
      'look-around in components',
      behind('components', lookAround),
      ['SCHEMA_PATTERN_UNSUPPORTED #/components/f/pattern'],
    ],
    [
      'a bad pattern of a name',
      behind('x-parts', { patternProperties: { '[': true } }),
      ['SCHEMA_PATTERN_UNSUPPORTED #/x-parts/f/patternProperties/['],
    ],
    ['a type that is none', behind('components', { type: 'strnig' }), ['SCHEMA_INVALID #/components/f/type']],
    [
      'a reference into nowhere',
      behind('components', { properties: { x: { $ref: '#/nowhere' } } }),
      ['SCHEMA_REFERENCE_UNRESOLVED #/components/f/properties/x/$ref'],
    ],
    [
      'a loop',
      behind('components', { $ref: '#/components/f' }),
      ['SCHEMA_ILL_FOUNDED #/components/f', 'SCHEMA_ILL_FOUNDED #/properties/f'],
    ],
  ])('is refused for %s, with its place', (_, schema, expected) => {
    const found = problems(schema);
    expect(found.length).toBeGreaterThan(0);
    expect(expected).toEqual(expect.arrayContaining([...found]));
  });

  test('is looked at by all where it is sound', () => {
    const schema = {
      type: 'string',
      pattern: '^a',
      'x-classification': 'confidential',
      nullable: true,
      unevaluatedProperties: false,
    };
    const document = parsed(behind('components', schema));
    expect(isAjvFaithful(document)).toBe(false);
    const said = voices(document);
    expect(said({ f: 'a1' })).toEqual(all(true));
    expect(said({ f: 'b' })).toEqual(all(false));
    expect(said({ f: null })).toEqual(all(false));
    expect(sensitivities(document)).toEqual([{ pointer: '/components/f', classification: 'confidential', tags: [] }]);
    const found = lint(parsed(behind('components', { type: 'string', format: 'datetime' })), 'assert');
    expect(found.map(({ rule, pointer }) => [rule.id, pointer])).toEqual([
      ['SCHEMA_FORMAT_UNKNOWN', '/components/f/format'],
    ]);
  });

  test('in another document is looked at where it is referred to', () => {
    const uri = 'herald://shop/shared/1';
    const shared = (schema: Json) =>
      new Map([[uri, parsed({ $schema: draft07, title: 'parts', $defs: { f: schema } })]]);
    const root = { properties: { f: { $ref: `${uri}#/$defs/f` } } };
    expect(problems(root, shared(lookAround))).toEqual(['SCHEMA_PATTERN_UNSUPPORTED #/properties/f/$ref']);
    expect(problems(root, shared({ type: 'strnig' }))).toEqual(['SCHEMA_INVALID #/properties/f/$ref']);
    const said = voices(parsed(root, shared({ items: [{ type: 'integer' }] })));
    expect(said({ f: [1] })).toEqual(all(true));
    expect(said({ f: ['x'] })).toEqual(all(false));
  });
});

describe('an embedded resource of another dialect', () => {
  const around = (schema: Json, $schema = 'https://json-schema.org/draft/2020-12/schema'): Json => ({
    $schema,
    $id: 'https://e.example/root',
    properties: { a: { $ref: 'https://e.example/key' } },
    [$schema === draft07 ? 'definitions' : '$defs']: { k: schema },
  });

  test.each([
    ['a tuple of draft-07', { $schema: draft07, items: [{ type: 'string' }] }, ['x', 1], [1]],
    ['dependencies of draft-07', { $schema: draft07, dependencies: { a: ['b'] } }, { a: 1, b: 1 }, { a: 1 }],
    [
      'a boolean bound of draft-04',
      {
        $schema: 'http://json-schema.org/draft-04/schema#',
        id: 'https://e.example/key',
        minimum: 1,
        exclusiveMinimum: true,
      },
      2,
      1,
    ],
    [
      '2019-09 tuples',
      { $schema: 'https://json-schema.org/draft/2019-09/schema', items: [true], additionalItems: false },
      [1],
      [1, 2],
    ],
  ])('is accepted and read by its own: %s', (_, schema, good, bad) => {
    const id = Object.hasOwn(schema, 'id') ? {} : { $id: 'https://e.example/key' };
    const said = voices(parsed(around({ ...id, ...schema } as Json)));
    expect(said({ a: good as Json })).toEqual(all(true));
    expect(said({ a: bad as Json })).toEqual(all(false));
  });

  test('is read so inside draft-07 too', () => {
    const said = voices(
      parsed(
        around(
          {
            $id: 'https://e.example/key',
            $schema: 'https://json-schema.org/draft/2020-12/schema',
            prefixItems: [{ type: 'string' }],
            items: false,
          },
          draft07,
        ),
      ),
    );
    expect(said({ a: ['x'] })).toEqual(all(true));
    expect(said({ a: ['x', 1] })).toEqual(all(false));
  });

  test('is refused by its own meta-schema, at its own place', () => {
    expect(problems(around({ $id: 'https://e.example/key', $schema: draft07, prefixItems: 5, items: 7 }))).toEqual([
      'SCHEMA_INVALID #/$defs/k/items',
    ]);
    expect(problems(around({ $id: 'https://e.example/key', items: [{ type: 'string' }] }))).toEqual([
      'SCHEMA_INVALID #/$defs/k/items',
    ]);
  });
});

test('what is unevaluated beside `contains` has one answer', () => {
  const of = ($schema: string) =>
    voices(
      parsed({
        $schema,
        type: 'object',
        properties: {
          l: {
            ...($schema.includes('2019') ? { items: [{ type: 'string' }] } : { prefixItems: [{ type: 'string' }] }),
            contains: { type: 'integer' },
            unevaluatedItems: false,
          },
        },
      }),
    );
  const [later, earlier] = [
    of('https://json-schema.org/draft/2020-12/schema'),
    of('https://json-schema.org/draft/2019-09/schema'),
  ];
  expect([later({ l: ['a', 1] }), later({ l: ['a', 1, 'b'] })]).toEqual([all(true), all(false)]);
  expect(earlier({ l: ['a', 1] })).toEqual(all(false));
});
