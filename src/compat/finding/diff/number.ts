/** Bounds and steps of numbers: validation §6.2; draft-04 writes exclusive bounds as booleans. */
import type { Json } from '../../../schema/json.ts';
import type { Pointer } from '../../../schema/pointer.ts';
import { isMultipleOf } from '../../number/decimal.ts';
import type { Differ, Spot, Two } from '../change.ts';
import type { RuleId } from '../ids.ts';
import type { View } from '../view.ts';
import { typesOf } from './type.ts';

interface Bound {
  readonly value: number;
  readonly exclusive: boolean;
  readonly pointer: Pointer;
}

export function compareNumbers(differ: Differ, two: Two, spot: Spot): void {
  compareBounds(differ, two, spot, 'minimum');
  compareBounds(differ, two, spot, 'maximum');
  compareSteps(differ, two, spot);
}

function compareBounds(differ: Differ, two: Two, spot: Spot, which: 'minimum' | 'maximum'): void {
  const previous = boundOf(two.previous, which);
  const next = boundOf(two.next, which);
  if (previous?.value === next?.value && previous?.exclusive === next?.exclusive) return;
  const tightens = previous === undefined || (next !== undefined && isTighter(next, previous, which));
  const rule: RuleId =
    which === 'minimum'
      ? tightens
        ? 'MINIMUM_RAISED'
        : 'MINIMUM_LOWERED'
      : tightens
        ? 'MAXIMUM_LOWERED'
        : 'MAXIMUM_RAISED';
  differ.emit(
    rule,
    two,
    spot,
    { previous: previous?.pointer, next: next?.pointer },
    { previous: plain(previous), next: plain(next) },
  );
}

function plain(bound: Bound | undefined): Json {
  if (bound === undefined) return null;
  return bound.exclusive ? { value: bound.value, exclusive: true } : bound.value;
}

function isTighter(left: Bound, right: Bound, which: 'minimum' | 'maximum'): boolean {
  if (left.value === right.value) return left.exclusive && !right.exclusive;
  return which === 'minimum' ? left.value > right.value : left.value < right.value;
}

/** The stricter of both forms; where only whole numbers pass, the nearest whole bound, inclusive. */
function boundOf(view: View, which: 'minimum' | 'maximum'): Bound | undefined {
  const inclusive = view.held.get(which);
  const exclusive = view.held.get(which === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum');
  const found: Bound[] = [];
  if (typeof inclusive?.value === 'number')
    found.push({ value: inclusive.value, exclusive: exclusive?.value === true, pointer: inclusive.pointer });
  if (typeof exclusive?.value === 'number')
    found.push({ value: exclusive.value, exclusive: true, pointer: exclusive.pointer });
  const strict = found.reduce<Bound | undefined>(
    (best, bound) => (best === undefined || isTighter(bound, best, which) ? bound : best),
    undefined,
  );
  return strict !== undefined && !typesOf(view).has('fraction') ? whole(strict, which) : strict;
}

function whole({ value, exclusive, pointer }: Bound, which: 'minimum' | 'maximum'): Bound {
  const inward = which === 'minimum' ? Math.ceil(value) : Math.floor(value);
  const step = exclusive && Number.isInteger(value) ? (which === 'minimum' ? 1 : -1) : 0;
  return Number.isSafeInteger(inward)
    ? { value: inward + step, exclusive: false, pointer }
    : { value, exclusive, pointer };
}

function compareSteps(differ: Differ, two: Two, spot: Spot): void {
  const previous = two.previous.held.get('multipleOf');
  const next = two.next.held.get('multipleOf');
  const at = { previous: previous?.pointer, next: next?.pointer };
  const [from, to] = [stepOf(two.previous), stepOf(two.next)];
  if (from === to || (previous === undefined && next === undefined)) return;
  const params = { previous: from ?? null, next: to ?? null };
  if (from === undefined && to === 1) differ.emit('INTEGER_NOW_REQUIRED', two, spot, at, params);
  else if (from === 1 && to === undefined) differ.emit('INTEGER_RELAXED', two, spot, at, params);
  else differ.emit(stepRule(from, to), two, spot, at, params);
}

function stepRule(from: number | undefined, to: number | undefined): RuleId {
  if (from === undefined || (to !== undefined && isMultipleOf(to, from))) return 'MULTIPLE_OF_NARROWED';
  if (to === undefined || isMultipleOf(from, to)) return 'MULTIPLE_OF_WIDENED';
  return 'MULTIPLE_OF_CHANGED';
}

/** `integer` is a step of 1, unless the stated step is coarser. */
function stepOf(view: View): number | undefined {
  const stated = view.held.get('multipleOf')?.value;
  const isWhole = !typesOf(view).has('fraction');
  if (typeof stated !== 'number') return isWhole ? 1 : undefined;
  return isWhole && isMultipleOf(1, stated) ? 1 : stated;
}
