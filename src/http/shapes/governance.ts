/** Shapes of waivers, usage, the audit log and webhooks. */
import * as z from 'zod';
import { catalogName, date, fingerprint, freeText, instant, serviceName, subjectName } from './parameters.ts';

export const waiverView = z
  .object({
    id: z.string(),
    catalog: z.string(),
    subject: z.string(),
    fingerprint: z.string(),
    author: z.string(),
    reason: z.string(),
    expires: z.string(),
    createdAt: instant,
    content: z
      .string()
      .optional()
      .meta({ description: 'Fingerprint of the one document it holds for; absent: every document.' }),
  })
  .meta({ id: 'Waiver' });

export const waiverBody = z
  .strictObject({
    catalog: catalogName,
    subject: subjectName,
    fingerprint: fingerprint.meta({ description: 'Of the finding it permits.' }),
    reason: freeText(2_000),
    expires: date.meta({ description: 'The last day it is valid.' }),
  })
  .meta({ id: 'NewWaiver' });

export const usageBody = z
  .strictObject({
    batch: freeText(200).optional().meta({ description: 'An id of your own: the same batch twice counts once.' }),
    rows: z
      .array(
        z.strictObject({
          catalog: catalogName,
          subject: subjectName,
          number: z.int().min(0).max(999_999_999).default(0).meta({ description: '0 where the version is not known.' }),
          service: serviceName,
          role: z.enum(['produce', 'consume']),
          day: date,
          count: z.int().min(1).max(1_000_000_000),
        }),
      )
      .min(1)
      .max(10_000),
  })
  .meta({ id: 'UsageBatch' });

export const auditView = z
  .looseObject({
    sequence: z.int(),
    at: instant,
    actor: z.string(),
    action: z.string(),
    outcome: z.enum(['done', 'refused']),
    previousHash: z.string(),
    hash: z.string(),
  })
  .meta({ id: 'AuditRecord' });

export const webhookView = z
  .object({
    id: z.string(),
    url: z.string(),
    subjects: z.array(z.string()),
    types: z.array(z.string()),
    createdAt: instant,
    createdBy: z.string(),
  })
  .meta({ id: 'Webhook' });

export const webhookBody = z
  .strictObject({
    url: freeText(2_000).meta({
      description: 'http or https. Private, loopback and link-local targets are refused unless allowed by name.',
    }),
    subjects: z.array(freeText(300)).max(100).default([]).meta({
      description:
        'Patterns such as `choice-sherpa/session.*`: `*` stands for one segment, a last `**` for the rest, `choice-sherpa/*` for the whole catalog; none: all.',
    }),
    types: z.array(freeText(200)).max(100).default([]).meta({ description: 'Types of announcements; none: all.' }),
  })
  .meta({ id: 'NewWebhook' });

export const deliveryView = z
  .object({
    id: z.string(),
    sequence: z.int(),
    webhook: z.string(),
    state: z.enum(['pending', 'delivered', 'parked']),
    attempts: z.int(),
    nextAt: z.string(),
    lastError: z.string().optional(),
  })
  .meta({ id: 'Delivery' });
