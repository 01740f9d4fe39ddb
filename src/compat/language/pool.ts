/** The pool: one store of terms for one check, behind the questions of `Pool`. */
import { test as backtrack } from './backtrack.ts';
import { complement, intersection, union } from './boolean.ts';
import { type Budget, budgetFor, half, isSpent } from './budget.ts';
import { chars, repeat } from './build.ts';
import { everything } from './charset.ts';
import { definedFormat, formatOf } from './defined.ts';
import type {
  Definition,
  Language,
  Pool,
  Relation,
  Search,
  SearchOptions,
  Ternary,
  Window,
  Words,
} from './language.ts';
import { enumerate } from './layers.ts';
import { matches } from './match.ts';
import { readPattern } from './pattern.ts';
import { plausible, shortest } from './search.ts';
import { shallow } from './shallow.ts';
import { all, newStore, none, type Store, type Term } from './term.ts';
import { translate } from './translate.ts';
import { anyLength, isWellFormed, isWithin } from './window.ts';
import { finite, words } from './wordset.ts';

export function openPool(): Pool {
  const store = newStore();
  const patterns = new Map<string, Definition>();
  const search = (language: Language, options: SearchOptions | undefined): Search =>
    shortest(store, termOf(language), options?.window ?? anyLength, budgetFor(store, options?.states));
  const isEmpty = (language: Language, options?: SearchOptions): Ternary => {
    const found = search(language, options);
    return found === 'unknown' ? found : found === 'empty';
  };
  const difference = (language: Language, without: Language): Language =>
    intersection(store, [termOf(language), complement(store, termOf(without))]);
  return {
    none,
    all,
    word: (text) => words(store, [text]),
    words: (texts) => words(store, texts),
    union: (languages) => union(store, languages.map(termOf)),
    intersection: (languages) => intersection(store, languages.map(termOf)),
    complement: (language) => complement(store, termOf(language)),
    difference,
    lengths: ({ min, max }) => (min > max ? none : repeat(store, chars(store, everything), min, max)),
    pattern: (source) => remembered(patterns, source, () => definePattern(store, source)),
    format: (name) => definedFormat(name)?.definition,
    matches: (language, text) => isMatch(store, termOf(language), text),
    shortest: search,
    plausible: (language, options) =>
      plausible(
        store,
        termOf(language),
        options?.window ?? anyLength,
        [...(options?.hints ?? []), ...usualWords(termOf(language))],
        budgetFor(store, options?.states),
        (word) => isMatch(store, termOf(language), word),
      ),
    enumerate: (language, count, options) => distinct(store, termOf(language), count, options),
    isEmpty,
    isSubset: (language, of, options) => isEmpty(difference(language, of), options),
    relation: (left, right, options) =>
      relate(left, right, (language) => isEmpty(language, options), difference, store),
    listed: (language) => finite(termOf(language)),
    bounds: (language) => ({ min: termOf(language).min, max: termOf(language).max }),
    get spent() {
      return store.meter.spent;
    },
  };
}

/** A pool hands out terms as languages; nobody else makes them. */
function termOf(language: Language): Term {
  return language as Term;
}

/** A format's usual values serve whatever is made of its language. */
function usualWords(term: Term): readonly string[] {
  const parts = term.kind === 'intersection' || term.kind === 'union' ? [term, ...term.parts] : [term];
  return parts.flatMap((part) => formatOf(part)?.row.hints ?? []);
}

/** Up to this length a format's native expression is asked: too short to backtrack for long. */
const quickLength = 200;

function isMatch(store: Store, term: Term, text: string): boolean {
  if (text.length > quickLength) return matches(store, term, text);
  const row = formatOf(term)?.row;
  // an approximate format's language holds more than its expression accepts, never less
  if (row?.test(text) === true) return true;
  if (row?.kind === 'exact') return false;
  if (term.kind === 'intersection') return term.parts.every((part) => isMatch(store, part, text));
  return matches(store, term, text);
}

function remembered<Value>(known: Map<string, Value>, key: string, make: () => Value): Value {
  if (known.has(key)) return known.get(key) as Value;
  const value = make();
  known.set(key, value);
  return value;
}

function definePattern(store: Store, source: string): Definition {
  const reading = readPattern(source);
  if ('refused' in reading) return { kind: 'opaque', test: () => 'unknown', samples: [], reason: reading.refused };
  const language = translate(store, reading);
  if (reading.beyond === undefined) return { kind: 'exact', language, hints: [] };
  const test = (text: string): Ternary => backtrack(reading, text);
  const reason = { code: 'regex-feature', detail: reading.beyond } as const;
  return { kind: 'approximate', over: language, under: none, test, hints: [], reason };
}

function distinct(store: Store, term: Term, count: number, options: SearchOptions | undefined): Words {
  const window = options?.window ?? anyLength;
  const listed = finite(term);
  if (listed) {
    const fitting = listed.filter((word) => isWellFormed(word) && isWithin(word, window));
    return { words: fitting.slice(0, count), more: fitting.length > count };
  }
  const budget = budgetFor(store, options?.states);
  return (
    shallow(store, term, count, window, half(store, budget)) ??
    enumerate(store, term, count, window, budget) ??
    oneByOne(store, term, count, window, budget)
  );
}

/** Each word found is taken out before the next is looked for: for automata too large to be built. */
function oneByOne(store: Store, term: Term, count: number, window: Window, budget: Budget): Words {
  const found: string[] = [];
  while (found.length < count && !isSpent(store, budget)) {
    const left = intersection(store, [term, complement(store, words(store, found))]);
    const next = shortest(store, left, window, budget);
    if (next === 'empty') return { words: found, more: false };
    if (next === 'unknown') break;
    found.push(next.word);
  }
  return { words: found, more: 'unknown' };
}

function relate(
  left: Language,
  right: Language,
  isEmpty: (language: Language) => Ternary,
  difference: (language: Language, without: Language) => Language,
  store: Store,
): Relation {
  if (left.id === right.id) return 'equal';
  const onlyLeft = isEmpty(difference(left, right));
  const onlyRight = isEmpty(difference(right, left));
  if (onlyLeft === true && onlyRight === true) return 'equal';
  if (onlyLeft === true && onlyRight === false) return 'narrower';
  if (onlyRight === true && onlyLeft === false) return 'wider';
  const both = isEmpty(intersection(store, [termOf(left), termOf(right)]));
  if (both === true) return 'disjoint';
  return onlyLeft === false && onlyRight === false && both === false ? 'overlapping' : 'unknown';
}
