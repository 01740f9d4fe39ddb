/** Webhooks: receivers of announcements. */
import * as z from 'zod';
import { addWebhook, listDeliveries, redeliver, removeWebhook } from '../../registry/governance/webhooks.ts';
import { webhookOf } from '../present.ts';
import { route } from '../route.ts';
import { deliveryView, webhookBody, webhookView } from '../shapes/governance.ts';
import { freeText, none, paged, pageOf } from '../shapes/parameters.ts';

const id = freeText(100).meta({ description: 'The id of the webhook.' });
const ofWebhook = z.strictObject({ webhook: id });

export const addWebhookRoute = route({
  method: 'post',
  path: '/v1/webhooks',
  id: 'addWebhook',
  group: 'Webhooks',
  summary: 'Registers a receiver of announcements.',
  description: 'Announcements are CloudEvents, signed with HMAC-SHA256. Only this reply contains the secret.',
  params: none,
  query: none,
  body: {
    kind: 'json',
    schema: webhookBody,
    example: { url: 'https://hooks.example.org/herald', subjects: ['choice-sherpa/session.*'] },
  },
  replies: {
    201: {
      description: 'The webhook with its secret.',
      schema: z.object({ ...webhookView.shape, secret: z.string() }),
    },
  },
  faults: ['WEBHOOK_INVALID'],
  permission: 'admin',
  action: 'webhook.add',
  handle: async ({ body, context }) => {
    const record = await addWebhook(context, body);
    return { status: 201, json: { ...webhookOf(record), secret: record.secret } };
  },
});

export const listWebhooksRoute = route({
  method: 'get',
  path: '/v1/webhooks',
  id: 'listWebhooks',
  group: 'Webhooks',
  summary: 'Lists the receivers of announcements.',
  params: none,
  query: none,
  replies: { 200: { description: 'All webhooks.', schema: z.object({ items: z.array(webhookView) }) } },
  faults: [],
  permission: 'admin',
  example: 'curl $HERALD/v1/webhooks',
  handle: async ({ context }) => ({ status: 200, json: { items: (await context.store.webhooks()).map(webhookOf) } }),
});

export const removeWebhookRoute = route({
  method: 'delete',
  path: '/v1/webhooks/{webhook}',
  id: 'removeWebhook',
  group: 'Webhooks',
  summary: 'Removes a receiver.',
  params: ofWebhook,
  query: none,
  replies: { 204: { description: 'It is gone.' } },
  faults: ['WEBHOOK_NOT_FOUND'],
  permission: 'admin',
  action: 'webhook.remove',
  handle: async ({ params, context }) => {
    await removeWebhook(context, params.webhook);
    return { status: 204 };
  },
});

export const deliveriesRoute = route({
  method: 'get',
  path: '/v1/webhooks/{webhook}/deliveries',
  id: 'listDeliveries',
  group: 'Webhooks',
  summary: 'Lists deliveries: done, waiting, and given up.',
  params: ofWebhook,
  query: z.strictObject(paged),
  replies: { 200: { description: 'A page of deliveries.', schema: pageOf(deliveryView) } },
  faults: ['WEBHOOK_NOT_FOUND', 'CURSOR_INVALID'],
  permission: 'admin',
  handle: async ({ params, query, context }) => ({
    status: 200,
    json: await listDeliveries(context, context.store, params.webhook, query),
  }),
});

export const redeliverRoute = route({
  method: 'post',
  path: '/v1/webhooks/{webhook}/deliveries/{delivery}/redeliver',
  id: 'redeliver',
  group: 'Webhooks',
  summary: 'Tries a delivery again, now.',
  params: z.strictObject({ webhook: id, delivery: freeText(100).meta({ description: 'The id of the delivery.' }) }),
  query: none,
  replies: { 202: { description: 'It will be tried again.' } },
  faults: ['WEBHOOK_NOT_FOUND'],
  permission: 'admin',
  action: 'webhook.redeliver',
  handle: async ({ params, context }) => {
    await redeliver(context, params);
    return { status: 202 };
  },
});
