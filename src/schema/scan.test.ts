import { expect, test } from 'vitest';
import { positionAt, scan } from './scan.ts';

const rules = (text: string) => scan(text, { maxDepth: 64 }).problems.map(({ rule, pointer }) => `${rule} ${pointer}`);

test('a name that stands twice is found, wherever it is', () => {
  expect(rules('{"a":1,"b":{"c":1,"c":2},"a":3}')).toEqual(['SCHEMA_DUPLICATE_NAME /b/c', 'SCHEMA_DUPLICATE_NAME /a']);
  expect(rules('[{"a":1},{"a":1}]')).toEqual([]);
  expect(rules('{"a":1,"\\u0061":2}')).toEqual(['SCHEMA_DUPLICATE_NAME /a']);
});

test('a number that a double cannot hold is found', () => {
  expect(rules('{"const":9007199254740993}')).toEqual(['SCHEMA_NUMBER_PRECISION /const']);
  expect(rules('{"enum":[1, 1e400]}')).toEqual(['SCHEMA_NUMBER_PRECISION /enum/1']);
  expect(rules('{"const":9007199254740992,"multipleOf":0.1,"maximum":1.50e3}')).toEqual([]);
});

test('digits inside strings are no numbers', () => {
  expect(rules('{"title":"9007199254740993 {\\"a\\":1,\\"a\\":2}"}')).toEqual([]);
});

test('nesting past the limit is found without recursion', () => {
  expect(rules('['.repeat(65) + ']'.repeat(65))).toEqual(['SCHEMA_TOO_DEEP ']);
  expect(rules('['.repeat(64) + ']'.repeat(64))).toEqual([]);
  expect(rules('['.repeat(1_000_000))).toEqual(['SCHEMA_TOO_DEEP ']);
});

test('every value has a place', () => {
  const text = '{\n  "a": [1,\n    {"b/c": true}]\n}';
  const { offsets } = scan(text, { maxDepth: 64, places: true });
  const at = (pointer: string) => positionAt(text, offsets.get(pointer) ?? -1);
  expect(at('')).toEqual({ line: 1, column: 1 });
  expect(at('/a')).toEqual({ line: 2, column: 3 });
  expect(at('/a/0')).toEqual({ line: 2, column: 9 });
  expect(at('/a/1')).toEqual({ line: 3, column: 5 });
  expect(at('/a/1/b~1c')).toEqual({ line: 3, column: 6 });
});
