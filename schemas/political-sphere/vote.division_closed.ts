import { defineEvent } from 'herald-registry';
import * as z from 'zod';

export default defineEvent({
  subject: 'vote.division_closed',
  title: 'Division closed',
  description: 'A division was closed, and its tally is final.',
  producer: 'parliamentary-core',
  consumers: ['realtime-gateway', 'media', 'ai'],
  classification: 'internal',
  retention: 'P90D',
  orderingKey: '/divisionId',
  payload: z
    .object({
      divisionId: z.uuid().meta({ description: 'The division.' }),
      ayes: z.int().min(0).meta({ description: 'Votes in favour.' }),
      noes: z.int().min(0).meta({ description: 'Votes against.' }),
      abstentions: z.int().min(0).optional().meta({ description: 'Members who abstained.' }),
      closedAt: z.iso.datetime().meta({ description: 'When it was closed.' }),
    })
    .meta({ 'x-provisional': true }),
});
