/** Constructors of the plain operators. They keep normal forms, so that equal residuals meet as one state. */

import { nth } from '../nth.ts';
import { union } from './boolean.ts';
import type { CharSet } from './charset.ts';
import { isEverything } from './charset.ts';
import { all, any, epsilon, intern, none, type Store, type Term, times } from './term.ts';

export function chars(store: Store, set: CharSet): Term {
  if (set.length === 0) return none;
  if (isEverything(set)) return any;
  return intern(store, `c${set.join()}`, (id) => ({ id, kind: 'chars', set, nullable: false, min: 1, max: 1 }));
}

/** Right-associated; neighbours over the same base are one repeat: r{a,b}·r{c,d} = r{a+c,b+d}. */
export function concat(store: Store, left: Term, right: Term): Term {
  const heads: Term[] = [];
  let head = left;
  while (head.kind === 'concat') {
    heads.push(head.left);
    head = head.right;
  }
  let term = pair(store, head, right);
  for (let i = heads.length - 1; i >= 0; i--) term = pair(store, nth(heads, i), term);
  return term;
}

export function sequence(store: Store, parts: readonly Term[]): Term {
  let term: Term = epsilon;
  for (let i = parts.length - 1; i >= 0; i--) term = concat(store, nth(parts, i), term);
  return term;
}

function pair(store: Store, left: Term, right: Term): Term {
  if (left === none || right === none) return none;
  if (left === epsilon) return right;
  if (right === epsilon) return left;
  if (right === all && left.nullable) return all;
  const next = right.kind === 'concat' ? right.left : right;
  const a = turns(left);
  const b = turns(next);
  if (a.of === b.of) {
    const merged = repeat(store, a.of, a.from + b.from, a.to + b.to);
    return right.kind === 'concat' ? pair(store, merged, right.right) : merged;
  }
  if (left === all && right.kind === 'concat' && right.left.nullable && endsInAll(right)) return all;
  return intern(store, `s${left.id},${right.id}`, (id) => ({
    id,
    kind: 'concat',
    left,
    right,
    nullable: left.nullable && right.nullable,
    min: left.min + right.min,
    max: left.max + right.max,
  }));
}

/** Σ*·X·Σ* is Σ* when X may be empty, however many parts X has. */
function endsInAll(term: Term): boolean {
  let rest = term;
  while (rest.kind === 'concat' && rest.left.nullable) rest = rest.right;
  return rest === all;
}

/** Any term as a repeat of its base: r is r{1,1}. */
export function turns(term: Term): { readonly of: Term; readonly from: number; readonly to: number } {
  return term.kind === 'repeat' ? term : { of: term, from: 1, to: 1 };
}

export function repeat(store: Store, of: Term, least: number, to: number): Term {
  if (to === 0 || of === epsilon) return epsilon;
  if (of === none) return least === 0 ? epsilon : none;
  if (of.kind === 'union' && of.parts.includes(epsilon)) {
    // (ε|r){m,n} = r{0,n}
    const rest = of.parts.filter((part) => part !== epsilon);
    return repeat(store, union(store, rest), 0, to);
  }
  const from = of.nullable ? 0 : least;
  if (from === 1 && to === 1) return of;
  if (of.kind === 'repeat' && flattens(of, from, to)) {
    return repeat(store, of.of, times(of.from, from), times(of.to, to));
  }
  if (of === any && from === 0 && to === Number.POSITIVE_INFINITY) return all;
  return intern(store, `r${of.id},${from},${to}`, (id) => ({
    id,
    kind: 'repeat',
    of,
    from,
    to,
    nullable: from === 0 || of.nullable,
    min: times(of.min, from),
    max: times(of.max, to),
  }));
}

/** (r{a,b}){c,d} = r{ac,bd} when the intervals [ka,kb], k = c…d, leave no gap; the first gap would be the widest. */
function flattens(inner: { readonly from: number; readonly to: number }, from: number, to: number): boolean {
  if (from === to) return true;
  return times(inner.from, from + 1) <= times(inner.to, from) + 1;
}
