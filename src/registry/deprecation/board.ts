/** Every deprecation plan with its state, the next sunset first: the source of calendars and of the page of all plans. */
import { Fault } from '../../errors.ts';
import type { PagePlan } from '../../lifecycle/page.ts';
import type { Stage } from '../../lifecycle/stage.ts';
import type { Context } from '../context.ts';
import type { DeprecationRecord } from '../records.ts';
import { type DeprecationStatus, deprecationStatus } from './status.ts';

export async function deprecationBoard(context: Context, filter: PlanFilter): Promise<readonly PagePlan[]> {
  const board: PagePlan[] = [];
  for (const { catalog, subject } of await listDeprecations(context, filter)) {
    const status = await deprecationStatus(context, { catalog, subject }).catch(withdrawnMeanwhile);
    if (status) board.push(boardRow(status));
  }
  return board;
}

function withdrawnMeanwhile(error: unknown): undefined {
  if (!(error instanceof Fault && error.code === 'DEPRECATION_NOT_FOUND')) throw error;
}

function boardRow({ plan, consumers, next }: DeprecationStatus): PagePlan {
  const { catalog, subject, stage, successor, announcedOn, sunset, reason, migration, entered } = plan;
  const { revision, revisedAt } = plan;
  const blockedBy = next && (next.allowed ? [] : next.missing.map(({ message }) => message));
  return {
    catalog,
    subject,
    stage,
    successor,
    announcedOn,
    sunset,
    reason,
    migration,
    entered,
    revision,
    revisedAt,
    consumers,
    next: next && { transition: next.transition, blockedBy: blockedBy ?? [] },
  };
}

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
