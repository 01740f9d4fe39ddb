/** Receivers of announcements: registered (the secret is shown once), removed, their deliveries listed and sent again. */
import { randomBytes, randomUUID } from 'node:crypto';
import { Fault } from '../../errors.ts';
import { qualifiedPatternProblem } from '../../schema/subject.ts';
import { type Context, timestamp } from '../context.ts';
import type { Deliveries, Page, PageRequest } from '../ports.ts';
import type { DeliveryRecord, WebhookRecord } from '../records.ts';
import { audited, digestOf, entry, type RefusalContext } from '../refusal.ts';

export async function addWebhook(
  context: Context,
  { url, subjects, types }: Pick<WebhookRecord, 'url' | 'subjects' | 'types'>,
): Promise<WebhookRecord> {
  const about = { action: 'webhook.add' };
  return audited(context, about, async (transaction) => {
    if (!context.caller.can('admin')) throw new Fault('FORBIDDEN', { permission: 'admin' });
    const [problem] = subjects.flatMap((pattern) => qualifiedPatternProblem(pattern) ?? []);
    if (problem !== undefined) throw new Fault('WEBHOOK_INVALID', {}, { message: `The pattern ${problem}.` });
    const record: WebhookRecord = {
      id: randomUUID(),
      url: usable(url),
      subjects,
      types,
      secret: randomBytes(32).toString('base64url'),
      createdAt: timestamp(context.clock),
      createdBy: context.caller.actor,
    };
    await transaction.insertWebhook(record);
    await transaction.appendAudit({
      ...entry(context, about),
      outcome: 'done',
      after: digestOf(withoutSecret(record)),
      details: { id: record.id, host: new URL(record.url).host },
    });
    return record;
  });
}

/** Digests go to the log, and must not help to guess the secret. */
export function withoutSecret({ secret: _, ...record }: WebhookRecord): Omit<WebhookRecord, 'secret'> {
  return record;
}

/** Whether the host may be reached is decided at each delivery, since names resolve again. */
function usable(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const refuse = (message: string) => new Fault('WEBHOOK_INVALID', {}, { message });
  if (!url) throw refuse('The target is not an absolute URL.');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refuse('The target must be http or https.');
  if (url.username !== '' || url.password !== '') throw refuse('The target must not carry credentials.');
  url.hash = '';
  return url.href;
}

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

async function refuseUnknown({ store }: Pick<Context, 'store'>, id: string): Promise<void> {
  if (!(await store.webhooks()).some((webhook) => webhook.id === id)) throw new Fault('WEBHOOK_NOT_FOUND', { id });
}

export async function listDeliveries(
  context: Pick<Context, 'store'>,
  deliveries: Deliveries,
  webhook: string,
  page: PageRequest,
  state?: DeliveryRecord['state'],
): Promise<Page<DeliveryRecord>> {
  await refuseUnknown(context, webhook);
  return deliveries.deliveries(webhook, page, state);
}

export async function redeliver(
  context: RefusalContext,
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
