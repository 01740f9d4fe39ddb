/** What every step of a deprecation has in common: the locked subject, the decision of lifecycle/transition.ts, and its record. */
import { Fault } from '../../errors.ts';
import type { Facts } from '../../lifecycle/facts.ts';
import {
  evaluateTransition,
  type Party,
  type Transition,
  type TransitionDecision,
  transitions,
} from '../../lifecycle/transition.ts';
import type { Permission } from '../caller.ts';
import { type Context, timestamp } from '../context.ts';
import type { Reads, Transaction } from '../ports.ts';
import type { CatalogRecord, DeprecationRecord, SubjectRecord } from '../records.ts';
import { audited, digestOf, entry } from '../refusal.ts';
import type { SubjectKey } from '../versions/look-up.ts';
import { catalogOf } from '../versions/look-up.ts';

export interface Force {
  readonly reason: string;
}

export interface Locked {
  readonly transaction: Transaction;
  readonly catalog: CatalogRecord;
  readonly subject: SubjectRecord;
}

/** Of two processes that advance at once, the second waits for the lock and is decided by what the first one wrote. */
export function inLockedSubject<T>(
  context: Context,
  action: string,
  key: SubjectKey,
  work: (locked: Locked) => Promise<T>,
  before: (transaction: Transaction) => Promise<void> = async () => {},
): Promise<T> {
  return audited(context, { action, catalog: key.catalog, subject: key.subject }, async (transaction) => {
    await before(transaction);
    const catalog = await catalogOf(transaction, key.catalog);
    const subject = await transaction.lockSubject(key.catalog, key.subject);
    if (!subject) throw new Fault('SUBJECT_NOT_FOUND', { catalog: key.catalog, subject: key.subject });
    return work({ transaction, catalog, subject });
  });
}

export async function planOf(transaction: Transaction, { catalog, subject }: SubjectKey): Promise<DeprecationRecord> {
  const plan = await transaction.deprecation(catalog, subject);
  if (!plan) throw new Fault('DEPRECATION_NOT_FOUND', { catalog, subject });
  return plan;
}

const needs: Readonly<Record<Party, Permission>> = {
  owner: 'publish',
  producer: 'publish',
  steward: 'steward',
};

/** Conditions without which the plan would be meaningless: nobody may skip them. */
const unforceable: ReadonlySet<string> = new Set([
  'order',
  'successor-is-another',
  'successor-exists',
  'no-cycle',
  'sunset-is-a-date',
  'sunset-ahead',
]);

/** The stage it leads to. Force skips the conditions, never the order, and needs a steward and a reason. */
export function settle(
  key: SubjectKey & { readonly force?: Force },
  transition: Transition,
  facts: Facts,
): DeprecationRecord['stage'] | 'active' {
  const decision: TransitionDecision = evaluateTransition(transition, facts);
  if (decision.allowed) return decision.to;
  const hard = decision.missing.some(({ condition }) => unforceable.has(condition));
  if (key.force && !hard) {
    const { to } = transitions[transition];
    return to === 'same' ? facts.stage : to;
  }
  throw refused(transition, facts, decision.missing, hard);
}

/** A step needs a caller that speaks for the subject's producer; force needs a steward. */
export async function permit(
  { caller }: Pick<Context, 'caller'>,
  reads: Reads,
  key: SubjectKey & { readonly force?: Force },
  transition: Transition,
): Promise<void> {
  const permission = key.force ? 'steward' : needs[transitions[transition].by];
  const { catalog, subject } = key;
  if (permission === 'publish') return permitProducer({ caller }, reads, key);
  if (!caller.can(permission, { catalog, subject }))
    throw new Fault('FORBIDDEN', { permission, subject }, { message: 'Only a steward may force a step.' });
}

export async function permitProducer(
  { caller }: Pick<Context, 'caller'>,
  reads: Reads,
  { catalog, subject }: SubjectKey,
): Promise<void> {
  const version = await reads.version(catalog, subject, 'latest');
  // a subject without a version has no producer to speak for
  if (!version && !caller.can('admin')) throw new Fault('FORBIDDEN', { permission: 'admin', subject });
  const service = version?.contract.producer;
  if (caller.can('publish', { catalog, subject, ...(service !== undefined && { service }) })) return;
  const message =
    service === undefined ? undefined : `The caller does not speak for "${service}", which produces "${subject}".`;
  throw new Fault(
    'FORBIDDEN',
    { permission: 'publish', subject, ...(service && { service }) },
    { ...(message !== undefined && { message }) },
  );
}

type Missing = Extract<TransitionDecision, { readonly allowed: false }>['missing'];

function refused(transition: Transition, { stage }: Facts, missing: Missing, hard: boolean): Fault {
  const code = transition === 'announce' && hard ? 'DEPRECATION_INVALID' : 'TRANSITION_REFUSED';
  const listed = missing.map((lack) => ({ ...lack, ...('names' in lack && lack.names && { names: [...lack.names] }) }));
  const message = missing.map((lack) => lack.message).join(' ');
  return new Fault(code, { transition, stage, missing: listed }, { message });
}

export interface Step {
  readonly transition: Transition;
  /** As it is from now on; undefined: withdrawn. */
  readonly record: DeprecationRecord | undefined;
  readonly reason: string | undefined;
  readonly forced: boolean;
}

const announced = {
  announce: 'announced',
  'dual-write': 'advanced',
  migrate: 'advanced',
  retire: 'retired',
  postpone: 'postponed',
  withdraw: 'withdrawn',
} as const satisfies Readonly<Record<Transition, string>>;

/** Writes the step, announces it, and puts it in the audit log, all in the transaction that holds the subject. */
export async function apply(context: Context, { transaction, subject }: Locked, step: Step): Promise<void> {
  const { record, reason, forced, transition } = step;
  const { catalog, name, stage: from } = subject;
  const to = record?.stage ?? 'active';
  const why = reason !== undefined && { reason };
  const past = await transaction.deprecation(catalog, name);
  if (record) await transaction.putDeprecation(record);
  else await transaction.deleteDeprecation(catalog, name);
  await transaction.setStage(catalog, name, to);
  const { actor } = context.caller;
  await transaction.insertTransition({
    catalog,
    subject: name,
    from,
    to,
    actor,
    at: timestamp(context.clock),
    ...why,
    forced,
  });
  const plan = record && { successor: record.successor, sunset: record.sunset };
  await transaction.announce({
    type: `herald.deprecation.${announced[transition]}.v1`,
    catalog,
    subject: name,
    data: { from, to, ...plan, ...why, forced },
  });
  await transaction.appendAudit({
    ...entry(context, { action: `deprecation.${transition}`, catalog, subject: name }),
    outcome: 'done',
    ...(past && { before: digestOf(past) }),
    ...(record && { after: digestOf(record) }),
    ...why,
    details: { from, to, forced, ...plan },
  });
}
