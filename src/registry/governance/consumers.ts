/**
 * A service declares that it consumes a subject and which fields it reads, or withdraws the declaration. Consumers that a
 * producer's contract names change only with the next version of the contract.
 */
import { Fault } from '../../errors.ts';
import { permits } from '../../policy/access.ts';
import type { Context } from '../context.ts';
import type { ConsumerRecord } from '../records.ts';
import { audited, digestOf, entry } from '../refusal.ts';
import { findSubject, type SubjectKey } from '../versions/look-up.ts';

export async function declareConsumer(
  context: Context,
  key: SubjectKey & { readonly service: string },
  stated: { readonly reads?: readonly string[]; readonly note?: string },
): Promise<ConsumerRecord> {
  const { catalog, subject, service } = key;
  const about = { action: 'consumer.declare', catalog, subject };
  return audited(context, about, async (transaction) => {
    if (!context.caller.can('consume', key)) throw new Fault('FORBIDDEN', { permission: 'consume', service });
    await findSubject(transaction, key);
    await transaction.lockSubject(catalog, subject);
    await refuseUnpermitted(transaction, key);
    await refuseAboveClearance(transaction, key);
    const consumer: ConsumerRecord = { catalog, subject, service, origin: 'declared', ...stated };
    const before = (await transaction.consumers(catalog, subject)).find((row) => row.service === service);
    await transaction.putConsumer(consumer);
    await transaction.announce({
      type: 'herald.consumer.declared.v1',
      catalog,
      subject,
      data: { service, ...(stated.reads && { reads: stated.reads }) },
    });
    await transaction.appendAudit({
      ...entry(context, about),
      outcome: 'done',
      ...(before && { before: digestOf(before) }),
      after: digestOf(consumer),
      details: { service },
    });
    return consumer;
  });
}

/** A catalog's lists apply to services that declare themselves as to those that a contract names. */
async function refuseUnpermitted(
  reads: Parameters<typeof findSubject>[0],
  { catalog, subject, service }: SubjectKey & { readonly service: string },
): Promise<void> {
  const services = (await reads.catalog(catalog))?.rules.services ?? {};
  const row = Object.hasOwn(services, service) ? services[service] : undefined;
  if (!permits(row, 'subscribe', subject))
    throw new Fault(
      'FORBIDDEN',
      { service, subject },
      { message: `The catalog does not let "${service}" subscribe to "${subject}".` },
    );
}

/** A service cleared up to a level receives nothing above it. */
async function refuseAboveClearance(
  reads: Parameters<typeof findSubject>[0],
  { catalog, subject, service }: SubjectKey & { readonly service: string },
): Promise<void> {
  const rules = (await reads.catalog(catalog))?.rules;
  const services = rules?.services ?? {};
  const clearance = Object.hasOwn(services, service) ? services[service]?.clearance : undefined;
  const level = (await reads.version(catalog, subject, 'latest'))?.classification;
  if (!rules || clearance === undefined || level === undefined) return;
  const { levels } = rules.classification;
  if (levels.indexOf(level) > levels.indexOf(clearance))
    throw new Fault(
      'FORBIDDEN',
      { service, clearance, classification: level },
      { message: `"${service}" is cleared up to "${clearance}"; the event is "${level}".` },
    );
}

export async function withdrawConsumer(
  context: Context,
  key: SubjectKey & { readonly service: string },
): Promise<void> {
  const { catalog, subject, service } = key;
  const about = { action: 'consumer.withdraw', catalog, subject };
  await audited(context, about, async (transaction) => {
    if (!context.caller.can('consume', key)) throw new Fault('FORBIDDEN', { permission: 'consume', service });
    await findSubject(transaction, key);
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
