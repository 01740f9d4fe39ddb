import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Language, Pool } from '../src/compat/language/language.ts';
import { openPool } from '../src/compat/language/pool.ts';

/**
 * What Ajv would run: the u flag, or none where only that parses. Tried at each code point in turn, as the specification has it: left to
 * itself V8 also tries the middle of a surrogate pair, and finds /(?!.)/u in "😀".
 */
function native(source: string): ((text: string) => boolean) | undefined {
  for (const flags of ['uy', 'y']) {
    try {
      const expression = new RegExp(source, flags);
      return (text) =>
        starts(text, flags === 'uy').some((at) => {
          expression.lastIndex = at;
          return expression.test(text);
        });
    } catch {}
  }
  return undefined;
}

function starts(text: string, unicode: boolean): number[] {
  const found = [0];
  for (let at = 0; at < text.length; ) {
    at += unicode && text.codePointAt(at)! > 0xffff ? 2 : 1;
    found.push(at);
  }
  return found;
}

const alphabet = ['a', 'b', 'A', '1', '_', '-', ' ', '\n', '\u2028', 'é', 'ſ', '😀', '\u{10FFFF}', '/'];

const atom = fc.oneof(
  fc.constantFrom('a', 'b', '1', '-', ' ', 'é', '😀', '.', '\\d', '\\w', '\\s', '\\D', '\\W', '\\S', '\\n', '\\/'),
  fc.constantFrom('[ab]', '[^a]', '[a-c1]', '[^\\w]', '[\\s\\d]', '[😀é]', '[^😀]', '\\p{Lu}', '\\P{L}', '[\\p{L}\\d]'),
  fc.constantFrom('\\1', '[]', '[^]', '\\u{1F600}', '\\x61', '\\0', '[\\-a]', '\\.'),
);
const assertion = fc.constantFrom('^', '$', '\\b', '\\B');
const count = fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{0,2}', '{2,}', '*?', '+?', '??', '{1,2}?');

const source = fc
  .letrec<{ choice: string; series: string; item: string }>((tie) => ({
    choice: fc.array(tie('series'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('|')),
    series: fc.array(tie('item'), { maxLength: 4 }).map((parts) => parts.join('')),
    item: fc.oneof(
      { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
      atom,
      fc.tuple(atom, count).map((parts) => parts.join('')),
      assertion,
      fc
        .tuple(fc.constantFrom('(', '(?:', '(?=', '(?!', '(?<=', '(?<!'), tie('choice'))
        .map(([open, inner]) => `${open}${inner})`),
      fc
        .tuple(fc.constantFrom('(', '(?:'), tie('choice'), count)
        .map(([open, inner, times]) => `${open}${inner})${times}`),
    ),
  }))
  .choice.filter((pattern) => pattern.length <= 80);

const text = fc.array(fc.constantFrom(...alphabet), { maxLength: 7 }).map((parts) => parts.join(''));

function exact(pool: Pool, pattern: string): Language {
  const definition = pool.pattern(pattern);
  if (definition.kind !== 'exact') throw new Error(`${pattern}: ${definition.reason.detail}`);
  return definition.language;
}

describe('a pattern', () => {
  it('matches what RegExp matches, on any text and on its own words and non-words', () => {
    const property = fc.property(source, fc.array(text, { minLength: 12, maxLength: 12 }), (pattern, texts) => {
      const expected = native(pattern);
      fc.pre(expected !== undefined);
      const pool = openPool();
      const definition = pool.pattern(pattern);
      if (definition.kind === 'opaque') return;
      if (definition.kind === 'approximate') {
        for (const word of texts) {
          const answer = definition.test(word);
          if (answer !== 'unknown') expect(answer, `/${pattern}/ tests ${JSON.stringify(word)}`).toBe(expected?.(word));
          if (expected?.(word))
            expect(pool.matches(definition.over, word), `over /${pattern}/ ${JSON.stringify(word)}`).toBe(true);
        }
        return;
      }
      const inside = pool.enumerate(definition.language, 8, { states: 300 }).words;
      const outside = pool.enumerate(pool.complement(definition.language), 8, { states: 300 }).words;
      for (const word of inside) expect(expected?.(word), `/${pattern}/ makes ${JSON.stringify(word)}`).toBe(true);
      for (const word of outside) expect(expected?.(word), `/${pattern}/ bars ${JSON.stringify(word)}`).toBe(false);
      for (const word of texts) {
        expect(pool.matches(definition.language, word), `/${pattern}/ on ${JSON.stringify(word)}`).toBe(
          expected?.(word),
        );
      }
    });
    fc.assert(property, { numRuns: Number(process.env.FUZZ_RUNS ?? 150) });
  });

  it.each([
    ['^((?!foo).)*$', ['', 'fo', 'bar'], ['foo', 'afoo']],
    ['^(?=.*\\d)(?=.*[a-z]).{3,}$', ['a1b'], ['abc', '123', 'a1']],
    ['(^a|b$)', ['ax', 'xb', 'a'], ['xa', 'bx']],
    ['^(a|$)*b?$', ['aab', ''], ['bb']],
    ['^(?:a$)?', ['', 'a', 'zzz'], []],
    ['\\bcat\\b', ['a cat.', 'cat'], ['concat', 'cats']],
    ['^[\\w-.]+$', ['a-b.c'], ['a b', '']],
    ['^.$', ['a', '😀'], ['', 'aa', '\n']],
    ['^\\-.$', ['-a'], ['-😀', '-']],
    ['[^]', ['\n', 'a'], ['']],
    ['(?!(?:\\1|))|\\1', ['\u0001'], ['', 'a']],
    ['^.+(?<!\\.)$', ['a', 'a.b'], ['a.', '.', '']],
    ['(?<=\\$)\\d', ['$5', 'a$5'], ['5', '$']],
    ['(?<!\\$)\\b\\d', ['5', '$5 6'], ['$5', 'a5']],
    ['(?<=^a|b)(?<!bb)c', ['ac', 'abc', 'bc'], ['aac', 'bbc', 'c']],
    ['(?<!^)a|x(?<=.x)', ['ba', 'ax'], ['a', 'x', '']],
    ['a(?<=a)b(?=c)', ['abc'], ['ab', 'bc']],
    ['^\\s$', ['\u00a0', '\ufeff', '\u2003'], ['\u0085', '']],
  ])('%s accepts and rejects as ECMA-262 says', (pattern, accepted, rejected) => {
    const pool = openPool();
    const language = exact(pool, pattern);
    expect(accepted.filter((word) => !pool.matches(language, word))).toEqual([]);
    expect(rejected.filter((word) => pool.matches(language, word))).toEqual([]);
    expect(accepted.filter((word) => !native(pattern)?.(word))).toEqual([]);
    expect(rejected.filter((word) => native(pattern)?.(word))).toEqual([]);
  });

  it('is a superset and a test where it holds a back-reference or a look-behind', () => {
    const pool = openPool();
    const words = ['b', 'xyx', 'axax', 'ax', 'ba', 'aa', 'ab', 'bb', 'a', '', 'xaay', 'price 5', '$5', '5'];
    for (const pattern of [
      '^(a|b)\\1$',
      '(a)|b\\1',
      '^(?:(a)|b)*\\1$',
      '(?<n>x)a\\k<n>',
      '(?:(a)|b)\\1',
      '(?:(a)x)*\\1',
      '(a){0,2}b\\1',
      '^((?:a|x)+)y?\\1$',
      '(?!(a))\\1b',
      '^(?!(a|b)\\1)',
      '(?:a*)*b(c)\\1',
      '(?:a(?<=x)b|$)',
      '(?=a|$(?<=b))',
      'a$(?<=a)b?',
      '(?=ab)a(?<=a)',
    ]) {
      const definition = pool.pattern(pattern);
      if (definition.kind !== 'approximate') throw new Error(`${pattern} is ${definition.kind}`);
      expect(definition.reason.code).toBe('regex-feature');
      for (const word of words) {
        const expected = new RegExp(pattern, 'u').test(word);
        expect(definition.test(word), `/${pattern}/ on ${word}`).toBe(expected);
        if (expected) expect(pool.matches(definition.over, word), `over /${pattern}/ on ${word}`).toBe(true);
      }
    }
  });

  it('says unknown rather than backtrack without end', () => {
    const definition = openPool().pattern('^(a|a)*\\1b$');
    if (definition.kind !== 'approximate') throw new Error(definition.kind);
    expect(definition.test('a'.repeat(60))).toBe('unknown');
    expect(definition.test('aab')).toBe(true);
  });

  it.each([
    ['(', 'regex-invalid'],
    ['\\', 'regex-invalid'],
    ['('.repeat(500) + ')'.repeat(500), 'regex-budget'],
    ['a'.repeat(30_000), 'regex-budget'],
    ['((((a{1,99}b?){1,99}c?){1,99}d?){1,99}', 'regex-invalid'],
    ['(((a{1,99}b?){1,99}c?){1,99}d?){1,99}', 'regex-budget'],
    ['((?=a)b){9999}', 'regex-budget'],
  ])('%s is refused: %s', (pattern, code) => {
    const definition = openPool().pattern(pattern);
    expect(definition.kind === 'opaque' && definition.reason.code).toBe(code);
  });
});
