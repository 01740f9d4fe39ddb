/** Which words a search may answer with. */
import type { Window } from './language.ts';
import { codePoints } from './wordset.ts';

export const anyLength: Window = { min: 0, max: Number.POSITIVE_INFINITY };

export function isWithin(word: string, window: Window): boolean {
  const length = codePoints(word);
  return length >= window.min && length <= window.max;
}

/** No lone surrogates. */
export function isWellFormed(word: string): boolean {
  return !/\p{Cs}/u.test(word);
}
