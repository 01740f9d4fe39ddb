/** Shapes of API tokens. */
import * as z from 'zod';
import { tokenName } from '../../registry/governance/tokens.ts';
import { roles } from '../../registry/records.ts';
import { printable } from '../../schema/printable.ts';
import { date, instant, serviceName } from './parameters.ts';

const name = (max: number) => z.string().min(1).max(max).regex(printable, 'holds control characters');

export const tokenBody = z
  .strictObject({
    name: name(100)
      .regex(tokenName, 'is the name of another kind of caller')
      .meta({ description: 'Who holds it: the actor in logs and the audit log.' }),
    role: z.enum(roles),
    services: z
      .array(serviceName.min(1))
      .max(500)
      .default([])
      .meta({ description: 'Services a publisher speaks for; `*` for any.' }),
    subjects: z.array(name(300)).max(500).default([]).meta({
      description:
        'Patterns such as `choice-sherpa/session.*` a publisher is kept to: `*` stands for one segment, a last `**` for the rest, `choice-sherpa/*` for the whole catalog; none: all.',
    }),
    expires: date.optional().meta({ description: 'The last day it is valid. Default in 90 days, at most in 366.' }),
  })
  .meta({ id: 'NewToken' });

export const tokenView = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(roles),
    services: z.array(z.string()),
    subjects: z.array(z.string()),
    expires: z.string(),
    createdAt: instant,
    createdBy: z.string(),
    lastUsed: z.string().optional().meta({ description: 'The last day it was used.' }),
    revokedAt: instant.optional(),
    revokedBy: z.string().optional(),
  })
  .meta({ id: 'Token' });
