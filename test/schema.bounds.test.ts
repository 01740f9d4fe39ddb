/** Schemas and events made to cost much: all end in bounded work, and none runs out of stack. */
import { describe, expect, it, test } from 'vitest';
import type { SchemaDocument } from '../src/schema/document.ts';
import { evaluatorOf } from '../src/schema/evaluator/evaluator.ts';
import type { Json } from '../src/schema/json.ts';
import { inPlace, ownFields, reach } from '../src/schema/reach.ts';
import { compileValidator, type Rejection } from '../src/schema/validator.ts';
import { WorkExceeded } from '../src/schema/work.ts';
import { documentOf } from './support/document.ts';

function rejections(document: SchemaDocument, value: Json): readonly Rejection[] {
  const compiled = compileValidator(document, { formats: 'assert' });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.validator.validate(value);
}

function accepts(document: SchemaDocument, value: Json): boolean {
  return rejections(document, value).length === 0;
}

function evaluator(root: Json) {
  return evaluatorOf(documentOf(root), { formats: 'assert' });
}

test('an event that nests too deep is refused before any recursion', () => {
  let value: Json = 0;
  for (let level = 0; level < 100_000; level++) value = [value];
  expect(rejections(documentOf({ items: { $ref: '#' } }), value)).toMatchObject([{ keyword: 'limit' }]);
});

test('recursion that doubles with each level ends', () => {
  const branch = { properties: { a: { $ref: '#' } } };
  const document = documentOf({ anyOf: [branch, { ...branch, minProperties: 0 }], type: 'object' });
  let value: Json = 0;
  for (let level = 0; level < 60; level++) value = { a: value };
  expect(rejections(document, value)).toMatchObject([{ keyword: 'limit', params: { limit: 'references' } }]);
});

test('recursion that looks at a large value again and again ends, and soon', () => {
  const again = (to: string) => ({ anyOf: Array.from({ length: 10 }, () => ({ $ref: to })) });
  const levels = Array.from({ length: 9 }, (_, level) => [`l${level + 1}`, again(`#/$defs/l${level}`)]);
  const document = documentOf({ $ref: '#/$defs/l9', $defs: { ...Object.fromEntries(levels), l0: { maxLength: 5 } } });
  const began = process.cpuUsage();
  expect(rejections(document, 'a'.repeat(10_000))).toMatchObject([{ params: { limit: 'references' } }]);
  // without weighing: half a minute
  expect(process.cpuUsage(began).user / 1_000).toBeLessThan(3_000);
});

test('a chain of references as deep as events may be looks at a large value at each of its levels', () => {
  let value: Json = 'a'.repeat(1_000_000);
  for (let level = 0; level < 250; level++) value = { a: value };
  expect(accepts(documentOf({ properties: { a: { $ref: '#' } } }), value)).toBe(true);
});

test('5,000 distinct objects are compared in one pass', () => {
  const items = Array.from({ length: 5_000 }, (_, index) => ({ index, text: 'x'.repeat(20) }));
  expect(accepts(documentOf({ uniqueItems: true }), items)).toBe(true);
  expect(accepts(documentOf({ uniqueItems: true }), [...items, items[17] as Json])).toBe(false);
});

test('5,000 properties compile', () => {
  const properties = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`p${index}`, { type: 'string' }]));
  expect(accepts(documentOf({ properties }), { p4999: 1 })).toBe(false);
});

test('neither chains of references nor deep events need the stack', () => {
  const links = 10_000;
  const chainOf = (length: number, last: Json): Record<string, Json> =>
    Object.fromEntries(
      Array.from({ length }, (_, index): [string, Json] => [
        `d${index}`,
        index + 1 < length ? { $ref: `#/$defs/d${index + 1}` } : last,
      ]),
    );
  const chain = evaluator({ $ref: '#/$defs/d0', $defs: chainOf(links, { type: 'integer' }) });
  expect([chain.accepts(1), chain.accepts('x')]).toEqual([true, false]);
  expect(chain.rejections('x')).toMatchObject([{ schemaPointer: `/$defs/d${links - 1}/type`, keyword: 'type' }]);

  let event: Json = 'x';
  for (let level = 0; level < 250; level++) event = { next: event };
  const list = evaluator({
    $ref: '#/$defs/d0',
    $defs: chainOf(200, { type: ['object', 'integer'], properties: { next: { $ref: '#/$defs/d0' } } }),
  });
  expect(list.accepts(event)).toBe(false);
});

test('references that multiply end in an error, and not in hours', () => {
  const doubling = evaluator({
    anyOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/b' }],
    $defs: { ...twice('a'), ...twice('b') },
  });
  // what is followed on much costs much: the million references need not all be followed
  let event: Json = 'x'.repeat(1_000_000);
  for (let level = 0; level < 60; level++) event = [event];
  expect(() => doubling.accepts(event)).toThrow(WorkExceeded);
});

function twice(name: string): Record<string, Json> {
  return { [name]: { type: 'array', title: name, items: { anyOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/b' }] } } };
}

describe('schemas built to fan out', () => {
  const levels = 40;
  const fan = (keyword: (name: string) => Json): Json => ({
    ...(keyword('d0') as object),
    $defs: Object.fromEntries(
      Array.from({ length: levels }, (_, at) => [`d${at}`, at === levels - 1 ? {} : keyword(`d${at + 1}`)]),
    ),
  });

  it('are walked in bounded work, and every schema of them is met', () => {
    const bomb = fan((name) => ({ properties: { a: { $ref: `#/$defs/${name}` }, b: { $ref: `#/$defs/${name}` } } }));
    const met = [...reach(documentOf(bomb))];
    expect(met.length).toBeLessThan(40_000);
    expect(met.some(({ place }) => place.pointer === `/$defs/d${levels - 1}`)).toBe(true);
    expect(ownFields(documentOf(bomb))).toHaveLength(2 * levels);
  });

  it('are looked at once in one place', () => {
    const bomb = documentOf(fan((name) => ({ allOf: [{ $ref: `#/$defs/${name}` }, { $ref: `#/$defs/${name}` }] })));
    const [root] = [...reach(bomb)];
    expect(root && inPlace(root, bomb).length).toBe(1 + 2 * levels + levels);
  });

  it('are walked when they are one long chain', () => {
    const length = 20_000;
    const links = Array.from({ length }, (_, at) => [
      `d${at}`,
      at === length - 1 ? {} : { $ref: `#/$defs/d${at + 1}` },
    ]);
    expect([...reach(documentOf({ $ref: '#/$defs/d0', $defs: Object.fromEntries(links) }))]).toHaveLength(length + 1);
  });
});
