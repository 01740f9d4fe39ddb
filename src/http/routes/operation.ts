/** What operators and newcomers ask first: is it alive, is it ready, how is it doing, what can it do. */
import * as z from 'zod';
import { Fault } from '../../errors.ts';
import { prefers } from '../accept.ts';
import { pathTo } from '../links.ts';
import { route } from '../route.ts';
import { none } from '../shapes/parameters.ts';

const anything = z.object({});
const state = z.object({ status: z.string() });

export const livezRoute = route({
  method: 'get',
  path: '/livez',
  id: 'livez',
  group: 'Operation',
  summary: 'Says that the process runs.',
  params: none,
  query: anything,
  replies: { 200: { description: 'It runs.', schema: state } },
  faults: [],
  permission: 'open',
  example: 'curl $HERALD/livez',
  handle: () => ({ status: 200, json: { status: 'alive' } }),
});

export const readyzRoute = route({
  method: 'get',
  path: '/readyz',
  id: 'readyz',
  group: 'Operation',
  summary: 'Says whether requests can be served: the database answers, takes writes, and its migrations are ours.',
  params: none,
  query: anything,
  replies: {
    200: {
      description: 'It is ready. `auditHead` is where the audit log ends, for monitoring to keep.',
      schema: z.object({
        status: z.string(),
        auditHead: z.string(),
        standby: z.enum(['answers', 'away']).optional().meta({
          description: 'With HERALD_READ_URL: whether the standby answers look-ups; the primary does meanwhile.',
        }),
      }),
    },
  },
  faults: ['STORE_UNAVAILABLE', 'MIGRATIONS_INVALID'],
  permission: 'open',
  example: 'curl $HERALD/readyz',
  handle: async ({ context }) => {
    if (context.closing()) throw new Fault('STORE_UNAVAILABLE', {}, { message: 'The process is shutting down.' });
    await context.store.ping();
    const { sequence, hash } = await context.store.auditHead();
    const standby = context.store.standby();
    return {
      status: 200,
      json: { status: 'ready', auditHead: `${sequence}:${hash}`, ...(standby && { standby }) },
    };
  },
});

export const metricsRoute = route({
  method: 'get',
  path: '/metrics',
  id: 'metrics',
  group: 'Operation',
  summary: 'Gives the metrics in Prometheus form.',
  description: 'With HERALD_METRICS_PORT they are also served on a port of their own, without credentials.',
  params: none,
  query: anything,
  replies: { 200: { description: 'The metrics.', mediaTypes: ['text/plain'] } },
  faults: [],
  permission: 'read',
  example: 'curl $HERALD/metrics',
  handle: async ({ context }) => ({
    status: 200,
    text: await context.metrics.text(),
    mediaType: context.metrics.mediaType,
  }),
});

export const openApiRoute = route({
  method: 'get',
  path: '/openapi.json',
  id: 'openapi',
  group: 'Operation',
  summary: 'Gives the OpenAPI 3.1 document.',
  params: none,
  query: anything,
  replies: {
    200: { description: 'The document.', schema: z.looseObject({ openapi: z.string() }) },
    304: { description: 'The caller has it already.' },
  },
  faults: [],
  permission: 'open',
  example: 'curl $HERALD/openapi.json',
  handle: ({ description, links }) => ({ status: 200, ...description.openapi(links), caching: 'fresh' }),
});

export const docsRoute = route({
  method: 'get',
  path: '/docs',
  id: 'docs',
  group: 'Operation',
  summary: 'Shows this interface as a page for people.',
  params: none,
  query: anything,
  replies: { 200: { description: 'The page.', mediaTypes: ['text/html'] } },
  faults: [],
  permission: 'open',
  handle: ({ description, links }) => page(description.docs(links)),
});

export const indexRoute = route({
  method: 'get',
  path: '/',
  id: 'index',
  group: 'Operation',
  summary: 'Says what this is and where to go on.',
  params: none,
  query: anything,
  replies: {
    200: {
      description: 'A small index.',
      schema: z.looseObject({ name: z.string() }),
      mediaTypes: ['application/json', 'text/html'],
    },
  },
  faults: [],
  permission: 'open',
  example: 'curl $HERALD/',
  handle: ({ accept, description, links }) =>
    prefers(accept, { json: 'application/json', html: 'text/html' }) === 'html'
      ? page(description.index(links))
      : {
          status: 200,
          json: {
            name: 'herald',
            about: 'An event-schema registry with a compatibility gate.',
            docs: pathTo(links, '/docs'),
            openapi: pathTo(links, '/openapi.json'),
            catalogs: pathTo(links, '/v1/catalogs'),
            deprecations: pathTo(links, '/v1/deprecations'),
            ready: pathTo(links, '/readyz'),
          },
        },
});

/** The pages run their own inline script and style and reach nothing else. */
function page(html: string) {
  return {
    status: 200,
    text: html,
    mediaType: 'text/html; charset=utf-8',
    headers: {
      'Content-Security-Policy':
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'Referrer-Policy': 'no-referrer',
    },
  };
}
