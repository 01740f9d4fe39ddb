import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearText, patternMatcher } from '../src/codegen/pattern/matcher.ts';
import { patternTree, UnsupportedPattern } from '../src/codegen/pattern/tree.ts';
import { linearPattern, type Pattern } from '../src/schema/pattern.ts';

/** The automaton, also where the native engine would do. */
function linear(source: string): Pattern {
  return new Function('tree', `${linearText}\nreturn linear(tree);`)(patternTree(source)) as Pattern;
}

const letters = fc.constantFrom('a', 'b', '_', '-', ' ', '\n', 'é', '𝒳', '9');
const words = fc.array(letters, { maxLength: 8 }).map((parts) => parts.join(''));

/** Patterns with everything an automaton can do: classes, counts, alternatives, edges. */
const patterns: fc.Arbitrary<string> = fc.letrec<{ pattern: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    fc.constantFrom('a', 'b', '.', '\\w', '\\W', '\\s', '\\d', '[ab]', '[^a]', '\\p{L}', '[\\p{Lu}_-]', '𝒳'),
    fc.constantFrom('^', '$', '\\b', '\\B'),
    tie('pattern').map((inner) => `(?:${inner})`),
    fc
      .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{0,2}', '{2,}', '+?'))
      .map(([inner, count]) => `(${inner})${count}`),
  ),
  pattern: fc
    .array(fc.array(tie('atom'), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 })
    .map((alternatives) => alternatives.map((parts) => parts.join('')).join('|')),
})).pattern;

describe('the automaton of generated code', () => {
  it('matches what the native engine matches', () => {
    fc.assert(
      fc.property(patterns, fc.array(words, { minLength: 10, maxLength: 10 }), (source, texts) => {
        const own = linear(source);
        for (const text of texts)
          expect([source, text, own.test(text)]).toEqual([source, text, new RegExp(source, 'u').test(text)]);
      }),
      { numRuns: 400, seed: 3 },
    );
  });

  it.each([
    ['a pattern only valid without the u flag', '^a\\-b$', ['a-b', 'ab', 'a-b-']],
    ['a surrogate pair, as one character', '^.\\-?$', ['𝒳', '𝒳-', 'ab']],
    ['an empty alternative', '^(?:a|)b$', ['b', 'ab', 'aab']],
    ['an empty pattern', '', ['', 'a']],
    ['a class of nothing', '[]', ['', 'a']],
    ['edges of words', '\\bab\\b', ['ab', ' ab ', 'abb', 'é ab']],
  ])('agrees with the registry on %s', (_, source, texts) => {
    const registry = linearPattern(source);
    if (!registry.ok) throw new Error(registry.detail);
    expect(texts.map((text) => linear(source).test(text))).toEqual(texts.map((text) => registry.pattern.test(text)));
  });

  it.each(['^(a+)+$', '^(a|a)*$', '(a*)*b', 'a+a+a+b', '(.*)(.*)(.*)x', '^(\\w+\\s?)*$'])(
    'takes time in proportion to the text: %s',
    (source) => {
      const own = linear(source);
      const text = `${'a'.repeat(200_000)}!`;
      // the native engine needs years for the first; the test's own time limit is what fails
      expect(own.test(text)).toBe(false);
    },
  );

  it('forgets states when there are too many, and still answers right', () => {
    const own = linear('(?:a|b)*a(?:a|b){14}$');
    const native = /(?:a|b)*a(?:a|b){14}$/u;
    let seed = 7;
    for (let round = 0; round < 20; round++) {
      const text = Array.from({ length: 400 }, () => {
        seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
        return seed % 3 === 0 ? 'a' : 'b';
      }).join('');
      expect(own.test(text)).toBe(native.test(text));
    }
  });

  it.each(['(?=a)b', '(a)\\1', '(?<!a)b', '(?i:a)b', '(((a{1,99}){1,99}){1,99}){1,99}', '('])(
    'refuses %s',
    (source) => {
      expect(() => patternTree(source)).toThrow(UnsupportedPattern);
    },
  );

  it('is left out where the native engine cannot stall', () => {
    expect(patternMatcher('^[a-z]+$')).toEqual({
      text: '/* @__PURE__ */ new RegExp("^[a-z]+$", "u")',
      isLinear: false,
    });
    expect(patternMatcher('^(a+)+$').isLinear).toBe(true);
  });

  it('is written the same whatever Unicode the runtime knows', () => {
    expect(patternMatcher('(\\p{L}+\\s?)+').text).toContain('\\\\p{L}');
  });
});
