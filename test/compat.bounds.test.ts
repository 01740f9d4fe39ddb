/** Schemas of very many properties are compared, and their witnesses confirmed. */
import { expect, test } from 'vitest';
import { confirm } from '../src/compat/confirm/confirm.ts';
import { defaultNotes } from '../src/compat/finding/diff/note.ts';
import { diff } from '../src/compat/finding/diff.ts';
import { patternRelator } from '../src/compat/finding/relate.ts';
import type { Json } from '../src/schema/json.ts';
import { documentOf } from './support/document.ts';

function ask(writer: Json, reader: Json, value: Json) {
  return confirm(documentOf(writer), documentOf(reader), value, 'assert');
}

test('schemas of very many properties are evaluated too', () => {
  const wide = (type: string): Json => ({
    properties: Object.fromEntries(Array.from({ length: 4_000 }, (_, index) => [`p${index}`, { type }])),
  });
  expect(ask(wide('number'), wide('integer'), { p3999: 0.5 })).toBe('confirmed');
});

test('a value is the same value to schemas of many properties, whatever its members are called', () => {
  const properties = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`p${index}`, { type: 'string' }]));
  const value = { '-': 1, p7: 'x', inside: [{ '-': 2, '--': 3 }] };
  const writer = { properties, required: ['-', 'p7'], maxProperties: 3, const: value };
  expect(ask(writer, { properties, required: ['--'] }, value)).toBe('confirmed');
  expect(ask(writer, { properties, required: ['-'] }, value)).toBe('disagrees');
});

test('ten thousand properties are listed up to the limit', () => {
  const wideOf = (type: string) => ({
    properties: Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`p${index}`, { type }])),
  });
  const changes = diff(documentOf(wideOf('string')), documentOf(wideOf('integer')), {
    ...defaultNotes,
    ignore: [],
    relate: () => 'unknown',
    relatePatterns: patternRelator(),
    limit: 1_000,
  });
  expect(changes).toHaveLength(1_000);
});
