/** Shapes of deprecation plans. */
import * as z from 'zod';
import { freeText, instant, stageShape } from './parameters.ts';

const planConsumer = z.object({
  service: z.string(),
  state: z.enum(['pending', 'acknowledged']),
  since: z.string().optional(),
  note: z.string().optional(),
});

const payload = z.json();

const recorded = z.array(payload).max(200);

export const mappingBody = z
  .strictObject({
    backward: freeText(20_000).meta({
      description: 'JSONata: makes a payload of this subject from one of the successor.',
    }),
    forward: freeText(20_000)
      .optional()
      .meta({ description: 'JSONata: makes a payload of the successor from one of this subject.' }),
    recorded: z
      .strictObject({ subject: recorded.optional(), successor: recorded.optional() })
      .optional()
      .meta({ description: 'Payloads that really happened, to try the mapping on. They are not kept.' }),
  })
  .meta({
    id: 'SuccessorMapping',
    description: 'Tried on events made from both schemas and on recorded ones: every event it makes must be valid.',
  });

const correlationId = freeText(200);
const correlated = z.array(z.strictObject({ correlationId, event: payload })).max(2_000);

export const pairsBody = z
  .strictObject({
    pairs: z
      .array(z.strictObject({ correlationId: correlationId.optional(), old: payload, new: payload }))
      .max(2_000)
      .optional(),
    old: correlated.optional().meta({ description: 'Payloads of this subject.' }),
    new: correlated.optional().meta({ description: 'Payloads of the successor.' }),
  })
  .meta({ id: 'DeprecationPairs' });

export const pairsView = z
  .object({
    compared: z.int(),
    agreed: z.int(),
    disagreed: z.int(),
    disagreements: z.array(
      z.object({
        index: z.int(),
        correlationId: z.string().optional(),
        differences: z.array(z.object({ pointer: z.string(), kind: z.enum(['missing', 'unexpected', 'different']) })),
        failed: z.string().optional().meta({ description: 'Why the mapping made nothing of the new event.' }),
      }),
    ),
    places: z.array(z.object({ pointer: z.string(), pairs: z.int() })),
    unpaired: z.object({ old: z.array(z.string()), new: z.array(z.string()) }),
  })
  .meta({ id: 'DeprecationPairsReport' });

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

const groupName = freeText(300);

export const readersBody = z
  .strictObject({ groups: z.array(groupName).max(1_000).meta({ description: 'All of them; none: nobody reads it.' }) })
  .meta({ id: 'BusReaders' });

export const readersView = z
  .object({
    catalog: z.string(),
    subject: z.string(),
    bus: z.string(),
    groups: z.array(z.string()),
    reportedBy: z.string(),
    reportedAt: instant,
  })
  .meta({ id: 'BusReadersReport' });

export const statusView = z
  .object({
    plan: deprecationView,
    consumers: z.array(
      z.looseObject({
        service: z.string(),
        state: z.enum(['pending', 'acknowledged', 'moved', 'reads-nothing']),
        since: z.string().optional().meta({ description: 'The day it moved, or when it acknowledged.' }),
        seenHere: z
          .string()
          .meta({ description: 'The last day it was seen on this subject, or `unknown`: no evidence either way.' }),
        seenOnSuccessor: z.string(),
        note: z.string().optional(),
        reads: z
          .array(z.string())
          .optional()
          .meta({ description: 'Pointers of what it reads; absent: everything, or a schema of its own says.' }),
        onSuccessor: z
          .object({ verdict: z.enum(['compatible', 'incompatible', 'undecided']), fields: z.array(z.string()) })
          .optional()
          .meta({ description: 'Whether it can read events of the successor as they are, and where it breaks.' }),
      }),
    ),
    pairs: z
      .array(z.looseObject({ day: z.string(), agreed: z.int(), disagreed: z.int() }))
      .meta({ description: 'How many pairs of an old and a new event agreed under the mapping, by day.' }),
    readers: z
      .array(
        z.looseObject({
          bus: z.string(),
          groups: z.array(z.string()),
          undeclared: z.array(z.string()).meta({ description: 'Those of no declared consumer.' }),
          seenOn: z.string(),
          reportedBy: z.string(),
          expiresOn: z.string(),
        }),
      )
      .meta({ description: 'Durable groups that read the subject, by bus, as last reported.' }),
    next: z
      .looseObject({ transition: z.string(), allowed: z.boolean(), missing: z.array(z.unknown()).optional() })
      .optional()
      .meta({ description: 'The next step, and what blocks it. Absent once retired.' }),
    transitions: z.array(
      z.looseObject({ from: stageShape, to: stageShape, actor: z.string(), at: instant, forced: z.boolean() }),
    ),
  })
  .meta({ id: 'DeprecationStatus' });
