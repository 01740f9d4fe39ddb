/** A keyword whose one schema constrains parts of the value: where it appears, vanishes or turns to true or false. */
import type { Json } from '../../../schema/json.ts';
import type { SchemaLocation } from '../../../schema/reference.ts';
import { isSchema } from '../../../schema/walk.ts';
import type { Side } from '../../decide/decide.ts';
import type { Cover, Differ, Spot, Two } from '../change.ts';
import type { RuleId } from '../ids.ts';
import { isAny, type View } from '../view.ts';

/** A row names the four steps between any, constrained and none; where closing has no name it is narrowing. */
export interface ChildRules {
  readonly narrowed: RuleId;
  readonly widened: RuleId;
  readonly closed?: RuleId;
  readonly opened?: RuleId;
}

type State = 'any' | 'some' | 'never';

export function compareChild(
  differ: Differ,
  two: Two,
  spot: Spot,
  child: { readonly previous: SchemaLocation | undefined; readonly next: SchemaLocation | undefined },
  rules: ChildRules,
  params: Readonly<Record<string, Json>> = {},
  covers?: readonly Cover[],
): void {
  const { previous, next } = child;
  const from = stateOf(differ, 'previous', previous);
  const to = stateOf(differ, 'next', next);
  if (
    previous !== undefined &&
    next !== undefined &&
    (differ.isIgnored('previous', previous) || differ.isIgnored('next', next))
  ) {
    differ.compare(previous, next, spot);
    return;
  }
  if (from === to) {
    if (previous !== undefined && next !== undefined) differ.compare(previous, next, spot);
    return;
  }
  differ.emit(
    ruleFor(from, to, rules),
    two,
    spot,
    { previous: previous?.pointer, next: next?.pointer },
    params,
    covers,
  );
}

function ruleFor(from: State, to: State, rules: ChildRules): RuleId {
  if (to === 'never') return rules.closed ?? rules.narrowed;
  if (from === 'never') return rules.opened ?? rules.widened;
  return to === 'any' ? rules.widened : rules.narrowed;
}

export function stateOf(differ: Differ, side: Side, place: SchemaLocation | undefined): State {
  if (place === undefined) return 'any';
  const view = differ.view(side, place);
  if (view.never) return 'never';
  return isAny(view) ? 'any' : 'some';
}

/** The schema a keyword of `view` holds. */
export function schemaAt(differ: Differ, side: Side, view: View, keyword: string): SchemaLocation | undefined {
  const held = view.held.get(keyword);
  return held !== undefined && isSchema(held.value) ? differ.child(side, held.place, [keyword], held.value) : undefined;
}
