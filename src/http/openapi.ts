/** The OpenAPI 3.1 document, derived from the route records. Same records, same bytes. */
import {
  OpenApiBuilder,
  type OperationObject,
  type ParameterObject,
  type ResponseObject,
  type SchemaObject,
} from 'openapi3-ts/oas31';
import * as z from 'zod';
import { faults } from '../errors.ts';
import { isObject, type Json, type JsonObject } from '../schema/json.ts';
import { type BodySpec, mediaTypesOf } from './body.ts';
import { type Links, rootLinks, serverUrl } from './links.ts';
import { faultsOf, groups, type Route } from './route.ts';
import { errorShape } from './shapes/parameters.ts';

export const apiVersion = '1.0.0';

type Components = Map<string, JsonObject>;

export function openApiDocument(routes: readonly Route[], links: Links = rootLinks) {
  const components: Components = new Map();
  jsonSchema(errorShape, components);
  const builder = OpenApiBuilder.create({
    openapi: '3.1.0',
    info: {
      title: 'Herald',
      version: apiVersion,
      description:
        'An event-schema registry with a compatibility gate. Every refusal has the form of `Error`, with a code of one table. Every answer carries `X-Correlation-Id`; one sent along is kept. GET routes answer HEAD too, and 304 to an `If-None-Match` that holds.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: {},
    servers: [{ url: serverUrl(links) }],
    tags: groups.map((name) => ({ name })),
  });
  for (const [path, records] of byPath(routes))
    builder.addPath(path, Object.fromEntries(records.map((record) => [record.method, operation(record, components)])));
  builder.addSecurityScheme('bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API token or a JWT. Not asked for on loopback without authentication.',
  });
  builder.addHeader('CorrelationId', {
    description: 'The id of this exchange, for logs and questions.',
    schema: { type: 'string' },
  });
  for (const [name, schema] of [...components].sort(([left], [right]) => (left < right ? -1 : 1)))
    builder.addSchema(name, schema as SchemaObject);
  return builder.getSpec();
}

function byPath(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  const paths = new Map<string, Route[]>();
  for (const record of routes) paths.set(record.path, [...(paths.get(record.path) ?? []), record]);
  return paths;
}

function operation(record: Route, components: Components): OperationObject {
  return {
    operationId: record.id,
    tags: [record.group],
    summary: record.summary,
    ...(record.description !== undefined && { description: record.description }),
    security: record.permission === 'open' ? [] : [{ bearer: [] }, {}],
    ...(record.permission !== 'open' && { 'x-permission': record.permission }),
    parameters: [...parameters(record.params, 'path', components), ...parameters(record.query, 'query', components)],
    ...(record.body && { requestBody: requestBody(record.body, components) }),
    responses: responses(record, components),
  };
}

function parameters(shape: z.ZodObject, where: 'path' | 'query', components: Components): ParameterObject[] {
  return Object.entries(shape.shape).map(([name, type]) => {
    const { description, ...schema } = jsonSchema(type, components, 'output');
    return {
      name,
      in: where,
      required: where === 'path' || !z.safeParse(type, undefined).success,
      ...(typeof description === 'string' && { description }),
      schema: schema as SchemaObject,
    };
  });
}

function requestBody(spec: BodySpec, components: Components) {
  const shape = spec.kind === 'json' ? (spec.documented ?? spec.schema) : spec.schema;
  const schema = jsonSchema(shape, components) as SchemaObject;
  const content = mediaTypesOf(spec).map((mediaType) => [
    mediaType,
    mediaType.endsWith('ndjson')
      ? { schema: { type: 'string', description: 'One event per line.' } as SchemaObject }
      : { schema, ...(spec.example !== undefined && { example: spec.example }) },
  ]);
  return { required: true, content: Object.fromEntries(content) };
}

const headers = { 'X-Correlation-Id': { $ref: '#/components/headers/CorrelationId' } };

function responses(record: Route, components: Components): Record<string, ResponseObject> {
  const answers = Object.entries(record.replies).map(
    ([status, { description, schema, mediaTypes = ['application/json'] }]) => {
      const hasBody = schema !== undefined || mediaTypes[0] !== 'application/json';
      const json = schema && (jsonSchema(schema, components) as SchemaObject);
      const content = mediaTypes.map((mediaType) => [
        mediaType,
        { schema: (mediaType.endsWith('json') && json) || { type: 'string' } },
      ]);
      return [status, { description, headers, ...(hasBody && { content: Object.fromEntries(content) }) }] as const;
    },
  );
  const refusals = [...codesByStatus(record)].map(([status, codes]) => {
    const description = codes.map((code) => `\`${code}\`: ${faults[code].title}`).join('\n\n');
    const code = { properties: { error: { properties: { code: { enum: [...codes] } } } } };
    const schema = { allOf: [{ $ref: '#/components/schemas/Error' }, code] } as SchemaObject;
    return [String(status), { description, headers, content: { 'application/json': { schema } } }] as const;
  });
  return Object.fromEntries([...answers, ...refusals].sort(([left], [right]) => (left < right ? -1 : 1)));
}

export function codesByStatus(record: Route) {
  const byStatus = new Map<number, ReturnType<typeof faultsOf>>();
  for (const code of faultsOf(record))
    byStatus.set(faults[code].status, [...(byStatus.get(faults[code].status) ?? []), code]);
  return byStatus;
}

/** The shape as JSON Schema; shapes with an id become components and are referred to. */
function jsonSchema(shape: z.ZodType, components: Components, io: 'input' | 'output' = 'input'): JsonObject {
  const made = plain(z.toJSONSchema(shape, { target: 'draft-2020-12', io, unrepresentable: 'any' }));
  const { $defs, $schema: _, ...schema } = made;
  for (const [name, definition] of Object.entries(isObject($defs) ? $defs : {})) {
    const { id: __, ...component } = isObject(definition) ? definition : {};
    components.set(name, referring(component) as JsonObject);
  }
  return referring(schema) as JsonObject;
}

function plain(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value));
}

/** `#/$defs/X` is where zod puts what OpenAPI wants under `#/components/schemas/X`. */
function referring(value: Json): Json {
  if (Array.isArray(value)) return value.map(referring);
  if (!isObject(value)) return value;
  const { $ref } = value;
  const entries = Object.entries(value).map(([name, inner]) => [name, referring(inner)] as const);
  const all = Object.fromEntries(entries);
  return typeof $ref === 'string' ? { ...all, $ref: $ref.replace('#/$defs/', '#/components/schemas/') } : all;
}
