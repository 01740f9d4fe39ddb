/** Takes a client's counts of what it validated. The same batch twice counts once. */
import { type Context, timestamp } from '../context.ts';
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

/** Services named in one row of the log. */
const maxNamed = 100;
