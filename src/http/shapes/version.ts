/** Shapes of versions and of their content. */
import * as z from 'zod';
import { contractShape } from '../../schema/contract.ts';
import { schemaFormats } from '../../schema/definition.ts';
import { dialects } from '../../schema/document.ts';
import { anyJson, fingerprint, instant, stageShape, verdict } from './parameters.ts';
import { reportShape } from './report.ts';

const definitionFields = {
  format: z
    .enum(schemaFormats)
    .optional()
    .meta({ description: 'Absent: `json`. Of other formats `schema` is the JSON Schema of their events.' }),
  definition: z.string().optional().meta({ description: 'The Avro schema or the .proto file, as it was registered.' }),
};

const versionFields = {
  catalog: z.string(),
  subject: z.string(),
  number: z.int().min(1),
  label: z.string().meta({ description: '`major.minor.patch`, derived from what changed.' }),
  id: z.int().min(1).max(2_147_483_647).meta({ description: 'The schema id: one per distinct content.' }),
  fingerprint,
  dialect: z.enum(dialects),
  ...definitionFields,
  contract: contractShape,
  classification: z.string().optional(),
  tags: z.array(z.string()),
  createdAt: instant,
  createdBy: z.string(),
};

const schemaValue = z.union([z.boolean(), z.record(z.string(), anyJson)]).meta({ description: 'The document.' });

export const versionSummary = z.object({ ...versionFields, verdict }).meta({ id: 'VersionSummary' });

export const versionView = z.object({ ...versionFields, verdict, schema: schemaValue }).meta({ id: 'Version' });

export const latestView = z
  .object({ ...versionFields, verdict, stage: stageShape, schema: schemaValue })
  .meta({ id: 'LatestVersion' });

export const registered = z.object({ ...versionFields, report: reportShape }).meta({ id: 'Registered' });

export const schemaView = z
  .object({
    id: z.int().min(1).max(2_147_483_647),
    fingerprint,
    dialect: z.enum(dialects),
    ...definitionFields,
    places: z.array(z.object({ catalog: z.string(), subject: z.string(), number: z.int() })).optional(),
    schema: schemaValue,
  })
  .meta({ id: 'Schema' });

export const schemaDocument = z
  .record(z.string(), anyJson)
  .meta({ id: 'SchemaDocument', description: 'A JSON Schema with its contract under `x-contract`.' });
