import { defineEvent } from 'herald-registry';
import * as z from 'zod';

export default defineEvent({
  subject: 'election.resultsFinalised.v1',
  title: 'Results finalised',
  description: 'The results of an election became final.',
  producer: 'elections-constituencies',
  consumers: ['player-profiles', 'media', 'ai'],
  classification: 'confidential',
  retention: 'P90D',
  orderingKey: '/electionId',
  payload: z
    .object({
      electionId: z.uuid().meta({ description: 'The election.' }),
      constituencyId: z.uuid().meta({ description: 'The constituency.' }),
      winnerId: z
        .uuid()
        .meta({ description: 'Who won the seat.', 'x-classification': 'confidential', 'x-tags': ['pii'] }),
      turnout: z.number().min(0).max(1).meta({ description: 'Share of voters who voted.' }),
      finalisedAt: z.iso.datetime().meta({ description: 'When they became final.' }),
    })
    .meta({ 'x-provisional': true }),
});
