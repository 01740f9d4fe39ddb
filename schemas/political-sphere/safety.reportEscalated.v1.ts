import { defineEvent } from 'herald-registry';
import * as z from 'zod';

export default defineEvent({
  subject: 'safety.reportEscalated.v1',
  title: 'Report escalated',
  description: 'A report was escalated to the moderators.',
  producer: 'safety-moderation',
  consumers: ['admin-console', 'audit-log', 'notification-service'],
  classification: 'restricted',
  retention: 'P90D',
  orderingKey: '/reportId',
  payload: z
    .object({
      reportId: z.uuid().meta({ description: 'The report.' }),
      reporterId: z
        .uuid()
        .meta({ description: 'Who reported.', 'x-classification': 'confidential', 'x-tags': ['pii'] }),
      subjectId: z
        .uuid()
        .meta({ description: 'Whom the report is about.', 'x-classification': 'confidential', 'x-tags': ['pii'] }),
      severity: z.enum(['low', 'medium', 'high', 'critical']).meta({ description: 'How urgent it is.' }),
      evidence: z
        .base64()
        .optional()
        .meta({
          description: 'The evidence, encrypted for the moderators.',
          'x-classification': 'restricted',
          'x-tags': ['moderation-evidence'],
          'x-encryption': 'required',
        }),
      escalatedAt: z.iso.datetime().meta({ description: 'When it was escalated.' }),
    })
    .meta({ 'x-provisional': true }),
});
