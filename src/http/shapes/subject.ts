/** Shapes of catalogs and subjects, and of who consumes them. */
import * as z from 'zod';
import { breakPolicies } from '../../schema/level.ts';
import { deprecationView } from './deprecation.ts';
import { anyJson, fingerprint, freeText, instant, levelShape, pointer, stageShape, worldShape } from './parameters.ts';

export const catalogRules = z.looseObject({ name: z.string(), title: z.string() }).meta({
  id: 'CatalogRules',
  description: 'A catalog.json: names, envelope, classification, owners, rules, level and world.',
});

export const catalogView = z
  .object({ name: z.string(), fingerprint, createdAt: instant, updatedAt: instant, rules: catalogRules })
  .meta({ id: 'Catalog' });

export const catalogSummary = z
  .object({
    name: z.string(),
    title: z.string(),
    description: z.string().optional(),
    level: levelShape,
    world: worldShape,
    fingerprint,
    updatedAt: instant,
  })
  .meta({ id: 'CatalogSummary' });

export const settingsShape = z
  .strictObject({
    level: levelShape.optional().meta({ description: 'Overrides the catalog’s.' }),
    world: worldShape.optional().meta({ description: 'Overrides the catalog’s.' }),
    ignore: z
      .array(pointer)
      .max(50)
      .optional()
      .meta({ description: 'Places taken as `true` on both sides: version markers.' }),
    breaks: z
      .enum(breakPolicies)
      .optional()
      .meta({ description: 'Whose break refuses a change. Overrides the catalog’s.' }),
  })
  .meta({ id: 'Settings' });

const consumerView = z
  .object({
    service: z.string(),
    reads: z.array(z.string()).optional().meta({ description: 'Fields it reads; absent: unknown, taken as all.' }),
    requires: z.record(z.string(), anyJson).optional().meta({ description: 'A JSON Schema of what it demands.' }),
    samples: z.array(anyJson).optional().meta({ description: 'Events it has to be able to read.' }),
    critical: z.boolean().optional(),
    note: z.string().optional(),
    origin: z.enum(['contract', 'declared']),
  })
  .meta({ id: 'Consumer' });

export const consumerReply = consumerView.extend({
  notices: z
    .array(z.string())
    .optional()
    .meta({ description: 'What is odd about the declaration, such as a demand that rejects what is sent today.' }),
});

const readingMembers = {
  reads: z
    .array(pointer)
    .max(500)
    .optional()
    .meta({ description: 'Fields the service reads, `*` for any item and any name; leave out where unknown.' }),
  requires: z
    .record(z.string(), anyJson)
    .optional()
    .meta({ description: 'A JSON Schema of what it demands of every event, in place of the event’s own.' }),
  samples: z
    .array(anyJson)
    .max(100)
    .optional()
    .meta({ description: 'Events it has to be able to read; their fields are what it reads where it names none.' }),
  critical: z.boolean().optional().meta({ description: 'Whether its break counts where critical readers alone do.' }),
};

export const consumerBody = z
  .strictObject({ ...readingMembers, note: freeText(500).optional() })
  .meta({ id: 'ConsumerDeclaration' });

/** A reader of a candidate, by a file of its own repository. */
export const readerShape = z
  .strictObject({
    service: z.string().min(1).max(200),
    origin: z.literal('file'),
    ...readingMembers,
    sampleNames: z.array(z.string()).max(100).optional(),
  })
  .meta({ id: 'Reader' });

const subjectFields = {
  catalog: z.string(),
  name: z.string(),
  title: z.string().optional(),
  stage: stageShape,
  latest: z.int().min(0).meta({ description: 'Number of the newest version, 0 before the first.' }),
  label: z.string(),
  producer: z.string().optional(),
  owner: z.string().optional(),
  classification: z.string().optional(),
  tags: z.array(z.string()),
  settings: settingsShape,
  createdAt: instant,
};

export const subjectSummary = z.object(subjectFields).meta({ id: 'SubjectSummary' });

export const subjectView = z
  .object({ ...subjectFields, consumers: z.array(consumerView), deprecation: deprecationView.optional() })
  .meta({ id: 'Subject' });
