/** A shortest word of a term, or the proof that there is none: breadth-first over derivatives. */
import { intersection } from './boolean.ts';
import { type Budget, half, isSpent, longestWord } from './budget.ts';
import { chars, repeat, turns } from './build.ts';
import { extremeWord } from './extreme.ts';
import type { Search, Window } from './language.ts';
import { longEnough } from './layers.ts';
import { firstLength, lengthsOf, wordOfLength } from './lengths.ts';
import { moves, remainder } from './moves.ts';
import { choose, plain } from './readable.ts';
import { any, epsilon, none, type Store, type Term } from './term.ts';
import { isWellFormed, isWithin } from './window.ts';
import { codePoints, finite } from './wordset.ts';

/** Above this least length, states do not differ by how much of it is reached: layers.ts takes over. */
const counted = 8;

export function shortest(store: Store, term: Term, window: Window, budget: Budget): Search {
  if (term === none || term.max < window.min || term.min > window.max || window.min > window.max) return 'empty';
  const listed = finite(term);
  if (listed) return ofList(listed, window);
  const lengths = lengthsOf(term);
  if (lengths) {
    const length = firstLength(lengths, window.min, window.max);
    if (length === undefined) return 'empty';
    if (length > longestWord) return 'unknown';
    const word = wordOfLength(term, length);
    if (word !== undefined) return { word };
  }
  if (term.kind !== 'intersection') return walk(store, term, window, budget);
  const windows = term.parts.map(windowsOf);
  const at = windows.findIndex((found) => found !== undefined);
  if (at < 0) return walk(store, term, window, budget);
  const rest = intersection(
    store,
    term.parts.filter((_, index) => index !== at),
  );
  return first(
    windows[at]!.map(({ min, max }) => ({ min: Math.max(min, window.min), max: Math.min(max, window.max) })),
    (met) => shortest(store, rest, met, budget),
  );
}

/** Σ{a,b}, or a union of such: a question of length only, which need not be counted in the states. Shortest first. */
function windowsOf(term: Term): Window[] | undefined {
  const parts = term.kind === 'union' ? term.parts : [term];
  const found: Window[] = [];
  for (const part of parts) {
    const { of, from, to } = turns(part);
    if (part === epsilon) found.push({ min: 0, max: 0 });
    else if (of === any) found.push({ min: from, max: to });
    else return undefined;
  }
  return found.sort((a, b) => a.min - b.min);
}

/** The first word among windows in order; 'empty' only if all are. */
function first(windows: readonly Window[], search: (window: Window) => Search): Search {
  let answer: Search = 'empty';
  for (const window of windows) {
    const found = search(window);
    if (typeof found === 'object') return found;
    if (found === 'unknown') answer = found;
  }
  return answer;
}

function walk(store: Store, term: Term, window: Window, budget: Budget): Search {
  if (term.kind !== 'intersection') return walkExactly(store, term, window, budget);
  const soon = walkExactly(store, term, window, half(store, half(store, budget)));
  if (soon !== 'unknown') return soon;
  const word = extremeWord(store, term, window, half(store, budget));
  if (word !== undefined) return { word };
  const found = walkExactly(store, term, window, half(store, budget));
  if (found !== 'unknown') return found;
  // Without one of its parts the set is larger, and often far simpler: if that is empty, so is this.
  for (const part of term.parts.slice(0, 6)) {
    const larger = intersection(
      store,
      term.parts.filter((other) => other !== part),
    );
    if (
      larger.kind !== 'complement' &&
      walkExactly(store, larger, window, { ...budget, states: budget.states >> 3 }) === 'empty'
    )
      return 'empty';
  }
  return 'unknown';
}

function walkExactly(store: Store, term: Term, window: Window, budget: Budget): Search {
  if (window.min <= counted) return breadthFirst(store, term, window, budget);
  // A superset without the least length: empty proves it at once, and its word may be long enough.
  const free = breadthFirst(store, term, { min: 0, max: window.max }, budget);
  if (free === 'empty' || (typeof free === 'object' && codePoints(free.word) >= window.min)) return free;
  return window.min > longestWord ? 'unknown' : longEnough(store, term, window, budget);
}

function ofList(listed: readonly string[], window: Window): Search {
  const fitting = listed.filter((word) => isWellFormed(word) && isWithin(word, window));
  const word = fitting.sort((a, b) => codePoints(a) - codePoints(b))[0];
  return word === undefined ? 'empty' : { word };
}

interface Visit {
  readonly term: Term;
  readonly depth: number;
  readonly from: Visit | undefined;
  readonly code: number;
}

function breadthFirst(store: Store, start: Term, { min, max }: Window, budget: Budget): Search {
  let layer: Visit[] = [{ term: start, depth: 0, from: undefined, code: 0 }];
  if (start.nullable && min === 0) return { word: '' };
  const seen = new Set<number>([keyOf(start, 0, min)]);
  for (let depth = 1; layer.length > 0 && depth <= max; depth++) {
    const next: Visit[] = [];
    for (const visit of layer) {
      if (isSpent(store, budget)) return 'unknown';
      for (const { term, code } of successors(store, visit.term)) {
        if (term === none || depth + term.min > max || depth + term.max < min) continue;
        const key = keyOf(term, depth, min);
        if (seen.has(key)) continue;
        const reached = { term, depth, from: visit, code };
        if (term.nullable && depth >= min) return { word: spell(reached) };
        if (seen.size >= budget.states) return 'unknown';
        seen.add(key);
        next.push(reached);
      }
    }
    layer = next;
  }
  return 'empty';
}

function keyOf(term: Term, depth: number, min: number): number {
  return term.id * (counted + 1) + Math.min(depth, min);
}

export interface Successor {
  readonly term: Term;
  readonly code: number;
  readonly rank: number;
}

/** One step, by the most readable character of each class, the most readable class first. */
function successors(store: Store, term: Term): Successor[] {
  const { list, rest } = moves(store, term);
  const found: Successor[] = [];
  for (const { set, next } of list) {
    const choice = next === none ? undefined : choose(set);
    if (choice) found.push({ term: next, ...choice });
  }
  const other = rest === none ? undefined : choose(remainder(list));
  if (other) found.push({ term: rest, ...other });
  return found.sort((a, b) => a.rank - b.rank || a.code - b.code);
}

function spell(visit: Visit): string {
  const codes: number[] = [];
  for (let at: Visit | undefined = visit; at?.from; at = at.from) codes.push(at.code);
  return text(codes.reverse());
}

/** String.fromCodePoint(...codes) would overflow the stack on long words. */
export function text(codes: readonly number[]): string {
  let word = '';
  for (const code of codes) word += String.fromCodePoint(code);
  return word;
}

/** A word a person would write, where there is one. */
export function plausible(
  store: Store,
  term: Term,
  window: Window,
  hints: readonly string[],
  budget: Budget,
  accepts: (word: string) => boolean,
): Search {
  const hint = hints.find((word) => isWellFormed(word) && isWithin(word, window) && accepts(word));
  if (hint !== undefined) return { word: hint };
  const longer = { min: Math.max(1, window.min), max: window.max };
  const direct = shortest(store, term, longer, budget);
  if (direct === 'empty') return window.min === 0 ? shortest(store, term, window, budget) : direct;
  if (typeof direct === 'object' && /^[\w .@:/-]*$/.test(direct.word)) return direct;
  const readable = repeat(store, chars(store, plain), 1, Number.POSITIVE_INFINITY);
  const nicer = shortest(store, intersection(store, [term, readable]), longer, {
    ...budget,
    states: Math.min(budget.states, 500),
  });
  if (typeof nicer === 'object') return nicer;
  return direct === 'unknown' ? shortest(store, term, window, budget) : direct;
}
