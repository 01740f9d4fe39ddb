/** Takes a client's counts of what it validated. The same batch twice counts once. */
import { Fault } from '../../errors.ts';
import { type Context, dayAfter, timestamp } from '../context.ts';
import type { Clock } from '../ports.ts';
import type { UsageRecord } from '../records.ts';
import { audited, entry } from '../refusal.ts';
import { refuseForeign } from './validate.ts';

type Counted = Omit<UsageRecord, 'lastSeen'>;

/**
 * The audit log records once that a service sent or received a version on a day, which decides deprecations. It does not record
 * each increase of that day's count, or it would hold little else.
 */
export async function recordUsage(
  context: Context,
  batch: string | undefined,
  rows: readonly Counted[],
): Promise<{ readonly counted: boolean }> {
  const about = { action: 'usage.record' };
  const at = timestamp(context.clock);
  refuseImpossibleDays(context.clock, rows);
  return audited(context, about, async (transaction) => {
    for (const { catalog, subject, service, role } of rows)
      refuseForeign(context, { service, role }, { catalog, subject });
    const { counted, first } = await transaction.addUsage(batch, rows, at);
    const services = [...new Set(rows.map(({ service }) => service))].sort();
    if (first > 0)
      await transaction.appendAudit({
        ...entry(context, about),
        outcome: 'done',
        details: { rows: rows.length, first, services: services.slice(0, maxNamed) },
      });
    return { counted };
  });
}

/** Clocks differ, and time zones; what is older than a plan may last says nothing any more. */
const daysAhead = 1;
const daysBack = 400;

/** A day ahead would stand for use for as long as it lies ahead. */
function refuseImpossibleDays(clock: Clock, rows: readonly Counted[]): void {
  const [first, last] = [dayAfter(clock, -daysBack), dayAfter(clock, daysAhead)];
  const at = rows.findIndex(({ day }) => day < first || day > last);
  if (at < 0) return;
  throw new Fault(
    'PARAMETER_INVALID',
    { problems: [{ in: 'body', at: `/rows/${at}/day`, message: `is not from ${first} to ${last}` }] },
    {
      message: `The body at /rows/${at}/day is not from ${first} to ${last}: usage is counted on the day it happened.`,
    },
  );
}

/** Services named in one row of the log. */
const maxNamed = 100;
