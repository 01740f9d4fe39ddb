/** What the repeats of single characters in an intersection come to: numbers and sets, no states. */

import { nth } from '../nth.ts';
import { union } from './boolean.ts';
import { chars, repeat } from './build.ts';
import { type CharSet, intersect, isSubset } from './charset.ts';
import { type Run, run } from './join.ts';
import { flatten, isComplement, without } from './parts.ts';
import { epsilon, none, type Store, type Term } from './term.ts';

/** S{a,b} ∩ T{c,d} = (S∩T){max,min}, and S{a,b} ∩ ¬T{c,d} = S{a,c-1} ∪ S{d+1,b} when S ⊆ T. */
export function meetTurns(store: Store, parts: readonly Term[]): readonly Term[] {
  const runs = parts.flatMap((part) => run(part) ?? []);
  if (runs.length === 0) return parts;
  const first = nth(runs, 0);
  const set = runs.reduce<CharSet>((met, next) => intersect(met, next.set), first.set);
  const from = Math.max(...runs.map((next) => next.from));
  const to = Math.min(...runs.map((next) => next.to));
  if (from > to) return [none];
  const met = runs.length === 1 ? first.term : repeat(store, chars(store, set), from, to);
  const rest = parts.filter((part) => !run(part));
  const refuted = rest.find(isComplement);
  const cut = refuted && cutTurns(store, { term: met, set, from, to }, refuted.of);
  if (!cut) return flatten([...rest, met], 'intersection');
  const others = without(rest, refuted);
  return others.length === 0 ? [cut] : flatten([...others, cut], 'intersection');
}

function cutTurns(store: Store, whole: Run, refuted: Term): Term | undefined {
  const cut = refuted === epsilon ? { set: whole.set, from: 0, to: 0 } : run(refuted);
  if (!cut || !isSubset(whole.set, cut.set)) return undefined;
  const base = chars(store, whole.set);
  const below = Math.min(whole.to, cut.from - 1);
  const over = Math.max(whole.from, cut.to + 1);
  return union(store, [
    whole.from <= below ? repeat(store, base, whole.from, below) : none,
    over <= whole.to && cut.to < Number.POSITIVE_INFINITY ? repeat(store, base, over, whole.to) : none,
  ]);
}
