import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inexactText, isExact } from './exact-number.ts';

test('what a double prints is exact', () => {
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => isExact(String(value))));
});

test('an integer is exact where a double has its value, however long it is', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), (integer) => {
      expect(isExact(String(integer))).toBe(BigInt(Number(integer)) === integer);
    }),
  );
  expect(isExact(String(2n ** 1023n))).toBe(true);
  expect(isExact(String(2n ** 1023n + 1n))).toBe(false);
});

test.each([
  ['-9223372036854775808', true],
  ['9223372036854775808', true],
  ['18446744073709551616', true],
  ['9223372036854775807', false],
  ['18446744073709551615', false],
  ['1e400', false],
  ['1e-400', false],
  ['0e999999999', true],
  ['0.1', true],
  ['0.1000000000000000055511151231257827', false],
  ['1.50e3', true],
  ['-0', true],
  ['1E2', true],
  // as YAML writes them
  ['+1', true],
  ['+.5', true],
  ['.5', true],
  ['+12e03', true],
])('%s: %s', (literal, exact) => {
  expect(isExact(literal)).toBe(exact);
});

test('a long literal takes time in its length', () => {
  const zeros = '0'.repeat(400_000);
  const start = performance.now();
  expect(isExact(`1.${zeros}1${zeros}`)).toBe(false);
  expect(isExact(`1${'01'.repeat(200_000)}`)).toBe(false);
  expect(performance.now() - start).toBeLessThan(1_000);
});

test.each([
  ['18446744073709551615', 'maximum', false, 'write "exclusiveMaximum": 18446744073709551616, which'],
  [
    '18446744073709551615',
    'maximum',
    true,
    'write "maximum": 18446744073709551616 with "exclusiveMaximum": true, which',
  ],
  ['9223372036854775809', 'exclusiveMaximum', false, 'write "maximum": 9223372036854775808, which'],
  ['-9223372036854775807', 'minimum', false, 'write "exclusiveMinimum": -9223372036854775808, which'],
  ['9007199254740993', 'const', false, 'the nearest that it holds are 9007199254740992 and 9007199254740994'],
  ['-9007199254740993', 'maximum', false, 'write "exclusiveMaximum": -9007199254740992, which'],
  ['0.1000000000000000055511151231257827', 'multipleOf', false, 'write 0.1'],
  ['1e400', 'maximum', false, 'a double ends near 1.8e308'],
])('%s as %s (draft-04: %s): %s', (literal, keyword, isDraft04, advice) => {
  const text = inexactText(literal, keyword, isDraft04);
  expect(text).toContain(advice);
  for (const [number] of text.slice(text.indexOf(':')).matchAll(/-?\d{3,}/g)) expect(isExact(number)).toBe(true);
});
