/**
 * Objects. A property's value depends on nothing but the constraints whose names include it, so each is a goal of its own; what
 * is left is to choose names for the properties that have to exist, and to count.
 */
import type { Json } from '../../schema/json.ts';
import { containsKey } from '../evaluate/holds.ts';
import { charge } from '../evaluate/meter.ts';
import { bodyOf } from '../graph/arena.ts';
import { keySet } from '../graph/keyset.ts';
import { FALSE, isNegated, type Lit, negate } from '../graph/node.ts';
import { leastProperties, mostProperties } from './counting.ts';
import { freshKeys, freshKeysFor, mentionedNames } from './fresh.ts';
import { solve } from './goal.ts';
import { type Outcome, sat, UNSAT, unknown } from './solver.ts';
import type { Tableau, Universal } from './tableau.ts';
import { leftKeys, unevaluatedFacts } from './unevaluated.ts';
import { undeclaredNames, type View, viewOf, writersOfKey } from './view.ts';

/** An object problem: the branch with what the closed world and `unevaluatedProperties` add to it. */
export interface Objects {
  readonly tab: Tableau;
  readonly view: View;
  readonly universals: readonly Universal[];
  readonly existentials: readonly Universal[];
  readonly minProperties: number;
  readonly maxProperties: number;
  /** A constraint that cannot be evaluated: nothing found is certain. */
  readonly opaque: string | undefined;
}

/** Names and what their values have to satisfy beside the constraints that include them. */
export type Chosen = ReadonlyMap<string, readonly Lit[]>;

export function objectsOf(tab: Tableau): Objects {
  const view = viewOf(tab);
  const universals = [...tab.universals];
  const existentials = [...tab.existentials];
  let [minProperties, maxProperties] = [0, Number.POSITIVE_INFINITY];
  let opaque: string | undefined;
  charge(tab.solver.context.meter, 4 + universals.length + existentials.length + tab.facts.length);
  const undeclared = undeclaredNames(tab, view);
  if (undeclared !== undefined) universals.push({ keys: undeclared, lit: FALSE });
  for (const lit of tab.facts) {
    const body = bodyOf(tab.solver.context.arena, lit);
    const positive = !isNegated(lit);
    if (body.kind === 'minProps' && positive) minProperties = Math.max(minProperties, body.count);
    else if (body.kind === 'minProps') maxProperties = Math.min(maxProperties, body.count - 1);
    else if (body.kind === 'maxProps' && positive) maxProperties = Math.min(maxProperties, body.count);
    else if (body.kind === 'maxProps') minProperties = Math.max(minProperties, body.count + 1);
    else if (body.kind === 'opaque') opaque = body.reason;
  }
  for (const { body, positive } of unevaluatedFacts(tab)) {
    if (body.kind !== 'unevaluatedKeys') continue;
    const keys = leftKeys(tab, body);
    if (keys === null && !positive) existentials.push({ keys: keySet([]), lit: FALSE });
    if (keys === undefined || keys === null) continue;
    if (positive) universals.push({ keys, lit: body.lit });
    else existentials.push({ keys, lit: negate(body.lit) });
  }
  return { tab, view, universals, existentials, minProperties, maxProperties, opaque };
}

/** The value of the property `key`. */
export function keyOutcome(objects: Objects, key: string, extra: readonly Lit[] = []): Outcome {
  const { tab } = objects;
  if (tab.forbidden.has(key)) return UNSAT;
  const lits = [...(tab.byKey.get(key) ?? []), ...extra];
  let unsure = false;
  for (const universal of objects.universals) {
    const inside = containsKey(tab.solver.context, universal.keys, key);
    if (inside === true) lits.push(universal.lit);
    else if (inside === undefined) unsure = true;
  }
  const outcome = solve(tab.solver, { lits, writers: writersOfKey(tab, objects.view, key) });
  return unsure && outcome.kind === 'sat'
    ? unknown('regex-feature', 'whether a pattern includes a property is not known')
    : outcome;
}

/** Whether the properties that were just constrained leave no value: a refutation that looks at nothing else. */
export function keyIsRefuted(tab: Tableau): boolean {
  let objects: Objects | undefined;
  for (const key of tab.touched) {
    if (!tab.required.has(key)) continue;
    objects ??= objectsOf(tab);
    if (keyOutcome(objects, key).kind === 'unsat') return true;
  }
  return false;
}

export function solveObject(tab: Tableau): Outcome {
  const objects = objectsOf(tab);
  if (isMiscounted(objects)) return UNSAT;
  for (const key of tab.required) if (tab.forbidden.has(key)) return UNSAT;
  const values = new Map<string, Json>();
  let open: Outcome | undefined;
  for (const key of tab.required) {
    const outcome = keyOutcome(objects, key);
    if (outcome.kind === 'unsat') return UNSAT;
    if (outcome.kind === 'unknown') open = outcome;
    else values.set(key, outcome.value);
  }
  const chosen: Chosen = new Map([...tab.required].map((key) => [key, []]));
  const outcome = place(objects, 0, chosen, values);
  if (outcome.kind === 'unsat') return UNSAT;
  if (open !== undefined) return open;
  return outcome.kind === 'sat' && objects.opaque !== undefined
    ? unknown(objects.opaque, 'a constraint is opaque')
    : outcome;
}

/** Whether there is no number of properties that all constraints allow. */
function isMiscounted(objects: Objects): boolean {
  const { tab, minProperties, maxProperties } = objects;
  if (minProperties > maxProperties || tab.required.size > maxProperties) return true;
  if (maxProperties < Number.POSITIVE_INFINITY && leastProperties(tab) > maxProperties) return true;
  return minProperties > tab.required.size && mostProperties(objects) < minProperties;
}

/** Gives each property that has to exist a name, one after the other, going back where names run out. */
function place(objects: Objects, at: number, chosen: Chosen, values: ReadonlyMap<string, Json>): Outcome {
  charge(objects.tab.solver.context.meter, 2 * (chosen.size + values.size));
  if (chosen.size > objects.maxProperties) return UNSAT;
  const wanted = objects.existentials[at];
  if (wanted === undefined) return fill(objects, chosen, values);
  let open: Outcome | undefined;
  const continueWith = (key: string, outcome: Outcome): Outcome | undefined => {
    if (outcome.kind === 'unknown') open = outcome;
    if (outcome.kind !== 'sat') return undefined;
    const lits = [...(chosen.get(key) ?? []), wanted.lit];
    const further = place(
      objects,
      at + 1,
      new Map([...chosen, [key, lits]]),
      new Map([...values, [key, outcome.value]]),
    );
    if (further.kind === 'unknown') open = further;
    return further.kind === 'sat' ? further : undefined;
  };
  const { context } = objects.tab.solver;
  for (const key of new Set([...chosen.keys(), ...mentionedNames(objects)])) {
    const inside = containsKey(context, wanted.keys, key);
    if (inside === false) continue;
    if (inside === undefined) open = unknown('regex-feature', 'whether a pattern includes a property is not known');
    else {
      const found = continueWith(key, keyOutcome(objects, key, [...(chosen.get(key) ?? []), wanted.lit]));
      if (found !== undefined) return found;
    }
  }
  const fresh = freshKeysFor(objects, wanted, chosen);
  for (const { key, outcome } of fresh.keys) {
    const found = continueWith(key, outcome);
    if (found !== undefined) return found;
  }
  if (fresh.open !== undefined) open = fresh.open;
  return open ?? UNSAT;
}

/** Adds properties until there are enough of them. */
function fill(objects: Objects, chosen: Chosen, values: ReadonlyMap<string, Json>): Outcome {
  let missing = objects.minProperties - chosen.size;
  if (missing <= 0) return sat(build(objects, values));
  const filled = new Map(values);
  let open: Outcome | undefined;
  for (const key of mentionedNames(objects)) {
    if (missing <= 0) break;
    if (chosen.has(key)) continue;
    const outcome = keyOutcome(objects, key);
    if (outcome.kind === 'unknown') open = outcome;
    if (outcome.kind !== 'sat') continue;
    filled.set(key, outcome.value);
    missing--;
  }
  if (missing > 100_000) return unknown('counting', 'too many properties would be needed');
  if (missing > 0) {
    const fresh = freshKeys(objects, chosen, missing);
    if (fresh.open !== undefined) open = fresh.open;
    for (const { key, outcome } of fresh.keys) {
      if (missing <= 0 || outcome.kind !== 'sat') continue;
      filled.set(key, outcome.value);
      missing--;
    }
  }
  return missing > 0 ? (open ?? UNSAT) : sat(build(objects, filled));
}

/** Names in the order in which they were declared; `fromEntries` so that `__proto__` is a name like any other. */
function build({ tab }: Objects, values: ReadonlyMap<string, Json>): Json {
  if (values.size < 2) return Object.fromEntries(values);
  const ordered = new Map<string, Json>();
  for (const names of [tab.beyond, tab.byKey.keys(), values.keys()]) {
    for (const name of names) {
      if (ordered.size === values.size) return Object.fromEntries(ordered);
      const value = values.get(name);
      if (value !== undefined) ordered.set(name, value);
    }
  }
  return Object.fromEntries(ordered);
}
