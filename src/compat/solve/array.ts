/**
 * Arrays: every length up to a bound, every way to place what has to be in it. The bound: an array longer than its tuple and its
 * demands together has an item past the tuple that nobody demands, and stays an answer without it.
 */

import { isArray, type Json } from '../../schema/json.ts';
import { charge } from '../evaluate/meter.ts';
import { bodyOf } from '../graph/arena.ts';
import { and, or } from '../graph/connective.ts';
import { isNegated, type Lit, negate } from '../graph/node.ts';
import { nth } from '../nth.ts';
import { leastItems } from './counting.ts';
import { satisfies, solve } from './goal.ts';
import { placeDemands, type Slot } from './slots.ts';
import { type Outcome, sat, UNSAT, unknown, type Writer } from './solver.ts';
import type { Tableau } from './tableau.ts';
import { leftItems, unevaluatedFacts } from './unevaluated.ts';
import { allowedItems, type View, viewOf, writersOfItem } from './view.ts';

/** At least `count` items from `from` on satisfy the literal. */
export interface Demand {
  readonly from: number;
  readonly lit: Lit;
  readonly count: number;
}

/** At most `count` items satisfy the literal. */
export interface Limit {
  readonly lit: Lit;
  readonly count: number;
}

export interface Arrays {
  readonly tab: Tableau;
  readonly view: View;
  /** `to` is one past the last index it applies to. */
  readonly universals: { readonly from: number; readonly to: number; readonly lit: Lit }[];
  readonly demands: Demand[];
  readonly limits: Limit[];
  minItems: number;
  maxItems: number;
  /** Items from here on are all alike. */
  alike: number;
  unique: boolean;
  /** Two items must be equal. */
  repeats: boolean;
  opaque: string | undefined;
}

/** Lengths tried, and items of an array that is written out. */
const maxLengths = 48;
const maxWritten = 1_500_000;
/** Items of an array whose items depend on each other. */
const maxEntangled = 200;
/** Items that demands ask for, placed one by one. */
const maxDemanded = 1_000;

export function solveArray(tab: Tableau): Outcome {
  const arrays = collect(tab);
  if (arrays.maxItems < Number.POSITIVE_INFINITY && leastItems(tab, arrays.demands) > arrays.maxItems) return UNSAT;
  if (mayBeEmpty(arrays)) return orOpaque(arrays, placeDemands(arrays, []));
  shorten(arrays);
  if (arrays.minItems > arrays.maxItems) return UNSAT;
  const entangled = arrays.unique || arrays.limits.length > 0 || arrays.repeats;
  if (arrays.minItems > (entangled ? maxEntangled : maxWritten))
    return unknown('counting', 'the array would be too long');
  if (demanded(arrays) > maxDemanded) return unknown('counting', 'too many items are asked for');
  let open: Outcome | undefined;
  const { lengths, complete } = lengthsOf(arrays);
  for (const length of lengths) {
    const outcome = ofLength(arrays, length);
    if (outcome.kind === 'sat') return orOpaque(arrays, outcome);
    if (outcome.kind === 'unknown') open = outcome;
  }
  if (open !== undefined) return open;
  return complete ? UNSAT : unknown('counting', 'not every length could be tried');
}

/** Then nothing needs to be known of the items: what asks for any has raised `minItems`. */
function mayBeEmpty({ minItems, maxItems }: Arrays): boolean {
  return minItems === 0 && maxItems >= 0;
}

function orOpaque({ opaque }: Arrays, outcome: Outcome): Outcome {
  return outcome.kind === 'sat' && opaque !== undefined ? unknown(opaque, 'a constraint is opaque') : outcome;
}

function lengthsOf(arrays: Arrays): { readonly lengths: readonly number[]; readonly complete: boolean } {
  const wanted = demanded(arrays);
  const last = Math.min(arrays.maxItems, Math.max(arrays.minItems, arrays.alike + wanted));
  const count = Math.min(last - arrays.minItems + 1, maxLengths);
  return {
    lengths: Array.from({ length: count }, (_, at) => arrays.minItems + at),
    complete: arrays.minItems + count > last,
  };
}

/** Items beyond the tuple that something may ask for. */
function demanded({ demands, repeats }: Arrays): number {
  return demands.reduce((sum, demand) => sum + demand.count, 0) + (repeats ? 2 : 0);
}

function ofLength(arrays: Arrays, length: number): Outcome {
  const isEntangled = arrays.unique || arrays.limits.length > 0 || arrays.repeats;
  // past the tuple and what is asked for, one item is like another: it is written over and over
  const different = isEntangled ? length : Math.min(length, arrays.alike + demanded(arrays) + 1);
  const slots: Slot[] = Array.from({ length: different }, (_, index) => ({ index, extra: [] }));
  if (!arrays.repeats) return lengthened(arrays, placeDemands(arrays, slots), length);
  let open: Outcome | undefined;
  for (let first = 0; first < length; first++) {
    for (let second = first + 1; second < length; second++) {
      // past the tuple one pair is like another
      if (first > arrays.alike || second > Math.max(arrays.alike, first) + 1) continue;
      const twins = slots.map((slot) => (slot.index === second ? { ...slot, twin: first } : slot));
      const outcome = placeDemands(arrays, twins);
      if (outcome.kind === 'sat') return outcome;
      if (outcome.kind === 'unknown') open = outcome;
    }
  }
  return open ?? UNSAT;
}

/** Values that are short to write, tried first where an item is repeated often. */
const shortItems: readonly Json[] = [0, null, '', true];
const longRun = 1_000;

function lengthened(arrays: Arrays, outcome: Outcome, length: number): Outcome {
  if (outcome.kind !== 'sat' || !isArray(outcome.value) || outcome.value.length >= length) return outcome;
  const missing = length - outcome.value.length;
  const goal = { lits: baseOf(arrays, length - 1), writers: writersAt(arrays, length - 1) };
  const short =
    missing < longRun ? undefined : shortItems.find((item) => satisfies(arrays.tab.solver, goal, item) === true);
  const item: Outcome = short === undefined ? itemOutcome(arrays, [length - 1], []) : sat(short);
  if (item.kind !== 'sat') return item;
  charge(arrays.tab.solver.context.meter, missing);
  return sat([...outcome.value, ...Array.from({ length: missing }, () => item.value)]);
}

/** What an item at `index` satisfies because of where it is. */
export function baseOf(arrays: Arrays, index: number): readonly Lit[] {
  return arrays.universals.filter(({ from, to }) => from <= index && index < to).map(({ lit }) => lit);
}

export function writersAt(arrays: Arrays, index: number): readonly Writer[] {
  return writersOfItem(arrays.tab, arrays.view, index);
}

export function itemOutcome(arrays: Arrays, indexes: readonly number[], extra: readonly Lit[]): Outcome {
  const lits = [...indexes.flatMap((index) => baseOf(arrays, index)), ...extra];
  const writers =
    indexes.length === 1 ? writersAt(arrays, nth(indexes, 0)) : indexes.flatMap((at) => writersAt(arrays, at));
  return solve(arrays.tab.solver, { lits, writers });
}

/** An item that can have no value ends the array before it. */
function shorten(arrays: Arrays): void {
  for (let index = 0; index < Math.min(arrays.maxItems, arrays.alike + 1); index++) {
    if (itemOutcome(arrays, [index], []).kind === 'unsat') arrays.maxItems = index;
  }
}

function collect(tab: Tableau): Arrays {
  const view = viewOf(tab);
  const arrays: Arrays = {
    tab,
    view,
    universals: [],
    demands: [],
    limits: [],
    minItems: 0,
    maxItems: allowedItems(view),
    alike: 0,
    unique: false,
    repeats: false,
    opaque: undefined,
  };
  for (const lit of tab.facts) collectFact(arrays, lit);
  collectUnevaluated(arrays);
  for (const { from, count } of arrays.demands) {
    arrays.minItems = Math.max(arrays.minItems, from + 1, count);
    arrays.alike = Math.max(arrays.alike, from);
  }
  for (const { from, to } of arrays.universals) arrays.alike = Math.max(arrays.alike, Number.isFinite(to) ? to : from);
  // writers of tuples differ by position too
  for (const { shape } of view.writers) arrays.alike = Math.max(arrays.alike, shape.tuple ?? 0);
  if (arrays.repeats) arrays.minItems = Math.max(arrays.minItems, 2);
  return arrays;
}

function collectFact(arrays: Arrays, lit: Lit): void {
  const body = bodyOf(arrays.tab.solver.context.arena, lit);
  const positive = !isNegated(lit);
  switch (body.kind) {
    case 'minItems':
      if (positive) arrays.minItems = Math.max(arrays.minItems, body.count);
      else arrays.maxItems = Math.min(arrays.maxItems, body.count - 1);
      return;
    case 'maxItems':
      if (positive) arrays.maxItems = Math.min(arrays.maxItems, body.count);
      else arrays.minItems = Math.max(arrays.minItems, body.count + 1);
      return;
    case 'unique':
      if (positive) arrays.unique = true;
      else arrays.repeats = true;
      return;
    case 'item':
      if (!positive) arrays.minItems = Math.max(arrays.minItems, body.index + 1);
      arrays.universals.push({ from: body.index, to: body.index + 1, lit: positive ? body.lit : negate(body.lit) });
      return;
    case 'items':
      if (positive) arrays.universals.push({ from: body.from, to: Number.POSITIVE_INFINITY, lit: body.lit });
      else arrays.demands.push({ from: body.from, lit: negate(body.lit), count: 1 });
      return;
    case 'atLeast':
      if (positive) arrays.demands.push({ from: 0, lit: body.lit, count: body.count });
      else limit(arrays, body.lit, body.count - 1);
      return;
    case 'atMost':
      if (positive) limit(arrays, body.lit, body.count);
      else arrays.demands.push({ from: 0, lit: body.lit, count: body.count + 1 });
      return;
    case 'opaque':
      arrays.opaque = body.reason;
      return;
    default:
  }
}

function limit(arrays: Arrays, lit: Lit, count: number): void {
  if (count > 0) arrays.limits.push({ lit, count });
  else arrays.universals.push({ from: 0, to: Number.POSITIVE_INFINITY, lit: negate(lit) });
}

function collectUnevaluated(arrays: Arrays): void {
  const { tab } = arrays;
  const { arena } = tab.solver.context;
  for (const { body, positive } of unevaluatedFacts(tab)) {
    if (body.kind !== 'unevaluatedItems') continue;
    const left = leftItems(tab, body);
    if (left === undefined) continue;
    const to = Number.POSITIVE_INFINITY;
    if (left.from === to) {
      if (!positive) arrays.maxItems = -1;
    } else if (positive) arrays.universals.push({ from: left.from, to, lit: or(arena, [body.lit, ...left.matching]) });
    else arrays.demands.push({ from: left.from, lit: and(arena, [body.lit, ...left.matching].map(negate)), count: 1 });
  }
}
