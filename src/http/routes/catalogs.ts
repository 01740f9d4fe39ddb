/** Catalogs: the rules a set of subjects shares. */
import * as z from 'zod';
import { asyncApiOf } from '../../registry/catalogs/asyncapi.ts';
import { putCatalog } from '../../registry/catalogs/catalog.ts';
import { listCatalogs } from '../../registry/catalogs/lists.ts';
import { subscriptionMatrix } from '../../registry/catalogs/matrix.ts';
import { catalogOf } from '../../registry/versions/look-up.ts';
import { catalogShape } from '../../schema/catalog.ts';
import { catalogSchema } from '../../schema/catalog-schema.ts';
import { matrixMarkdown } from '../../schema/matrix.ts';
import { prefers } from '../accept.ts';
import { catalogOfRecord, catalogSummaryOf } from '../present.ts';
import { route } from '../route.ts';
import { inCatalog, none } from '../shapes/parameters.ts';
import { catalogSummary, catalogView } from '../shapes/subject.ts';

export const listCatalogsRoute = route({
  method: 'get',
  path: '/v1/catalogs',
  id: 'listCatalogs',
  group: 'Catalogs',
  summary: 'Lists the catalogs.',
  params: none,
  query: none,
  replies: { 200: { description: 'All catalogs, by name.', schema: z.object({ items: z.array(catalogSummary) }) } },
  faults: [],
  permission: 'read',
  example: 'curl $HERALD/v1/catalogs',
  handle: async ({ context }) => ({
    status: 200,
    json: { items: (await listCatalogs(context)).map(catalogSummaryOf) },
  }),
});

const catalogSchemaText = JSON.stringify(catalogSchema());

export const catalogSchemaRoute = route({
  method: 'get',
  path: '/v1/catalog.schema.json',
  id: 'getCatalogSchema',
  group: 'Catalogs',
  summary: 'Gives the JSON Schema of `catalog.json`, for editors.',
  params: none,
  query: none,
  replies: {
    200: { description: 'The schema.', schema: z.looseObject({}), mediaTypes: ['application/schema+json'] },
  },
  faults: ['PARAMETER_INVALID'],
  permission: 'open',
  example: 'curl $HERALD/v1/catalog.schema.json',
  handle: () => ({
    status: 200,
    text: catalogSchemaText,
    mediaType: 'application/schema+json; charset=utf-8',
    caching: 'fresh',
  }),
});

export const getCatalogRoute = route({
  method: 'get',
  path: '/v1/catalogs/{catalog}',
  id: 'getCatalog',
  group: 'Catalogs',
  summary: 'Gives a catalog with its rules.',
  params: inCatalog,
  query: none,
  replies: {
    200: { description: 'The catalog.', schema: catalogView },
    304: { description: 'The caller has it already.' },
  },
  faults: ['CATALOG_NOT_FOUND'],
  permission: 'read',
  example: 'curl $HERALD/v1/catalogs/choice-sherpa',
  handle: async ({ params, context }) => {
    const record = await catalogOf(context.store, params.catalog);
    return { status: 200, json: catalogOfRecord(record), etag: record.fingerprint, caching: 'fresh' };
  },
});

export const putCatalogRoute = route({
  method: 'put',
  path: '/v1/catalogs/{catalog}',
  id: 'putCatalog',
  group: 'Catalogs',
  summary: 'Creates a catalog or replaces its rules.',
  description:
    'The body is a catalog.json; its `name` must be the one in the path. Registered versions are not checked again.',
  params: inCatalog,
  query: none,
  body: { kind: 'json', schema: z.json(), documented: catalogShape },
  replies: {
    200: { description: 'The rules were replaced, or are the same.', schema: catalogView },
    201: { description: 'The catalog is new.', schema: catalogView },
  },
  faults: ['CATALOG_INVALID'],
  permission: 'admin',
  action: 'catalog.put',
  example:
    'curl -X PUT $HERALD/v1/catalogs/choice-sherpa -H "Content-Type: application/json" -d @schemas/choice-sherpa/catalog.json',
  handle: async ({ params, body, context }) => {
    const { catalog, outcome } = await putCatalog(context, params.catalog, body);
    return { status: outcome === 'created' ? 201 : 200, json: catalogOfRecord(catalog), etag: catalog.fingerprint };
  },
});

export const matrixRoute = route({
  method: 'get',
  path: '/v1/catalogs/{catalog}/matrix',
  id: 'getMatrix',
  group: 'Consumers',
  summary: 'Shows who publishes and consumes what.',
  description: 'JSON, or a Markdown table with `?format=markdown` or `Accept: text/markdown`.',
  params: inCatalog,
  query: z.strictObject({
    format: z.enum(['json', 'markdown']).optional().meta({ description: 'Overrides the Accept header.' }),
  }),
  replies: {
    200: {
      description: 'The matrix.',
      schema: z
        .object({
          catalog: z.string(),
          columns: z.array(z.object({ service: z.string(), title: z.string() })),
          groups: z.array(z.looseObject({ domain: z.string(), title: z.string() })),
          unconsumed: z.array(z.string()),
        })
        .meta({ id: 'Matrix' }),
      mediaTypes: ['application/json', 'text/markdown'],
    },
  },
  faults: ['CATALOG_NOT_FOUND'],
  permission: 'read',
  example: 'curl "$HERALD/v1/catalogs/choice-sherpa/matrix?format=markdown"',
  handle: async ({ params, query, accept, context }) => {
    const matrix = await subscriptionMatrix(context, params.catalog);
    const format = query.format ?? prefers(accept, { json: 'application/json', markdown: 'text/markdown' });
    return format === 'markdown'
      ? { status: 200, text: matrixMarkdown(matrix), mediaType: 'text/markdown; charset=utf-8' }
      : { status: 200, json: matrix };
  },
});

export const asyncApiRoute = route({
  method: 'get',
  path: '/v1/catalogs/{catalog}/asyncapi.json',
  id: 'getAsyncApi',
  group: 'Catalogs',
  summary: 'Gives the catalog as an AsyncAPI 3.0 document.',
  description:
    'A channel for each subject that is not retired, an operation for each service that sends or receives it, and whole events as messages. Schemas state their dialect.',
  params: inCatalog,
  query: none,
  replies: { 200: { description: 'The document.', schema: z.looseObject({ asyncapi: z.string() }) } },
  faults: ['CATALOG_NOT_FOUND', 'SCHEMA_TOO_LARGE', 'GENERATION_TOO_COSTLY'],
  permission: 'read',
  example: 'curl $HERALD/v1/catalogs/choice-sherpa/asyncapi.json',
  handle: async ({ params, context }) => ({
    status: 200,
    text: await asyncApiOf(context, params.catalog),
    mediaType: 'application/json; charset=utf-8',
  }),
});
