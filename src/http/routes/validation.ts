/** Validation of payloads against a subject, and of whole events against their catalog. */
import * as z from 'zod';
import { Fault } from '../../errors.ts';
import { type EventRead, type EventTexts, readEvents, unreadable } from '../../registry/validation/payloads.ts';
import { type Validation, validatePayloads, validationOf } from '../../registry/validation/validate.ts';
import { validateEvents } from '../../registry/validation/validate-events.ts';
import type { Json } from '../../schema/json.ts';
import type { Metrics } from '../metrics.ts';
import { noticeOf, payloadVerdict } from '../present.ts';
import { type Reply, route } from '../route.ts';
import { atVersion, inCatalog, serviceName, subjectName } from '../shapes/parameters.ts';
import { validatedBatch, validatedEvent } from '../shapes/report.ts';

const validating = {
  service: serviceName.optional().meta({ description: 'Who validates: then it counts as evidence of use.' }),
  role: z.enum(['produce', 'consume']).default('produce').meta({ description: 'What `service` does with the events.' }),
};

/** The verdict on one item, in whatever way it was reached. */
type Verdict = Validation & { readonly catalog?: string; readonly subject?: string; readonly number?: number };

/** One event: its verdict. A batch: the sum, and a row for each invalid line. */
function replyWith(
  { isBatch }: EventTexts,
  verdicts: readonly Verdict[],
  metrics: Metrics,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const invalid = verdicts.filter(({ valid }) => !valid).length;
  if (verdicts.length > invalid) metrics.validation('valid', verdicts.length - invalid);
  if (invalid > 0) metrics.validation('invalid', invalid);
  if (!isBatch) return { status: 200, json: verdicts[0], headers };
  const results = verdicts.flatMap((row, index) => (row.valid ? [] : [{ line: index + 1, ...row }]));
  return { status: 200, json: { valid: invalid === 0, total: verdicts.length, invalid, results }, headers };
}

/** One verdict for each line: those of the lines that are JSON, in order, and an error for each of the others. */
function spread(lines: readonly EventRead[], verdicts: readonly Verdict[]): readonly Verdict[] {
  const queue = [...verdicts];
  return lines.map((line) => ('problem' in line ? validationOf([unreadable(line.problem)]) : queue.shift()!));
}

function values(lines: readonly EventRead[]): readonly Json[] {
  return lines.flatMap((line) => ('value' in line ? [line.value] : []));
}

export const validateRoute = route({
  method: 'post',
  path: '/v1/catalogs/{catalog}/subjects/{subject}/versions/{version}/validate',
  id: 'validatePayload',
  group: 'Validation',
  summary: 'Validates a payload, or a batch as NDJSON, against a version.',
  description:
    'For an invalid payload the reply is 200 with `valid: false`. Replies, logs and metrics never contain values of it.',
  params: atVersion,
  query: z.strictObject(validating),
  body: { kind: 'events', schema: z.unknown(), batch: true, example: { session_id: 'c9a5' } },
  replies: { 200: { description: 'The verdict.', schema: z.union([validatedBatch, validatedEvent]) } },
  faults: [
    'CATALOG_NOT_FOUND',
    'SUBJECT_NOT_FOUND',
    'VERSION_NOT_FOUND',
    'SUBJECT_RETIRED',
    'SCHEMA_INVALID',
    'VALIDATION_TOO_COSTLY',
  ],
  permission: 'read',
  example: `curl -X POST $HERALD/v1/catalogs/choice-sherpa/subjects/session.created/versions/latest/validate -H "Content-Type: application/json" -d '{"session_id":7}'`,
  handle: async ({ params, query, path, body, context }) => {
    const { validations, version } = await validatePayloads(context, params, body, query);
    const verdicts = body.isBatch ? validations : validations.map((row) => payloadVerdict(version, row));
    context.validationTargets.set(path, { route: 'validatePayload', version, validating: query }, path.length);
    return replyWith(body, verdicts, context.metrics, noticeOf(version.plan));
  },
});

export const validateEventsRoute = route({
  method: 'post',
  path: '/v1/catalogs/{catalog}/validate',
  id: 'validateEvents',
  group: 'Validation',
  summary: 'Validates whole events against the catalog’s envelope and the subject that the envelope names.',
  description:
    'For envelopes that do not carry their type, `subject` is the name under which the transport carried the event.',
  params: inCatalog,
  query: z.strictObject({ ...validating, subject: subjectName.optional() }),
  body: { kind: 'events', schema: z.unknown(), batch: true },
  replies: { 200: { description: 'The verdict.', schema: z.union([validatedBatch, validatedEvent]) } },
  faults: [
    'CATALOG_NOT_FOUND',
    'CATALOG_INVALID',
    'SUBJECT_NOT_FOUND',
    'SUBJECT_RETIRED',
    'EVENT_UNROUTABLE',
    'SCHEMA_INVALID',
    'VALIDATION_TOO_COSTLY',
  ],
  permission: 'read',
  handle: async ({ params, query, body, context }) => {
    const { subject, ...witness } = query;
    const lines = await readEvents(body, context.caller.signal);
    const input = {
      catalog: params.catalog,
      events: values(lines),
      ...(subject !== undefined && { transportName: subject }),
    };
    const results = await validateEvents(context, input, witness);
    const [first] = results;
    if (!body.isBatch && first instanceof Fault) throw first;
    const verdicts = results.map((result): Verdict => {
      if (result instanceof Fault)
        return {
          valid: false,
          errors: [{ instancePointer: '', schemaPointer: '', keyword: result.code, message: result.message }],
        };
      const { version, ...verdict } = result;
      return version ? payloadVerdict(version, verdict) : verdict;
    });
    const notice = !body.isBatch && first && !(first instanceof Fault) ? noticeOf(first.version?.plan) : {};
    return replyWith(body, spread(lines, verdicts), context.metrics, notice);
  },
});
