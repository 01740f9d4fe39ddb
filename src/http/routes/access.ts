/** Who may publish and receive what, and where sensitive data goes. */
import * as z from 'zod';
import { actions } from '../../policy/access.ts';
import { kafkaAcls, natsPermissions } from '../../policy/access-export.ts';
import { dataMapCsv, dataMapMarkdown } from '../../policy/data-map-text.ts';
import { accessOf, askAccess } from '../../registry/catalogs/access.ts';
import { dataMapOf } from '../../registry/catalogs/data-map.ts';
import { prefers } from '../accept.ts';
import { route } from '../route.ts';
import { accessAnswer, accessTableView, dataMapView } from '../shapes/access.ts';
import { catalogName, freeText, inCatalog, serviceName, subjectName } from '../shapes/parameters.ts';

export const accessRoute = route({
  method: 'get',
  path: '/v1/access',
  id: 'askAccess',
  group: 'Governance',
  summary: 'Says whether a service may publish or subscribe to a subject, and why.',
  description:
    'Rests on what the catalog permits and denies, on contracts and declarations, and on clearances. Brokers enforce it: see the export of a catalog.',
  params: z.strictObject({}),
  query: z.strictObject({
    service: serviceName.min(1),
    subject: subjectName,
    action: z.enum(actions),
    catalog: catalogName.optional().meta({ description: 'Needed where several catalogs have a subject of this name.' }),
  }),
  replies: { 200: { description: 'The answer with its reasons.', schema: accessAnswer } },
  faults: ['CATALOG_NOT_FOUND', 'SUBJECT_NOT_FOUND'],
  permission: 'read',
  example: 'curl "$HERALD/v1/access?service=dashboard&subject=session.created&action=subscribe"',
  handle: async ({ query, context }) => ({ status: 200, json: await askAccess(context, query) }),
});

const accessFormats = { json: 'application/json', nats: 'text/x-nats-conf', kafka: 'text/x-shellscript' } as const;

export const accessExportRoute = route({
  method: 'get',
  path: '/v1/catalogs/{catalog}/access',
  id: 'exportAccess',
  group: 'Governance',
  summary: 'Gives what each service may publish and subscribe to, for NATS and Kafka too.',
  description:
    'As `?format=nats` a configuration for nats-server, as `?format=kafka` commands for kafka-acls.sh. The names on the wire come from the catalog’s `transports`.',
  params: inCatalog,
  query: z.strictObject({
    format: z.enum(['json', 'nats', 'kafka']).optional().meta({ description: 'Overrides the Accept header.' }),
  }),
  replies: {
    200: {
      description: 'By service, what it may do.',
      schema: accessTableView,
      mediaTypes: Object.values(accessFormats),
    },
  },
  faults: ['CATALOG_NOT_FOUND'],
  permission: 'read',
  example: 'curl "$HERALD/v1/catalogs/daarion/access?format=nats"',
  handle: async ({ params, query, accept, context }) => {
    const granted = await accessOf(context, params.catalog);
    const format = query.format ?? prefers(accept, accessFormats);
    if (format === 'json') return { status: 200, json: { catalog: params.catalog, services: granted.table } };
    const text = format === 'nats' ? natsPermissions(granted) : kafkaAcls(granted);
    return { status: 200, text, mediaType: `${accessFormats[format]}; charset=utf-8` };
  },
});

const mapFormats = { json: 'application/json', csv: 'text/csv', markdown: 'text/markdown' } as const;
const mapTexts = { csv: dataMapCsv, markdown: dataMapMarkdown } as const;

export const dataMapRoute = route({
  method: 'get',
  path: '/v1/catalogs/{catalog}/data-map',
  id: 'getDataMap',
  group: 'Governance',
  summary: 'Says for each field how sensitive it is, who sends and receives it, and how long it is kept.',
  description: 'JSON, CSV (RFC 4180) or Markdown, by `?format=` or the Accept header.',
  params: inCatalog,
  query: z.strictObject({
    format: z.enum(['json', 'csv', 'markdown']).optional().meta({ description: 'Overrides the Accept header.' }),
    tag: freeText(200).optional().meta({ description: 'Only fields with this tag, such as `pii`.' }),
    level: freeText(200).optional().meta({ description: 'Only fields of this level and above.' }),
  }),
  replies: {
    200: { description: 'The map.', schema: dataMapView, mediaTypes: Object.values(mapFormats) },
  },
  faults: ['CATALOG_NOT_FOUND', 'GENERATION_TOO_COSTLY'],
  permission: 'read',
  example: 'curl "$HERALD/v1/catalogs/choice-sherpa/data-map?tag=pii&format=markdown"',
  handle: async ({ params, query, accept, context }) => {
    const { tag, level } = query;
    const map = await dataMapOf(context, params.catalog, {
      ...(tag !== undefined && { tag }),
      ...(level !== undefined && { level }),
    });
    const format = query.format ?? prefers(accept, mapFormats);
    if (format === 'json') return { status: 200, json: map };
    const mediaType = `${mapFormats[format]}; charset=utf-8${format === 'csv' ? '; header=present' : ''}`;
    return { status: 200, text: mapTexts[format](map), mediaType };
  },
});
