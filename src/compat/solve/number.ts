/** Numbers: an interval, a lattice of multiples, steps to avoid, values to avoid. Exact decimals throughout. */
import { charge } from '../evaluate/meter.ts';
import { bodyOf } from '../graph/arena.ts';
import { isNegated, T } from '../graph/node.ts';
import {
  type Decimal,
  decimal,
  floorDivide,
  isMultiple,
  leastCommonMultiple,
  one,
  times,
  toDouble,
} from '../number/decimal.ts';
import { type Outcome, sat, UNSAT, unknown } from './solver.ts';
import type { Tableau } from './tableau.ts';

/** Points of a lattice tried one by one. */
const maxPoints = 3_000;

interface Numbers {
  low: number;
  lowOut: boolean;
  high: number;
  highOut: boolean;
  step: Decimal | undefined;
  readonly avoidSteps: Decimal[];
  readonly avoid: Set<number>;
  opaque: string | undefined;
}

export function numberTheory(tab: Tableau): Outcome {
  const numbers = collect(tab);
  charge(tab.solver.context.meter, 16 + tab.facts.length);
  if (numbers.low > numbers.high) return UNSAT;
  const outcome = numbers.step === undefined ? dense(tab, numbers) : lattice(tab, numbers, numbers.step);
  if (outcome.kind === 'sat' && numbers.opaque !== undefined) return unknown(numbers.opaque, 'a constraint is opaque');
  return outcome;
}

function collect(tab: Tableau): Numbers {
  const numbers: Numbers = {
    low: Number.NEGATIVE_INFINITY,
    lowOut: false,
    high: Number.POSITIVE_INFINITY,
    highOut: false,
    step: tab.mask === T.integer ? one : undefined,
    avoidSteps: tab.mask === T.fraction ? [one] : [],
    avoid: new Set(),
    opaque: undefined,
  };
  for (const lit of tab.facts) {
    const body = bodyOf(tab.solver.context.arena, lit);
    const positive = !isNegated(lit);
    if (body.kind === 'min' || body.kind === 'max') {
      if ((body.kind === 'min') === positive) raise(numbers, body.bound, positive ? body.exclusive : !body.exclusive);
      else lower(numbers, body.bound, positive ? body.exclusive : !body.exclusive);
    } else if (body.kind === 'multiple') {
      const step = decimal(body.of);
      if (!positive) numbers.avoidSteps.push(step);
      else numbers.step = numbers.step === undefined ? step : leastCommonMultiple(numbers.step, step);
    } else if (body.kind === 'enum' && !positive) {
      for (const value of body.values.values()) if (typeof value === 'number') numbers.avoid.add(value);
    } else if (body.kind === 'opaque') numbers.opaque = body.reason;
  }
  return numbers;
}

function raise(numbers: Numbers, bound: number, out: boolean): void {
  if (bound > numbers.low) [numbers.low, numbers.lowOut] = [bound, out];
  else if (bound === numbers.low && out) numbers.lowOut = true;
}

function lower(numbers: Numbers, bound: number, out: boolean): void {
  if (bound < numbers.high) [numbers.high, numbers.highOut] = [bound, out];
  else if (bound === numbers.high && out) numbers.highOut = true;
}

function fits(numbers: Numbers, value: number): boolean {
  if (value < numbers.low || (value === numbers.low && numbers.lowOut)) return false;
  if (value > numbers.high || (value === numbers.high && numbers.highOut)) return false;
  if (numbers.avoid.has(value)) return false;
  if (numbers.avoidSteps.length === 0 && numbers.step === undefined) return true;
  const exact = decimal(value);
  if (numbers.step !== undefined && !isMultiple(exact, numbers.step)) return false;
  return !numbers.avoidSteps.some((step) => isMultiple(exact, step));
}

function dense(tab: Tableau, numbers: Numbers): Outcome {
  const { low, high } = numbers;
  const hinted = hintsOf(tab).find((value) => fits(numbers, value));
  if (hinted !== undefined) return sat(hinted);
  if (low === high) return fits(numbers, low) ? sat(low) : UNSAT;
  for (const value of nearby(low, high)) if (fits(numbers, value)) return sat(value);
  // an interval has more points than finitely many values and countable lattices can take: only doubles may be missing
  const span = Number.isFinite(low) && Number.isFinite(high) ? high - low : 1;
  const from = Number.isFinite(low) ? low : Number.isFinite(high) ? high - 1 : 0;
  for (let parts = 2; parts <= 4_096; parts *= 2) {
    for (let at = 1; at < Math.min(parts, 64); at += 2) {
      const value = from + (span * at) / parts;
      if (fits(numbers, value)) return sat(value);
    }
  }
  // far from zero the steps above are less than one double apart
  const edges = [next(low, 1), next(high, -1), low * 1.5, high * 1.5, low / 1.5, high / 1.5, Number.MAX_VALUE];
  for (const value of [...edges, -Number.MAX_VALUE])
    if (Number.isFinite(value) && fits(numbers, value)) return sat(value);
  return unknown('counting', 'no number between the bounds could be written');
}

/** The neighbour of a double, above (1) or below (-1). */
function next(value: number, towards: 1 | -1): number {
  if (!Number.isFinite(value)) return value;
  const size = Math.max(Math.abs(value) * Number.EPSILON, Number.MIN_VALUE);
  const half = value + (towards * size) / 2;
  return half === value ? value + towards * size : half;
}

/** Numbers a person would try first. */
function nearby(low: number, high: number): readonly number[] {
  const near = [0, 1];
  if (Number.isFinite(low)) near.push(low, Math.floor(low) + 1, low + 0.5, low + 0.1, low + 0.01, Math.floor(low) + 2);
  if (Number.isFinite(high))
    near.push(high, Math.ceil(high) - 1, high - 0.5, high - 0.1, high - 0.01, Math.ceil(high) - 2);
  if (Number.isFinite(low) && Number.isFinite(high))
    near.push(low + (high - low) / 2, Math.round(low + (high - low) / 2));
  for (let value = 2; value < 12; value++) near.push(value);
  return [...near, 0.5, -1, 1.5, -0.5, 0.1, 0.25, 100, 1_000];
}

function lattice(tab: Tableau, numbers: Numbers, step: Decimal): Outcome {
  if (numbers.avoidSteps.some((avoided) => isMultiple(step, avoided))) return UNSAT;
  const hinted = hintsOf(tab).find((value) => fits(numbers, value));
  if (hinted !== undefined) return sat(hinted);
  const first = Number.isFinite(numbers.low) ? ceilDivide(decimal(numbers.low), step) : undefined;
  const last = Number.isFinite(numbers.high) ? floorDivide(decimal(numbers.high), step) : undefined;
  if (first !== undefined && last !== undefined && first > last) return UNSAT;
  const repeats = period(numbers, step);
  const walk = points(first, last, repeats + BigInt(numbers.avoid.size) + 2n);
  charge(tab.solver.context.meter, walk.counts.length * (4 + 4 * numbers.avoidSteps.length));
  let unwritable = false;
  for (const count of walk.counts) {
    const exact = times(step, count);
    const value = toDouble(exact);
    if (value === undefined) unwritable ||= !excluded(numbers, exact);
    else if (fits(numbers, value)) return sat(value);
  }
  if (unwritable) {
    const value = roundCounts(first, last)
      .map((count) => toDouble(times(step, count)))
      .find((each) => each !== undefined && fits(numbers, each));
    if (value !== undefined) return sat(value);
    return unknown('counting', 'the only numbers left cannot be written as doubles');
  }
  if (walk.complete) return UNSAT;
  // what one whole period avoids, all of them avoid
  const whole =
    repeats <= BigInt(walk.counts.length) && walk.counts.every((count) => excluded(numbers, times(step, count)));
  return whole ? UNSAT : unknown('counting', 'too many multiples to try');
}

function excluded(numbers: Numbers, value: Decimal): boolean {
  return numbers.avoidSteps.some((step) => isMultiple(value, step));
}

function ceilDivide(value: Decimal, step: Decimal): bigint {
  const floor = floorDivide(value, step);
  return isMultiple(value, step) ? floor : floor + 1n;
}

/** After how many lattice points the pattern of avoided steps repeats. */
function period(numbers: Numbers, step: Decimal): bigint {
  let all = step;
  for (const avoided of numbers.avoidSteps) all = leastCommonMultiple(all, avoided);
  return floorDivide(all, step);
}

interface Walk {
  readonly counts: readonly bigint[];
  /** These are all the points there are. */
  readonly complete: boolean;
}

/** Which lattice points to try, towards zero where that is possible. */
function points(first: bigint | undefined, last: bigint | undefined, enough: bigint): Walk {
  const wanted = enough > BigInt(maxPoints) ? BigInt(maxPoints) : enough;
  if (first === undefined && last === undefined) return { counts: run(0n, wanted, 1n), complete: false };
  if (first === undefined)
    return { counts: run(last !== undefined && last < 0n ? last : 0n, wanted, -1n), complete: false };
  if (last === undefined) return { counts: run(first > 0n ? first : 0n, wanted, 1n), complete: false };
  const size = last - first + 1n;
  if (size <= BigInt(maxPoints)) return { counts: run(first, size, 1n), complete: true };
  const start = first <= 0n && last >= wanted ? 0n : first;
  return { counts: [...run(start, wanted, 1n), ...run(last, wanted, -1n)], complete: false };
}

/** Where not every whole number is a double any more, those with few digits before their zeros still are. */
const mostZeros = 40n;

function roundCounts(first: bigint | undefined, last: bigint | undefined): readonly bigint[] {
  const from = first !== undefined && first > 0n ? first : last !== undefined && last < 0n ? last : 0n;
  const counts: bigint[] = [];
  for (let zeros = 1n; zeros <= mostZeros; zeros++) {
    const unit = 10n ** zeros;
    const away = (from / unit) * unit;
    const count = away === from ? from : from > 0n ? away + unit : away - unit;
    if ((last === undefined || count <= last) && (first === undefined || count >= first)) counts.push(count);
  }
  return counts;
}

function run(from: bigint, count: bigint, by: bigint): readonly bigint[] {
  return Array.from({ length: Number(count) }, (_, at) => from + by * BigInt(at));
}

function hintsOf(tab: Tableau): readonly number[] {
  return tab.goal.lits.flatMap((lit) => tab.solver.hints.get(lit) ?? []).filter((value) => typeof value === 'number');
}
