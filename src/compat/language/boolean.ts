/** Constructors of ∪, ∩ and complement: flat, sorted, without duplicates, absorbing, at most one complement among the parts. */
import { chars, concat, repeat, turns } from './build.ts';
import { type CharSet, intersect, isSubset, unite } from './charset.ts';
import { all, any, epsilon, intern, type Kind, none, type Store, type Term } from './term.ts';
import { isWords, keep, merge } from './wordset.ts';

export function union(store: Store, terms: readonly Term[]): Term {
  const flat = flatten(terms, 'union');
  store.meter.spent += flat.length;
  if (flat.includes(all)) return all;
  const parts = joinTurns(store, joinTails(store, joinChars(store, merge(store, flat))));
  const complements = parts.filter(isComplement);
  if (complements.length > 1) {
    const inner = intersection(
      store,
      complements.map((part) => part.of),
    );
    return union(store, [...parts.filter((part) => !isComplement(part)), complement(store, inner)]);
  }
  const refuted = complements[0];
  if (refuted && parts.includes(refuted.of)) return all;
  if (parts.length === 0) return none;
  if (parts.length === 1) return parts[0]!;
  return intern(store, `u${ids(parts)}`, (id) => ({
    id,
    kind: 'union',
    parts,
    nullable: parts.some((part) => part.nullable),
    min: parts.reduce((least, part) => Math.min(least, part.min), Number.POSITIVE_INFINITY),
    max: parts.reduce((most, part) => Math.max(most, part.max), 0),
  }));
}

export function intersection(store: Store, terms: readonly Term[]): Term {
  const parts = flatten(terms, 'intersection').filter((part) => part !== all);
  store.meter.spent += parts.length;
  if (parts.length === 0) return all;
  if (parts.length === 1) return parts[0]!;
  const min = parts.reduce((most, part) => Math.max(most, part.min), 0);
  const max = parts.reduce((least, part) => Math.min(least, part.max), Number.POSITIVE_INFINITY);
  if (min > max) return none;
  if (max === 0) return parts.every((part) => part.nullable) ? epsilon : none;
  const listed = parts.find(isWords);
  if (listed) return keep(store, listed, without(parts, listed));
  const met = meetTurns(store, joinComplements(store, parts));
  if (met.length !== parts.length || met.some((part, at) => part !== parts[at])) return intersection(store, met);
  if (parts.includes(none)) return none;
  if (parts.length === 1) return parts[0]!;
  const refuted = parts.find(isComplement);
  if (refuted && parts.includes(refuted.of)) return none;
  return intern(store, `i${ids(parts)}`, (id) => ({
    id,
    kind: 'intersection',
    parts,
    nullable: parts.every((part) => part.nullable),
    min,
    max,
  }));
}

export function complement(store: Store, of: Term): Term {
  if (of === none) return all;
  if (of === all) return none;
  if (of.kind === 'complement') return of.of;
  if (of.kind === 'repeat' && of.of === any) {
    const below = of.from > 0 ? repeat(store, any, 0, of.from - 1) : none;
    return union(store, [below, of.to < Number.POSITIVE_INFINITY ? above(store, of.to + 1) : none]);
  }
  if (of.kind === 'union' || of.kind === 'intersection') {
    const refuted = of.parts.find(isComplement);
    if (refuted) {
      // ¬(A ∪ ¬B) = ¬A ∩ B: one way to write each set
      const rest = without(of.parts, refuted);
      return of.kind === 'union'
        ? intersection(store, [complement(store, union(store, rest)), refuted.of])
        : union(store, [complement(store, intersection(store, rest)), refuted.of]);
    }
  }
  return intern(store, `n${of.id}`, (id) => ({
    id,
    kind: 'complement',
    of,
    nullable: !of.nullable,
    min: of.nullable ? 1 : 0,
    max: Number.POSITIVE_INFINITY,
  }));
}

function above(store: Store, least: number): Term {
  return repeat(store, any, least, Number.POSITIVE_INFINITY);
}

function flatten(terms: readonly Term[], kind: 'union' | 'intersection'): Term[] {
  const parts = new Set<Term>();
  for (const term of terms) {
    if (term.kind === kind) for (const part of term.parts) parts.add(part);
    else if (term !== none || kind === 'intersection') parts.add(term);
  }
  return [...parts].sort((a, b) => a.id - b.id);
}

function without(parts: readonly Term[], part: Term): Term[] {
  return parts.filter((other) => other !== part);
}

function isComplement(term: Term): term is Kind<'complement'> {
  return term.kind === 'complement';
}

function ids(parts: readonly Term[]): string {
  return parts.map((part) => part.id).join();
}

/** All single-character sets of a union are one set. */
function joinChars(store: Store, parts: readonly Term[]): readonly Term[] {
  const sets = parts.filter((part) => part.kind === 'chars');
  if (sets.length < 2) return parts;
  const set = sets.reduce<CharSet>((joined, part) => unite(joined, part.set), []);
  return sorted([...parts.filter((part) => part.kind !== 'chars'), chars(store, set)]);
}

/** r{a,b}·X ∪ r{c,d}·X is (r{a,b} ∪ r{c,d})·X: nested counters would otherwise pile up. */
function joinTails(store: Store, parts: readonly Term[]): readonly Term[] {
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
    const { right, left } = group[0]!;
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
function joinTurns(store: Store, given: readonly Term[]): readonly Term[] {
  const groups = new Map<Term, Term[]>();
  for (const part of given) {
    const base = turns(part).of;
    const group = groups.get(base);
    if (group) group.push(part);
    else groups.set(base, [part]);
  }
  let parts: Term[] = [];
  for (const [base, group] of groups) {
    if (group.length === 1) parts.push(group[0]!);
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

interface Run {
  readonly term: Term;
  readonly set: CharSet;
  readonly from: number;
  readonly to: number;
}

/** A repeat of single characters: the only terms whose length says how often they turned. */
function run(term: Term): Run | undefined {
  const { of, from, to } = turns(term);
  return of.kind === 'chars' ? { term, set: of.set, from, to } : undefined;
}

function inside(small: Run, large: Run): boolean {
  return small.from >= large.from && small.to <= large.to && isSubset(small.set, large.set);
}

function joinComplements(store: Store, parts: readonly Term[]): readonly Term[] {
  const complements = parts.filter(isComplement);
  if (complements.length < 2) return parts;
  const inner = union(
    store,
    complements.map((part) => part.of),
  );
  const rest = parts.filter((part) => !isComplement(part));
  const joined = complement(store, inner);
  return flatten([...rest, joined], 'intersection');
}

/** S{a,b} ∩ T{c,d} = (S∩T){max,min}, and S{a,b} ∩ ¬T{c,d} = S{a,c-1} ∪ S{d+1,b} when S ⊆ T. */
function meetTurns(store: Store, parts: readonly Term[]): readonly Term[] {
  const runs = parts.flatMap((part) => run(part) ?? []);
  if (runs.length === 0) return parts;
  const first = runs[0]!;
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

function cutTurns(store: Store, whole: Run, without: Term): Term | undefined {
  const cut = without === epsilon ? { set: whole.set, from: 0, to: 0 } : run(without);
  if (!cut || !isSubset(whole.set, cut.set)) return undefined;
  const base = chars(store, whole.set);
  const below = Math.min(whole.to, cut.from - 1);
  const over = Math.max(whole.from, cut.to + 1);
  return union(store, [
    whole.from <= below ? repeat(store, base, whole.from, below) : none,
    over <= whole.to && cut.to < Number.POSITIVE_INFINITY ? repeat(store, base, over, whole.to) : none,
  ]);
}

function sorted(parts: readonly Term[]): readonly Term[] {
  return [...parts].sort((a, b) => a.id - b.id);
}
