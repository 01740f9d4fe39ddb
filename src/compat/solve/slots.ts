/** The items of an array of one length: which of them meet which demand, which count against which limit, and that they differ. */
import type { Json } from '../../schema/json.ts';
import { type Lit, negate } from '../graph/node.ts';
import { type Arrays, baseOf, itemOutcome, type Limit, writersAt } from './array.ts';
import { distinctValues } from './distinct.ts';
import { type Outcome, sat, spent, step, UNSAT, unknown } from './solver.ts';

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

/** Slots with equal signatures can be exchanged. */
export function signature(arrays: Arrays, slots: readonly Slot[], slot: Slot): string {
  const twin = arrays.repeats ? groupOf(slots, slot) : [slot];
  const position = Math.min(slot.index, arrays.alike);
  const writers = writersAt(arrays, position).map((writer) => writer.shape.id);
  const lits = [...baseOf(arrays, slot.index), ...twin.flatMap((each) => each.extra)].sort((a, b) => a - b);
  return `${twin.length > 1 ? `=${slot.index}` : ''}${lits.join(',')}|${writers.join(',')}`;
}

/** Places the demands one after the other on slots in rising order; exhaustive up to exchangeable slots. */
export function placeDemands(arrays: Arrays, slots: readonly Slot[], demand = 0, unit = 0, from = 0): Outcome {
  const wanted = arrays.demands[demand];
  if (wanted === undefined) return keepLimits(arrays, slots);
  if (unit >= wanted.count) return placeDemands(arrays, slots, demand + 1, 0, 0);
  if (!step(arrays.tab.solver)) return spent;
  const tried = new Set<string>();
  let open: Outcome | undefined;
  for (let index = Math.max(from, wanted.from); index < slots.length; index++) {
    const slot = slots[index] as Slot;
    const same = signature(arrays, slots, slot) + (index < arrays.alike ? `@${index >= wanted.from}` : '');
    if (tried.has(same)) continue;
    tried.add(same);
    const taken = slots.map((each) => (each === slot ? { ...slot, extra: [...slot.extra, wanted.lit] } : each));
    const outcome = slotOutcome(arrays, taken, taken[index] as Slot);
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
  const slot = slots[at];
  if (slot === undefined) return write(arrays, slots);
  if (slot.twin !== undefined) return chooseSides(arrays, slots, at + 1, left, before);
  if (!step(arrays.tab.solver)) return spent;
  const weight = slots.filter((other) => other.twin === slot.index).length + 1;
  const same = signature(arrays, slots, slot);
  let open: Outcome | undefined;
  for (let side = before.get(same) ?? 0; side < 2 ** arrays.limits.length; side++) {
    const room = left.map((count, limit) => ((side >> limit) & 1 ? count - weight : count));
    if (room.some((count) => count < 0)) continue;
    const extra = [...slot.extra, ...sidesOf(arrays.limits, side)];
    const chosen = slots.map((each) => (each === slot ? { ...slot, extra } : each));
    const outcome = slotOutcome(arrays, chosen, chosen[at] as Slot);
    if (outcome.kind === 'unsat') continue;
    if (outcome.kind === 'unknown') open = outcome;
    const further = chooseSides(arrays, chosen, at + 1, room, new Map([...before, [same, side]]));
    if (further.kind === 'sat') return further;
    if (further.kind === 'unknown') open = further;
    // satisfying none of the limited literals costs nothing: what fails then fails with any side
    else if (side === 0 && !arrays.unique && outcome.kind === 'sat') return open ?? UNSAT;
  }
  return open ?? UNSAT;
}

function sidesOf(limits: readonly Limit[], side: number): readonly Lit[] {
  return limits.map(({ lit }, at) => ((side >> at) & 1 ? lit : negate(lit)));
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
