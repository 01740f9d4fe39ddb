/** Announces that a subject will give way to its successor: the plan, judged, proved and written. */
import type { Plan } from '../lifecycle/facts.ts';
import { reached } from '../lifecycle/reminder.ts';
import { isDate } from '../schema/duration.ts';
import { type Context, timestamp, today } from './context.ts';
import { apply, type Force, inLockedSubject, settle } from './deprecation-step.ts';
import type { Place } from './look-up.ts';
import { collectFacts } from './plan.ts';
import type { DeprecationRecord } from './ports.ts';

export interface AnnounceInput extends Place {
  readonly successor: string;
  readonly sunset: string;
  readonly reason: string;
  readonly migration: string;
  readonly force?: Force;
}

export function announceDeprecation(context: Context, input: AnnounceInput): Promise<DeprecationRecord> {
  return inLockedSubject(context, 'deprecation.announce', input, async (locked) => {
    const now = timestamp(context.clock);
    const { successor, sunset, reason, migration, force } = input;
    const plan: Plan = {
      successor,
      announcedOn: today(context.clock),
      sunset,
      reason,
      migration,
      entered: { announced: now },
    };
    const facts = await collectFacts(context, locked.transaction, locked.catalog, locked.subject, { plan });
    settle(context, input, 'announce', facts);
    const record: DeprecationRecord = {
      catalog: input.catalog,
      subject: input.subject,
      stage: 'announced',
      ...plan,
      consumers: facts.consumers.map(({ service }) => ({ service, state: 'pending' })),
      revision: 1,
      revisedAt: now,
      ...remindedBy(sunset, today(context.clock)),
    };
    await apply(context, locked, {
      transition: 'announce',
      record,
      reason: force?.reason ?? reason,
      forced: force !== undefined,
    });
    return record;
  });
}

/** Reminders whose day is past when a sunset is set are not caught up on. */
export function remindedBy(sunset: string, today: string): Pick<DeprecationRecord, 'reminded'> {
  const reminded = isDate(sunset) ? reached(sunset, today) : undefined;
  return reminded === undefined ? {} : { reminded };
}
