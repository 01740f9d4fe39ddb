import { describe, expect, it } from 'vitest';
import { nativePattern } from './tame.ts';

describe('nativePattern', () => {
  it.each([
    '^[a-z]+$',
    '^[A-Z0-9-]{4,20}$',
    '^\\d{4}-\\d{2}$',
    'abc',
    '^(?:a|b)c*$',
    '^a$|^b+$',
    '^\\d+\\.\\d+\\.\\d+$',
    '^[0-9]+-[0-9]+$',
    '^(?:[a-z]+:)*[A-Z]+$',
    '^v?(\\d+)(\\.\\d+)*(?:-[a-z]+)?$',
    '^[a-z]{1,200}(?:-[a-z]{1,200}){0,3}$',
  ])('runs %s as it is', (pattern) => {
    expect(nativePattern(pattern)).toBe(pattern);
  });

  it.each([
    ['.+://.+', '.://.'],
    ['@.*', '@'],
    ['.*', '(?:)'],
    ['\\d+$', '\\d$'],
    ['a{2,}b|^c.*', 'a{2}b|^c'],
    ['.*.*x.+.*', 'x.'],
  ])('runs %s as %s', (pattern, native) => {
    expect(nativePattern(pattern)).toBe(native);
  });

  it.each([
    '^(a+)+$',
    'a+b+c',
    '^a*a*$',
    '^(a*)*$',
    '^((a?)?){20}$',
    '^(?:|a|)+$',
    '(?=a)b',
    '(a)\\1',
    '^(a|b)+$|c+d',
    '^(a{1,40}b{1,40}){2}c*a*c*$',
    '^a{0,40}a{0,40}$',
    '^(a|a)*$',
    '^[a-z]+[a-z0-9]+$',
    '(',
  ])('does not run %s', (pattern) => {
    expect(nativePattern(pattern)).toBeUndefined();
  });
});
