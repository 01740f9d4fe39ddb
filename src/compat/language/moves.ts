/**
 * Derivatives of a term by every character at once (Brzozowski, symbolic): the alphabet falls apart only where the term itself tells
 * characters apart.
 */

import { nth } from '../nth.ts';
import { complement, intersection, union } from './boolean.ts';
import { concat, repeat } from './build.ts';
import { type CharSet, intersect, negate, nothing, subtract, unite } from './charset.ts';
import { all, epsilon, type Kind, type Move, type Moves, none, type Store, type Term } from './term.ts';
import { unitMoves } from './units.ts';
import { rests } from './wordset.ts';

export function moves(store: Store, term: Term): Moves {
  const known = store.moves.get(term);
  if (known) return known;
  const found = compute(store, term);
  store.meter.spent += found.list.length + 1;
  store.moves.set(term, found);
  return found;
}

const dead: Moves = { list: [], rest: none };

function compute(store: Store, term: Term): Moves {
  switch (term.kind) {
    case 'none':
    case 'epsilon':
      return dead;
    case 'chars':
      return { list: [{ set: term.set, next: epsilon }], rest: none };
    case 'concat': {
      const first = map(moves(store, term.left), (next) => concat(store, next, term.right));
      return term.left.nullable ? combine(store, [first, moves(store, term.right)], union, all, none) : first;
    }
    case 'repeat': {
      const again = repeat(store, term.of, Math.max(0, term.from - 1), term.to - 1);
      return map(moves(store, term.of), (next) => concat(store, next, again));
    }
    case 'union':
      return combine(
        store,
        term.parts.map((part) => moves(store, part)),
        union,
        all,
        none,
      );
    case 'intersection':
      return combine(
        store,
        term.parts.map((part) => moves(store, part)),
        intersection,
        none,
        all,
      );
    case 'complement':
      return map(moves(store, term.of), (next) => complement(store, next));
    case 'words':
      return ofWords(store, term);
    case 'units':
      return gather(unitMoves(store, term.of), none);
    case 'loop':
      return moves(store, unfold(store, term));
  }
}

/** The characters no move of the list takes. */
export function remainder(list: readonly Move[]): CharSet {
  return negate(list.reduce<CharSet>((set, move) => unite(set, move.set), nothing));
}

/** What a loop stands for. The body consumes in each turn, so unfolding never meets itself before a character is read. */
export function unfold(store: Store, term: Kind<'loop'>): Term {
  const known = store.unfolded.get(term);
  if (known) return known;
  const body = term.unfold(store);
  store.unfolded.set(term, body);
  return body;
}

function ofWords(store: Store, term: Kind<'words'>): Moves {
  const list: Move[] = [];
  let low = nth(term.list, term.low).length === term.at ? term.low + 1 : term.low;
  while (low < term.high) {
    const code = nth(term.list, low).codePointAt(term.at)!;
    let high = low + 1;
    while (high < term.high && nth(term.list, high).codePointAt(term.at) === code) high++;
    const at = term.at + (code > 0xffff ? 2 : 1);
    list.push({ set: [code, code], next: rests(store, term, low, high, at) });
    low = high;
  }
  return gather(list, none);
}

function map(of: Moves, change: (next: Term) => Term): Moves {
  return gather(
    of.list.map(({ set, next }) => ({ set, next: change(next) })),
    change(of.rest),
  );
}

/** One move per target; those that go where the rest goes are left out. */
function gather(list: readonly Move[], rest: Term): Moves {
  const sets = new Map<Term, CharSet>();
  for (const { set, next } of list) {
    if (next === rest) continue;
    const other = sets.get(next);
    sets.set(next, other ? unite(other, set) : set);
  }
  return { list: [...sets].map(([next, set]) => ({ set, next })), rest };
}

interface Class {
  readonly set: CharSet;
  /** undefined: one part absorbed all others. */
  readonly parts: readonly Term[] | undefined;
}

/** The common refinement of several partitions, each class with the parts it leads to joined by ∪ or ∩. */
function combine(
  store: Store,
  operands: readonly Moves[],
  join: (store: Store, parts: readonly Term[]) => Term,
  absorbing: Term,
  neutral: Term,
): Moves {
  const add = (parts: readonly Term[] | undefined, part: Term) =>
    part === absorbing || parts === undefined ? undefined : part === neutral ? parts : [...parts, part];
  let classes: Class[] = [];
  let covered: CharSet = nothing;
  let rest: readonly Term[] | undefined = [];
  for (const operand of operands) {
    const refined: Class[] = [];
    for (const { set, parts } of classes) refine(refined, set, parts, operand, add);
    for (const move of operand.list) {
      const fresh = subtract(move.set, covered);
      if (fresh.length > 0) refined.push({ set: fresh, parts: add(rest, move.next) });
      covered = unite(covered, move.set);
    }
    rest = add(rest, operand.rest);
    classes = refined;
  }
  const target = (parts: readonly Term[] | undefined) => (parts === undefined ? absorbing : join(store, parts));
  return gather(
    classes.map(({ set, parts }) => ({ set, next: target(parts) })),
    target(rest),
  );
}

type Add = (parts: readonly Term[] | undefined, part: Term) => readonly Term[] | undefined;

function refine(into: Class[], set: CharSet, parts: readonly Term[] | undefined, operand: Moves, add: Add): void {
  if (parts === undefined) {
    into.push({ set, parts });
    return;
  }
  let left = set;
  for (const move of operand.list) {
    const met = intersect(left, move.set);
    if (met.length === 0) continue;
    into.push({ set: met, parts: add(parts, move.next) });
    left = subtract(left, met);
    if (left.length === 0) return;
  }
  into.push({ set: left, parts: add(parts, operand.rest) });
}
