import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { syntaxFlaw } from '../src/schema/json-syntax.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('a flaw is there exactly where JSON.parse refuses', () => {
  const damaged = fc
    .tuple(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', ',', ']', '}', '"', ':', '0', '\\', ' ', '-', '.', 'e', '\n', '\u00a0'),
    )
    .map(([text, at, put]) => text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + 1));
  fc.assert(
    fc.property(damaged, (text) => {
      expect(syntaxFlaw(text) === undefined).toBe(isJson(text));
    }),
    { numRuns: 3_000 },
  );
});
