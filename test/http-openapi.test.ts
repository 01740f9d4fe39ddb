/** The OpenAPI document and the pages: whole, true to the routes, and reaching nothing elsewhere. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { faults } from '../src/errors.ts';
import { docsPage, indexPage } from '../src/http/docs.ts';
import { rootLinks } from '../src/http/links.ts';
import { openApiDocument } from '../src/http/openapi.ts';
import { faultsOf } from '../src/http/route.ts';
import { routes } from '../src/http/routes/index.ts';
import { isArray, isObject, type Json, type JsonObject } from '../src/schema/json.ts';
import { resolve } from '../src/schema/pointer.ts';

const document: JsonObject = JSON.parse(JSON.stringify(openApiDocument(routes)));
const paths = document.paths as JsonObject;

/** Every value of `key` anywhere in `value`. */
function everywhere(value: Json, key: string): Json[] {
  if (isArray(value)) return value.flatMap((item) => everywhere(item, key));
  if (!isObject(value)) return [];
  const here = Object.hasOwn(value, key) ? [value[key] as Json] : [];
  return [...here, ...Object.values(value).flatMap((inner) => everywhere(inner, key))];
}

function operations(): readonly { readonly at: string; readonly method: string; readonly operation: JsonObject }[] {
  return Object.entries(paths).flatMap(([at, item]) =>
    Object.entries(item as JsonObject).map(([method, operation]) => ({
      at,
      method,
      operation: operation as JsonObject,
    })),
  );
}

/** OpenAPI 3.1, the parts used here, as the specification states them. Closed, so that a misplaced field is seen. */
const openApi = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['openapi', 'info', 'paths'],
  properties: {
    openapi: { const: '3.1.0' },
    info: {
      type: 'object',
      required: ['title', 'version'],
      properties: { license: { type: 'object', required: ['name'] } },
    },
    servers: { type: 'array', items: { type: 'object', required: ['url'] } },
    tags: { type: 'array', items: { type: 'object', required: ['name'] } },
    paths: {
      type: 'object',
      propertyNames: { pattern: '^/' },
      additionalProperties: {
        type: 'object',
        propertyNames: { enum: ['get', 'put', 'post', 'delete'] },
        additionalProperties: { $ref: '#/$defs/operation' },
      },
    },
    components: {
      type: 'object',
      propertyNames: {
        enum: [
          'schemas',
          'securitySchemes',
          'headers',
          'responses',
          'parameters',
          'examples',
          'requestBodies',
          'links',
          'callbacks',
          'pathItems',
        ],
      },
    },
    webhooks: { type: 'object', maxProperties: 0 },
  },
  additionalProperties: false,
  $defs: {
    operation: {
      type: 'object',
      required: ['operationId', 'summary', 'tags', 'responses', 'security'],
      properties: {
        operationId: { type: 'string', pattern: '^[a-z][A-Za-z0-9]*$' },
        summary: { type: 'string', minLength: 5 },
        description: { type: 'string' },
        tags: { type: 'array', minItems: 1 },
        security: { type: 'array', items: { type: 'object' } },
        parameters: {
          type: 'array',
          items: {
            type: 'object',
            required: ['name', 'in', 'required', 'schema'],
            properties: {
              name: { type: 'string' },
              in: { enum: ['path', 'query'] },
              required: { type: 'boolean' },
              description: { type: 'string' },
              schema: { type: 'object' },
            },
            additionalProperties: false,
            if: { properties: { in: { const: 'path' } } },
            then: { properties: { required: { const: true } } },
          },
        },
        requestBody: {
          type: 'object',
          required: ['content'],
          properties: { content: { type: 'object', minProperties: 1 }, required: { const: true } },
          additionalProperties: false,
        },
        responses: {
          type: 'object',
          minProperties: 1,
          propertyNames: { pattern: '^[1-5][0-9]{2}$' },
          additionalProperties: {
            type: 'object',
            required: ['description'],
            properties: {
              description: { type: 'string', minLength: 1 },
              headers: { type: 'object' },
              content: { type: 'object', propertyNames: { pattern: '^[a-z]+/[a-z0-9.+-]+$' } },
            },
            additionalProperties: false,
          },
        },
      },
      patternProperties: { '^x-': true },
      additionalProperties: false,
    },
  },
};

describe('the OpenAPI document', () => {
  it('has the form the specification states', () => {
    const validate = new Ajv2020({ strict: false, allErrors: true }).compile(openApi);
    expect(validate(document), JSON.stringify(validate.errors?.slice(0, 5), null, 1)).toBe(true);
  });

  it('resolves every reference, and uses every component', () => {
    const references = everywhere(document, '$ref').map(String);
    for (const reference of references)
      expect([reference, resolve(document, reference.slice(1)) !== undefined]).toEqual([reference, true]);
    const components = Object.keys((document.components as JsonObject).schemas as JsonObject);
    expect(components.filter((name) => !references.includes(`#/components/schemas/${name}`))).toEqual([]);
  });

  it('holds schemas that compile', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'openapi');
    for (const { at, method, operation } of operations()) {
      for (const pointer of Object.keys((operation.requestBody as JsonObject | undefined)?.content ?? {})) {
        const place = `/paths/${at.replaceAll('/', '~1')}/${method}/requestBody/content/${pointer.replaceAll('/', '~1')}/schema`;
        expect(() => ajv.compile({ $ref: `openapi#${encodeURI(place)}` })).not.toThrow();
      }
    }
  });

  it('states every parameter of a path once, and no other', () => {
    for (const { at, operation } of operations()) {
      const inPath = (operation.parameters as JsonObject[])
        .filter(({ in: where }) => where === 'path')
        .map(({ name }) => name);
      expect([at, inPath]).toEqual([at, [...at.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)]);
    }
  });

  it('has one operation for each route, each with its own id', () => {
    expect(operations()).toHaveLength(routes.length);
    expect(new Set(routes.map(({ id }) => id)).size).toBe(routes.length);
    expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBe(routes.length);
  });

  it('names every code a route may refuse with under its status', () => {
    for (const record of routes) {
      const responses = ((paths[record.path] as JsonObject)[record.method] as JsonObject).responses as JsonObject;
      for (const code of faultsOf(record))
        expect(everywhere(responses[String(faults[code].status)] ?? null, 'enum').flat()).toContain(code);
    }
  });

  it('is the same bytes each time', () => {
    expect(JSON.stringify(openApiDocument(routes))).toBe(JSON.stringify(document));
  });
});

describe('the pages', () => {
  const page = docsPage(routes, rootLinks);

  it('reach nothing elsewhere', () => {
    for (const html of [page, indexPage(rootLinks)]) {
      const urls = html.match(/(?:src|href|url|import|fetch)\s*[=(]\s*["']?[^"'\s>)]+/g) ?? [];
      expect(urls.filter((url) => /:\/\/|=\s*["']?\/\//.test(url))).toEqual([]);
      expect(html).not.toMatch(/<(?:link|img|iframe|script src)/);
    }
  });

  it('show every route, with a link that leads to it, and every code', () => {
    for (const { id, path, summary } of routes) {
      expect(page).toContain(`<article id="${id}">`);
      expect(page).toContain(`href="#${id}"`);
      expect(page).toContain(path);
      expect(page.includes(summary.replaceAll("'", '&#39;').replaceAll('`', '')) || summary.includes('`')).toBe(true);
    }
    for (const code of Object.keys(faults)) expect(page).toContain(`id="${code}"`);
  });

  it('have no link that leads nowhere', () => {
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, target]) => target);
    expect(targets.filter((target) => !ids.has(target))).toEqual([]);
  });

  it('show text, not markup, of what a summary says', () => {
    const odd = routes.map((record) => ({ ...record, summary: '<img src=x onerror=alert(1)>' }));
    const html = docsPage(odd, rootLinks);
    expect(html).not.toContain('<img');
  });
});
