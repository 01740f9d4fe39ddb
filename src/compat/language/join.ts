/** What the parts of a union can be put together to, so that equal sets meet as one term. */

import { nth } from '../nth.ts';
import { chars, concat, repeat, turns } from './build.ts';
import { type CharSet, isSubset, unite } from './charset.ts';
import { sorted, without } from './parts.ts';
import { epsilon, type Kind, type Store, type Term } from './term.ts';

/** All single-character sets of a union are one set. */
export function joinChars(store: Store, parts: readonly Term[]): readonly Term[] {
  const sets = parts.filter((part) => part.kind === 'chars');
  if (sets.length < 2) return parts;
  const set = sets.reduce<CharSet>((joined, part) => unite(joined, part.set), []);
  return sorted([...parts.filter((part) => part.kind !== 'chars'), chars(store, set)]);
}

/** r{a,b}·X ∪ r{c,d}·X is (r{a,b} ∪ r{c,d})·X: nested counters would otherwise pile up. */
export function joinTails(store: Store, parts: readonly Term[]): readonly Term[] {
  const groups = new Map<number, Kind<'concat'>[]>();
  for (const part of parts) {
    if (part.kind !== 'concat') continue;
    const key = turns(part.left).of.id * 2 ** 26 + part.right.id;
    const group = groups.get(key);
    if (group) group.push(part);
    else groups.set(key, [part]);
  }
  if (groups.size === 0) return parts;
  let joined = parts;
  for (const group of groups.values()) {
    if (group.length < 2) continue;
    const { right, left } = nth(group, 0);
    const heads = touching(
      store,
      turns(left).of,
      group.map((part) => part.left),
    );
    if (heads.length === group.length) continue;
    const tails = heads.map((head) => concat(store, head, right));
    joined = [...joined.filter((part) => !group.some((other) => other === part)), ...tails];
  }
  return joined === parts ? parts : sorted([...new Set(joined)]);
}

/** r{a,b} ∪ r{c,d} is one repeat where the counts touch; ε is r{0,0} of anything, and superfluous beside a nullable part. */
export function joinTurns(store: Store, given: readonly Term[]): readonly Term[] {
  const groups = new Map<Term, Term[]>();
  for (const part of given) {
    const base = turns(part).of;
    const group = groups.get(base);
    if (group) group.push(part);
    else groups.set(base, [part]);
  }
  let parts: Term[] = [];
  for (const [base, group] of groups) {
    if (group.length === 1) parts.push(nth(group, 0));
    else parts.push(...touching(store, base, group));
  }
  if (parts.includes(epsilon) && parts.length > 1) {
    parts = without(parts, epsilon);
    if (!parts.some((part) => part.nullable)) {
      const once = parts.find((part) => turns(part).from === 1 && (part.kind === 'repeat' || parts.length === 1));
      if (once) parts = [...without(parts, once), repeat(store, turns(once).of, 0, turns(once).to)];
      else parts.push(epsilon);
    }
  }
  return sorted(withoutShorter(parts));
}

function touching(store: Store, base: Term, group: readonly Term[]): Term[] {
  const ranges = group.map(turns).sort((a, b) => a.from - b.from || a.to - b.to);
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of ranges) {
    const end = joined.at(-1);
    if (end && from <= end.to + 1) end.to = Math.max(end.to, to);
    else joined.push({ from, to });
  }
  return joined.map(({ from, to }) => repeat(store, base, from, to));
}

/** S{a,b} inside T{c,d} when S ⊆ T and the counts are inside: it adds nothing. Only looked for in small unions. */
function withoutShorter(parts: readonly Term[]): readonly Term[] {
  const runs = parts.flatMap((part) => run(part) ?? []);
  if (runs.length < 2 || runs.length > 12) return parts;
  return parts.filter((part) => {
    const small = run(part);
    return !small || !runs.some((large) => large.term !== part && inside(small, large));
  });
}

export interface Run {
  readonly term: Term;
  readonly set: CharSet;
  readonly from: number;
  readonly to: number;
}

/** A repeat of single characters: the only terms whose length says how often they turned. */
export function run(term: Term): Run | undefined {
  const { of, from, to } = turns(term);
  return of.kind === 'chars' ? { term, set: of.set, from, to } : undefined;
}

function inside(small: Run, large: Run): boolean {
  return small.from >= large.from && small.to <= large.to && isSubset(small.set, large.set);
}
