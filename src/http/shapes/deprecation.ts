/** Shapes of deprecation plans. */
import * as z from 'zod';
import { instant, stageShape } from './parameters.ts';

const planConsumer = z.object({
  service: z.string(),
  state: z.enum(['pending', 'acknowledged', 'moved']),
  since: z.string().optional(),
  note: z.string().optional(),
});

export const deprecationView = z
  .looseObject({
    catalog: z.string(),
    subject: z.string(),
    stage: stageShape,
    successor: z.string(),
    announcedOn: z.string(),
    sunset: z.string(),
    reason: z.string(),
    migration: z.string(),
    entered: z.record(z.string(), instant),
    attestedBy: z.string().optional(),
    consumers: z.array(planConsumer),
  })
  .meta({ id: 'Deprecation' });

export const statusView = z
  .object({
    plan: deprecationView,
    consumers: z.array(
      z.looseObject({
        service: z.string(),
        state: z.enum(['pending', 'acknowledged', 'moved']),
        since: z.string().optional(),
        seenHere: z
          .string()
          .meta({ description: 'The last day it was seen on this subject, or `unknown`: no evidence either way.' }),
        seenOnSuccessor: z.string(),
      }),
    ),
    next: z
      .looseObject({ transition: z.string(), allowed: z.boolean(), missing: z.array(z.unknown()).optional() })
      .optional()
      .meta({ description: 'The next step, and what blocks it. Absent once retired.' }),
    transitions: z.array(
      z.looseObject({ from: stageShape, to: stageShape, actor: z.string(), at: instant, forced: z.boolean() }),
    ),
  })
  .meta({ id: 'DeprecationStatus' });
