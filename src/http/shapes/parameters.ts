/** Shapes of parameters in paths and queries, and the plain values that other shapes are made of. */
import * as z from 'zod';
import { levels, worlds } from '../../compat/report.ts';
import { stages } from '../../lifecycle/stage.ts';
import { isDate } from '../../schema/duration.ts';
import { isPointer } from '../../schema/pointer.ts';
import { printable } from '../../schema/printable.ts';

/** The registry checks everything else about a name. */
const segment = (description: string) =>
  z.string().max(300).regex(printable, 'holds control characters').meta({ description });

export const catalogName = segment('The name of a catalog.').meta({ example: 'choice-sherpa' });

export const subjectName = segment('The name of a subject.').meta({ example: 'session.created' });

export const serviceName = segment('The name of a service.').max(200);

export const freeText = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\0]*$/, 'holds a NUL character')
    .regex(/\S/, 'is blank');

export const versionNumber = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'is not a version number')
  .transform(Number)
  .pipe(z.int().min(1).max(999_999_999))
  .meta({ description: 'A version number.' });

export const versionOrLatest = z
  .union([z.literal('latest'), versionNumber], 'is neither a version number nor "latest"')
  .meta({ description: 'A version number, or `latest`.' });

export const inCatalog = z.strictObject({ catalog: catalogName });

export const inSubject = z.strictObject({ catalog: catalogName, subject: subjectName });

export const atVersion = z.strictObject({ catalog: catalogName, subject: subjectName, version: versionOrLatest });

export const none = z.strictObject({});

export const limit = z
  .string()
  .regex(/^\d{1,4}$/, 'is not a number from 1 to 1000')
  .transform(Number)
  .pipe(z.int().min(1).max(1_000))
  .default(100)
  .meta({ description: 'The most items of a page.' });

export const cursor = z
  .string()
  .min(1)
  .max(1_000)
  .regex(printable, 'holds control characters')
  .optional()
  .meta({ description: 'Where to go on: the `cursor` of the page before.' });

export const paged = { limit, cursor };

export const pageOf = (item: z.ZodType) =>
  z.object({
    items: z.array(item),
    cursor: z.string().optional().meta({ description: 'Where to go on; absent on the last page.' }),
  });

export const date = z.string().refine(isDate, 'is not a date such as 2027-03-31').meta({ format: 'date' });

export const pointer = z
  .string()
  .max(1_000)
  .refine(isPointer, 'is not a JSON Pointer')
  .meta({ format: 'json-pointer' });

export const fingerprint = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in lower-case hex')
  .meta({ description: 'SHA-256 over the canonical form (RFC 8785), in hex.' });

export const instant = z.string().meta({ format: 'date-time' });

export const anyJson = z.unknown();

export const levelShape = z.enum(levels);

export const worldShape = z.enum(worlds);

export const stageShape = z.enum(stages);

export const verdict = z.enum(['compatible', 'incompatible', 'undecided']);

export const errorShape = z
  .object({ error: z.object({ code: z.string(), message: z.string(), details: z.record(z.string(), anyJson) }) })
  .meta({
    id: 'Error',
    description: 'What every refusal looks like. `code` is a row of one table; `details` depend on it.',
  });
