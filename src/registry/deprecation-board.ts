/** Every plan with where it stands: what the page of all plans is made from. */
import { Fault } from '../errors.ts';
import type { PagePlan } from '../lifecycle/page.ts';
import type { Context } from './context.ts';
import { type DeprecationStatus, deprecationStatus } from './deprecation-status.ts';
import { listDeprecations, type PlanFilter } from './list-deprecations.ts';

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
