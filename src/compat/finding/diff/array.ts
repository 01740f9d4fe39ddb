/** Items, tuples, counts, `contains`: applicator §10.3.1 and validation §6.4. Both spellings of tuples are one here. */
import { isArray } from '../../../schema/json.ts';
import type { Pointer } from '../../../schema/pointer.ts';
import type { SchemaLocation } from '../../../schema/reference.ts';
import { isSchema } from '../../../schema/walk.ts';
import type { Side } from '../../decide/decide.ts';
import { below, type Differ, type Spot, type Two } from '../change.ts';
import type { View } from '../view.ts';
import { type ChildRules, compareChild, schemaAt } from './child.ts';
import { compareLimits, type Limit } from './count.ts';

const none = Number.POSITIVE_INFINITY;
const limits: readonly Limit[] = [
  { keyword: 'minItems', absent: 0, raised: 'MIN_ITEMS_RAISED', lowered: 'MIN_ITEMS_LOWERED' },
  { keyword: 'maxItems', absent: none, raised: 'MAX_ITEMS_RAISED', lowered: 'MAX_ITEMS_LOWERED' },
];
const matching: readonly Limit[] = [
  { keyword: 'minContains', absent: 1, raised: 'MIN_CONTAINS_RAISED', lowered: 'MIN_CONTAINS_LOWERED' },
  { keyword: 'maxContains', absent: none, raised: 'MAX_CONTAINS_RAISED', lowered: 'MAX_CONTAINS_LOWERED' },
];
const itemRules: ChildRules = { narrowed: 'ITEMS_NARROWED', widened: 'ITEMS_WIDENED' };
const tailRules: ChildRules = { ...itemRules, closed: 'TUPLE_CLOSED', opened: 'TUPLE_OPENED' };
const positionRules: ChildRules = { narrowed: 'TUPLE_POSITION_NARROWED', widened: 'TUPLE_POSITION_WIDENED' };
const unevaluatedRules: ChildRules = {
  narrowed: 'UNEVALUATED_ITEMS_NARROWED',
  widened: 'UNEVALUATED_ITEMS_WIDENED',
  closed: 'UNEVALUATED_ITEMS_CLOSED',
  opened: 'UNEVALUATED_ITEMS_OPENED',
};

interface Layout {
  readonly positions: readonly SchemaLocation[];
  readonly tail: SchemaLocation | undefined;
}

export function compareArrays(differ: Differ, two: Two, spot: Spot): void {
  const previous = layoutOf(differ, 'previous', two.previous);
  const next = layoutOf(differ, 'next', two.next);
  comparePositions(differ, two, spot, previous, next);
  const isTuple = previous.positions.length + next.positions.length > 0;
  compareChild(
    differ,
    two,
    below(spot, '*'),
    { previous: previous.tail, next: next.tail },
    isTuple ? tailRules : itemRules,
  );
  compareLimits(differ, two, spot, limits);
  compareUnique(differ, two, spot);
  compareContains(differ, two, spot);
  const unevaluated = {
    previous: schemaAt(differ, 'previous', two.previous, 'unevaluatedItems'),
    next: schemaAt(differ, 'next', two.next, 'unevaluatedItems'),
  };
  compareChild(differ, two, below(spot, '*'), unevaluated, unevaluatedRules);
}

/** Up to 2019-09 a list in `items` is the tuple and `additionalItems` its tail. */
function layoutOf(differ: Differ, side: Side, view: View): Layout {
  const items = view.held.get('items');
  const tuple = isArray(items?.value) ? items : view.held.get('prefixItems');
  const tail = isArray(items?.value) ? 'additionalItems' : 'items';
  const positions: SchemaLocation[] = [];
  const keyword = isArray(items?.value) ? 'items' : 'prefixItems';
  if (tuple !== undefined && isArray(tuple.value)) {
    tuple.value.forEach((schema, index) => {
      if (isSchema(schema)) positions.push(differ.child(side, tuple.place, [keyword, String(index)], schema));
    });
  }
  return { positions, tail: schemaAt(differ, side, view, tail) };
}

function comparePositions(differ: Differ, two: Two, spot: Spot, previous: Layout, next: Layout): void {
  const longest = Math.max(previous.positions.length, next.positions.length);
  for (let index = 0; index < longest; index++) {
    const at = below(spot, String(index));
    const from = previous.positions[index];
    const to = next.positions[index];
    if (from !== undefined && to !== undefined) {
      compareChild(differ, two, at, { previous: from, next: to }, positionRules, { position: index });
    } else if (to !== undefined) added(differ, two, at, index, to.pointer, previous);
    else if (from !== undefined) removed(differ, two, at, index, from.pointer, next);
  }
}

function added(differ: Differ, two: Two, at: Spot, position: number, pointer: Pointer, previous: Layout): void {
  const tail = previous.tail === undefined ? [] : [{ side: 'previous' as const, pointer: previous.tail.pointer }];
  const covers = [{ side: 'next' as const, pointer }, ...tail];
  differ.emit('TUPLE_POSITION_ADDED', two, at, { next: pointer }, { position }, covers);
}

function removed(differ: Differ, two: Two, at: Spot, position: number, pointer: Pointer, next: Layout): void {
  const tail = next.tail === undefined ? [] : [{ side: 'next' as const, pointer: next.tail.pointer }];
  const covers = [{ side: 'previous' as const, pointer }, ...tail];
  differ.emit('TUPLE_POSITION_REMOVED', two, at, { previous: pointer }, { position }, covers);
}

function compareUnique(differ: Differ, two: Two, spot: Spot): void {
  const previous = two.previous.held.get('uniqueItems');
  const next = two.next.held.get('uniqueItems');
  if ((previous?.value === true) === (next?.value === true)) return;
  const rule = next?.value === true ? 'UNIQUE_ITEMS_ADDED' : 'UNIQUE_ITEMS_REMOVED';
  differ.emit(rule, two, spot, { previous: previous?.pointer, next: next?.pointer }, {});
}

function compareContains(differ: Differ, two: Two, spot: Spot): void {
  const previous = schemaAt(differ, 'previous', two.previous, 'contains');
  const next = schemaAt(differ, 'next', two.next, 'contains');
  const at = { previous: previous?.pointer, next: next?.pointer };
  const covers = [...besides('previous', two.previous), ...besides('next', two.next)];
  if (previous === undefined && next === undefined) return;
  if (previous === undefined) {
    differ.emit('CONTAINS_ADDED', two, spot, at, {}, covers);
    return;
  }
  if (next === undefined) {
    differ.emit('CONTAINS_REMOVED', two, spot, at, {}, covers);
    return;
  }
  if (differ.shape('previous', previous) !== differ.shape('next', next)) {
    const relation = differ.relate(previous, next);
    const own = covers.filter(({ pointer }) => pointer.endsWith('/contains'));
    if (relation !== 'wider' && relation !== 'equal') differ.emit('CONTAINS_NARROWED', two, spot, at, {}, own);
    if (relation !== 'narrower' && relation !== 'equal') differ.emit('CONTAINS_WIDENED', two, spot, at, {}, own);
  }
  compareLimits(differ, two, spot, matching);
}

function besides(side: Side, view: View) {
  return ['contains', 'minContains', 'maxContains'].flatMap((keyword) => {
    const held = view.held.get(keyword);
    return held === undefined ? [] : [{ side, pointer: held.pointer }];
  });
}
