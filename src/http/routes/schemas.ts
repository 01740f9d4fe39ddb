/** Content by id or fingerprint, and the dry run over a folder's worth of it. */
import * as z from 'zod';
import { checkMany } from '../../registry/versions/check-many.ts';
import { lookUpSchema } from '../../registry/versions/look-up.ts';
import { schemaText } from '../present.ts';
import { route } from '../route.ts';
import { schemaFormat, statedReference } from '../shapes/definition.ts';
import { catalogName, freeText, none, subjectName } from '../shapes/parameters.ts';
import { reportShape } from '../shapes/report.ts';
import { readerShape } from '../shapes/subject.ts';
import { schemaView } from '../shapes/version.ts';

export const getSchemaRoute = route({
  method: 'get',
  path: '/v1/schemas/{key}',
  id: 'getSchema',
  group: 'Schemas',
  summary: 'Gives content by its id or its fingerprint.',
  description: 'Content never changes and is never removed: clients may cache it for ever.',
  params: z.strictObject({
    key: freeText(100).meta({ description: 'A schema id (a number), or a fingerprint (64 hex digits).', example: '1' }),
  }),
  query: none,
  replies: {
    200: { description: 'The content.', schema: schemaView },
    304: { description: 'The caller has it already.' },
  },
  faults: ['SCHEMA_NOT_FOUND'],
  permission: 'read',
  example: 'curl $HERALD/v1/schemas/1',
  handle: async ({ params, context }) => {
    const path = `/v1/schemas/${params.key}`;
    const held = context.replies.get(path);
    context.metrics.lookUp(held ? 'hit' : 'miss');
    if (held) return { status: 200, ...held };
    const schema = await lookUpSchema(context, params.key);
    const about = { route: 'getSchema', caching: 'immutable', isFresh: () => true } as const;
    const reply = { ...about, text: schemaText(schema), etag: schema.fingerprint };
    context.replies.set(path, reply);
    return { status: 200, ...reply };
  },
});

const beside = {
  catalog: catalogName.optional(),
  subject: subjectName,
  readers: z
    .array(readerShape)
    .max(500)
    .optional()
    .meta({ description: 'Who reads it by files of its own, which counts beside what the service declared here.' }),
};

const candidate = z.union([
  z.strictObject({ ...beside, schema: z.unknown() }),
  z.strictObject({
    ...beside,
    text: z.string(),
    format: schemaFormat.optional(),
    references: z.array(statedReference).max(1_000).optional(),
  }),
]);

export const checkRoute = route({
  method: 'post',
  path: '/v1/check',
  id: 'check',
  group: 'Versions',
  summary: 'Checks several documents as registration would, and writes nothing.',
  description:
    'Each candidate is a document (`schema`) or its text (`text`: then names given twice are seen, and `format` may be `avro` or `protobuf`, with `references` for what it uses by name). `catalog` beside the list applies to all candidates. Reports come in the order of the candidates.',
  params: none,
  query: none,
  body: {
    kind: 'json',
    batch: true,
    schema: z
      .strictObject({ catalog: catalogName.optional(), candidates: z.array(candidate).min(1).max(5_000) })
      .meta({ id: 'CheckRequest' }),
    example: {
      catalog: 'choice-sherpa',
      candidates: [{ subject: 'session.created', schema: { type: 'object', required: ['session_id'] } }],
    },
  },
  replies: {
    200: {
      description: 'One report for each candidate. `allowed` is true where every one may enter.',
      schema: z.object({ allowed: z.boolean(), reports: z.array(reportShape) }),
    },
  },
  faults: ['CATALOG_NOT_FOUND', 'VERSION_NOT_FOUND', 'SCHEMA_REFERENCE_UNRESOLVED'],
  permission: 'read',
  example: `curl -X POST $HERALD/v1/check -H "Content-Type: application/json" -d '{"catalog":"choice-sherpa","candidates":[{"subject":"session.created","schema":{"type":"object"}}]}'`,
  handle: async ({ body, context }) => {
    const reports = await checkMany(context, body.catalog, body.candidates);
    return { status: 200, json: { allowed: reports.every(({ gate }) => gate.allowed), reports } };
  },
});
