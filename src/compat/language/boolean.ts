/** Constructors of ∪, ∩ and complement: flat, sorted, without duplicates, absorbing, at most one complement among the parts. */

import { nth } from '../nth.ts';
import { repeat } from './build.ts';
import { containsInParts, withoutContained } from './contain.ts';
import { joinChars, joinTails, joinTurns } from './join.ts';
import { meetTurns } from './meet.ts';
import { flatten, isComplement, without } from './parts.ts';
import { all, any, epsilon, intern, none, type Store, type Term } from './term.ts';
import { isWords, keep, merge } from './wordset.ts';

export function union(store: Store, terms: readonly Term[]): Term {
  const flat = flatten(terms, 'union');
  store.meter.spent += flat.length;
  if (flat.includes(all)) return all;
  const joined = joinTurns(store, joinTails(store, joinChars(store, merge(store, flat))));
  const parts = withoutContained(store, joined);
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
  if (parts.length === 1) return nth(parts, 0);
  return intern(store, `u${ids(parts)}`, (id) => ({
    id,
    kind: 'union',
    parts,
    nullable: parts.some((part) => part.nullable),
    min: parts.reduce((least, part) => Math.min(least, part.min), Number.POSITIVE_INFINITY),
    max: parts.reduce((max, part) => Math.max(max, part.max), 0),
  }));
}

export function intersection(store: Store, terms: readonly Term[]): Term {
  const parts = flatten(terms, 'intersection').filter((part) => part !== all);
  store.meter.spent += parts.length;
  if (parts.length === 0) return all;
  if (parts.length === 1) return nth(parts, 0);
  const min = parts.reduce((max, part) => Math.max(max, part.min), 0);
  const max = parts.reduce((least, part) => Math.min(least, part.max), Number.POSITIVE_INFINITY);
  if (min > max) return none;
  if (max === 0) return parts.every((part) => part.nullable) ? epsilon : none;
  const listed = parts.find(isWords);
  if (listed) return keep(store, listed, without(parts, listed));
  const met = meetTurns(store, joinComplements(store, parts));
  if (met.length !== parts.length || met.some((part, at) => part !== parts[at])) return intersection(store, met);
  if (parts.includes(none)) return none;
  if (parts.length === 1) return nth(parts, 0);
  const refuted = parts.find(isComplement);
  if (refuted && parts.some((part) => part !== refuted && containsInParts(store, refuted.of, part))) return none;
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

function ids(parts: readonly Term[]): string {
  return parts.map((part) => part.id).join();
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
