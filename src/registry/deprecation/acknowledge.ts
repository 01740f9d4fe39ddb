/** A consumer takes note of a plan: it will have moved by the sunset, or does not mind. */
import { Fault } from '../../errors.ts';
import { type Context, timestamp } from '../context.ts';
import type { DeprecationConsumer, DeprecationRecord } from '../records.ts';
import { digestOf, entry } from '../refusal.ts';
import type { SubjectKey } from '../versions/look-up.ts';
import { collectFacts } from './plan.ts';
import { inLockedSubject, planOf } from './step.ts';

export function acknowledgeDeprecation(
  context: Context,
  input: SubjectKey & { readonly service: string; readonly note?: string },
): Promise<DeprecationRecord> {
  const { catalog, subject, service, note } = input;
  const about = { action: 'deprecation.acknowledge', catalog, subject };
  return inLockedSubject(context, about.action, input, async (locked) => {
    const { transaction } = locked;
    if (!context.caller.can('consume', { catalog, subject, service }))
      throw new Fault('FORBIDDEN', { permission: 'consume', service });
    const before = await planOf(transaction, input);
    const facts = await collectFacts(context, transaction, locked.catalog, locked.subject, { plan: before });
    const known = [...facts.consumers, ...before.consumers].map((consumer) => consumer.service);
    if (!known.includes(service)) throw unknownConsumer(input, known);
    const row: DeprecationConsumer = {
      service,
      state: 'acknowledged',
      since: timestamp(context.clock),
      ...(note !== undefined && { note }),
    };
    const others = before.consumers.filter((consumer) => consumer.service !== service);
    const consumers = [...others, row].toSorted((a, b) => (a.service < b.service ? -1 : 1));
    const record = { ...before, consumers };
    await transaction.putDeprecation(record);
    const data = { service };
    await transaction.announce({ type: 'herald.deprecation.acknowledged.v1', catalog, subject, data });
    await transaction.appendAudit({
      ...entry(context, about),
      outcome: 'done',
      before: digestOf(before),
      after: digestOf(record),
      details: data,
    });
    return record;
  });
}

function unknownConsumer(
  { catalog, subject, service }: SubjectKey & { readonly service: string },
  known: readonly string[],
) {
  const consumers = [...new Set(known)].sort();
  const among = consumers.length === 0 ? 'nobody is known to consume it' : `its consumers are ${consumers.join(', ')}`;
  return new Fault(
    'CONSUMER_NOT_FOUND',
    { catalog, subject, service, consumers },
    { message: `"${service}" neither declared that it consumes "${subject}" nor was seen doing so; ${among}.` },
  );
}
