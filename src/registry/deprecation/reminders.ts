/**
 * Announces sunsets that are near, once for each reminder. Every process looks for them, and the one that holds the lock announces.
 * The last reminder is in the plan's row, written in the same transaction: a crash neither repeats nor loses one.
 */
import { migrationState } from '../../lifecycle/consumer.ts';
import { reminderDue } from '../../lifecycle/reminder.ts';
import { type Context, today } from '../context.ts';
import type { Transaction } from '../ports.ts';
import type { DeprecationRecord } from '../records.ts';
import { catalogOf } from '../versions/look-up.ts';
import { collectFacts } from './plan.ts';

type Sweep = Pick<Context, 'store' | 'clock'>;

/** Returns how many reminders were given. */
export async function remindOfSunsets(context: Sweep): Promise<number> {
  const plans = await context.store.deprecations();
  const near = plans.filter((plan) => isDue(plan, today(context.clock)));
  let given = 0;
  for (const plan of near) {
    const done = await context.store.write(async (transaction) =>
      (await transaction.tryLock('sweeper')) ? remind(context, transaction, plan) : undefined,
    );
    if (done === undefined) return given;
    if (done) given += 1;
  }
  return given;
}

function isDue(plan: DeprecationRecord, on: string): boolean {
  return plan.stage !== 'retired' && reminderDue(plan, on) !== undefined;
}

/** False where another process was faster, or the plan has changed. */
async function remind(context: Sweep, transaction: Transaction, { catalog, subject }: DeprecationRecord) {
  const locked = await transaction.lockSubject(catalog, subject);
  const plan = await transaction.deprecation(catalog, subject);
  if (!locked || !plan || !isDue(plan, today(context.clock))) return false;
  const due = reminderDue(plan, today(context.clock));
  if (!due) return false;
  const facts = await collectFacts(context, transaction, await catalogOf(transaction, catalog), locked, { plan });
  const pending = facts.consumers
    .filter((one) => migrationState(one).state === 'pending')
    .map(({ service }) => service);
  const { stage, successor, sunset } = plan;
  await transaction.putDeprecation({ ...plan, reminded: due.reminder });
  await transaction.announce({
    type: 'herald.sunset.approached.v1',
    catalog,
    subject,
    data: { successor, sunset, daysLeft: due.daysLeft, stage, pending },
  });
  const details = { daysLeft: due.daysLeft, pending };
  await transaction.appendAudit({
    actor: 'herald',
    action: 'sunset.remind',
    outcome: 'done',
    catalog,
    subject,
    details,
  });
  return true;
}
