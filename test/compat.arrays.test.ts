/**
 * Arrays whose items come from three values and whose length is at most four: all 121 of them are tried, in every dialect, on
 * pairs that combine tuple, tail, contains, counts, uniqueItems and unevaluatedItems. Brute force is the truth.
 */
import { describe, expect, test } from 'vitest';
import { prepare } from '../src/compat/decide/decide.ts';
import { type Verdict, worlds } from '../src/compat/report.ts';
import { type Dialect, dialects } from '../src/schema/document.ts';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { documentOf } from './support/document.ts';
import { accepts, writesClosed } from './support/reference.ts';
import { downTo } from './support/translate.ts';

const items: readonly Json[] = [1, 2, 'a'];
const maxLength = 4;

function arraysOf(length: number): readonly (readonly Json[])[] {
  if (length === 0) return [[]];
  return arraysOf(length - 1).flatMap((shorter) => items.map((item) => [...shorter, item]));
}

const values: readonly Json[] = Array.from({ length: maxLength + 1 }, (_, length) => arraysOf(length)).flat();

const whole = { type: 'integer' };
const text = { type: 'string' };
const either = { type: ['integer', 'string'] };
const one = { const: 1 };

type Ways = readonly JsonObject[];

const tuples: Ways = [
  {},
  { prefixItems: [either] },
  { prefixItems: [either, either] },
  { prefixItems: [text, either] },
];
const tails: Ways = [{}, { items: false }, { items: text }, { items: whole }];
const counted: Ways = [
  {},
  { contains: one },
  { contains: whole, maxContains: 1 },
  { contains: text, minContains: 0, maxContains: 2 },
  { allOf: [{ contains: one }, { contains: { const: 2 } }] },
  { allOf: [{ contains: text }], contains: whole, minContains: 2 },
];
const repeated: Ways = [{}, { uniqueItems: true }];
const left: Ways = [{ unevaluatedItems: false }, { unevaluatedItems: text }, { unevaluatedItems: whole }];
const lengths: Ways = [{ minItems: 2 }, { maxItems: 2 }, { minItems: 1, maxItems: 3 }];

function product(...families: readonly Ways[]): Ways {
  return families.reduce<Ways>((made, ways) => made.flatMap((each) => ways.map((way) => ({ ...each, ...way }))), [{}]);
}

/** Everything is an array of at most four of the three items: within that, brute force knows all there is. */
const bounded = { not: { not: { type: 'array', maxItems: maxLength, items: { enum: items } } } };
const writers = [...product(tuples, tails, counted, repeated, [bounded]), ...product(tuples, counted, left, [bounded])];
/** One question at a time, so that one theory answers it. */
const readers = [...product(tuples, tails), ...counted, ...repeated, ...left, ...lengths, ...product(tuples, left)];

/** What an older dialect says of keywords it does not know. */
const unknownBefore: readonly (readonly [dialect: Dialect, keywords: readonly string[]])[] = [
  ['2019-09', ['minContains', 'maxContains', 'unevaluatedItems']],
  ['draft-06', ['contains']],
];

function without(schema: Json, keywords: ReadonlySet<string>): Json {
  if (Array.isArray(schema)) return schema.map((each) => without(each, keywords));
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(([name]) => !keywords.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, without(value, keywords)]));
}

function knownTo(dialect: Dialect, schema: JsonObject): Json {
  const at = dialects.indexOf(dialect);
  const unknown = unknownBefore.flatMap(([since, keywords]) => (at < dialects.indexOf(since) ? keywords : []));
  // up to 2019-09 what contains matched is still left to unevaluatedItems
  if (dialect === '2019-09') unknown.push('unevaluatedItems');
  return without(schema, new Set(unknown));
}

const writes = { open: accepts, closed: writesClosed } as const;

/** Which of the values a schema accepts, or its writers send. */
function answers(test: (schema: Json, value: Json) => boolean, schema: Json): readonly boolean[] {
  return values.map((value) => test(schema, value));
}

/**
 * In 2020-12 every pair is tried; in the others every eleventh, and those in which a demand of the reader starts between the
 * positions of the writer's tuple.
 */
function isTried(dialect: Dialect, writer: JsonObject, reader: JsonObject, at: number): boolean {
  if (dialect === '2020-12' || at % 11 === 0) return true;
  const startsBetween = reader.prefixItems !== undefined && typeof reader.items === 'object';
  return startsBetween && writer.items === false && (writer.contains !== undefined || writer.allOf !== undefined);
}

describe.each(dialects)('arrays of %s', (dialect) => {
  test('are compatible exactly where no array separates the two', { timeout: 240_000 }, () => {
    const known = (schema: JsonObject) => knownTo(dialect, schema);
    const reading = readers.map((full) => ({ full, schema: known(full), accepted: answers(accepts, known(full)) }));
    const wrong: unknown[] = [];
    const count: Record<Verdict, number> = { compatible: 0, incompatible: 0, undecided: 0 };
    let at = 0;
    for (const full of writers) {
      const writer = known(full);
      const sent = { open: answers(writes.open, writer), closed: answers(writes.closed, writer) };
      const previous = documentOf(downTo(writer, dialect), dialect);
      for (const { full: asked, schema: reader, accepted } of reading) {
        if (!isTried(dialect, full, asked, at++)) continue;
        const next = documentOf(downTo(reader, dialect), dialect);
        for (const world of worlds) {
          // a pair for each world: what is known in one answers in the other
          const { verdict } = prepare(previous, next).decide('backward', world);
          const separates = sent[world].some((is, index) => is && accepted[index] === false);
          count[verdict]++;
          if (verdict !== 'undecided' && verdict !== (separates ? 'incompatible' : 'compatible'))
            wrong.push({ world, writer, reader, verdict });
        }
      }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(count.compatible).toBeGreaterThan(100);
    expect(count.incompatible).toBeGreaterThan(100);
    expect(count.undecided).toBeLessThan(count.compatible / 25);
  });
});
