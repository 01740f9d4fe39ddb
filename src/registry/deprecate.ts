/** Deprecation plans: announce, advance, postpone, withdraw, acknowledge. The table in lifecycle/transition.ts judges; this applies. */
import { Fault } from '../errors.ts';
import type { Facts, Plan } from '../lifecycle/facts.ts';
import { type Judgement, judge, type Party, type Transition, transitions } from '../lifecycle/transition.ts';
import { isDate } from '../schema/duration.ts';
import type { JsonObject } from '../schema/json.ts';
import { catalogOf } from './check.ts';
import { type Context, timestamp, today } from './context.ts';
import { collectFacts } from './plan.ts';
import type { CatalogRecord, DeprecationRecord, Permission, SubjectRecord, Transaction } from './ports.ts';
import { audited, entry } from './refusal.ts';

export interface Place {
  readonly catalog: string;
  readonly subject: string;
}

export interface AnnounceInput extends Place {
  readonly successor: string;
  readonly sunset: string;
  readonly reason: string;
  readonly migration: string;
  readonly mapping?: JsonObject;
  readonly force?: { readonly reason: string };
}

export interface AdvanceInput extends Place {
  readonly transition: Exclude<Transition, 'announce'>;
  /** The producer says it writes both, where nothing was seen. */
  readonly attest?: boolean;
  /** The new date, for `postpone`. */
  readonly sunset?: string;
  readonly reason?: string;
  readonly force?: { readonly reason: string };
}

export async function announceDeprecation(context: Context, input: AnnounceInput): Promise<DeprecationRecord> {
  return inLockedSubject(context, 'deprecation.announce', input, async ({ transaction, catalog, subject }) => {
    const plan: Plan = {
      successor: input.successor,
      announcedOn: today(context.clock),
      sunset: input.sunset,
      reason: input.reason,
      migration: input.migration,
      entered: { announced: timestamp(context.clock) },
    };
    const facts = await collectFacts(context, transaction, catalog, subject, plan);
    settle(context, input, 'announce', facts);
    const record: DeprecationRecord = {
      catalog: input.catalog,
      subject: input.subject,
      stage: 'announced',
      ...plan,
      consumers: facts.consumers.map(({ service }) => ({ service, state: 'pending' })),
      ...(input.mapping && { mapping: input.mapping }),
    };
    await apply(
      context,
      transaction,
      subject,
      'announce',
      record,
      input.force?.reason ?? input.reason,
      input.force !== undefined,
    );
    return record;
  });
}

export async function advanceDeprecation(
  context: Context,
  input: AdvanceInput,
): Promise<DeprecationRecord | undefined> {
  return inLockedSubject(
    context,
    `deprecation.${input.transition}`,
    input,
    async ({ transaction, catalog, subject }) => {
      const before = await planOf(transaction, input);
      const plan = changedPlan(context, before, input);
      const facts = await collectFacts(context, transaction, catalog, subject, plan);
      const to = settle(context, input, input.transition, facts);
      const reason = input.force?.reason ?? input.reason;
      if (to === 'active') {
        await apply(context, transaction, subject, input.transition, undefined, reason, input.force !== undefined);
        return undefined;
      }
      const entered = to === before.stage ? plan.entered : { ...plan.entered, [to]: timestamp(context.clock) };
      const record: DeprecationRecord = { ...before, ...plan, entered, stage: to };
      await apply(context, transaction, subject, input.transition, record, reason, input.force !== undefined);
      return record;
    },
  );
}

export async function acknowledgeDeprecation(
  context: Context,
  input: Place & { readonly service: string; readonly note?: string },
): Promise<DeprecationRecord> {
  const about = { action: 'deprecation.acknowledge', catalog: input.catalog, subject: input.subject };
  return audited(context, about, async (transaction) => {
    await lockedSubject(transaction, input);
    if (!context.caller.can('consume', { ...input }))
      throw new Fault('FORBIDDEN', { permission: 'consume', service: input.service });
    const before = await planOf(transaction, input);
    const known = await transaction.consumers(input.catalog, input.subject);
    if (![...known, ...before.consumers].some(({ service }) => service === input.service))
      throw new Fault('CONSUMER_NOT_FOUND', { service: input.service, subject: input.subject });
    const others = before.consumers.filter(({ service }) => service !== input.service);
    const row = {
      service: input.service,
      state: 'acknowledged',
      since: timestamp(context.clock),
      ...(input.note !== undefined && { note: input.note }),
    } as const;
    const record = { ...before, consumers: [...others, row].toSorted((a, b) => (a.service < b.service ? -1 : 1)) };
    await transaction.putDeprecation(record);
    await transaction.announce({
      type: 'herald.deprecation.acknowledged.v1',
      catalog: input.catalog,
      subject: input.subject,
      data: { service: input.service },
    });
    await transaction.appendAudit({ ...entry(context, about), outcome: 'done', details: { service: input.service } });
    return record;
  });
}

interface Locked {
  readonly transaction: Transaction;
  readonly catalog: CatalogRecord;
  readonly subject: SubjectRecord;
}

/** Two processes advancing at once meet at the lock: the second one is judged by what the first one left. */
function inLockedSubject<T>(
  context: Context,
  action: string,
  place: Place,
  work: (locked: Locked) => Promise<T>,
): Promise<T> {
  return audited(context, { action, catalog: place.catalog, subject: place.subject }, async (transaction) => {
    const catalog = await catalogOf(transaction, place.catalog);
    return work({ transaction, catalog, subject: await lockedSubject(transaction, place) });
  });
}

async function lockedSubject(transaction: Transaction, { catalog, subject }: Place): Promise<SubjectRecord> {
  await catalogOf(transaction, catalog);
  const record = await transaction.lockSubject(catalog, subject, false);
  if (!record) throw new Fault('SUBJECT_NOT_FOUND', { catalog, subject });
  return record;
}

async function planOf(transaction: Transaction, { catalog, subject }: Place): Promise<DeprecationRecord> {
  const plan = await transaction.deprecation(catalog, subject);
  if (!plan) throw new Fault('DEPRECATION_NOT_FOUND', { catalog, subject });
  return plan;
}

function changedPlan(context: Context, before: DeprecationRecord, input: AdvanceInput): Plan {
  const attestedBy = input.transition === 'dual-write' && input.attest ? context.caller.actor : before.attestedBy;
  const plan = { ...before, ...(attestedBy !== undefined && { attestedBy }) };
  if (input.transition !== 'postpone') return plan;
  const { sunset } = input;
  if (sunset === undefined || !isDate(sunset))
    throw new Fault(
      'DEPRECATION_INVALID',
      { sunset: sunset ?? null },
      { message: 'Postponing takes a new sunset such as 2027-03-31.' },
    );
  if (sunset <= before.sunset && !input.force)
    throw new Fault('TRANSITION_REFUSED', {
      missing: [
        {
          condition: 'sunset-later',
          message: `A sunset moves only to a later day than ${before.sunset}.`,
          from: before.sunset,
        },
      ],
    });
  return { ...plan, sunset };
}

const needs: Readonly<Record<Party, Permission>> = {
  owner: 'publish',
  producer: 'publish',
  steward: 'steward',
};

/** The stage it leads to. Force skips the conditions, never the order, and takes a steward and a reason. */
function settle(
  context: Context,
  input: Place & { readonly force?: { readonly reason: string } },
  transition: Transition,
  facts: Facts,
) {
  const permission = input.force ? 'steward' : needs[transitions[transition].by];
  const { catalog, subject } = input;
  if (!context.caller.can(permission, { catalog, subject })) throw new Fault('FORBIDDEN', { permission, subject });
  const judgement: Judgement = judge(transition, facts);
  if (judgement.allowed) return judgement.to;
  const hard = judgement.missing.some(({ condition }) => unforceable.has(condition));
  if (input.force && !hard && input.force.reason.trim() !== '') {
    const { to } = transitions[transition];
    return to === 'same' ? facts.stage : to;
  }
  const code = transition === 'announce' && hard ? 'DEPRECATION_INVALID' : 'TRANSITION_REFUSED';
  const missing = judgement.missing.map((lack) => ({
    ...lack,
    ...('names' in lack && lack.names && { names: [...lack.names] }),
  }));
  throw new Fault(
    code,
    { transition, stage: facts.stage, missing: JSON.parse(JSON.stringify(missing)) },
    { message: judgement.missing.map((lack) => lack.message).join(' ') },
  );
}

/** What would make the plan meaningless: no permission helps. */
const unforceable: ReadonlySet<string> = new Set([
  'order',
  'successor-is-another',
  'successor-exists',
  'no-cycle',
  'sunset-is-a-date',
]);

async function apply(
  context: Context,
  transaction: Transaction,
  subject: SubjectRecord,
  transition: Transition,
  record: DeprecationRecord | undefined,
  reason: string | undefined,
  forced: boolean,
): Promise<void> {
  const to = record?.stage ?? 'active';
  const { catalog, name } = subject;
  if (record) await transaction.putDeprecation(record);
  else await transaction.deleteDeprecation(catalog, name);
  await transaction.setStage(catalog, name, to);
  await transaction.insertTransition({
    catalog,
    subject: name,
    from: subject.stage,
    to,
    actor: context.caller.actor,
    at: timestamp(context.clock),
    ...(reason !== undefined && { reason }),
    forced,
  });
  const announced = {
    announce: 'announced',
    'dual-write': 'advanced',
    migrate: 'advanced',
    retire: 'retired',
    postpone: 'postponed',
    withdraw: 'withdrawn',
  } as const;
  await transaction.announce({
    type: `herald.deprecation.${announced[transition]}.v1`,
    catalog,
    subject: name,
    data: {
      from: subject.stage,
      to,
      ...(record && { successor: record.successor, sunset: record.sunset }),
      ...(reason !== undefined && { reason }),
      forced,
    },
  });
  await transaction.appendAudit({
    ...entry(context, { action: `deprecation.${transition}`, catalog, subject: name }),
    outcome: 'done',
    before: subject.stage,
    after: to,
    ...(reason !== undefined && { reason }),
    details: { forced },
  });
}
