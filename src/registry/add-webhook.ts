/** Registers a receiver of announcements. Its secret is told once, now. */
import { randomBytes, randomUUID } from 'node:crypto';
import { Fault } from '../errors.ts';
import { type Context, timestamp } from './context.ts';
import type { WebhookRecord } from './ports.ts';
import { audited, digestOf, entry } from './refusal.ts';

export async function addWebhook(
  context: Context,
  { url, subjects, types }: Pick<WebhookRecord, 'url' | 'subjects' | 'types'>,
): Promise<WebhookRecord> {
  const about = { action: 'webhook.add' };
  return audited(context, about, async (transaction) => {
    if (!context.caller.can('admin')) throw new Fault('FORBIDDEN', { permission: 'admin' });
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

/** Digests go to the log; what the secret is, they must not help to guess. */
export function withoutSecret({ secret: _, ...record }: WebhookRecord): Omit<WebhookRecord, 'secret'> {
  return record;
}

/** Whether its host may be reached is decided at each delivery, since names resolve anew. */
function usable(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const refuse = (message: string) => new Fault('WEBHOOK_INVALID', {}, { message });
  if (!url) throw refuse('The target is no absolute URL.');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refuse('The target must be http or https.');
  if (url.username !== '' || url.password !== '') throw refuse('The target must not carry credentials.');
  url.hash = '';
  return url.href;
}
