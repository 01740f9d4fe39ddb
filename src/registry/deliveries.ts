/** What became of a webhook's announcements, and trying one again. */
import { Fault } from '../errors.ts';
import type { Context } from './context.ts';
import type { Deliveries, DeliveryRecord, Page, PageRequest } from './ports.ts';
import { audited, entry } from './refusal.ts';

async function refuseUnknown({ store }: Pick<Context, 'store'>, id: string): Promise<void> {
  if (!(await store.webhooks()).some((webhook) => webhook.id === id)) throw new Fault('WEBHOOK_NOT_FOUND', { id });
}

export async function listDeliveries(
  context: Pick<Context, 'store'>,
  deliveries: Deliveries,
  webhook: string,
  page: PageRequest,
): Promise<Page<DeliveryRecord>> {
  await refuseUnknown(context, webhook);
  return deliveries.deliveries(webhook, page);
}

export async function redeliver(
  context: Pick<Context, 'store' | 'caller'>,
  { webhook, delivery }: { readonly webhook: string; readonly delivery: string },
): Promise<void> {
  const about = { action: 'webhook.redeliver' };
  await audited(context, about, async (transaction) => {
    if (!context.caller.can('admin')) throw new Fault('FORBIDDEN', { permission: 'admin' });
    if (!(await transaction.redeliver(webhook, delivery)))
      throw new Fault('WEBHOOK_NOT_FOUND', { id: webhook, delivery });
    await transaction.appendAudit({ ...entry(context, about), outcome: 'done', details: { id: webhook, delivery } });
  });
}
