/** Solving a goal: by type, memoised, recursive schemas by least fixpoint. */
import type { Json } from '../../schema/json.ts';
import type { Truth } from '../evaluate/context.ts';
import { allHold } from '../evaluate/holds.ts';
import { Exhausted, partsPerStep, within } from '../evaluate/meter.ts';
import { declares } from '../evaluate/writes.ts';
import { type Arena, bodyOf, canBe } from '../graph/arena.ts';
import { ANY, FALSE, isNegated, type Lit, type Mask, NUMBER, negate, T, TRUE } from '../graph/node.ts';
import { isContradictory, searchType } from './search.ts';
import { type Goal, type Outcome, type Solver, sat, spent, step, UNSAT, unknown } from './solver.ts';
import { goalByGoal, lookUp } from './table.ts';

/** Goals nested in one another, as the values they ask for are: past this they are answered one by one. */
const maxNested = 48;

/** Thrown where goals nest too deep for a recursive search. */
class NestedTooDeep extends Error {}

/** The order in which kinds of values are tried: what reads best as a witness comes first. */
const order: readonly Mask[] = [T.string, NUMBER, T.boolean, T.null, T.object, T.array];

/** A question of its own, not one inside another: it ends where the budget of `solver` does, or after `maxSteps` steps. */
export function answer(solver: Solver, goal: Goal, maxSteps = solver.limit): Outcome {
  const { meter } = solver.context;
  const before = meter.spent;
  const left = Math.max(0, Math.min(maxSteps, solver.limit - solver.steps));
  try {
    return within(meter, left, () => nested(solver, goal) ?? oneByOne(solver, goal));
  } catch (error) {
    if (error instanceof Exhausted) return spent;
    throw error;
  } finally {
    forgetRunning(solver);
    solver.steps += Math.min(left, Math.ceil((meter.spent - before) / partsPerStep));
  }
}

/** undefined: goals nest too deep for this way. */
function nested(solver: Solver, goal: Goal): Outcome | undefined {
  try {
    return solve(solver, goal);
  } catch (error) {
    if (error instanceof NestedTooDeep) return undefined;
    throw error;
  } finally {
    forgetRunning(solver);
  }
}

function oneByOne(solver: Solver, goal: Goal): Outcome {
  const lits = normalise(goal.lits);
  if (lits === undefined) return UNSAT;
  return goalByGoal(solver, keyOf(lits, goal), { ...goal, lits }, maskOfGoal(solver, lits), byType);
}

/** Whatever ended the search, nothing of it runs on. */
function forgetRunning(solver: Solver): void {
  solver.running.length = 0;
  solver.runningAt.clear();
  solver.provisional.clear();
  solver.context.depth = 0;
  solver.branches = 0;
}

function maskOfGoal({ context: { arena } }: Solver, lits: readonly Lit[]): Mask {
  let mask = ANY;
  for (const lit of lits) mask &= canBe(arena, lit);
  return mask;
}

export function solve(solver: Solver, goal: Goal): Outcome {
  step(solver, 2 * (goal.lits.length + goal.writers.length));
  const lits = normalise(goal.lits);
  if (lits === undefined) return UNSAT;
  const mask = maskOfGoal(solver, lits);
  if (mask === 0) return UNSAT;
  const key = keyOf(lits, goal);
  const known = solver.memo.get(key);
  if (known !== undefined) return known;
  if (solver.table !== undefined) return lookUp(solver.table, key, { ...goal, lits }, mask);
  const assumed = assumption(solver, key);
  if (assumed !== undefined) {
    rely(solver, assumed);
    return UNSAT;
  }
  if (solver.running.length >= maxNested) throw new NestedTooDeep();
  return run(solver, key, { ...goal, lits }, mask);
}

function run(solver: Solver, key: string, goal: Goal, mask: Mask): Outcome {
  const at = solver.running.length;
  const frame = { key, low: Number.POSITIVE_INFINITY };
  solver.running.push(frame);
  solver.runningAt.set(key, at);
  const outcome = byType(solver, goal, mask);
  solver.running.pop();
  solver.runningAt.delete(key);
  settle(solver, key, outcome, frame.low, at);
  return outcome;
}

/** The stack position whose refutation refutes the goal `key` too: it is running itself, or was refuted under one that runs. */
function assumption(solver: Solver, key: string): number | undefined {
  return solver.runningAt.get(key) ?? solver.provisional.get(key);
}

function rely(solver: Solver, at: number): void {
  const top = solver.running.at(-1);
  if (top !== undefined && at < top.low) top.low = at;
}

/** A smallest value never contains itself: a goal met below itself may be taken as refuted, until its own refutation fails. */
function settle(solver: Solver, key: string, outcome: Outcome, low: number, at: number): void {
  if (outcome.kind !== 'unsat') {
    for (const [other, head] of solver.provisional) if (head >= at) solver.provisional.delete(other);
    if (outcome.kind === 'sat') solver.memo.set(key, outcome);
    else rely(solver, low);
    return;
  }
  if (low >= at) {
    for (const [other, head] of solver.provisional) {
      if (head < at) continue;
      solver.provisional.delete(other);
      solver.memo.set(other, UNSAT);
    }
    solver.memo.set(key, UNSAT);
    return;
  }
  for (const [other, head] of solver.provisional) if (head >= at) solver.provisional.set(other, low);
  solver.provisional.set(key, low);
  rely(solver, low);
}

/** Sorted and without repetition; undefined where it contradicts itself. */
function normalise(lits: readonly Lit[]): readonly Lit[] | undefined {
  const [only] = lits;
  if (lits.length === 1 && only !== undefined) return only === FALSE ? undefined : only === TRUE ? [] : lits;
  const found = new Set<Lit>();
  for (const lit of lits) {
    if (lit === FALSE || found.has(negate(lit))) return undefined;
    if (lit !== TRUE) found.add(lit);
  }
  return [...found].sort((a, b) => a - b);
}

function keyOf(lits: readonly Lit[], goal: Goal): string {
  if (goal.writers.length === 0) return lits.join(',');
  const writers = goal.writers.map((writer) => `${writer.shape.id}${writer.certain ? '' : '?'}`).sort();
  return `${lits.join(',')}|${writers.join(',')}`;
}

function byType(solver: Solver, goal: Goal, mask: Mask): Outcome {
  const values = listedValues(solver, goal.lits);
  if (values !== undefined) return firstOf(solver, goal, values, mask);
  let open: Outcome | undefined;
  for (const type of order) {
    const bits = mask & type;
    if (bits === 0) continue;
    const outcome = bits === T.null || type === T.boolean ? small(solver, goal, bits) : searchType(solver, goal, bits);
    if (outcome.kind === 'sat') return outcome;
    if (outcome.kind === 'unknown') open = outcome;
  }
  return open ?? UNSAT;
}

function small(solver: Solver, goal: Goal, bits: Mask): Outcome {
  return firstOf(solver, goal, bits === T.null ? [null] : [true, false], bits);
}

/** The members of the smallest enumeration among the conjuncts, if there is one. */
function listedValues({ context: { arena } }: Solver, lits: readonly Lit[]): readonly Json[] | undefined {
  let best: ReadonlyMap<string, Json> | undefined;
  for (const lit of lits) {
    const values = isNegated(lit) ? undefined : valuesWithin(arena, lit);
    if (values !== undefined && (best === undefined || values.size < best.size)) best = values;
  }
  return best === undefined ? undefined : [...best.values()];
}

/** Of conjunctions, which do not change: the root of a large schema is asked about with every question. */
const smallestListed = new WeakMap<Arena, Map<Lit, ReadonlyMap<string, Json> | undefined>>();

function valuesWithin(arena: Arena, lit: Lit): ReadonlyMap<string, Json> | undefined {
  const body = bodyOf(arena, lit);
  if (body.kind === 'enum') return body.values;
  if (body.kind !== 'and') return undefined;
  const known = smallestListed.get(arena) ?? new Map<Lit, ReadonlyMap<string, Json> | undefined>();
  smallestListed.set(arena, known);
  if (!known.has(lit)) known.set(lit, smallestOf(arena, body.of));
  return known.get(lit);
}

/** The first of the smallest ones, in the order of the conjuncts. */
function smallestOf(arena: Arena, lits: readonly Lit[]): ReadonlyMap<string, Json> | undefined {
  let best: ReadonlyMap<string, Json> | undefined;
  const waiting = [...lits].reverse();
  for (let lit = waiting.pop(); lit !== undefined; lit = waiting.pop()) {
    if (isNegated(lit)) continue;
    const body = bodyOf(arena, lit);
    if (body.kind === 'and') for (let at = body.of.length - 1; at >= 0; at--) waiting.push(body.of[at] ?? TRUE);
    else if (body.kind === 'enum' && (best === undefined || body.values.size < best.size)) best = body.values;
  }
  return best;
}

/** Finitely many candidates: evaluated, exact but for what is opaque, and that may contradict itself. */
function firstOf(solver: Solver, goal: Goal, values: readonly Json[], mask: Mask): Outcome {
  let open = false;
  for (const value of values) {
    const truth = satisfies(solver, goal, value);
    if (truth === true) return sat(value);
    if (truth === undefined) open = true;
  }
  if (!open || order.every((type) => isContradictory(solver, goal, mask & type))) return UNSAT;
  return unknown(opaqueReason(solver, goal.lits), 'a value could not be evaluated');
}

/** Whether `value` satisfies the goal; the closed-world rule is checked here only where every writer is certain. */
export function satisfies(solver: Solver, goal: Goal, value: Json): Truth {
  const truth = allHold(solver.context, goal.lits, value);
  if (truth === false) return false;
  if (goal.writers.length === 0 || goal.writers.some((writer) => !writer.certain)) return truth;
  const declared = declares(
    solver.context,
    goal.writers.map((writer) => writer.shape),
    value,
  );
  return declared === false ? false : truth === undefined ? undefined : declared;
}

/** Why a value could not be evaluated: the opaque part among the literals. */
export function opaqueReason(solver: Solver, lits: readonly Lit[]): string {
  const { arena } = solver.context;
  const seen = new Set<number>();
  const stack = [...lits];
  for (let lit = stack.pop(); lit !== undefined; lit = stack.pop()) {
    if (seen.has(lit >> 1)) continue;
    seen.add(lit >> 1);
    const body = bodyOf(arena, lit);
    if (body.kind === 'opaque') return body.reason;
    if ('of' in body && typeof body.of === 'object') stack.push(...body.of);
    if ('lit' in body) stack.push(body.lit);
  }
  return solver.context.isTooDeep ? 'budget' : 'regex-feature';
}
