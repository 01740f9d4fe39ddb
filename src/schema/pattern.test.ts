import { expect, test } from 'vitest';
import { linearPattern } from './pattern.ts';

function matches(source: string, text: string): boolean | string {
  const result = linearPattern(source);
  return result.ok ? result.pattern.test(text) : result.reason;
}

const sources = [
  '^[a-z]+$',
  '[a-z]*',
  'a',
  '^.*a.*$',
  '^[A-Z]{3}$',
  '^\\u{1F600}$',
  '^\\d{2}-\\w+\\s$',
  '[^\\s]',
  '[\\S\\n]',
  '^\\p{Lu}\\P{L}?$',
  '\\bab\\b',
  '^(?:a|b|)c$',
  '^a{0,2}$',
  '^.{0,1500}$',
  '^(?<year>\\d{4})$',
  '\\/',
  '\\-',
  '[\\w-]+@',
  '^\\cJ$',
  '^[^]$',
  '^$',
  '(a*)*b',
  '\\u0041',
  '\\x41',
];
const texts = [
  '',
  'a',
  'b',
  'ab',
  'c',
  'ac',
  'aa',
  'aaa',
  'ABC',
  '😀',
  '12-x ',
  '12-x\u00a0',
  '\n',
  '\na',
  '\u2028a',
  'Éa',
  'É1',
  'x ab y',
  'xaby',
  '2024',
  '/',
  '-',
  'a-b@',
  'A',
  '\r',
  'aab',
];

test.each(sources)('%s matches what the native engine matches', (source) => {
  let native: RegExp;
  try {
    native = new RegExp(source, 'u');
  } catch {
    native = new RegExp(source);
  }
  for (const text of texts) expect([text, matches(source, text)]).toEqual([text, native.test(text)]);
});

test('a pattern that makes backtracking engines stall is linear', () => {
  expect(matches('^(a+)+$', `${'a'.repeat(50_000)}!`)).toBe(false);
  expect(matches('^(a|a)*$', 'a'.repeat(50_000))).toBe(true);
});

test.each([
  ['(', 'invalid'],
  ['^(?=a)', 'feature'],
  ['(a)\\1', 'feature'],
  ['((a{1,50}){1,50}){1,50}', 'size'],
  [`${'('.repeat(5000)}a${')'.repeat(5000)}`, 'invalid'],
])('%s is refused', (source, reason) => {
  expect(matches(source, 'a')).toBe(reason);
});
