/** json-schema-diff as a second voice, where it is sound: run as built, in its thread. */
import { expect, test } from 'vitest';
import { compareDocuments } from '../src/compat/compare.ts';
import type { Json } from '../src/schema/json.ts';
import { parseSchema } from '../src/schema/parse.ts';

// a worker thread runs JavaScript: the built module is the one that can start it
const built = new URL('../dist/cli/cross-check/cross-check.js', import.meta.url).href;
const { crossCheck }: typeof import('../src/cli/cross-check/cross-check.ts') = await import(built);

function document(value: Json) {
  const parsed = parseSchema({ value });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.document;
}

/** Pairs made of the keywords it handles, with the open-world verdicts that follow from their definitions. */
const pairs: readonly [name: string, previous: Json, next: Json, backward: string, forward: string][] = [
  ['a type narrows', { type: ['string', 'null'] }, { type: 'string' }, 'incompatible', 'compatible'],
  ['a type is replaced', { type: 'string' }, { type: 'integer' }, 'incompatible', 'incompatible'],
  ['a bound is raised', { type: 'number', minimum: 1 }, { type: 'number', minimum: 2 }, 'incompatible', 'compatible'],
  [
    'a length is widened',
    { type: 'string', maxLength: 2 },
    { type: 'string', maxLength: 3 },
    'compatible',
    'incompatible',
  ],
  ['a name becomes required', { type: 'object' }, { type: 'object', required: ['a'] }, 'incompatible', 'compatible'],
  [
    'an object is closed',
    { type: 'object', properties: { a: { type: 'string' } } },
    { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false },
    'incompatible',
    'compatible',
  ],
  ['a union of one', { anyOf: [{ type: 'string' }] }, { type: 'string' }, 'compatible', 'compatible'],
  [
    'items narrow',
    { type: 'array', items: {} },
    { type: 'array', items: { type: 'string' } },
    'incompatible',
    'compatible',
  ],
];

test.each(pairs)('it agrees that %s', async (_name, previous, next, backward, forward) => {
  const [before, after] = [document(previous), document(next)];
  const second = await crossCheck(before, after, compareDocuments(before, after));
  expect(second).toEqual({ asked: true, says: { backward, forward }, agrees: true });
});

test('it is not asked about keywords it ignores in silence', async () => {
  const [before, after] = [document({ enum: ['a', 'b'] }), document({ enum: ['a'] })];
  const second = await crossCheck(before, after, compareDocuments(before, after));
  expect(second).toMatchObject({ asked: false, because: expect.stringContaining('"enum"') });
});

test('a comparison that explodes is ended', async () => {
  const branch = (depth: number): Json =>
    depth === 0
      ? { type: 'object', properties: { a: { type: 'string', minLength: 1 } }, required: ['a'] }
      : {
          anyOf: [0, 1, 2, 3].map((index) => ({
            allOf: [
              branch(depth - 1),
              { not: { type: 'object', properties: { [`p${depth}${index}`]: branch(depth - 1) } } },
            ],
          })),
        };
  const [before, after] = [document(branch(3)), document({ allOf: [branch(3), { not: branch(2) }] })];
  const second = await crossCheck(before, after, compareDocuments(document(true), document(true)));
  expect(second).toMatchObject({ asked: false, because: expect.stringContaining('longer than') });
});
