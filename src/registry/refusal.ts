/** A refused write leaves nothing but its row in the audit log. */
import { Fault } from '../errors.ts';
import { fingerprint } from '../schema/canonical.ts';
import { asJson } from '../schema/json.ts';
import type { Context } from './context.ts';
import type { GroupedTransaction, Transaction } from './ports.ts';
import type { Announcement, AuditEntry, Origin } from './records.ts';

export type Audited = Pick<AuditEntry, 'action' | 'catalog' | 'subject'>;

/** What a verb adds to the record of its refusal: never the document that was refused, never a witness. */
export interface Refusal extends Pick<AuditEntry, 'before' | 'after' | 'details'> {
  readonly announcement?: Announcement;
}

/** What recording a refusal takes. */
export type RefusalContext = Pick<Context, 'store' | 'caller' | 'refusals'>;

/** Runs `work` in one transaction; a Fault rolls it back, is recorded as a refusal, and is thrown on. */
export function audited<T>(
  context: RefusalContext,
  about: Audited,
  work: (transaction: Transaction) => Promise<T>,
  known: (fault: Fault) => Refusal = () => ({}),
): Promise<T> {
  return recordingRefusal(context, about, () => inTransaction(context, work), known);
}

export function inTransaction<T>(
  { store, caller }: Pick<Context, 'store' | 'caller'>,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  return store.write((transaction) => work(withOrigin(transaction, caller)));
}

/** The same, committed with what others bring; see `Store.writeInGroup`. */
export function inGroup<T>(
  { store, caller }: Pick<Context, 'store' | 'caller'>,
  key: string,
  work: (transaction: GroupedTransaction) => Promise<T>,
): Promise<T> {
  return store.writeInGroup(key, (transaction) => work(withOrigin(transaction, caller)));
}

/** Runs `work`, which may take time before it writes; a Fault is recorded as a refusal and is thrown on. */
export async function recordingRefusal<T>(
  context: RefusalContext,
  about: Audited,
  work: () => Promise<T>,
  known: (fault: Fault) => Refusal = () => ({}),
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault && error.status < 500) await recordRefusal(context, about, error, known(error));
    throw error;
  }
}

const recorded = new WeakSet<Fault>();

/** Whether a verb has recorded this refusal: then the HTTP layer does not record it again. */
export function isRecorded(fault: Fault): boolean {
  return recorded.has(fault);
}

/** Within the caller's quota; what is left out is counted in the next row that is written, and announced to nobody. */
export async function recordRefusal(
  context: RefusalContext,
  about: Audited,
  fault: Fault,
  { announcement, details, ...known }: Refusal = {},
): Promise<void> {
  const unwritten = context.refusals.take(context.caller.actor, fault);
  recorded.add(fault);
  if (unwritten === undefined) return;
  const counted = unwritten > 0 ? { ...details, unwritten } : details;
  await context.store.write(async (transaction) => {
    if (announcement) await withOrigin(transaction, context.caller).announce(announcement);
    await transaction.appendAudit({
      ...entry(context, about),
      outcome: 'refused',
      reason: fault.code,
      ...known,
      ...(counted && { details: counted }),
    });
  });
}

/** Announcements carry the ids of their request, so that receivers continue its trace. */
export function withOrigin<T extends GroupedTransaction>(transaction: T, { correlationId, traceparent }: Origin): T {
  const origin: Origin = {
    ...(correlationId !== undefined && { correlationId }),
    ...(traceparent !== undefined && { traceparent }),
  };
  return { ...transaction, announce: (stated) => transaction.announce({ ...stated, origin }) };
}

/** The parts of an audit row that the context knows. */
export function entry(context: Pick<Context, 'caller'>, about: Audited): Omit<AuditEntry, 'outcome'> {
  const { actor, correlationId } = context.caller;
  return { ...about, actor, ...(correlationId !== undefined && { correlationId }) };
}

/** The `before` or `after` of a record that has no fingerprint of its own. */
export function digestOf(record: object): string {
  return fingerprint(asJson(record));
}
