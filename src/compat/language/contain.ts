/**
 * Parts of a union that another part contains. Counters inside counters can be turned in many ways, and every way would stay in the
 * union until its end: (a{1,50}b?){1,50} after twenty a's is one term with this, and twenty without.
 */
import { complement, intersection } from './boolean.ts';
import { concat, repeat, turns } from './build.ts';
import { isSubset } from './charset.ts';
import { moves } from './moves.ts';
import { all, epsilon, none, type Store, type Term } from './term.ts';

/** Parts of one union that are compared with one another. */
const maxCompared = 24;
/** States visited to find out whether what one part still has to read is what another may read. */
const maxStates = 200;

export function withoutContained(store: Store, parts: readonly Term[]): readonly Term[] {
  const counting = parts.filter(hasCounter);
  if (counting.length < 2 || counting.length > maxCompared) return parts;
  const dropped = new Set<Term>();
  for (const small of counting) {
    const larger = counting.find((large) => large !== small && !dropped.has(large) && contains(store, large, small));
    if (larger !== undefined) dropped.add(small);
  }
  return dropped.size === 0 ? parts : parts.filter((part) => !dropped.has(part));
}

/** A counter of more than single characters, followed or preceded by something. */
function hasCounter(term: Term): boolean {
  for (let rest = term; rest.kind === 'concat'; rest = rest.right) {
    if (isCounter(rest.left) || isCounter(rest.right)) return true;
  }
  return false;
}

function isCounter({ kind, ...term }: Term): boolean {
  return kind === 'repeat' && 'to' in term && term.to > 1 && term.to < Number.POSITIVE_INFINITY;
}

/** true: every word of `small` is one of `large`, part for part; false says nothing. */
export function containsInParts(store: Store, large: Term, small: Term): boolean {
  let [one, other] = [large, small];
  // along the sequences, which may be long
  for (; one.kind === 'concat' && other.kind === 'concat' && one !== other; ) {
    if (!mayContain(store, one, other)) return false;
    if (containsPart(store, one.left, other.left)) [one, other] = [one.right, other.right];
    else if (one.left.nullable) one = one.right;
    else return false;
  }
  while (one.kind === 'concat' && one.left.nullable && other.kind !== 'union') one = one.right;
  return containsPart(store, one, other);
}

function mayContain(store: Store, large: Term, small: Term): boolean {
  store.meter.spent++;
  return small.min >= large.min && small.max <= large.max && (large.nullable || !small.nullable);
}

const perTerm = 2 ** 26;

/** Neither is a sequence of which the other is one too. */
function containsPart(store: Store, large: Term, small: Term): boolean {
  if (large === small || large === all || small === none) return true;
  if (!mayContain(store, large, small)) return false;
  if (large.kind === 'chars' || small.kind === 'chars') return containsChars(store, large, small);
  const key = large.id * perTerm + small.id;
  const known = store.contained.get(key);
  if (known !== undefined) return known;
  const contained = compareParts(store, large, small);
  store.contained.set(key, contained);
  return contained;
}

function containsChars(store: Store, large: Term, small: Term): boolean {
  if (large.kind === 'chars') return small.kind === 'chars' && isSubset(small.set, large.set);
  if (large.kind === 'repeat') return large.from <= 1 && containsPart(store, large.of, small);
  return large.kind === 'union' && large.parts.some((part) => containsPart(store, part, small));
}

function compareParts(store: Store, large: Term, small: Term): boolean {
  if (small.kind === 'union')
    return small.parts.length <= maxCompared && small.parts.every((part) => containsInParts(store, large, part));
  if (large.kind === 'union')
    return large.parts.length <= maxCompared && large.parts.some((part) => containsInParts(store, part, small));
  if (large.kind === 'concat' && small.kind === 'concat') return containsInParts(store, large, small);
  if (large.kind !== 'repeat') return false;
  const { of, from, to } = turns(small);
  return large.from <= from && to <= large.to && containsInParts(store, large.of, of);
}

function contains(store: Store, large: Term, small: Term): boolean {
  return containsInParts(store, large, small) || containsOneTurnFurther(store, large, small);
}

/**
 * `small` has begun one more turn of a counter than `large`, and what it still has to read of that turn `large` reads as the rest of
 * its own turn and at most one more: D·Y{a,b}·T is in E·Y{c,d}·T if D is in E·Y{0,1}, c ≤ a and b < d.
 */
function containsOneTurnFurther(store: Store, large: Term, small: Term): boolean {
  for (const one of splits(store, small)) {
    for (const other of splits(store, large)) {
      if (one.turn !== other.turn || one.rest !== other.rest) continue;
      if (other.from > one.from || one.to >= other.to) continue;
      const once = concat(store, other.head, repeat(store, other.turn, 0, 1));
      if (isInside(store, one.head, once)) return true;
    }
  }
  return false;
}

interface Split {
  readonly head: Term;
  readonly turn: Term;
  readonly from: number;
  readonly to: number;
  readonly rest: Term;
}

/** The ways to read a sequence as something, a counter, and something. */
function splits(store: Store, term: Term): readonly Split[] {
  const found: Split[] = [];
  let head: Term = epsilon;
  let rest: Term = term;
  while (rest !== epsilon) {
    const first = rest.kind === 'concat' ? rest.left : rest;
    const next = rest.kind === 'concat' ? rest.right : epsilon;
    if (isCounter(first) && head !== epsilon) {
      const { of, from, to } = turns(first);
      found.push({ head, turn: of, from, to, rest: next });
    }
    head = concat(store, head, first);
    rest = next;
  }
  return found;
}

/** Whether no word of `small` is missing in `large`, found out within few states. */
function isInside(store: Store, small: Term, large: Term): boolean {
  if (containsInParts(store, large, small)) return true;
  const known = store.inside.get(small)?.get(large);
  if (known !== undefined) return known;
  const answers = store.inside.get(small) ?? new Map<Term, boolean>();
  store.inside.set(small, answers);
  // what is asked on the way to this answer is answered without it
  answers.set(large, false);
  const inside = isEmptySoon(store, intersection(store, [small, complement(store, large)]));
  answers.set(large, inside);
  return inside;
}

function isEmptySoon(store: Store, start: Term): boolean {
  const seen = new Set([start]);
  for (const term of seen) {
    if (term.nullable || seen.size > maxStates) return false;
    const { list, rest } = moves(store, term);
    for (const next of [...list.map((move) => move.next), rest]) if (next !== none) seen.add(next);
  }
  return true;
}
