/** Takes a client's counts of what it validated. The same batch twice counts once. */
import { Fault } from '../errors.ts';
import { type Context, timestamp } from './context.ts';
import type { UsageRecord } from './ports.ts';
import { refuseForeign } from './validate.ts';

export async function recordUsage(
  context: Context,
  batch: string | undefined,
  rows: readonly Omit<UsageRecord, 'lastSeen'>[],
): Promise<{ readonly counted: boolean }> {
  for (const { catalog, subject, service, role } of rows)
    refuseForeign(context, { service, role }, { catalog, subject });
  await refuseUnknown(context, rows);
  const at = timestamp(context.clock);
  return { counted: await context.store.write((transaction) => transaction.addUsage(batch, rows, at)) };
}

/** Counts of subjects that do not exist are a mistake of the sender, who should hear of it. */
async function refuseUnknown({ store }: Context, rows: readonly Omit<UsageRecord, 'lastSeen'>[]): Promise<void> {
  const asked = new Set<string>();
  for (const { catalog, subject } of rows) {
    const key = `${catalog}/${subject}`;
    if (asked.has(key)) continue;
    asked.add(key);
    if (!(await store.subject(catalog, subject))) throw new Fault('SUBJECT_NOT_FOUND', { catalog, subject });
  }
}
