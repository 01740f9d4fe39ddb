/**
 * What a route is. A record says everything about it: the OpenAPI document, the page at /docs, the permission check and the
 * tests are derived from it. Handlers take no decisions; the verbs of registry/ do.
 */
import type * as z from 'zod';
import type { FaultCode } from '../errors.ts';
import type { Caller, Permission } from '../registry/caller.ts';
import { append } from '../schema/pointer.ts';
import type { BodyOf, BodySpec } from './body.ts';
import { checked, invalid } from './checked.ts';
import type { Deps } from './deps.ts';
import type { Description } from './description.ts';
import type { Links } from './links.ts';

export type Method = 'get' | 'put' | 'post' | 'delete';

/** How long a client may store the reply. `immutable`: for ever. `fresh`: for seconds, then revalidated. `none`: not at all. */
export type Caching = 'immutable' | 'fresh' | 'none';

export interface Reply {
  readonly status: number;
  /** Serialized by the edge; absent for answers without a body. */
  readonly json?: unknown;
  /** Already serialized; `mediaType` says what it is, JSON where absent. */
  readonly text?: string;
  /** Sent piece by piece, as fast as the caller reads. */
  readonly pieces?: AsyncIterable<string>;
  readonly mediaType?: string;
  /** Without quotes. A caller that has it already gets a 304. */
  readonly etag?: string;
  readonly caching?: Caching;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ReplySpec {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Where the reply is not JSON, or not only. */
  readonly mediaTypes?: readonly string[];
}

export interface Asked<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Deps and the caller: what verbs take. */
  readonly context: Deps & { readonly caller: Caller };
  readonly accept: string;
  /** The path with its query, as it was asked for. */
  readonly path: string;
  readonly description: Description;
  readonly links: Links;
  /** The origin the caller used, where no public one is configured. */
  readonly origin: string;
}

interface Stated {
  readonly method: Method;
  /** As OpenAPI writes it: `/v1/catalogs/{catalog}`. */
  readonly path: string;
  /** Name in the OpenAPI document and in metrics. Unique. */
  readonly id: string;
  readonly group: Group;
  readonly summary: string;
  readonly description?: string;
  readonly replies: Readonly<Record<number, ReplySpec>>;
  /** Faults of this route; `faultsOf` adds those that any route may give. */
  readonly faults: readonly FaultCode[];
  /** `open`: needs no credentials. */
  readonly permission: Permission | 'open';
  /** Its name in the audit log, on every route that writes. A refusal that happens before a verb is recorded under it. */
  readonly action?: string;
  /** A command line that works against a registry with the example catalogs. `$HERALD` is its URL. */
  readonly example?: string;
}

export const groups = [
  'Catalogs',
  'Subjects',
  'Versions',
  'Schemas',
  'Validation',
  'Consumers',
  'Deprecation',
  'Governance',
  'Webhooks',
  'Operation',
] as const;
export type Group = (typeof groups)[number];

export interface Incoming {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** With its query. */
  readonly path: string;
  readonly request: Request;
  readonly caller: Caller;
  readonly deps: Deps;
  readonly description: Description;
  readonly links: Links;
}

/** A route with its types closed over. */
export interface Route extends Stated {
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body?: BodySpec;
  readonly answer: (incoming: Incoming, readBody: (spec: BodySpec) => Promise<unknown>) => Promise<Reply>;
}

export function route<P extends z.ZodObject, Q extends z.ZodObject, B extends BodySpec | undefined = undefined>(
  record: Stated & {
    readonly params: P;
    readonly query: Q;
    readonly body?: B;
    readonly handle: (asked: Asked<z.output<P>, z.output<Q>, BodyOf<B>>) => Promise<Reply> | Reply;
  },
): Route {
  const { handle, body, ...stated } = record;
  return {
    ...stated,
    ...(body && { body }),
    answer: async ({ params, query, path, request, caller, deps, description, links }, readBody) =>
      handle({
        params: checked(record.params, params, 'path'),
        query: checked(record.query, once(query), 'query'),
        // The spec's kind decides what the reader gives back; BodyOf is that correspondence as a type.
        body: (body ? await readBody(body) : undefined) as BodyOf<B>,
        context: { ...deps, caller },
        path,
        description,
        links,
        origin: links.origin ?? new URL(request.url).origin,
        accept: request.headers.get('accept') ?? '',
      }),
  };
}

/** A parameter given twice would otherwise mean whichever the parser likes. */
function once(query: URLSearchParams): Record<string, string> {
  const values: [string, string][] = [];
  const seen = new Set<string>();
  for (const [name, value] of query) {
    if (seen.has(name)) throw invalid([{ in: 'query', at: append('', name), message: 'is given twice' }]);
    seen.add(name);
    values.push([name, value]);
  }
  return Object.fromEntries(values);
}

/** Everything a route may refuse with, sorted: its own faults and those its form brings along. */
export function faultsOf(record: Route): readonly FaultCode[] {
  const fromBody: readonly FaultCode[] = record.body
    ? ['BODY_NOT_JSON', 'BODY_TOO_LARGE', 'MEDIA_TYPE_UNSUPPORTED', 'PARAMETER_INVALID']
    : [];
  const fromAuth: readonly FaultCode[] =
    record.permission === 'open'
      ? []
      : [
          'UNAUTHENTICATED',
          'FORBIDDEN',
          'KEYS_UNAVAILABLE',
          'RATE_LIMITED',
          'STORE_UNAVAILABLE',
          'OVERLOADED',
          'CANCELLED',
        ];
  // pages and probes take any query, as links and balancers add theirs; all else names what it does not know
  const fromParams: readonly FaultCode[] = record.permission === 'open' ? [] : ['PARAMETER_INVALID'];
  return [...new Set([...record.faults, ...fromBody, ...fromAuth, ...fromParams, 'INTERNAL' as const])].sort();
}
