/** Removes a receiver of announcements; what was not delivered to it yet never will be. */
import { Fault } from '../errors.ts';
import type { Context } from './context.ts';
import { audited, entry } from './refusal.ts';

export async function removeWebhook(context: Context, id: string): Promise<void> {
  const about = { action: 'webhook.remove' };
  await audited(context, about, async (transaction) => {
    if (!context.caller.can('admin')) throw new Fault('FORBIDDEN', { permission: 'admin' });
    if (!(await transaction.deleteWebhook(id))) throw new Fault('WEBHOOK_NOT_FOUND', { id });
    await transaction.appendAudit({ ...entry(context, about), outcome: 'done', details: { id } });
  });
}
