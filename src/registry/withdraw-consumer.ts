/** A service consumes a subject no more. What a producer's contract states goes only with the next version of it. */
import { Fault } from '../errors.ts';
import type { Context } from './context.ts';
import { findSubject, type Place } from './look-up.ts';
import { audited, digestOf, entry } from './refusal.ts';

export async function withdrawConsumer(context: Context, place: Place & { readonly service: string }): Promise<void> {
  const { catalog, subject, service } = place;
  const about = { action: 'consumer.withdraw', catalog, subject };
  await audited(context, about, async (transaction) => {
    if (!context.caller.can('consume', place)) throw new Fault('FORBIDDEN', { permission: 'consume', service });
    await findSubject(transaction, place);
    await transaction.lockSubject(catalog, subject);
    const before = (await transaction.consumers(catalog, subject)).find((row) => row.service === service);
    if (!(await transaction.deleteConsumer(catalog, subject, service)))
      throw new Fault('CONSUMER_NOT_FOUND', { catalog, subject, service });
    await transaction.announce({ type: 'herald.consumer.removed.v1', catalog, subject, data: { service } });
    await transaction.appendAudit({
      ...entry(context, about),
      outcome: 'done',
      ...(before && { before: digestOf(before) }),
      details: { service },
    });
  });
}
