import { defineEvent } from 'herald-registry';
import * as z from 'zod';

export default defineEvent({
  subject: 'vote.division_opened',
  title: 'Division opened',
  description: 'A division was called, and votes are collected.',
  producer: 'parliamentary-core',
  consumers: ['realtime-gateway', 'ai-agents'],
  classification: 'internal',
  retention: 'P90D',
  orderingKey: '/divisionId',
  payload: z
    .object({
      divisionId: z.uuid().meta({ description: 'The division.' }),
      motionId: z.uuid().meta({ description: 'The motion it is about.' }),
      openedAt: z.iso.datetime().meta({ description: 'When it was called.' }),
      closesAt: z.iso.datetime().optional().meta({ description: 'When votes are counted.' }),
    })
    .meta({ 'x-provisional': true }),
});
