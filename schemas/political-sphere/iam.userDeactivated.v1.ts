import { defineEvent } from 'herald-registry';
import * as z from 'zod';

export default defineEvent({
  subject: 'iam.userDeactivated.v1',
  title: 'User deactivated',
  description: 'A user was deactivated: sessions end, access is revoked.',
  producer: 'iam',
  consumers: ['all-contexts'],
  classification: 'confidential',
  retention: 'P90D',
  orderingKey: '/userId',
  payload: z
    .object({
      userId: z.uuid().meta({ description: 'The user.', 'x-classification': 'confidential', 'x-tags': ['pii'] }),
      reason: z.string().min(1).meta({ description: 'Why, as a stable code.' }),
      deactivatedAt: z.iso.datetime().meta({ description: 'When it was done.' }),
    })
    .meta({ 'x-provisional': true }),
});
