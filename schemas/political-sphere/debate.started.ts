import { defineEvent } from 'herald-registry';
import * as z from 'zod';

export default defineEvent({
  subject: 'debate.started',
  title: 'Debate started',
  description: 'A debate began.',
  producer: 'parliamentary-core',
  consumers: ['realtime-gateway', 'media', 'ai-agents'],
  classification: 'internal',
  retention: 'P90D',
  orderingKey: '/debateId',
  payload: z
    .object({
      debateId: z.uuid().meta({ description: 'The debate.' }),
      motionId: z.uuid().meta({ description: 'The motion it is about.' }),
      chamberId: z.uuid().meta({ description: 'The chamber it takes place in.' }),
      startedAt: z.iso.datetime().meta({ description: 'When it began.' }),
    })
    .meta({ 'x-provisional': true }),
});
