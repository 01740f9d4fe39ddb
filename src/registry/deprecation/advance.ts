/** Takes a plan to its next stage, postpones its sunset, or withdraws it. Nothing advances by itself. */
import { Fault } from '../../errors.ts';
import type { Transition } from '../../lifecycle/transition.ts';
import { type Context, timestamp, today } from '../context.ts';
import type { DeprecationRecord } from '../records.ts';
import type { SubjectKey } from '../versions/look-up.ts';
import { remindedBy } from './announce.ts';
import { collectFacts } from './plan.ts';
import { apply, type Force, inLockedSubject, permit, planOf, settle } from './step.ts';

export interface AdvanceInput extends SubjectKey {
  readonly transition: Exclude<Transition, 'announce'>;
  /** A statement in place of evidence. With `dual-write`: the producer writes both. With `retire`: nothing uses the subject any more. */
  readonly attest?: boolean;
  /** The new date, for `postpone`. */
  readonly sunset?: string;
  readonly reason?: string;
  readonly force?: Force;
}

export function advanceDeprecation(context: Context, input: AdvanceInput): Promise<DeprecationRecord | undefined> {
  const { transition } = input;
  return inLockedSubject(context, `deprecation.${transition}`, input, async (locked) => {
    await permit(context, locked.transaction, input, transition);
    const before = await planOf(locked.transaction, input);
    const plan = { ...before, ...changes(context, before, input) };
    const facts = await collectFacts(context, locked.transaction, locked.catalog, locked.subject, {
      plan,
      attestedUnused: transition === 'retire' && input.attest === true,
      ...(transition === 'postpone' && { sunsetSoFar: before.sunset }),
    });
    const to = settle(input, transition, facts);
    const record = to === 'active' ? undefined : revised(context, plan, to);
    const reason = input.force?.reason ?? input.reason ?? (facts.attestedUnused ? 'attested as unused' : undefined);
    await apply(context, locked, { transition, record, reason, forced: input.force !== undefined });
    return record;
  });
}

/** What the step itself changes in the plan, before it is decided. */
function changes(context: Context, before: DeprecationRecord, input: AdvanceInput): Partial<DeprecationRecord> {
  if (input.transition === 'dual-write' && input.attest) return { attestedBy: context.caller.actor };
  if (input.transition !== 'postpone') return {};
  const { sunset } = input;
  if (sunset === undefined)
    throw new Fault(
      'DEPRECATION_INVALID',
      { sunset: null },
      { message: `Postponing takes a new sunset, later than ${before.sunset}.` },
    );
  return { sunset, ...remindedBy(sunset, today(context.clock)) };
}

function revised(context: Context, plan: DeprecationRecord, to: DeprecationRecord['stage']): DeprecationRecord {
  const now = timestamp(context.clock);
  const entered = to === plan.stage ? plan.entered : { ...plan.entered, [to]: now };
  return { ...plan, stage: to, entered, revision: plan.revision + 1, revisedAt: now };
}
