/** A few short words, without exploring a whole automaton: only states that lie within their length are visited. */
import { type Budget, isSpent } from './budget.ts';
import { type CharSet, intersect, nothing } from './charset.ts';
import type { Window, Words } from './language.ts';
import { moves, remainder } from './moves.ts';
import { characters, choose, scalars } from './readable.ts';
import { none, type Store, type Term } from './term.ts';

/** Longest words looked for, and how much longer than the least. */
const maxLength = 96;
const further = 24;

interface Edge {
  readonly to: Term;
  readonly set: CharSet;
}

interface Walk {
  readonly store: Store;
  readonly budget: Budget;
  readonly edges: Map<Term, readonly Edge[]>;
  readonly finishes: Map<number, boolean>;
}

/** undefined: not decided here. */
export function shallow(store: Store, start: Term, count: number, window: Window, budget: Budget): Words | undefined {
  const walk: Walk = { store, budget, edges: new Map(), finishes: new Map() };
  const least = Math.max(window.min, start.min);
  const last = Math.min(window.max, start.max);
  const words: string[] = [];
  for (let length = least; length <= last; length++) {
    if (length > maxLength || length > least + further) return undefined;
    if (!finishes(walk, start, length)) {
      if (isOut(walk)) return undefined;
      continue;
    }
    for (const word of spellings(walk, start, length)) {
      if (words.length === count) return { words, more: true };
      words.push(word);
    }
    if (isOut(walk)) return undefined;
  }
  return { words, more: false };
}

function isOut({ store, budget, edges }: Walk): boolean {
  return edges.size > budget.states || isSpent(store, budget);
}

/** Does some word of exactly this length lead on from here? */
function finishes(walk: Walk, term: Term, left: number): boolean {
  if (left < term.min || left > term.max) return false;
  if (left === 0) return term.nullable;
  const key = term.id * (maxLength + 1) + left;
  const known = walk.finishes.get(key);
  if (known !== undefined) return known;
  if (isOut(walk)) return false;
  const answer = edgesOf(walk, term).some(({ to }) => finishes(walk, to, left - 1));
  walk.finishes.set(key, answer);
  return answer;
}

function edgesOf(walk: Walk, term: Term): readonly Edge[] {
  const known = walk.edges.get(term);
  if (known) return known;
  const { list, rest } = moves(walk.store, term);
  const edges: Edge[] = [];
  for (const { set, next } of [...list, { set: remainder(list), next: rest }]) {
    const usable = next === none ? nothing : intersect(set, scalars);
    if (usable.length > 0) edges.push({ to: next, set: usable });
  }
  edges.sort((a, b) => order(a.set) - order(b.set));
  walk.edges.set(term, edges);
  return edges;
}

/** By the most readable character. */
export function order(set: CharSet): number {
  const choice = choose(set)!;
  return choice.rank * 0x200000 + choice.code;
}

function* spellings(walk: Walk, term: Term, left: number): Generator<string> {
  if (left === 0) {
    yield '';
    return;
  }
  for (const { to, set } of edgesOf(walk, term)) {
    if (!finishes(walk, to, left - 1)) continue;
    for (const code of characters(set)) {
      const letter = String.fromCodePoint(code);
      for (const rest of spellings(walk, to, left - 1)) yield letter + rest;
    }
  }
}
