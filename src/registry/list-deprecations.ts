/** Lists deprecation plans, the next sunset first: what people plan with. */
import type { Stage } from '../lifecycle/stage.ts';
import type { Context } from './context.ts';
import type { DeprecationRecord } from './ports.ts';

export interface PlanFilter {
  readonly catalog?: string | undefined;
  readonly stage?: Stage | undefined;
}

export async function listDeprecations(
  { store }: Pick<Context, 'store'>,
  { catalog, stage }: PlanFilter,
): Promise<readonly DeprecationRecord[]> {
  const plans = await store.deprecations(catalog);
  const order = (plan: DeprecationRecord) => `${plan.sunset} ${plan.catalog} ${plan.subject}`;
  return plans
    .filter((plan) => stage === undefined || plan.stage === stage)
    .toSorted((left, right) => (order(left) < order(right) ? -1 : 1));
}
