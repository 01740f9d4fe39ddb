/** Validation of payloads against a subject, and of whole events against their catalog. */
import * as z from 'zod';
import { Fault } from '../../errors.ts';
import type { Judge } from '../../registry/validation/judges.ts';
import { type Judgement, validatePayloads } from '../../registry/validation/validate.ts';
import { validateEvents } from '../../registry/validation/validate-events.ts';
import type { Json } from '../../schema/json.ts';
import type { Events } from '../body.ts';
import type { Metrics } from '../metrics.ts';
import { noticeOf } from '../present.ts';
import { type Reply, route } from '../route.ts';
import { atVersion, inCatalog, serviceName, subjectName } from '../shapes/parameters.ts';
import { judgedBatch, judgedEvent } from '../shapes/report.ts';

const witnessed = {
  service: serviceName.optional().meta({ description: 'Who validates: then it counts as evidence of use.' }),
  role: z.enum(['produce', 'consume']).default('produce').meta({ description: 'What `service` does with the events.' }),
};

/** The verdict on one item, in whatever way it was reached. */
type Verdict = Judgement & { readonly catalog?: string; readonly subject?: string; readonly number?: number };

function place({ catalog, subject, number }: Judge) {
  return { catalog, subject, number };
}

const notJson = (message: string): Verdict => ({
  valid: false,
  errors: [{ instancePointer: '', schemaPointer: '', keyword: 'json', message }],
});

/** One event: its verdict. A batch: the sum, and a row for each invalid line. */
function verdicts(
  body: Events,
  judged: readonly Verdict[],
  metrics: Metrics,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const invalid = judged.filter(({ valid }) => !valid).length;
  if (judged.length > invalid) metrics.validation('valid', judged.length - invalid);
  if (invalid > 0) metrics.validation('invalid', invalid);
  if (!body.batch) return { status: 200, json: judged[0], headers };
  const results = judged.flatMap((row, index) => (row.valid ? [] : [{ line: index + 1, ...row }]));
  return { status: 200, json: { valid: invalid === 0, total: judged.length, invalid, results }, headers };
}

/** Judges what is JSON; a line that is none keeps its place. */
function spread(body: Events, judged: readonly Verdict[]): readonly Verdict[] {
  const queue = [...judged];
  return body.items.map((item) => ('error' in item ? notJson(item.error) : queue.shift()!));
}

function values(body: Events): readonly Json[] {
  return body.items.flatMap((item) => ('value' in item ? [item.value] : []));
}

export const validateRoute = route({
  method: 'post',
  path: '/v1/catalogs/{catalog}/subjects/{subject}/versions/{version}/validate',
  id: 'validatePayload',
  group: 'Validation',
  summary: 'Holds a payload, or a batch as NDJSON, against a version.',
  description:
    'An invalid payload is an answer (200, `valid: false`), not an error. Answers, logs and metrics never hold values of it.',
  params: atVersion,
  query: z.strictObject(witnessed),
  body: { kind: 'events', schema: z.unknown(), batch: true, example: { session_id: 'c9a5' } },
  replies: { 200: { description: 'The verdict.', schema: z.union([judgedBatch, judgedEvent]) } },
  faults: ['CATALOG_NOT_FOUND', 'SUBJECT_NOT_FOUND', 'VERSION_NOT_FOUND', 'SUBJECT_RETIRED', 'SCHEMA_INVALID'],
  permission: 'read',
  example: `curl -X POST $HERALD/v1/catalogs/choice-sherpa/subjects/session.created/versions/latest/validate -H "Content-Type: application/json" -d '{"session_id":7}'`,
  handle: async ({ params, query, body, context }) => {
    const { judgements, judge } = await validatePayloads(context, params, values(body), query);
    const judged = spread(body, judgements).map((row) => (body.batch ? row : { ...row, ...place(judge) }));
    return verdicts(body, judged, context.metrics, noticeOf(judge.plan));
  },
});

export const validateEventsRoute = route({
  method: 'post',
  path: '/v1/catalogs/{catalog}/validate',
  id: 'validateEvents',
  group: 'Validation',
  summary: 'Holds whole events against the catalog’s envelope and the subject the envelope names.',
  description: 'For envelopes that do not carry their type, `subject` says what the transport called the event.',
  params: inCatalog,
  query: z.strictObject({ ...witnessed, subject: subjectName.optional() }),
  body: { kind: 'events', schema: z.unknown(), batch: true },
  replies: { 200: { description: 'The verdict.', schema: z.union([judgedBatch, judgedEvent]) } },
  faults: [
    'CATALOG_NOT_FOUND',
    'CATALOG_INVALID',
    'SUBJECT_NOT_FOUND',
    'SUBJECT_RETIRED',
    'EVENT_UNROUTABLE',
    'SCHEMA_INVALID',
  ],
  permission: 'read',
  handle: async ({ params, query, body, context }) => {
    const { subject, ...witness } = query;
    const input = {
      catalog: params.catalog,
      events: values(body),
      ...(subject !== undefined && { transportName: subject }),
    };
    const results = await validateEvents(context, input, witness);
    const [first] = results;
    if (!body.batch && first instanceof Fault) throw first;
    const judged = results.map((result): Verdict => {
      if (result instanceof Fault)
        return {
          valid: false,
          errors: [{ instancePointer: '', schemaPointer: '', keyword: result.code, message: result.message }],
        };
      const { judge, ...verdict } = result;
      return judge ? { ...verdict, ...place(judge) } : verdict;
    });
    const notice = !body.batch && first && !(first instanceof Fault) ? noticeOf(first.judge?.plan) : {};
    return verdicts(body, spread(body, judged), context.metrics, notice);
  },
});
