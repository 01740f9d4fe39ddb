/** Webhooks: addresses that want announcements. */
import { asc, eq } from 'drizzle-orm';
import type { WebhookRecord } from '../registry/records.ts';
import type { Db } from './database.ts';
import { webhooks } from './tables.ts';

export async function listWebhooks(db: Db): Promise<readonly WebhookRecord[]> {
  return db.select().from(webhooks).orderBy(asc(webhooks.createdAt), asc(webhooks.id));
}

export async function insertWebhook(db: Db, webhook: WebhookRecord): Promise<void> {
  await db.insert(webhooks).values(webhook);
}

/** With its deliveries. */
export async function deleteWebhook(db: Db, id: string): Promise<boolean> {
  const gone = await db.delete(webhooks).where(eq(webhooks.id, id)).returning({ id: webhooks.id });
  return gone.length > 0;
}
