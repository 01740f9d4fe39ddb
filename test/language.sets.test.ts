import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Language, Pool, Window } from '../src/compat/language/language.ts';
import { openPool } from '../src/compat/language/pool.ts';

function exact(pool: Pool, pattern: string): Language {
  const definition = pool.pattern(pattern);
  if (definition.kind !== 'exact') throw new Error(`${pattern}: ${definition.reason.detail}`);
  return definition.language;
}

describe('relation', () => {
  it.each([
    ['[a-z]*', '', 'equal'],
    ['^[a-z]+$', '^[a-z0-9]+$', 'narrower'],
    ['a', '^.*a.*$', 'wider'],
    ['a', '^[^]*a[^]*$', 'equal'],
    ['^(?!foo).*$', '^.*$', 'narrower'],
    ['^(a+)+$', '^a+$', 'equal'],
    ['^(a|b)*$', '^[ab]*$', 'equal'],
    ['^a?a?a?$', '^a{0,3}$', 'equal'],
    ['^(ab?)*$', '^(a|ab)*$', 'equal'],
    ['^a', '^b', 'disjoint'],
    ['a', 'b', 'overlapping'],
    ['^x{3}$', '^(x|xx)x{2}$', 'narrower'],
    ['^\\p{L}+$', '^[\\p{L}\\p{N}]+$', 'narrower'],
    ['\\bfoo\\b', 'foo', 'narrower'],
    ['^((?!foo).)*$', '^((?!foobar).)*$', 'narrower'],
    ['^\\d{4}-\\d\\d$', '^[0-9]{4}-[0-9]{2}$', 'equal'],
  ])('%s is to %s: %s', (left, right, expected) => {
    const pool = openPool();
    expect(pool.relation(exact(pool, left), exact(pool, right))).toBe(expected);
  });

  it('compares patterns with lengths in code points', () => {
    const pool = openPool();
    expect(pool.isSubset(exact(pool, '^[A-Z]{3}$'), pool.lengths({ min: 0, max: 3 }))).toBe(true);
    expect(pool.isSubset(exact(pool, '^\\u{1F600}$'), pool.lengths({ min: 0, max: 1 }))).toBe(true);
    expect(pool.isSubset(exact(pool, '^\\u{1F600}{2}$'), pool.lengths({ min: 0, max: 1 }))).toBe(false);
  });
});

describe('the laws of sets', () => {
  const pattern = fc.constantFrom(
    '^a',
    'b$',
    '^[ab]*$',
    '^(ab)+$',
    'a.b',
    '^.{2,4}$',
    '^$',
    '^a{2}$',
    '(?!a)b',
    '^(a|bb)*$',
  );
  const word = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 }).map((parts) => parts.join(''));
  const set = fc.letrec<{ set: (pool: Pool) => Language }>((tie) => ({
    set: fc.oneof(
      { maxDepth: 4 },
      pattern.map((source) => (pool: Pool) => exact(pool, source)),
      fc.array(word, { maxLength: 4 }).map((words) => (pool: Pool) => pool.words(words)),
      fc.tuple(fc.nat(3), fc.nat(3)).map(
        ([min, more]) =>
          (pool: Pool) =>
            pool.lengths({ min, max: min + more }),
      ),
      tie('set').map((of) => (pool: Pool) => pool.complement(of(pool))),
      fc.array(tie('set'), { maxLength: 3 }).map((of) => (pool: Pool) => pool.union(of.map((make) => make(pool)))),
      fc
        .array(tie('set'), { maxLength: 3 })
        .map((of) => (pool: Pool) => pool.intersection(of.map((make) => make(pool)))),
    ),
  })).set;

  it('hold for membership, inclusion and search alike', () => {
    const property = fc.property(set, set, fc.array(word, { minLength: 5 }), (makeLeft, makeRight, words) => {
      const pool = openPool();
      const left = makeLeft(pool);
      const right = makeRight(pool);
      const both = pool.intersection([left, right]);
      const either = pool.union([left, right]);
      for (const text of words) {
        const inLeft = pool.matches(left, text);
        const inRight = pool.matches(right, text);
        expect(pool.matches(both, text)).toBe(inLeft && inRight);
        expect(pool.matches(either, text)).toBe(inLeft || inRight);
        expect(pool.matches(pool.complement(left), text)).toBe(!inLeft);
        expect(pool.matches(pool.difference(left, right), text)).toBe(inLeft && !inRight);
      }
      expect(pool.isSubset(both, left)).toBe(true);
      expect(pool.isSubset(left, either)).toBe(true);
      expect(pool.isEmpty(pool.difference(both, right))).toBe(true);
      expect(pool.relation(pool.complement(both), pool.union([pool.complement(left), pool.complement(right)]))).toBe(
        'equal',
      );
      const gap = pool.shortest(pool.difference(left, right));
      if (gap === 'empty')
        expect(words.filter((text) => pool.matches(left, text) && !pool.matches(right, text))).toEqual([]);
      else if (gap !== 'unknown')
        expect([pool.matches(left, gap.word), pool.matches(right, gap.word)]).toEqual([true, false]);
    });
    fc.assert(property, { numRuns: Number(process.env.FUZZ_RUNS ?? 100) });
  });

  it('find a shortest word, within a window and in order, as trying all words would', () => {
    const every = ['', ...product(1), ...product(2), ...product(3), ...product(4)];
    const property = fc.property(set, fc.nat(3), fc.nat(3), (make, min, more) => {
      const pool = openPool();
      const window: Window = { min, max: min + more };
      const language = pool.intersection([make(pool), exact(pool, '^[abc]*$')]);
      const expected = every.filter(
        (text) => text.length >= min && text.length <= Math.min(4, min + more) && pool.matches(language, text),
      );
      const found = pool.shortest(language, { window });
      if (typeof found === 'object') {
        expect(pool.matches(language, found.word)).toBe(true);
        expect(found.word.length).toBeLessThanOrEqual(window.max);
        expect(found.word.length).toBeGreaterThanOrEqual(min);
        if (expected[0] !== undefined) expect(found.word.length).toBe(expected[0].length);
      } else expect([found, expected]).toEqual(['empty', []]);
      if (window.max <= 4) {
        const all = pool.enumerate(language, 1000, { window });
        expect(all.more).toBe(false);
        expect([...all.words].sort()).toEqual(expected.sort());
      }
    });
    fc.assert(property, { numRuns: Number(process.env.FUZZ_RUNS ?? 100) });
  });
});

describe('lengths', () => {
  const patterns = [
    '^(a{3,4}){1,9}$',
    '^a{2,5}(bbb){1,2}$',
    '^(b|aaa){2}$',
    '^(aa|bbbbb)*$',
    '^(a|bbb)*$',
    '^(a|bbb){0,2}$',
    '^(ab|c?){2,3}$',
    '^(aaa)+(b|cc)?$',
    '^((aa)?b){1,3}$',
    '^(a{2}){2,}$|^b{1,3}$',
    '^(aab?)*(ccc|c)$',
  ];

  it.each(patterns)('of %s are the ones its words have', (pattern) => {
    const pool = openPool();
    const language = exact(pool, pattern);
    const native = new RegExp(pattern, 'u');
    const lengths = new Set(
      pool.enumerate(language, 3_000, { window: { min: 0, max: 8 } }).words.map((word) => word.length),
    );
    for (let min = 0; min <= 8; min++) {
      for (let max = min; max <= 8; max++) {
        const expected = [...lengths].filter((length) => min <= length && length <= max).sort()[0];
        for (const asked of [language, pool.intersection([language, exact(pool, '^[^]*$'), exact(pool, '^[^d]*$')])]) {
          const found = pool.shortest(asked, { window: { min, max } });
          if (typeof found === 'object') expect([native.test(found.word), found.word.length]).toEqual([true, expected]);
          else expect([found, expected]).toEqual(['empty', undefined]);
        }
      }
    }
  });

  it.each([3, 4])('far out are found where the states repeat, after %i that do not', (count) => {
    const pool = openPool();
    const language = pool.intersection([exact(pool, `^x{${count}}(aa|bb)*$`), exact(pool, '^[^b]*$')]);
    const at = (length: number) => pool.shortest(language, { window: { min: length, max: length } });
    expect(at(70_001 + count)).toBe('empty');
    expect(at(70_000 + count)).toEqual({ word: `${'x'.repeat(count)}${'a'.repeat(70_000)}` });
  });
});

function product(length: number): string[] {
  return length === 0
    ? ['']
    : product(length - 1).flatMap((prefix) => ['a', 'b', 'c'].map((letter) => prefix + letter));
}

describe('a search', () => {
  it('decides long windows without visiting their states', () => {
    const pool = openPool();
    const window = { min: 65_536, max: 65_536 };
    const before = pool.spent;
    const found = pool.shortest(pool.all, { window });
    expect(typeof found === 'object' && found.word.length).toBe(65_536);
    expect(pool.shortest(exact(pool, '^[a-z]{1,65535}$'), { window })).toBe('empty');
    expect(pool.spent - before).toBeLessThan(100);
    const both = pool.intersection([exact(pool, '^(ab|c)+$'), exact(pool, 'ca')]);
    const long = pool.shortest(both, { window: { min: 65_536, max: Number.POSITIVE_INFINITY } });
    expect(typeof long === 'object' && long.word.length === 65_536 && pool.matches(both, long.word)).toBe(true);
    const even = pool.intersection([exact(pool, '^(..)*$'), exact(pool, '^[^b]*$')]);
    expect(pool.shortest(even, { window: { min: 70_001, max: 70_001 } })).toBe('empty');
  });

  it('does not write out words that nobody could read', () => {
    const pool = openPool();
    const window = { min: 1e9, max: Number.POSITIVE_INFINITY };
    expect(pool.shortest(exact(pool, '^a*$'), { window })).toBe('unknown');
    expect(pool.shortest(exact(pool, '^a{0,9}$'), { window })).toBe('empty');
    const both = pool.intersection([exact(pool, '^(ab|c)+$'), exact(pool, 'ca')]);
    expect(pool.shortest(both, { window })).toBe('unknown');
    expect(pool.plausible(both, { window })).toBe('unknown');
    expect(pool.enumerate(both, 2, { window })).toEqual({ words: [], more: 'unknown' });
  });

  it('stops at its budget and says so', () => {
    const pool = openPool();
    const left = exact(pool, '^[ab]*a[ab]{15}$');
    const right = exact(pool, '^(?!.*c).*a.{15}$');
    expect(pool.isSubset(left, right, { states: 2_000 })).toBe('unknown');
    expect(pool.relation(left, right, { states: 500 })).toBe('unknown');
  });

  it('under any budget claims only what it has seen', () => {
    const make = () => {
      const pool = openPool();
      return { pool, language: pool.intersection([exact(pool, '^[ab]{2,5}$'), exact(pool, 'a.b'), exact(pool, 'b$')]) };
    };
    const whole = make();
    const all = whole.pool.enumerate(whole.language, 100);
    expect(all.more).toBe(false);
    for (let states = 0; states <= 80; states++) {
      const { pool, language } = make();
      const some = pool.enumerate(language, 100, { states });
      if (some.more === false) expect([states, some.words]).toEqual([states, all.words]);
      expect([states, pool.shortest(language, { states })]).not.toEqual([states, 'empty']);
      const far = pool.shortest(language, { states, window: { min: 6, max: 99 } });
      if (typeof far === 'object') expect(far).toBe('empty');
    }
  });

  it('never makes a lone surrogate, and proves there is nothing else', () => {
    const pool = openPool();
    expect(pool.shortest(exact(pool, '^[\\uD800-\\uDFFF]$'))).toBe('empty');
    expect(pool.matches(exact(pool, '^[\\uD800-\\uDFFF]$'), '\uD800')).toBe(true);
    expect(pool.shortest(pool.words(['\uDC00']))).toBe('empty');
    const both = pool.intersection([exact(pool, '^[\\uD800-\\uDFFF]*$'), exact(pool, '^[^a]*$')]);
    expect(pool.enumerate(both, 3)).toEqual({ words: [''], more: false });
    expect(pool.enumerate(both, 3, { window: { min: 100, max: 100 } })).toEqual({ words: [], more: false });
  });

  it('prefers words that a person would write', () => {
    const pool = openPool();
    const word = (language: Language, hints?: readonly string[]) => pool.plausible(language, { hints: hints ?? [] });
    expect(word(pool.all)).toEqual({ word: 'a' });
    expect(word(exact(pool, '^.{3,}$'))).toEqual({ word: 'aaa' });
    expect(word(exact(pool, '^[A-Z0-9]{2}$'))).toEqual({ word: 'AA' });
    expect(word(exact(pool, '^[^a-z]*$'), ['x', 'EUR'])).toEqual({ word: 'EUR' });
    expect(word(pool.word(''))).toEqual({ word: '' });
    expect(word(pool.none)).toBe('empty');
    const date = pool.format('date');
    if (date?.kind !== 'exact') throw new Error('a date is a regular language');
    expect(word(pool.intersection([date.language, exact(pool, '^20')]))).toEqual({ word: '2024-05-17' });
    expect(word(pool.intersection([date.language, exact(pool, '^2001')]))).toEqual({ word: '2001-01-01' });
  });

  it('knows distinct words, and when there are no more', () => {
    const pool = openPool();
    expect(pool.enumerate(exact(pool, '^[ab]{2}$'), 9)).toEqual({ words: ['aa', 'ab', 'ba', 'bb'], more: false });
    expect(pool.enumerate(exact(pool, '^[ab]{2}$'), 4)).toEqual({ words: ['aa', 'ab', 'ba', 'bb'], more: false });
    expect(pool.enumerate(exact(pool, '^[ab]{2}$'), 3).more).toBe(true);
    expect(pool.enumerate(pool.all, 3)).toEqual({ words: ['', 'a', 'b'], more: true });
    expect(pool.enumerate(pool.none, 3)).toEqual({ words: [], more: false });
    expect(new Set(pool.enumerate(pool.all, 5_000).words).size).toBe(5_000);
    const huge = pool.intersection([exact(pool, 'a.{15}$'), exact(pool, 'b.{12}$')]);
    expect(pool.enumerate(huge, 3, { states: 500 }).words).toHaveLength(3);
    expect(pool.enumerate(huge, 3, { states: 2 })).toEqual({ words: [], more: 'unknown' });
    const far = { min: 100, max: Number.POSITIVE_INFINITY };
    expect(pool.enumerate(huge, 3, { states: 500, window: far })).toMatchObject({ more: 'unknown' });
  });
});

describe('finite sets', () => {
  it('of 10,000 members are compared without a state per member', () => {
    const pool = openPool();
    const texts = Array.from({ length: 10_000 }, (_, i) => `value-${i}`);
    const whole = pool.words(texts);
    const smaller = pool.words(texts.slice(1));
    const before = pool.spent;
    expect(pool.isSubset(smaller, whole)).toBe(true);
    expect(pool.shortest(pool.difference(whole, smaller))).toEqual({ word: 'value-0' });
    expect(pool.isSubset(whole, exact(pool, '^value-\\d+$'))).toBe(true);
    expect(pool.spent - before).toBeLessThan(1_000);
    expect(pool.shortest(pool.intersection([pool.complement(whole), exact(pool, '^value-\\d+$')]))).toEqual({
      word: 'value-00',
    });
    expect(pool.listed(pool.intersection([whole, exact(pool, '^value-(1|22)$')]))).toEqual(['value-1', 'value-22']);
  });
});

describe('one string', () => {
  it('of a megabyte is matched in bounded memory', () => {
    const pool = openPool();
    const long = 'ab'.repeat(500_000);
    expect(pool.matches(exact(pool, '^(a+b+)+$'), long)).toBe(true);
    expect(pool.matches(exact(pool, '(x|b.{15})$'), long)).toBe(false);
    expect(pool.matches(exact(pool, '(x|a.{15})$'), long)).toBe(true);
  });

  it('is matched by hundreds of alternatives and deep groups', () => {
    const pool = openPool();
    const names = exact(pool, `^(${Array.from({ length: 300 }, (_, i) => `name${i}x?`).join('|')})$`);
    expect(pool.matches(names, 'name299x')).toBe(true);
    expect(pool.isSubset(names, exact(pool, '^name\\d+x?$'))).toBe(true);
    const deep = exact(pool, `^${'('.repeat(150)}a${')*'.repeat(150)}$`);
    expect(pool.matches(deep, 'aaa')).toBe(true);
    expect(pool.relation(deep, exact(pool, '^a*$'))).toBe('equal');
  });
});
