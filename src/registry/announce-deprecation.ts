/** Announces that a subject will give way to its successor: the plan, judged, proved and written. */
import { Fault } from '../errors.ts';
import type { Plan } from '../lifecycle/facts.ts';
import { reached } from '../lifecycle/reminder.ts';
import { isDate } from '../schema/duration.ts';
import { type Context, timestamp, today } from './context.ts';
import { apply, type Force, inLockedSubject, type Locked, permit, settle } from './deprecation-step.ts';
import type { Place } from './look-up.ts';
import { collectFacts } from './plan.ts';
import type { DeprecationRecord, PlanMapping } from './ports.ts';
import { type MappingInput, proveMapping } from './prove-mapping.ts';

export interface AnnounceInput extends Place {
  readonly successor: string;
  readonly sunset: string;
  readonly reason: string;
  readonly migration: string;
  readonly mapping?: MappingInput;
  readonly force?: Force;
}

/** A mapping is proved before the subject is locked: that may take seconds, and registrations need not wait for it. */
export async function announceDeprecation(context: Context, input: AnnounceInput): Promise<DeprecationRecord> {
  permit(context, input, 'announce');
  const mapping = input.mapping && (await proveMapping(context, input, input.mapping, input.force !== undefined));
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
    if (input.mapping) await requireProved(locked, successor, mapping);
    const record: DeprecationRecord = {
      catalog: input.catalog,
      subject: input.subject,
      stage: 'announced',
      ...plan,
      consumers: facts.consumers.map(({ service }) => ({ service, state: 'pending' })),
      revision: 1,
      revisedAt: now,
      ...remindedBy(sunset, today(context.clock)),
      ...(mapping && { mapping }),
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

/** What was registered since the proof, it says nothing about. */
async function requireProved(
  { transaction, subject }: Locked,
  successor: string,
  mapping: PlanMapping | undefined,
): Promise<void> {
  const there = await transaction.subject(subject.catalog, successor);
  const { subjectVersion, successorVersion } = mapping?.proof ?? {};
  if (subject.latest !== subjectVersion || there?.latest !== successorVersion)
    throw new Fault('SUBJECT_LOCKED', { catalog: subject.catalog, subject: subject.name });
}

/** Reminders whose day is past when a sunset is set are not caught up on. */
export function remindedBy(sunset: string, today: string): Pick<DeprecationRecord, 'reminded'> {
  const reminded = isDate(sunset) ? reached(sunset, today) : undefined;
  return reminded === undefined ? {} : { reminded };
}
