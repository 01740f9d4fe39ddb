/**
 * Objects whose properties have five names and two values: all 243 of them are tried, on pairs that combine alternatives of names,
 * names that exclude one another, counts, and properties that must exist by a pattern of names. Brute force is the truth.
 */
import { expect, test } from 'vitest';
import { prepare } from '../src/compat/decide/decide.ts';
import { type Verdict, worlds } from '../src/compat/report.ts';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { documentOf } from './support/document.ts';
import { accepts, writesClosed } from './support/reference.ts';

const names = ['a', 'b', 'ab', 'ba', 'c'];

const objects: readonly JsonObject[] = names.reduce<readonly JsonObject[]>(
  (made, name) => made.flatMap((object) => [object, { ...object, [name]: 1 }, { ...object, [name]: 'x' }]),
  [{}],
);

const whole = { type: 'integer' };
const text = { type: 'string' };

type Ways = readonly JsonObject[];

const all = (...parts: Ways): JsonObject => ({ allOf: parts });
/** Some property of these names has another value. */
const other = (pattern: string, value: JsonObject): JsonObject => ({
  not: { patternProperties: { [pattern]: value } },
});
const either = (...given: readonly string[]): JsonObject => ({ anyOf: given.map((name) => ({ required: [name] })) });
const notBoth = (...required: readonly string[]): JsonObject => ({ not: { required } });

const existing: Ways = [
  {},
  all(other('^a', whole), other('b$', text)),
  all(other('b$', text), other('^a', whole)),
  all(other('^a$', text), other('^(a|b)$', whole)),
  all(other('^(a|b)$', whole), other('^a$', text)),
  all(other('^.$', text), other('^.$', whole), other('a', whole)),
  all({ not: { additionalProperties: text } }, other('^a', whole), other('b', whole)),
  all({ not: { propertyNames: { pattern: '^a' } } }, other('b$', text)),
];
const alternatives: Ways = [
  {},
  all(either('a', 'b'), either('ab', 'ba')),
  all(either('a', 'b'), either('b', 'c'), either('c', 'a')),
  all(either('a', 'b'), either('ab', 'ba'), notBoth('a', 'ab'), notBoth('b', 'ab'), notBoth('a', 'ba')),
  all({ oneOf: [{ required: ['a'] }, { required: ['b', 'c'] }] }, { oneOf: ['ab', 'ba'].map((name) => either(name)) }),
  all(notBoth('a', 'b'), notBoth('a', 'c'), notBoth('b', 'c'), notBoth('ab', 'ba')),
];
/** Three names, two values, and no two of them the same: more than there are values. */
const differing = [1, 'x'].flatMap((value) =>
  [
    ['a', 'b'],
    ['b', 'c'],
    ['a', 'c'],
  ].map((pair) => ({ anyOf: pair.map((name) => ({ properties: { [name]: { not: { const: value } } } })) })),
);
const counts: Ways = [
  {},
  { maxProperties: 1 },
  { maxProperties: 2 },
  { minProperties: 2 },
  { minProperties: 3, maxProperties: 3 },
  { minProperties: 4 },
];
const given: Ways = [
  {},
  { required: ['ab'] },
  { patternProperties: { '^a.+$': text } },
  { required: ['a', 'b'], allOf: differing },
  { required: ['a', 'b', 'c'], allOf: differing },
];

/** Within it, brute force knows all there is. By patterns, so that the names are not listed. */
const bounded: JsonObject = {
  not: {
    not: { type: 'object', propertyNames: { pattern: '^([abc]|ab|ba)$' }, additionalProperties: { enum: [1, 'x'] } },
  },
};

const writers = existing.flatMap((first) =>
  alternatives.flatMap((second) =>
    counts.flatMap((third) => given.map((fourth) => all(bounded, first, second, third, fourth))),
  ),
);
const readers: Ways = [false, ...existing, ...alternatives, ...counts, ...given].map((reader) =>
  all(reader as JsonObject),
);

/** Every so many of the writers are tried: all of them take minutes, and were tried when this was written. */
const every = 41;

test('objects are compatible exactly where none separates the two', { timeout: 60_000 }, () => {
  const answers = (holds: (schema: Json, value: Json) => boolean, schema: Json) =>
    objects.map((object) => holds(schema, object));
  const reading = readers.map((reader) => ({ reader, accepted: answers(accepts, reader) }));
  const wrong: unknown[] = [];
  const count: Record<Verdict, number> = { compatible: 0, incompatible: 0, undecided: 0 };
  for (const writer of writers.filter((_, at) => at % every === 0)) {
    const sent = { open: answers(accepts, writer), closed: answers(writesClosed, writer) };
    for (const { reader, accepted } of reading) {
      for (const world of worlds) {
        const { verdict } = prepare(documentOf(writer), documentOf(reader)).decide('backward', world);
        const separates = sent[world].some((is, index) => is && accepted[index] === false);
        count[verdict]++;
        if (verdict !== 'undecided' && verdict !== (separates ? 'incompatible' : 'compatible'))
          wrong.push({ world, writer, reader, verdict });
      }
    }
  }
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(count.undecided).toBe(0);
  expect(count.compatible).toBeGreaterThan(200);
  expect(count.incompatible).toBeGreaterThan(200);
});
