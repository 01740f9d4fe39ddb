/** `not`, conditions and conjuncts: applicator §10.2. Edits inside `not` and `if` turn around; they are reported whole. */

import { canonicalize } from '../../../schema/canonical.ts';
import type { SchemaLocation } from '../../../schema/reference.ts';
import { type Cover, type Differ, inPlace, type Spot, type Two } from '../change.ts';
import { conditionParams } from '../condition.ts';
import type { View } from '../view.ts';
import { align, type Branch } from './branch.ts';
import { compareChild, schemaAt } from './child.ts';

export function compareNot(differ: Differ, two: Two, spot: Spot): void {
  const previous = schemaAt(differ, 'previous', two.previous, 'not');
  const next = schemaAt(differ, 'next', two.next, 'not');
  if (previous === undefined && next === undefined) return;
  const at = { previous: previous?.pointer, next: next?.pointer };
  if (previous === undefined) {
    differ.emit('NOT_NARROWED', two, spot, at, {});
    return;
  }
  if (next === undefined) {
    differ.emit('NOT_WIDENED', two, spot, at, {});
    return;
  }
  if (differ.shape('previous', previous) === differ.shape('next', next)) return;
  const excluded = differ.relate(previous, next);
  if (excluded === 'equal') return;
  if (excluded !== 'narrower') differ.emit('NOT_NARROWED', two, spot, at, {});
  if (excluded !== 'wider') differ.emit('NOT_WIDENED', two, spot, at, {});
}

export function compareConditions(differ: Differ, two: Two, spot: Spot): void {
  const previous = conditionOf(differ, 'previous', two.previous);
  const next = conditionOf(differ, 'next', two.next);
  if (previous === undefined && next === undefined) return;
  const at = { previous: previous?.if.pointer, next: next?.if.pointer };
  const covers = [...coversOf('previous', two.previous), ...coversOf('next', two.next)];
  if (previous === undefined) {
    differ.emit('CONDITION_ADDED', two, spot, at, {}, covers);
    return;
  }
  if (next === undefined) {
    differ.emit('CONDITION_REMOVED', two, spot, at, {}, covers);
    return;
  }
  if (differ.shape('previous', previous.if) !== differ.shape('next', next.if)) {
    if (differ.relate(previous.if, next.if) !== 'equal') differ.emit('CONDITION_CHANGED', two, spot, at, {}, covers);
  }
  const rules = { narrowed: 'CONDITION_CHANGED', widened: 'CONDITION_CHANGED' } as const;
  for (const branch of ['then', 'else'] as const) {
    const child = { previous: previous[branch], next: next[branch] };
    compareChild(differ, two, inPlace(spot, two), child, rules);
  }
}

interface Condition {
  readonly if: SchemaLocation;
  readonly then: SchemaLocation | undefined;
  readonly else: SchemaLocation | undefined;
}

/** Without `then` and `else` an `if` demands nothing, and they nothing without it. */
function conditionOf(differ: Differ, side: 'previous' | 'next', view: View): Condition | undefined {
  const condition = schemaAt(differ, side, view, 'if');
  const yes = schemaAt(differ, side, view, 'then');
  const no = schemaAt(differ, side, view, 'else');
  if (condition === undefined || (yes === undefined && no === undefined)) return undefined;
  return { if: condition, then: yes, else: no };
}

function coversOf(side: 'previous' | 'next', view: View): readonly Cover[] {
  return ['if', 'then', 'else'].flatMap((keyword) => {
    const held = view.held.get(keyword);
    return held === undefined ? [] : [{ side, pointer: held.pointer }];
  });
}

/** What could not be folded into the schema around it. */
export function compareConjuncts(differ: Differ, two: Two, spot: Spot): void {
  if (two.previous.conjuncts.length + two.next.conjuncts.length === 0) return;
  const branch = (side: 'previous' | 'next') =>
    two[side].conjuncts.map((place, index): Branch => {
      return { index, place, view: differ.view(side, place), shape: differ.shape(side, place) };
    });
  const { matched, gone, come } = alignConjuncts(branch('previous'), branch('next'));
  for (const [from, to] of matched) differ.compare(from.place, to.place, inPlace(spot, two));
  for (const { place } of gone)
    differ.emit('CONJUNCT_REMOVED', two, spot, { previous: place.pointer }, conditionParams(place.schema));
  for (const { place } of come)
    differ.emit('CONJUNCT_ADDED', two, spot, { next: place.pointer }, conditionParams(place.schema));
}

/** Rules of the form if-then are recognised by their condition. */
function alignConjuncts(previous: readonly Branch[], next: readonly Branch[]) {
  const keyOf = ({ view }: Branch) => {
    const condition = view.held.get('if');
    return condition === undefined ? undefined : canonicalize(condition.value);
  };
  const waiting = new Map(next.flatMap((each) => (keyOf(each) === undefined ? [] : [[keyOf(each)!, each] as const])));
  const matched: (readonly [Branch, Branch])[] = [];
  const rest = { previous: [] as Branch[], next: new Set(next) };
  for (const from of previous) {
    const key = keyOf(from);
    const to = key === undefined ? undefined : waiting.get(key);
    if (to === undefined || !rest.next.delete(to)) rest.previous.push(from);
    else matched.push([from, to]);
  }
  const others = align(rest.previous, [...rest.next]);
  return { matched: [...matched, ...others.matched], gone: others.gone, come: others.come };
}
