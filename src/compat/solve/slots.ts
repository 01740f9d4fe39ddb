/** The items of an array of one length: which of them meet which demand, which count against which limit, and that they differ. */
import type { Json } from '../../schema/json.ts';
import { type Lit, negate } from '../graph/node.ts';
import { nth } from '../nth.ts';
import { type Arrays, baseOf, itemOutcome, writersAt } from './array.ts';
import { distinctValues } from './distinct.ts';
import { type Outcome, sat, step, UNSAT, unknown } from './solver.ts';

export interface Slot {
  readonly index: number;
  /** What it satisfies beside what its position asks for. */
  readonly extra: readonly Lit[];
  /** It has the same value as the slot at this index. */
  readonly twin?: number;
}

/** The slots whose value this slot has: itself and its twins. */
function groupOf(slots: readonly Slot[], slot: Slot): readonly Slot[] {
  const first = slot.twin ?? slot.index;
  return slots.filter((other) => other.index === first || other.twin === first);
}

export function slotOutcome(arrays: Arrays, slots: readonly Slot[], slot: Slot, more: readonly Lit[] = []): Outcome {
  const group = slot.twin === undefined && !arrays.repeats ? [slot] : groupOf(slots, slot);
  const extra = [...group.flatMap((each) => each.extra), ...more];
  return itemOutcome(
    arrays,
    group.map((each) => each.index),
    extra,
  );
}

/**
 * Slots with equal signatures can be exchanged: the same is asked of them, and the demands from `demand` on that are still to be
 * placed may use either both or neither.
 */
export function signature(arrays: Arrays, slots: readonly Slot[], slot: Slot, demand = arrays.demands.length): string {
  const twin = arrays.repeats ? groupOf(slots, slot) : [slot];
  const position = Math.min(slot.index, arrays.alike);
  const writers = writersAt(arrays, position).map(({ shape, certain }) => `${shape.id}${certain ? '' : '?'}`);
  const reached = arrays.demands.slice(demand).map(({ from }) => (position >= from ? 1 : 0));
  const lits = [...baseOf(arrays, slot.index), ...twin.flatMap((each) => each.extra)].sort((a, b) => a - b);
  return `${twin.length > 1 ? `=${slot.index}` : ''}${lits.join(',')}|${writers.join(',')}|${reached.join('')}`;
}

/** Places the demands one after the other on slots in rising order; exhaustive up to exchangeable slots. */
export function placeDemands(arrays: Arrays, slots: readonly Slot[], demand = 0, unit = 0, from = 0): Outcome {
  const wanted = arrays.demands[demand];
  if (wanted === undefined) return keepLimits(arrays, slots);
  if (unit >= wanted.count) return placeDemands(arrays, slots, demand + 1, 0, 0);
  step(arrays.tab.solver);
  const tried = new Set<string>();
  let open: Outcome | undefined;
  for (let index = Math.max(from, wanted.from); index < slots.length; index++) {
    step(arrays.tab.solver, slots.length);
    const slot = nth(slots, index);
    const same = signature(arrays, slots, slot, demand);
    if (tried.has(same)) continue;
    tried.add(same);
    const taken = slots.map((each) => (each === slot ? { ...slot, extra: [...slot.extra, wanted.lit] } : each));
    const outcome = slotOutcome(arrays, taken, nth(taken, index));
    if (outcome.kind === 'unsat') continue;
    if (outcome.kind === 'unknown') open = outcome;
    const further = placeDemands(arrays, taken, demand, unit + 1, index + 1);
    if (further.kind === 'sat') return further;
    if (further.kind === 'unknown') open = further;
  }
  return open ?? UNSAT;
}

/** Without `uniqueItems` items are independent: each avoids what it can of the limits. */
function keepLimits(arrays: Arrays, slots: readonly Slot[]): Outcome {
  if (arrays.limits.length === 0) return write(arrays, slots);
  // a side is a number with one bit for each limit
  if (arrays.limits.length > 40) return unknown('counting', 'too many different limits on what an array contains');
  return chooseSides(
    arrays,
    slots,
    0,
    arrays.limits.map(({ count }) => count),
    new Map(),
  );
}

/** For each slot: which of the limited literals it satisfies. Exchangeable slots choose in order, so that none is tried twice. */
function chooseSides(
  arrays: Arrays,
  slots: readonly Slot[],
  at: number,
  left: readonly number[],
  before: ReadonlyMap<string, number>,
): Outcome {
  step(arrays.tab.solver, slots.length);
  const slot = slots[at];
  if (slot === undefined) return write(arrays, slots);
  if (slot.twin !== undefined) return chooseSides(arrays, slots, at + 1, left, before);
  const weight = slots.filter((other) => other.twin === slot.index).length + 1;
  const same = signature(arrays, slots, slot);
  const least = before.get(same) ?? 0;
  const narrow: Narrowing = {
    arrays,
    slot,
    slots,
    weight,
    least,
    go: (chosen, room, side) => chooseSides(arrays, chosen, at + 1, room, new Map([...before, [same, side]])),
  };
  const none = least === 0 ? satisfiesNone(narrow, left) : undefined;
  if (none === UNSAT || none?.kind === 'sat') return none;
  const some = narrowSide({ ...narrow, least: Math.max(least, 1) }, arrays.limits.length - 1, 0, [], left);
  return some.kind === 'unsat' ? (none ?? UNSAT) : some;
}

/** To satisfy none of the limited literals costs nothing: what fails then fails with any side (UNSAT). undefined: not possible. */
function satisfiesNone({ arrays, slot, slots, go }: Narrowing, left: readonly number[]): Outcome | undefined {
  const extra = [...slot.extra, ...arrays.limits.map(({ lit }) => negate(lit))];
  const taken = slots.map((each) => (each === slot ? { ...slot, extra } : each));
  const outcome = slotOutcome(arrays, taken, nth(taken, slot.index));
  if (outcome.kind === 'unsat') return undefined;
  const further = go(taken, left, 0);
  if (further.kind !== 'unsat') return further;
  return outcome.kind === 'sat' && !arrays.unique ? UNSAT : undefined;
}

interface Narrowing {
  readonly arrays: Arrays;
  readonly slot: Slot;
  readonly slots: readonly Slot[];
  readonly weight: number;
  readonly least: number;
  readonly go: (slots: readonly Slot[], room: readonly number[], side: number) => Outcome;
}

/** Decides one limited literal after the other, as long as the slot still has a value: most sets of them exclude each other. */
function narrowSide(
  narrow: Narrowing,
  at: number,
  side: number,
  extra: readonly Lit[],
  room: readonly number[],
): Outcome {
  const { arrays, slot, slots, weight, least, go } = narrow;
  step(arrays.tab.solver, slots.length);
  const taken = slots.map((each) => (each === slot ? { ...slot, extra: [...slot.extra, ...extra] } : each));
  const outcome = slotOutcome(arrays, taken, nth(taken, slot.index));
  if (outcome.kind === 'unsat') return UNSAT;
  const whole = side + 2 ** (at + 1);
  if (whole <= least) return UNSAT;
  const limit = arrays.limits[at];
  if (limit === undefined) return go(taken, room, side);
  const without = narrowSide(narrow, at - 1, side, [...extra, negate(limit.lit)], room);
  if (without.kind === 'sat' || (without.kind === 'unknown' && without.reason === 'budget')) return without;
  const less = room.map((count, index) => (index === at ? count - weight : count));
  if (nth(less, at) < 0) return without;
  const within = narrowSide(narrow, at - 1, side + 2 ** at, [...extra, limit.lit], less);
  return within.kind === 'unsat' ? without : within;
}

function write(arrays: Arrays, slots: readonly Slot[]): Outcome {
  if (arrays.unique) return distinctValues(arrays, slots);
  const values: Json[] = [];
  let open: Outcome | undefined;
  const { alike } = arrays;
  let tail: Json | undefined;
  for (const slot of slots) {
    if (slot.twin !== undefined) {
      values.push(values[slot.twin] as Json);
      continue;
    }
    const plainTail = slot.index >= alike && slot.extra.length === 0 && !arrays.repeats;
    if (plainTail && tail !== undefined) {
      values.push(tail);
      continue;
    }
    const outcome = slotOutcome(arrays, slots, slot);
    if (outcome.kind === 'unsat') return UNSAT;
    if (outcome.kind === 'unknown') open = outcome;
    else values.push(outcome.value);
    if (outcome.kind === 'sat' && plainTail) tail = outcome.value;
  }
  return open ?? sat(values);
}

export const uncounted: Outcome = unknown('unique-items', 'whether enough different items exist was not found out');
