import { expect, test } from 'vitest';
import { foreignSyntax } from './foreign-syntax.ts';

/** A row is a pattern of another dialect, what is written, and a word that is meant and one that is not. */
test.each([
  ['\\A[A-Z]{3}\\Z', 'ABC', 'AABCZ'],
  ['^[[:alpha:]]+$', 'abc', 'a]'],
  ['^[[:^digit:]]$', 'a', '1'],
  ['^[[:punct:]]+$', '!-/:@[`{~\\]', 'a'],
  ['^\\h+$', ' \t', 'hh'],
  ['^[\\h,]+$', ' ,\t', 'h'],
  ['^[\\a\\e]$', '\u0007', 'a'],
  ['^a\\Rb$', 'a\r\nb', 'aRb'],
])('%s: what to write instead means what was meant', (pattern, meant, other) => {
  const corrected = foreignSyntax(pattern).reduce(
    (text, { written, instead }) => text.replaceAll(written, () => instead ?? '?'),
    pattern,
  );
  expect(foreignSyntax(corrected)).toEqual([]);
  expect([new RegExp(corrected).test(meant), new RegExp(corrected).test(other)]).toEqual([true, false]);
});

test.each(['^\\d+\\.\\w$', '[\\-\\:\\@]', '^\\p{L}$', '(a)\\1', '(?<n>a)\\k<n>', '(?i)', '[', '\\cA\\x41\\u0041'])(
  '%s is of ECMA-262, or no pattern at all',
  (pattern) => {
    expect(foreignSyntax(pattern)).toEqual([]);
  },
);

test('what nothing corresponds to is named without advice', () => {
  expect(foreignSyntax('\\Qa.b\\E')).toEqual([{ written: '\\Q' }, { written: '\\E' }]);
  expect(foreignSyntax('^[[:^alpha:]]$')).toEqual([{ written: '[:^alpha:]' }]);
});
