/** Shapes of the results of checks, comparisons and validations. */
import * as z from 'zod';
import { anyJson, levelShape, verdict, worldShape } from './parameters.ts';

const findingShape = z
  .looseObject({
    kind: z.enum(['schema', 'lint', 'policy', 'compatibility', 'reader', 'lifecycle']),
    rule: z.string(),
    severity: z.enum(['error', 'warning', 'info']),
    message: z.string(),
    hint: z.string().optional(),
    params: z.record(z.string(), anyJson),
    nextPointer: z.string().optional(),
    previousPointer: z.string().optional(),
    instancePointer: z.string().optional(),
    against: z.int().optional(),
    fingerprint: z.string().meta({ description: 'Stable when lines move; waivers refer to it.' }),
  })
  .meta({ id: 'Finding' });

export const reportShape = z
  .looseObject({
    reportVersion: z.literal(1),
    catalog: z.string(),
    subject: z.string(),
    level: levelShape,
    world: worldShape,
    verdict,
    compared: z.array(z.int()),
    change: z.enum(['none', 'patch', 'minor', 'major']),
    label: z.string(),
    labelBefore: z
      .string()
      .optional()
      .meta({ description: 'The label of the latest version; absent for a new subject.' }),
    same: z.int().optional().meta({ description: 'The version with this very content, if there is one.' }),
    fingerprint: z.string(),
    findings: z.array(findingShape),
    gate: z.union([
      z.object({ allowed: z.literal(true) }),
      z.object({ allowed: z.literal(false), fault: z.string(), because: z.string() }),
    ]),
  })
  .meta({ id: 'Report', description: 'What a check says.' });

export const comparisonShape = z
  .looseObject({ verdict, level: levelShape, world: worldShape, change: z.string(), findings: z.array(anyJson) })
  .meta({ id: 'Comparison', description: 'What happened between two documents, in both worlds and both directions.' });

const rejection = z.object({
  instancePointer: z.string(),
  schemaPointer: z.string(),
  keyword: z.string(),
  message: z.string(),
});

export const validatedEvent = z
  .object({
    valid: z.boolean(),
    errors: z
      .array(rejection)
      .meta({ description: 'Where the event and the schema disagree. Never holds values of the event.' }),
    catalog: z.string().optional(),
    subject: z.string().optional(),
    number: z.int().optional().meta({ description: 'The version it was held against.' }),
  })
  .meta({ id: 'Validation' });

export const validatedBatch = z
  .object({
    valid: z.boolean().meta({ description: 'True where every event is.' }),
    total: z.int(),
    invalid: z.int(),
    results: z
      .array(z.looseObject({ line: z.int(), valid: z.boolean() }))
      .meta({ description: 'One row per invalid line.' }),
  })
  .meta({ id: 'BatchValidation' });
