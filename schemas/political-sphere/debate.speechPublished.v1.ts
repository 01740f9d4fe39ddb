import { defineEvent } from 'herald-registry';
import * as z from 'zod';

export default defineEvent({
  subject: 'debate.speechPublished.v1',
  title: 'Speech published',
  description: 'A speech was published in a debate.',
  producer: 'debate-chambers',
  consumers: ['realtime-gateway', 'media', 'moderation'],
  classification: 'confidential',
  retention: 'P90D',
  orderingKey: '/debateId',
  payload: z
    .object({
      debateId: z.uuid().meta({ description: 'The debate.' }),
      speechId: z.uuid().meta({ description: 'The speech.' }),
      speakerId: z.uuid().meta({ description: 'Who spoke.', 'x-classification': 'confidential', 'x-tags': ['pii'] }),
      text: z.string().meta({ description: 'What was said, as published.', 'x-classification': 'public' }),
      publishedAt: z.iso.datetime().meta({ description: 'When it was published.' }),
    })
    .meta({ 'x-provisional': true }),
});
