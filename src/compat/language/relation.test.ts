import { describe, expect, it } from 'vitest';
import { alwaysMatches, patternRelation } from './relation.ts';

describe('alwaysMatches', () => {
  it.each([
    ['[a-z]*', true],
    ['', true],
    ['a|', true],
    ['^', true],
    ['.*', true],
    ['^.*$', false],
    ['^[^]*$', true],
    ['[a-z]+', false],
    ['(a)\\1', 'unknown'],
    ['(', 'unknown'],
  ])('of %s is %s', (source, expected) => {
    expect(alwaysMatches(source)).toBe(expected);
  });
});

describe('patternRelation', () => {
  it.each([
    ['^[a-z]+$', '^[a-z0-9]+$', 'narrower'],
    ['^[a-z0-9]+$', '^[a-z]+$', 'wider'],
    ['^\\d{3}$', '^[0-9][0-9][0-9]$', 'equal'],
    ['^a', '^b', 'disjoint'],
    ['a', 'b', 'overlapping'],
    ['(a)\\1', '(a)\\1', 'equal'],
    ['(a)\\1', 'aa', 'unknown'],
  ])('of %s to %s is %s', (left, right, expected) => {
    expect(patternRelation(left, right)).toBe(expected);
  });
});
