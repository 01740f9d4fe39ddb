import { describe, expect, it } from 'vitest';
import { isTame } from './tame.ts';

describe('isTame', () => {
  it.each(['^[a-z]+$', '^[A-Z0-9-]{4,20}$', '^\\d{4}-\\d{2}$', 'abc', '^(?:a|b)c*$', '^a$|^b+$'])(
    'trusts %s',
    (pattern) => {
      expect(isTame(pattern)).toBe(true);
    },
  );

  it.each([
    '^(a+)+$',
    'a+b',
    '^a*a*$',
    '(?=a)b',
    '(a)\\1',
    '^(a|b)+$|c+',
    '^(a{1,40}b{1,40}){2}$',
    '^a{0,40}a{0,40}$',
    '^(a|a)*$',
    '(',
  ])('does not trust %s', (pattern) => {
    expect(isTame(pattern)).toBe(false);
  });
});
