import { defineEvent } from 'herald-registry';
import * as z from 'zod';

export default defineEvent({
  subject: 'parliament.motionScheduled.v1',
  title: 'Motion scheduled',
  description: 'A motion got its day of debate.',
  producer: 'parliamentary-core',
  consumers: ['debate', 'media-narrative', 'ai-agents'],
  classification: 'confidential',
  retention: 'P90D',
  orderingKey: '/motionId',
  payload: z
    .object({
      motionId: z.uuid().meta({ description: 'The motion.' }),
      title: z.string().min(1).meta({ description: 'The title of the motion.' }),
      proposerId: z
        .uuid()
        .meta({ description: 'Who proposed it.', 'x-classification': 'confidential', 'x-tags': ['pii'] }),
      scheduledFor: z.iso.datetime().meta({ description: 'When it is debated.' }),
    })
    .meta({ 'x-provisional': true }),
});
