import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formats } from '../src/compat/language/formats.ts';
import type { Language, Pool } from '../src/compat/language/language.ts';
import { openPool } from '../src/compat/language/pool.ts';
import { formatPredicate } from '../src/schema/format.ts';

function predicateOf(name: string): (text: string) => boolean {
  const predicate = formatPredicate(name);
  if (predicate === undefined) throw new Error(`${name} is no format`);
  return predicate;
}

/** A word of the format with a character changed, doubled or dropped: where formats differ from their approximations. */
function nearby(words: readonly string[]): fc.Arbitrary<string> {
  const letters = [...new Set(words.join('')), ...'09aZ:/.-+%@ T[]#\n é😀'];
  return fc
    .tuple(fc.constantFrom(...words), fc.nat(30), fc.constantFrom(...letters), fc.nat(2))
    .map(([word, at, letter, how]) => {
      const place = at % (word.length + 1);
      return word.slice(0, place) + (how === 2 ? '' : letter) + word.slice(how === 0 ? place : place + 1);
    });
}

/** Whether the automaton accepts it: asked for a format by itself, the pool runs the native expression. */
function walks(pool: Pool, language: Language, word: string): boolean {
  return pool.listed(pool.intersection([language, pool.word(word)]))?.length === 1;
}

describe('a format', () => {
  it.each([...formats.keys()])('%s accepts what the validators accept', (name) => {
    const accepts = predicateOf(name);
    const pool = openPool();
    const definition = pool.format(name);
    if (!definition || definition.kind === 'opaque') throw new Error(`${name} has no language`);
    const hints = formats.get(name)?.hints ?? [];
    expect(hints.filter((word) => !accepts(word))).toEqual([]);
    const check = (word: string) => {
      const expected = accepts(word);
      if (definition.kind === 'exact')
        expect(walks(pool, definition.language, word), JSON.stringify(word)).toBe(expected);
      else expect(definition.test(word), JSON.stringify(word)).toBe(expected);
      if (definition.kind !== 'approximate') return;
      if (pool.matches(definition.under, word)) expect(expected, JSON.stringify(word)).toBe(true);
      if (expected) expect(pool.matches(definition.over, word), JSON.stringify(word)).toBe(true);
    };
    const languages = definition.kind === 'exact' ? [definition.language] : [definition.over, definition.under];
    const made = languages.flatMap((language) => [
      ...pool.enumerate(language, 60, { states: 3_000 }).words,
      ...pool.enumerate(pool.complement(language), 60, { states: 3_000 }).words,
    ]);
    for (const word of made) check(word);
    const runs = Number(process.env.FUZZ_RUNS ?? 300);
    fc.assert(fc.property(nearby([...hints, ...made.slice(0, 200)]), check), { numRuns: runs });
    fc.assert(
      fc.property(nearby([...hints]), fc.nat(20), fc.constantFrom(...hints), (word, at, other) =>
        check(word.slice(0, at) + other.slice(at)),
      ),
      {
        numRuns: runs,
      },
    );
  });

  it('of a URI knows every way to write an address', () => {
    const pool = openPool();
    const definition = pool.format('uri');
    if (definition?.kind !== 'exact') throw new Error('a URI is a regular language');
    const accepts = predicateOf('uri');
    const groups = (count: number) => Array.from({ length: count }, (_, at) => (at + 10).toString(16)).join(':');
    const wrong: string[] = [];
    for (let before = 0; before <= 9; before++) {
      for (let after = 0; after <= 9; after++) {
        for (const [join, tail] of [
          ['::', ''],
          ['::', '1.2.3.4'],
          [':', '1.2.3.4'],
          [':', ''],
        ]) {
          const end = [groups(after), tail].filter((part) => part !== '').join(':');
          const text = `a://[${groups(before)}${join}${end}]`;
          if (walks(pool, definition.language, text) !== accepts(text)) wrong.push(text);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('of a date knows the calendar', () => {
    const pool = openPool();
    const definition = pool.format('date');
    if (definition?.kind !== 'exact') throw new Error('a date is a regular language');
    const accepts = predicateOf('date');
    for (const year of [0, 4, 100, 400, 1900, 1996, 1999, 2000, 2012, 2014, 2023, 2024, 2100]) {
      for (let month = 0; month <= 13; month++) {
        for (let day = 0; day <= 32; day++) {
          const text = [
            String(year).padStart(4, '0'),
            String(month).padStart(2, '0'),
            String(day).padStart(2, '0'),
          ].join('-');
          expect(walks(pool, definition.language, text), text).toBe(accepts(text));
        }
      }
    }
  });

  it.each([
    '23:59:60Z',
    '24:59:60+01:00',
    '12:89:30+00:30',
    '00:29:60-23:30',
    '24:00:00Z',
    '23:59:61Z',
    '22:59:60-01',
    '46:59:30+23:00',
    '00:00:60-00:01',
  ])('time decides %s as the validators do', (text) => {
    const pool = openPool();
    const definition = pool.format('time');
    if (definition?.kind !== 'approximate') throw new Error('a time is approximate');
    const accepted = predicateOf('time')(text);
    expect(definition.test(text)).toBe(accepted);
    if (accepted) expect(pool.matches(definition.over, text)).toBe(true);
    if (pool.matches(definition.under, text)) expect(accepted).toBe(true);
  });

  it('that nobody defines is an annotation', () => {
    expect(openPool().format('idn-hostname')).toBeUndefined();
    expect(openPool().format('int32')).toBeUndefined();
    expect(openPool().format('constructor')).toBeUndefined();
  });

  it('lies where it should to others and to lengths', () => {
    const pool = openPool();
    const exact = (name: string) => {
      const definition = pool.format(name);
      if (definition?.kind !== 'exact') throw new Error(name);
      return definition.language;
    };
    for (const [narrow, wide] of [
      ['uri', 'uri-reference'],
      ['uri', 'iri'],
      ['uri-reference', 'iri-reference'],
      ['iri', 'iri-reference'],
      ['iri-reference', 'uri-template'],
      ['email', 'idn-email'],
    ] as const) {
      expect([narrow, wide, pool.isSubset(exact(narrow), exact(wide))]).toEqual([narrow, wide, true]);
      expect([wide, narrow, pool.isSubset(exact(wide), exact(narrow))]).toEqual([wide, narrow, false]);
    }
    expect(pool.relation(exact('ipv4'), exact('ipv6'))).toBe('disjoint');
    expect(pool.isSubset(exact('ipv4'), exact('hostname'))).toBe(true);
    expect(pool.shortest(pool.complement(exact('date')))).toEqual({ word: '' });
    const long = pool.shortest(exact('email'), { window: { min: 321, max: Number.POSITIVE_INFINITY } });
    expect(typeof long === 'object' && long.word.length).toBe(321);
    expect(pool.isSubset(exact('uuid'), pool.lengths({ min: 36, max: 45 }))).toBe(true);
  });
});
