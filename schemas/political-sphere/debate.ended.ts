import { defineEvent } from 'herald-registry';
import * as z from 'zod';

export default defineEvent({
  subject: 'debate.ended',
  title: 'Debate ended',
  description: 'A debate ended, and its transcript was logged.',
  producer: 'parliamentary-core',
  consumers: ['realtime-gateway', 'media', 'analytics'],
  classification: 'internal',
  retention: 'P90D',
  orderingKey: '/debateId',
  payload: z
    .object({
      debateId: z.uuid().meta({ description: 'The debate.' }),
      endedAt: z.iso.datetime().meta({ description: 'When it ended.' }),
      transcriptId: z.uuid().optional().meta({ description: 'The transcript.' }),
    })
    .meta({ 'x-provisional': true }),
});
