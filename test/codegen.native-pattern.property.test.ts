import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nativePattern } from '../src/codegen/pattern/tame.ts';

describe('a pattern that the native engine runs', () => {
  const atom = fc.constantFrom('a', 'b', '[ab]', '.', '\\d', '[^a]', 'x');
  const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
    pattern: fc.oneof(
      { maxDepth: 4, depthSize: 'medium' },
      atom,
      fc.tuple(atom, fc.constantFrom('*', '+', '?', '{2,}', '{0,3}')).map((parts) => parts.join('')),
      fc.tuple(tie('pattern'), tie('pattern')).map((parts) => parts.join('')),
      fc.tuple(tie('pattern'), tie('pattern')).map((parts) => `(?:${parts.join('|')})`),
      fc.tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{1,4}')).map(([inner, count]) => `(?:${inner})${count}`),
    ),
  }));
  const anchored = fc.tuple(fc.constantFrom('^', ''), pattern, fc.constantFrom('$', '')).map((parts) => parts.join(''));
  const parts = fc.array(fc.constantFrom('a', 'b', 'ab', '1', 'x', '!', '\n'), { maxLength: 8 });

  it('finds something in the same texts', () => {
    let natives = 0;
    fc.assert(
      fc.property(anchored, parts, (source, text) => {
        const native = nativePattern(source);
        if (native === undefined) return;
        natives += 1;
        expect(new RegExp(native, 'u').test(text.join(''))).toBe(new RegExp(source, 'u').test(text.join('')));
      }),
      { numRuns: 3_000, seed: 11 },
    );
    expect(natives).toBeGreaterThan(500);
  });

  it('is never slow: repetitions of every part, and something that does not fit', () => {
    const slow: string[] = [];
    let natives = 0;
    for (const source of fc.sample(anchored, { numRuns: 1_500, seed: 5 })) {
      const native = nativePattern(source);
      if (native === undefined) continue;
      natives += 1;
      const expression = new RegExp(native, 'u');
      for (const text of ['a', 'b', 'ab', '1', 'x', 'aab'].map((part) => `${part.repeat(20_000 / part.length)}!\n`)) {
        const started = process.cpuUsage();
        expression.test(text);
        const { user, system } = process.cpuUsage(started);
        // 20,000 characters: what is quadratic takes seconds
        if (user + system > 100_000) slow.push(`${source} ${text.slice(0, 3)}`);
      }
    }
    expect(natives).toBeGreaterThan(200);
    expect(slow).toEqual([]);
  }, 120_000);
});
