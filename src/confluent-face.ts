/** Puts Confluent's interface beside the other faces: which requests are for it, and who asks them. */
import type { Hono } from 'hono';
import type { Config } from './config.ts';
import { type ConfluentApp, confluentApp } from './confluent/app.ts';
import { prepareCatalog } from './confluent/catalog.ts';
import { confluentPath } from './confluent/path.ts';
import type { Authenticate } from './http/auth.ts';
import { correlationOf, traceOf } from './http/correlation.ts';
import type { Deps } from './http/deps.ts';
import { may } from './http/identity.ts';
import type { Log } from './http/log.ts';
import type { RateLimit } from './http/rate.ts';
import { routes } from './http/routes/index.ts';

type Fetch = Hono['fetch'];

export interface Surroundings {
  readonly deps: Deps;
  readonly log: Log;
  readonly authenticate: Authenticate;
  readonly rate?: RateLimit;
}

/** `otherwise` answers what is not for it. */
export function withConfluent(config: Config, surroundings: Surroundings, otherwise: Fetch): Fetch {
  const { confluent } = config;
  if (confluent === undefined) return otherwise;
  const app = appOf(config, confluent.catalog, surroundings);
  return (request, ...more) => {
    const { pathname, search } = new URL(request.url);
    const asked = `${pathname}${search}`;
    const path = confluentPath(asked, request.headers.get('accept') ?? '', confluent.paths, ownSegments);
    return path === undefined ? otherwise(request, ...more) : app(request, path, asked);
  };
}

/** What stands at the root beside Confluent's interface, where that stands there too. */
const ownSegments: ReadonlySet<string> = new Set(
  [...routes.map(({ path }) => path.split('/')[1] ?? ''), 'console'].filter((segment) => segment !== ''),
);

function appOf(config: Config, catalog: string, { deps, log, authenticate, rate }: Surroundings): ConfluentApp {
  return confluentApp({
    deps,
    catalog,
    // a schema stands in the body as text within JSON, which escapes it
    maxBytes: config.limits.bodyBytes * 2,
    prepare: () => prepareCatalog(deps, catalog),
    admit: async (authorization, request) => {
      const identity = await authenticate(authorization);
      rate?.take(identity.actor);
      const { traceparent } = traceOf(request.headers.get('traceparent'));
      const stated = request.headers.get('x-correlation-id') ?? request.headers.get('x-request-id');
      return {
        actor: identity.actor,
        queue: identity.actor,
        signal: request.signal,
        correlationId: correlationOf(stated),
        traceparent,
        can: (permission, about) => may(identity, permission, about),
      };
    },
    onRequest: (record) => {
      deps.metrics.request(record.route, record.method, record.status, record.ms / 1_000);
      log.request({ ...record, traceId: '', spanId: '' });
    },
    onBug: log.bug,
  });
}
