import { defineEvent } from 'herald-registry';
import * as z from 'zod';

export default defineEvent({
  subject: 'moderation.flagged',
  title: 'Content flagged',
  description: 'Content was flagged for moderation.',
  producer: 'safety-moderation',
  consumers: ['admin-console', 'audit-log', 'notification-service'],
  classification: 'restricted',
  retention: 'P90D',
  orderingKey: '/caseId',
  payload: z
    .object({
      caseId: z.uuid().meta({ description: 'The moderation case.' }),
      contentId: z.uuid().meta({ description: 'What was flagged.' }),
      authorId: z.uuid().meta({ description: 'Who wrote it.', 'x-classification': 'confidential', 'x-tags': ['pii'] }),
      reason: z.string().min(1).meta({ description: 'Why it was flagged, as a stable code.' }),
      evidence: z
        .base64()
        .optional()
        .meta({
          description: 'The evidence, encrypted for the moderators.',
          'x-classification': 'restricted',
          'x-tags': ['moderation-evidence'],
          'x-encryption': 'required',
        }),
      flaggedAt: z.iso.datetime().meta({ description: 'When it was flagged.' }),
    })
    .meta({ 'x-provisional': true }),
});
