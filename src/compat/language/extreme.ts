/**
 * Words at the ends of what counters allow. Where two patterns differ in how often something may be repeated, such a word tells them
 * apart, however many states lie before it.
 */
import { type Budget, isSpent } from './budget.ts';
import type { Window } from './language.ts';
import { matches } from './match.ts';
import { choose } from './readable.ts';
import type { Store, Term } from './term.ts';
import { isWellFormed, isWithin } from './window.ts';

/** Longer words are not tried, in UTF-16 units. */
const maxLength = 4_000;
/** Parts of work for a unit of a word: a derivative is made for most of them. */
const perUnit = 8;
/** Counters inside counters that are turned as often as they may be; those further inside are turned once, where they may. */
const levels = [0, 1, 2, 3];

/** A word of the term among those with counters at their ends, the shorter ones first. */
export function extremeWord(store: Store, term: Term, window: Window, budget: Budget): string | undefined {
  const parts = term.kind === 'intersection' ? term.parts : [term];
  const tried = new Set<string>();
  for (const full of levels) {
    for (const part of parts) {
      const word = wordOf(part, full, maxLength);
      if (word === undefined || tried.has(word) || !isWellFormed(word) || !isWithin(word, window)) continue;
      if (isSpent(store, budget)) return undefined;
      tried.add(word);
      // counted here: a long word is matched in a store of its own
      store.meter.spent += word.length * perUnit;
      if (matches(store, term, word)) return word;
    }
  }
  return undefined;
}

/** undefined: there is none of at most `room` units, or the term is none of a plain regular expression. */
function wordOf(term: Term, full: number, room: number): string | undefined {
  if (room < 0) return undefined;
  switch (term.kind) {
    case 'epsilon':
      return '';
    case 'chars': {
      const choice = choose(term.set);
      return choice && String.fromCodePoint(choice.code);
    }
    case 'concat': {
      const left = wordOf(term.left, full, room);
      const right = left === undefined ? undefined : wordOf(term.right, full, room - left.length);
      return right === undefined ? undefined : left + right;
    }
    case 'repeat': {
      const isBounded = term.to < Number.POSITIVE_INFINITY;
      const turns = full > 0 && isBounded ? term.to : Math.max(1, term.from);
      const turn = wordOf(term.of, isBounded ? full - 1 : full, room);
      return turn === undefined || turn.length * turns > room ? undefined : turn.repeat(turns);
    }
    case 'union': {
      const words = term.parts.flatMap((part) => wordOf(part, full, room) ?? []);
      return words.sort((one, other) => other.length - one.length)[0];
    }
    case 'words':
      return term.list[term.low]?.slice(term.at);
    default:
      return undefined;
  }
}
