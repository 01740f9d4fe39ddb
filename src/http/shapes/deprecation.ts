/** Shapes of deprecation plans. */
import * as z from 'zod';
import { instant, stageShape } from './parameters.ts';

const planConsumer = z.object({
  service: z.string(),
  state: z.enum(['pending', 'acknowledged']),
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
    revision: z.int().min(1),
    revisedAt: instant,
  })
  .meta({ id: 'Deprecation' });

export const statusView = z
  .object({
    plan: deprecationView,
    consumers: z.array(
      z.looseObject({
        service: z.string(),
        state: z.enum(['pending', 'acknowledged', 'moved']),
        since: z.string().optional().meta({ description: 'The day it moved, or when it acknowledged.' }),
        seenHere: z
          .string()
          .meta({ description: 'The last day it was seen on this subject, or `unknown`: no evidence either way.' }),
        seenOnSuccessor: z.string(),
        note: z.string().optional(),
      }),
    ),
    pairs: z
      .array(z.looseObject({ day: z.string(), agreed: z.int(), disagreed: z.int() }))
      .meta({ description: 'How many pairs of an old and a new event agreed under the mapping, by day.' }),
    next: z
      .looseObject({ transition: z.string(), allowed: z.boolean(), missing: z.array(z.unknown()).optional() })
      .optional()
      .meta({ description: 'The next step, and what blocks it. Absent once retired.' }),
    transitions: z.array(
      z.looseObject({ from: stageShape, to: stageShape, actor: z.string(), at: instant, forced: z.boolean() }),
    ),
  })
  .meta({ id: 'DeprecationStatus' });
