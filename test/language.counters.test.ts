/** Counters inside counters: what one union part contains of another is left out, and nothing else may be. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Language, Pool } from '../src/compat/language/language.ts';
import { openPool } from '../src/compat/language/pool.ts';

function exact(pool: Pool, source: string): Language {
  const definition = pool.pattern(source);
  if (definition.kind !== 'exact') throw new Error(`${source} is not exact`);
  return definition.language;
}

const longest = 7;

/** Every word of a and b that is no longer than that. */
const words: readonly string[] = Array.from({ length: longest }).reduce<readonly string[]>(
  (made) => [...new Set([...made, ...made.flatMap((word) => [`${word}a`, `${word}b`])])],
  [''],
);

/**
 * A pattern and its words, put together by the definition of each operator: the expressions of the platform would backtrack for hours
 * on some of them.
 */
interface Pattern {
  readonly source: string;
  readonly words: ReadonlySet<string>;
}

function both(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const head of one) for (const tail of other) if (head.length + tail.length <= longest) found.add(head + tail);
  return found;
}

function counted({ source, words: turn }: Pattern, from: number, to: number): Pattern {
  const found = new Set<string>();
  let turns: ReadonlySet<string> = new Set(['']);
  for (let at = 0; at <= to; at++) {
    if (at >= from) for (const word of turns) found.add(word);
    turns = both(turns, turn);
  }
  return { source: `(?:${source}){${from},${to}}`, words: found };
}

function joined(one: Pattern, other: Pattern): Pattern {
  return { source: one.source + other.source, words: both(one.words, other.words) };
}

const range = fc
  .tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 1, max: 4 }))
  .map(([from, more]) => [from, from + more] as const);
const letters: readonly Pattern[] = [
  { source: 'a', words: new Set(['a']) },
  { source: 'b', words: new Set(['b']) },
  { source: '[ab]', words: new Set(['a', 'b']) },
];
const { term } = fc.letrec<{ term: Pattern }>((tie) => ({
  term: fc.oneof(
    { depthSize: 'small', maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(...letters),
    fc.tuple(tie('term'), range).map(([inner, [from, to]]) => counted(inner, from, to)),
    fc.tuple(tie('term'), tie('term')).map(([one, other]) => joined(one, other)),
    fc.tuple(tie('term'), tie('term')).map(([one, other]) => ({
      source: `(?:${one.source}|${other.source})`,
      words: new Set([...one.words, ...other.words]),
    })),
  ),
}));
const nested = fc.tuple(term, range, term, range).map(([one, often, other, oftener]) => {
  const whole = counted(joined(counted(one, ...often), other), ...oftener);
  return { ...whole, source: `^${whole.source}$` };
});

describe('patterns of nested counters', () => {
  test('match the words they are defined to match', { timeout: 60_000 }, () => {
    const property = fc.property(nested, (pattern) => {
      const pool = openPool();
      const language = exact(pool, pattern.source);
      expect(words.filter((word) => pool.matches(language, word) !== pattern.words.has(word))).toEqual([]);
    });
    fc.assert(property, { numRuns: 80, seed: 11 });
  });

  test('are inside one another only where no word says otherwise', { timeout: 60_000 }, () => {
    let decided = 0;
    const property = fc.property(nested, nested, (left, right) => {
      const pool = openPool();
      const difference = pool.difference(exact(pool, left.source), exact(pool, right.source));
      const found = pool.shortest(difference, { states: 2_000 });
      const separating = words.filter((word) => left.words.has(word) && !right.words.has(word));
      if (found === 'empty') expect(separating).toEqual([]);
      if (found !== 'unknown') decided++;
      if (typeof found !== 'object') return;
      const alone = openPool();
      expect(alone.matches(exact(alone, left.source), found.word)).toBe(true);
      if (found.word.length <= longest) expect(separating).toContain(found.word);
    });
    fc.assert(property, { numRuns: 160, seed: 11 });
    expect(decided).toBeGreaterThan(150);
  });

  test.each([
    ['^((a{1,50}b?){1,50}){1,5}$', '^((a{1,50}b?){1,50}){1,6}$'],
    ['^((a{1,50}b?){1,50}){1,5}$', '^(a{1,50}b?){0,251}$'],
    ['^(a{1,40}b?){1,40}$', '^(a{1,41}b?){1,40}$'],
    ['^((ab?){2,30}c?){2,30}$', '^((ab?){2,30}c?){2,31}$'],
    ['^((a{1,5}b{0,5}){1,20}c?){1,10}$', '^((a{1,5}b{0,5}){1,20}c?){1,11}$'],
    ['^(([a-z]{1,20}-?){1,10}\\.?){1,10}$', '^(([a-z]{1,20}-?){1,10}\\.?){1,11}$'],
    ['^((\\d{1,3}[ ,]?){1,30};?){1,20}$', '^((\\d{1,3}[ ,]?){1,30};?){1,21}$'],
    ['^(x?y{1,30}x?){1,30}$', '^(x?y{1,30}x?){1,31}$'],
    ['^([a-z]{1,63}(-[a-z]{1,63}){0,4}\\.){1,8}[a-z]{2,6}$', '^([a-z]{1,63}(-[a-z]{1,63}){0,5}\\.){1,8}[a-z]{2,6}$'],
  ])('%s is inside %s and not the other way', (less, more) => {
    const pool = openPool();
    expect(pool.isSubset(exact(pool, less), exact(pool, more))).toBe(true);
    const found = pool.shortest(pool.difference(exact(pool, more), exact(pool, less)));
    if (typeof found !== 'object') throw new Error(`found ${found}`);
    // each pattern read on its own
    const alone = openPool();
    expect(alone.matches(exact(alone, more), found.word)).toBe(true);
    expect(alone.matches(exact(alone, less), found.word)).toBe(false);
  });
});
