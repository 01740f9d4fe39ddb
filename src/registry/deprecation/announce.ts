/** Announces that a subject will be replaced by its successor: the plan is decided, proved and written. */
import { Fault } from '../../errors.ts';
import type { Plan } from '../../lifecycle/facts.ts';
import { reached } from '../../lifecycle/reminder.ts';
import { isDate } from '../../schema/duration.ts';
import { type Context, timestamp, today } from '../context.ts';
import type { DeprecationRecord, PlanMapping } from '../records.ts';
import { catalogOf, findSubject, type SubjectKey } from '../versions/look-up.ts';
import { type MappingInput, proveMapping } from './mapping.ts';
import { collectFacts } from './plan.ts';
import { apply, type Force, inLockedSubject, type Locked, permit, settle } from './step.ts';

export interface AnnounceInput extends SubjectKey {
  readonly successor: string;
  readonly sunset: string;
  readonly reason: string;
  readonly migration: string;
  readonly mapping?: MappingInput;
  readonly force?: Force;
}

export async function announceDeprecation(context: Context, input: AnnounceInput): Promise<DeprecationRecord> {
  const mapping = input.mapping && (await provedAhead(context, input, input.mapping));
  const write = async (locked: Locked) => {
    const { transaction } = locked;
    await permit(context, transaction, input, 'announce');
    const plan = planOf(context, input);
    const facts = await collectFacts(context, transaction, locked.catalog, locked.subject, { plan });
    settle(input, 'announce', facts);
    if (input.mapping) await requireProved(locked, input.successor, mapping);
    const record: DeprecationRecord = {
      catalog: input.catalog,
      subject: input.subject,
      stage: 'announced',
      ...plan,
      consumers: facts.consumers
        .filter(({ isUnconcerned }) => !isUnconcerned)
        .map(({ service }) => ({ service, state: 'pending' })),
      revision: 1,
      revisedAt: timestamp(context.clock),
      ...remindedBy(input.sunset, today(context.clock)),
      ...(mapping && { mapping }),
    };
    const { force, reason } = input;
    const forced = force !== undefined;
    await apply(context, locked, { transition: 'announce', record, reason: force?.reason ?? reason, forced });
    return record;
  };
  return inLockedSubject(context, 'deprecation.announce', input, write, (transaction) =>
    // two plans at once would not see each other, and could lead in a circle
    transaction.lock(`deprecation plans of ${input.catalog}`),
  );
}

function planOf({ clock }: Context, { successor, sunset, reason, migration }: AnnounceInput): Plan {
  const announcedOn = today(clock);
  return { successor, announcedOn, sunset, reason, migration, entered: { announced: timestamp(clock) } };
}

/**
 * A mapping is proved before the subject is locked: that may take seconds, and registrations need not wait for it. Whatever refuses
 * the plan in any case does so first.
 */
async function provedAhead(context: Context, input: AnnounceInput, mapping: MappingInput) {
  const { store } = context;
  await permit(context, store, input, 'announce');
  const { subject } = await findSubject(store, input);
  const plan = planOf(context, input);
  settle(
    input,
    'announce',
    await collectFacts(context, store, await catalogOf(store, input.catalog), subject, { plan }),
  );
  return proveMapping(context, input, mapping, input.force !== undefined);
}

/** The proof says nothing about versions that were registered after it. */
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

/** Reminders whose day has passed when a sunset is set are skipped. */
export function remindedBy(sunset: string, today: string): Pick<DeprecationRecord, 'reminded'> {
  const reminded = isDate(sunset) ? reached(sunset, today) : undefined;
  return reminded === undefined ? {} : { reminded };
}
