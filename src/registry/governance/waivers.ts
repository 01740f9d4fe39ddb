/** A steward permits one finding of one subject until a date. The list includes expired waivers: it is the record of what passed. */
import { randomUUID } from 'node:crypto';
import { Fault } from '../../errors.ts';
import { addDays } from '../../schema/duration.ts';
import { type Context, timestamp, today } from '../context.ts';
import type { WaiverRecord } from '../records.ts';
import { audited, digestOf, entry } from '../refusal.ts';
import { catalogOf } from '../versions/look-up.ts';

/** A longer exception is a change of rules, and belongs in the catalog. */
const maxDays = 366;

export async function giveWaiver(
  context: Context,
  waiver: Pick<WaiverRecord, 'catalog' | 'subject' | 'fingerprint' | 'reason' | 'expires'>,
): Promise<WaiverRecord> {
  const { catalog, subject } = waiver;
  const about = { action: 'waiver.give', catalog, subject };
  return audited(context, about, async (transaction) => {
    if (!context.caller.can('steward', { catalog, subject }))
      throw new Fault('FORBIDDEN', { permission: 'steward' }, { message: 'Only a steward may give a waiver.' });
    await catalogOf(transaction, catalog);
    refuseDate(waiver.expires, today(context.clock));
    const record: WaiverRecord = {
      ...waiver,
      id: randomUUID(),
      author: context.caller.actor,
      createdAt: timestamp(context.clock),
    };
    await transaction.insertWaiver(record);
    const { fingerprint, expires, reason } = waiver;
    await transaction.announce({
      type: 'herald.waiver.given.v1',
      catalog,
      subject,
      data: { waiver: record.id, fingerprint, expires, reason },
    });
    await transaction.appendAudit({
      ...entry(context, about),
      outcome: 'done',
      after: digestOf(record),
      reason,
      details: { waiver: record.id, finding: fingerprint, expires },
    });
    return record;
  });
}

/** The audit log keeps what it was; versions that it let in stay. */
export async function withdrawWaiver(context: Context, id: string): Promise<void> {
  const waiver = (await context.store.waivers({})).find((one) => one.id === id);
  const about = {
    action: 'waiver.withdraw',
    ...(waiver && { catalog: waiver.catalog, subject: waiver.subject }),
  };
  await audited(context, about, async (transaction) => {
    const place = waiver && { catalog: waiver.catalog, subject: waiver.subject };
    if (!context.caller.can('steward', place))
      throw new Fault('FORBIDDEN', { permission: 'steward' }, { message: 'Waivers are withdrawn by stewards.' });
    // a version that it would let in is registered before this or not at all
    if (waiver) await transaction.lockSubject(waiver.catalog, waiver.subject);
    if (!waiver || !(await transaction.deleteWaiver(waiver)))
      throw new Fault('WAIVER_NOT_FOUND', { id }, { message: `There is no waiver "${id}".` });
    const { fingerprint, expires, reason } = waiver;
    await transaction.appendAudit({
      ...entry(context, about),
      outcome: 'done',
      before: digestOf(waiver),
      details: { waiver: id, finding: fingerprint, expires, reason },
    });
  });
}

export function refuseDate(expires: string, now: string): void {
  if (expires < now)
    throw new Fault('WAIVER_INVALID', { expires, today: now }, { message: 'The waiver would have expired already.' });
  const latest = addDays(now, maxDays);
  if (expires > latest)
    throw new Fault(
      'WAIVER_INVALID',
      { expires, latest },
      { message: `A waiver is valid for ${maxDays} days at most: until ${latest}.` },
    );
}

export async function listWaivers(
  { store }: Pick<Context, 'store'>,
  filter: { readonly catalog?: string | undefined; readonly subject?: string | undefined },
): Promise<readonly WaiverRecord[]> {
  const { catalog, subject } = filter;
  return store.waivers({ ...(catalog !== undefined && { catalog }), ...(subject !== undefined && { subject }) });
}
