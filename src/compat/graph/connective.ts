/** Conjunction, alternatives, types and sets of values. What simplifies is simplified here and nowhere else. */
import { canonicalize } from '../../schema/canonical.ts';
import type { Json } from '../../schema/json.ts';
import { nth } from '../nth.ts';
import { type Arena, bodyOf, canBe, intern } from './arena.ts';
import { ANY, FALSE, isNegated, type Lit, type Mask, maskOf, negate, T, TRUE } from './node.ts';

export function type(arena: Arena, mask: Mask): Lit {
  if (mask === ANY) return TRUE;
  if (mask === 0) return FALSE;
  return intern(arena, { kind: 'type', mask }, mask, ANY & ~mask);
}

/** The literal's negation; types stay positive so that equal type sets meet. */
export function not(arena: Arena, lit: Lit): Lit {
  const body = bodyOf(arena, lit);
  return body.kind === 'type' && !isNegated(lit) ? type(arena, ANY & ~body.mask) : negate(lit);
}

interface Flat {
  /** Each once, in the order in which they came. */
  readonly lits: Lit[];
  /** The same, where they are many. */
  seen: Set<Lit> | undefined;
  mask: Mask;
  readonly enums: ReadonlyMap<string, Json>[];
  readonly excluded: ReadonlyMap<string, Json>[];
}

export function and(arena: Arena, lits: readonly Lit[]): Lit {
  if (lits.length < 2) return lits[0] ?? TRUE;
  const flat: Flat = { lits: [], seen: undefined, mask: ANY, enums: [], excluded: [] };
  if (!flatten(arena, lits, flat)) return FALSE;
  let mask = flat.mask;
  for (const lit of flat.lits) mask &= canBe(arena, lit);
  const values = flat.enums.length > 0 ? meet(flat, mask) : undefined;
  if (values !== undefined) mask &= valuesMask(values);
  else if (flat.excluded.length > 0) {
    const without = oneOfValues(arena, new Map(flat.excluded.flatMap((set) => [...set])));
    mask &= canBe(arena, not(arena, without));
    include(flat, not(arena, without));
  }
  if (mask === 0) return FALSE;
  const kept: Lit[] = [];
  for (const lit of flat.lits) {
    if (includes(flat, negate(lit))) return FALSE;
    // vacuous for every type that is left
    if ((canBe(arena, negate(lit)) & mask) !== 0) kept.push(lit);
  }
  return join(arena, kept, mask, values);
}

function join(arena: Arena, kept: Lit[], mask: Mask, values: ReadonlyMap<string, Json> | undefined): Lit {
  if (values !== undefined) kept.push(oneOfValues(arena, values));
  else {
    // a type is said only where the other parts do not already say it
    let implied = ANY;
    for (const lit of kept) implied &= canBe(arena, lit);
    if ((implied & ~mask) !== 0) kept.push(type(arena, mask));
  }
  if (kept.length === 0) return TRUE;
  if (kept.length === 1) return nth(kept, 0);
  if (!isSorted(kept)) kept.sort((a, b) => a - b);
  let can = ANY;
  let cannot = 0;
  for (const lit of kept) {
    can &= canBe(arena, lit);
    cannot |= canBe(arena, negate(lit));
  }
  return intern(arena, { kind: 'and', of: kept }, can, cannot);
}

/** Parts of a conjunction mostly are: they were made in their order. */
function isSorted(lits: readonly Lit[]): boolean {
  for (let at = 1; at < lits.length; at++) if (nth(lits, at - 1) > nth(lits, at)) return false;
  return true;
}

/** Spreads conjunctions; types and value sets are met on the way. False: a contradiction. */
function flatten(arena: Arena, lits: readonly Lit[], flat: Flat): boolean {
  for (const lit of lits) {
    if (lit === TRUE) continue;
    if (lit === FALSE) return false;
    const body = bodyOf(arena, lit);
    if (body.kind === 'enum') (isNegated(lit) ? flat.excluded : flat.enums).push(body.values);
    else if (isNegated(lit)) include(flat, lit);
    else if (body.kind === 'and') {
      if (!flatten(arena, body.of, flat)) return false;
    } else if (body.kind === 'type') flat.mask &= body.mask;
    else include(flat, lit);
  }
  return true;
}

/** Past this many literals looking through all of them costs more than a set. */
const few = 12;

function includes({ lits, seen }: Flat, lit: Lit): boolean {
  return seen === undefined ? lits.includes(lit) : seen.has(lit);
}

function include(flat: Flat, lit: Lit): void {
  if (includes(flat, lit)) return;
  flat.lits.push(lit);
  if (flat.seen !== undefined) flat.seen.add(lit);
  else if (flat.lits.length > few) flat.seen = new Set(flat.lits);
}

function meet(flat: Flat, mask: Mask): ReadonlyMap<string, Json> {
  const [first, ...rest] = flat.enums;
  const met = new Map<string, Json>();
  for (const [key, value] of first ?? []) {
    const allowed = rest.every((other) => other.has(key)) && !flat.excluded.some((other) => other.has(key));
    if (allowed && (maskOf(value) & mask) !== 0) met.set(key, value);
  }
  return met;
}

function valuesMask(values: ReadonlyMap<string, Json>): Mask {
  let mask = 0;
  for (const value of values.values()) mask |= maskOf(value);
  return mask;
}

export function or(arena: Arena, lits: readonly Lit[]): Lit {
  return not(
    arena,
    and(
      arena,
      lits.map((lit) => not(arena, lit)),
    ),
  );
}

/** Exactly one of `lits`. */
export function exactlyOne(arena: Arena, lits: readonly Lit[]): Lit {
  const left = lits.filter((lit) => lit !== FALSE);
  const certain = left.indexOf(TRUE);
  if (certain >= 0)
    return and(
      arena,
      left.filter((_, at) => at !== certain).map((lit) => not(arena, lit)),
    );
  const twice = new Set(left.filter((lit, at) => left.indexOf(lit) !== at));
  if (twice.size > 0) {
    const rest = exactlyOne(
      arena,
      left.filter((lit) => !twice.has(lit)),
    );
    return and(arena, [rest, ...[...twice].map((lit) => not(arena, lit))]);
  }
  if (left.length === 0) return FALSE;
  if (left.length === 1) return nth(left, 0);
  if (disjoint(arena, left)) return or(arena, left);
  return intern(arena, { kind: 'one', of: [...left].sort((a, b) => a - b) }, some(arena, left), ANY);
}

function some(arena: Arena, lits: readonly Lit[]): Mask {
  let mask = 0;
  for (const lit of lits) mask |= canBe(arena, lit);
  return mask;
}

/** Whether no two of them can hold of values of the same type, or of the same value of an enumeration. */
function disjoint(arena: Arena, lits: readonly Lit[]): boolean {
  let seen = 0;
  const values = new Set<string>();
  for (const lit of lits) {
    const body = bodyOf(arena, lit);
    if (body.kind === 'enum' && !isNegated(lit)) {
      for (const key of body.values.keys()) {
        if (values.has(key)) return false;
        values.add(key);
      }
    }
  }
  for (const lit of lits) {
    const body = bodyOf(arena, lit);
    const mask = canBe(arena, lit);
    const listed = body.kind === 'enum' && !isNegated(lit);
    if ((seen & mask) !== 0 && !(listed && values.size > 0 && onlyEnums(arena, lits, mask))) return false;
    seen |= mask;
  }
  return true;
}

export function oneOfValues(arena: Arena, values: ReadonlyMap<string, Json>): Lit {
  const can = valuesMask(values);
  if (values.size === 0) return FALSE;
  const whole = (values.has('null') ? T.null : 0) | (values.has('true') && values.has('false') ? T.boolean : 0);
  if (whole === can) return type(arena, can);
  return intern(arena, { kind: 'enum', values }, can, ANY & ~whole);
}

export function valueSet(values: readonly Json[]): ReadonlyMap<string, Json> {
  return new Map(values.map((value) => [valueKey(value), value]));
}

/** Equal values, and only they, have the same key. */
export function valueKey(value: Json): string {
  return typeof value === 'object' ? canonicalize(value) : JSON.stringify(value);
}

/** Whether all of `lits` that can be of a type in `mask` are enumerations. */
function onlyEnums(arena: Arena, lits: readonly Lit[], mask: Mask): boolean {
  return lits.every(
    (lit) => (canBe(arena, lit) & mask) === 0 || (bodyOf(arena, lit).kind === 'enum' && !isNegated(lit)),
  );
}
