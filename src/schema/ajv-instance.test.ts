import { expect, test } from 'vitest';
import { compileAjv } from './ajv.ts';
import { type Instance, newInstance } from './ajv-instance.ts';
import { dialects } from './document.ts';
import type { Json, JsonObject } from './json.ts';
import { plainSchema } from './plain-schema.ts';
import { newWork } from './work.ts';

/** Everything that can be reached from a value, each once. */
function reachable(value: unknown): ReadonlySet<unknown> {
  const seen = new Set<unknown>();
  const stack = [value];
  while (stack.length > 0) {
    const at = stack.pop();
    if ((typeof at !== 'object' && typeof at !== 'function') || at === null || seen.has(at)) continue;
    seen.add(at);
    if (at instanceof Map) stack.push(...at.keys(), ...at.values());
    if (at instanceof Set) stack.push(...at);
    stack.push(...Reflect.ownKeys(at).map((key) => Reflect.get(at, key)));
  }
  return seen;
}

const schema: JsonObject = {
  $id: 'https://schemas.example/order',
  id: 'https://schemas.example/order',
  type: 'object',
  required: ['a', 'b'],
  definitions: { held: { enum: [1, {}], minLength: 2, format: 'date', pattern: '^a' } },
  properties: { a: { $ref: '#/definitions/held' }, b: { uniqueItems: true, multipleOf: 2, anyOf: [{}, { const: 1 }] } },
};

const options = { allErrors: false, validateFormats: true };

test.each(dialects)('compiling leaves nothing in what instances share, in %s', (dialect) => {
  const compiling: Instance = newInstance(dialect, options, newWork());
  const beside = newInstance(dialect, options, newWork());
  const before = reachable(beside);
  compiling.addSchema({}, 'https://schemas.example/other');
  expect(compiling.compile(plainSchema({ ...schema }, dialect) as object)({ a: 1, b: 2 })).toBe(true);
  expect(reachable(beside).size).toBe(before.size);
  // the whole of what one has kept is new to the other
  expect(reachable(compiling).size).toBeGreaterThan(before.size);
  expect(reachable(newInstance(dialect, options, newWork())).size).toBe(before.size);
});

test.each(dialects)('one identifier is no obstacle to another document, nor its own meaning, in %s', (dialect) => {
  const compiled = (held: Json) => {
    const root = { ...schema, required: [], definitions: { held } };
    return compileAjv({ root, dialect, bundle: new Map() }, { formats: 'assert', allErrors: false });
  };
  const [texts, numbers] = [compiled({ type: 'string' }), compiled({ type: 'number' })];
  for (const [value, isText] of [
    [{ a: 'a' }, true],
    [{ a: 1 }, false],
  ] as const)
    expect([texts.validate(value), numbers.validate(value)]).toEqual([isText, !isText]);
});

test('each document has a bound of references of its own, and options of its own', () => {
  const root = { items: { $ref: '#/$defs/held' }, $defs: { held: { format: 'date' } } };
  const compiled = (formats: 'assert' | 'annotate', maxReferences: number) =>
    compileAjv({ root, dialect: '2020-12', bundle: new Map() }, { formats, allErrors: false, maxReferences });
  const [short, long, lax] = [compiled('assert', 1), compiled('assert', 5), compiled('annotate', 5)];
  const dates = ['2026-01-01', '2026-01-02'];
  expect(() => short.validate(dates)).toThrow();
  expect(long.validate(dates)).toBe(true);
  expect([long.validate(['none']), lax.validate(['none'])]).toEqual([false, true]);
});

test('what one document does not ask for is there for the next', () => {
  const compiled = (root: Json) =>
    compileAjv({ root, dialect: '2020-12', bundle: new Map() }, { formats: 'assert', allErrors: false });
  const [plain, closed] = [compiled({ properties: { a: true } }), compiled({ ...closing, properties: { a: true } })];
  expect([plain, closed].map((each) => each.validate({ a: 1 }))).toEqual([true, true]);
  expect([plain, closed].map((each) => each.validate({ a: 1, b: 1 }))).toEqual([true, false]);
});

const closing: JsonObject = { unevaluatedProperties: false };
