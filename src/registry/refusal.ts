/** A write that is refused leaves nothing behind but its row in the audit log. */
import { Fault } from '../errors.ts';
import type { Context } from './context.ts';
import type { AuditEntry, Transaction } from './ports.ts';

export type Audited = Pick<AuditEntry, 'action' | 'catalog' | 'subject'>;

/** Runs `work` in one transaction; a Fault rolls it back, is recorded as a refusal, and is thrown on. */
export async function audited<T>(
  context: Context,
  about: Audited,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  try {
    return await context.store.write(work);
  } catch (error) {
    if (error instanceof Fault && error.status < 500) await recordRefusal(context, about, error);
    throw error;
  }
}

async function recordRefusal(context: Context, about: Audited, fault: Fault): Promise<void> {
  await context.store.write((transaction) =>
    transaction.appendAudit({ ...entry(context, about), outcome: 'refused', reason: fault.code }),
  );
}

/** The parts of an audit row that the context knows. */
export function entry(context: Context, about: Audited): Omit<AuditEntry, 'outcome'> {
  const { actor, correlationId } = context.caller;
  return { ...about, actor, ...(correlationId !== undefined && { correlationId }) };
}
