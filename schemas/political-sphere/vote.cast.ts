import { defineEvent } from 'herald-registry';
import * as z from 'zod';

export default defineEvent({
  subject: 'vote.cast',
  title: 'Vote cast',
  description: 'A member voted in a division.',
  producer: 'parliamentary-core',
  consumers: ['realtime-gateway', 'moderation', 'analytics'],
  classification: 'confidential',
  retention: 'P90D',
  orderingKey: '/divisionId',
  payload: z
    .object({
      divisionId: z.uuid().meta({ description: 'The division.' }),
      voteId: z.uuid().meta({ description: 'The vote.' }),
      memberId: z.uuid().meta({ description: 'Who voted.', 'x-classification': 'confidential', 'x-tags': ['pii'] }),
      choice: z
        .enum(['aye', 'no', 'abstain'])
        .meta({ description: 'How they voted.', 'x-classification': 'confidential' }),
      castAt: z.iso.datetime().meta({ description: 'When they voted.' }),
    })
    .meta({ 'x-provisional': true }),
});
