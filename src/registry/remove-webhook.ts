/** Removes a receiver of announcements; what was not delivered to it yet never will be. */
import { Fault } from '../errors.ts';
import { withoutSecret } from './add-webhook.ts';
import type { Context } from './context.ts';
import { audited, digestOf, entry } from './refusal.ts';

export async function removeWebhook(context: Context, id: string): Promise<void> {
  const about = { action: 'webhook.remove' };
  await audited(context, about, async (transaction) => {
    if (!context.caller.can('admin')) throw new Fault('FORBIDDEN', { permission: 'admin' });
    const record = (await transaction.webhooks()).find((webhook) => webhook.id === id);
    if (!record || !(await transaction.deleteWebhook(id))) throw new Fault('WEBHOOK_NOT_FOUND', { id });
    await transaction.appendAudit({
      ...entry(context, about),
      outcome: 'done',
      before: digestOf(withoutSecret(record)),
      details: { id },
    });
  });
}
