import { defineEvent } from 'herald-registry';
import * as z from 'zod';

export default defineEvent({
  subject: 'parliament.divisionRecorded.v1',
  title: 'Division recorded',
  description: 'The result of a division was entered into the record.',
  producer: 'parliamentary-core',
  consumers: ['media', 'ai', 'analytics'],
  classification: 'internal',
  retention: 'P90D',
  orderingKey: '/divisionId',
  payload: z
    .object({
      divisionId: z.uuid().meta({ description: 'The division.' }),
      motionId: z.uuid().meta({ description: 'The motion it is about.' }),
      ayes: z.int().min(0).meta({ description: 'Votes in favour.' }),
      noes: z.int().min(0).meta({ description: 'Votes against.' }),
      outcome: z.enum(['carried', 'defeated', 'tied']).meta({ description: 'What became of the motion.' }),
      recordedAt: z.iso.datetime().meta({ description: 'When it was entered.' }),
    })
    .meta({ 'x-provisional': true }),
});
