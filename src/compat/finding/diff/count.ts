/** Limits on a count, such as minLength or maxItems: a missing lower one is 0, a missing upper one is none. */
import type { Differ, Spot, Two } from '../change.ts';
import type { RuleId } from '../ids.ts';
import type { View } from '../view.ts';

export interface Limit {
  readonly keyword: string;
  readonly absent: number;
  readonly raised: RuleId;
  readonly lowered: RuleId;
}

export function compareLimits(differ: Differ, two: Two, spot: Spot, limits: readonly Limit[]): void {
  for (const { keyword, absent, raised, lowered } of limits) {
    const previous = limitOf(two.previous, keyword, absent);
    const next = limitOf(two.next, keyword, absent);
    if (previous === next) continue;
    const at = { previous: two.previous.held.get(keyword)?.pointer, next: two.next.held.get(keyword)?.pointer };
    const finite = (limit: number) => (Number.isFinite(limit) ? limit : null);
    const params = { previous: finite(previous), next: finite(next) };
    differ.emit(next > previous ? raised : lowered, two, spot, at, params);
  }
}

function limitOf(view: View, keyword: string, absent: number): number {
  const value = view.held.get(keyword)?.value;
  return typeof value === 'number' ? value : absent;
}
