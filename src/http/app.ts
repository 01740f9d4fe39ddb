/**
 * The Hono app, built from the table of routes: authentication, permission, bodies within bounds, faults to replies, and one
 * record of each request. Payloads never reach the log.
 */
import type { IncomingMessage } from 'node:http';
import { type Context, Hono } from 'hono';
import { Fault } from '../errors.ts';
import type { Caller } from '../registry/caller.ts';
import type { Authenticate } from './auth.ts';
import { type BodyLimits, bodyLimits, readBody } from './body.ts';
import { correlationOf, type Trace, traceOf } from './correlation.ts';
import { type CorsHeaders, preflightHeaders } from './cors.ts';
import type { Deps } from './deps.ts';
import { type Description, describeRoutes } from './description.ts';
import { type Identity, localAdmin, may } from './identity.ts';
import { type Links, type LinksOf, linkedHeaders, pathTo, rootLinks } from './links.ts';
import { type Refusal, refusalIn } from './proof.ts';
import type { RateLimit } from './rate.ts';
import type { RecordRefused } from './refusals.ts';
import { type Audience, internal, refuse, respond } from './reply.ts';
import { faultsOf, type Reply, type Route } from './route.ts';
import { routes as allRoutes } from './routes/index.ts';

/** One request with its reply, for the log. */
export interface RequestRecord {
  readonly correlationId: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly ms: number;
  readonly actor?: string;
  readonly fault?: string;
  /** Why a token was refused, and which one it was where that is known. Only the log says it. */
  readonly refused?: Refusal;
}

export interface AppOptions {
  readonly deps: Deps;
  readonly authenticate: Authenticate;
  readonly limits?: BodyLimits;
  readonly rate?: RateLimit;
  /** Where callers reach the routes; at the root where absent. */
  readonly links?: LinksOf;
  /** Origins whose pages may ask; none where absent. */
  readonly cors?: CorsHeaders;
  readonly routes?: readonly Route[];
  /** Called after every request, once the reply is made. */
  readonly onRequest?: (record: RequestRecord) => void;
  /** Called with every error that is not a fault. */
  readonly onBug?: (error: unknown, correlationId: string) => void;
  /** Called when a route refuses with a fault that it does not declare. */
  readonly onUndeclared?: (route: Route, fault: Fault) => void;
  /** Records a refusal in the audit log before the reply. */
  readonly onRefused?: RecordRefused;
  /** Called when the refusal could not be recorded; it is a refusal all the same. */
  readonly onWarning?: (message: string, error: unknown) => void;
}

interface Exchange {
  readonly request: Request;
  readonly correlationId: string;
  readonly trace: Trace;
  readonly links: Links;
  /** The connection it came on, where there is one. */
  readonly connection: string;
  identity?: Identity;
  fault?: Fault;
}

/** What the adapter for Node adds to a request; absent in tests. */
interface Bindings {
  readonly incoming?: IncomingMessage;
}

export function createApp(options: AppOptions): Hono {
  const app = new Hono();
  const routes = options.routes ?? allRoutes;
  const description = describeRoutes(routes);
  for (const record of routes) {
    app.on(record.method.toUpperCase(), honoPath(record.path), (context) =>
      exchange(options, context, record.id, (state) =>
        answer(options, record, description, context.req.param(), state),
      ),
    );
  }
  for (const [path, methods] of methodsByPath(routes)) {
    const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].sort();
    app.all(honoPath(path), (context) =>
      exchange(options, context, 'method-not-allowed', async ({ request }) => {
        if (isPreflight(options, request)) return { status: 204, headers: preflightHeaders(allow) };
        throw new Fault('METHOD_NOT_ALLOWED', { allow });
      }),
    );
  }
  app.notFound((context) =>
    exchange(options, context, 'route-not-found', async ({ links }) => {
      throw new Fault('ROUTE_NOT_FOUND', { documentation: pathTo(links, '/docs') });
    }),
  );
  return app;
}

/** `{name}` to `:name`. */
function honoPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

function methodsByPath(routes: readonly Route[]): ReadonlyMap<string, readonly string[]> {
  const byPath = new Map<string, string[]>();
  for (const { path, method } of routes) byPath.set(path, [...(byPath.get(path) ?? []), method.toUpperCase()]);
  return byPath;
}

/** Everything around one reply: the clock, the correlation id, faults and bugs, the record. */
async function exchange(
  options: AppOptions,
  context: Context,
  route: string,
  work: (state: Exchange) => Promise<Reply>,
): Promise<Response> {
  const started = performance.now();
  const request = context.req.raw;
  // absent where no adapter gives one, whatever the type says
  const { incoming }: Bindings = context.env ?? {};
  const state: Exchange = {
    request,
    links: options.links?.(request.headers, incoming?.socket.remoteAddress) ?? rootLinks,
    correlationId: correlationOf(request.headers.get('x-correlation-id')),
    trace: traceOf(request.headers.get('traceparent')),
    connection: incoming ? `${incoming.socket.remoteAddress} ${incoming.socket.remotePort}` : '',
  };
  const reply = await work(state).catch((error: unknown) => refusal(options, state, route, error));
  const response = respond(
    { ...reply, headers: linkedHeaders(reply.headers ?? {}, state.links) },
    request,
    audienceOf(state),
  );
  if (options.cors) allowOrigin(options.cors, request, response);
  response.headers.set('X-Correlation-Id', state.correlationId);
  response.headers.set('X-Content-Type-Options', 'nosniff');
  const seconds = (performance.now() - started) / 1_000;
  options.deps.metrics.request(route, request.method, response.status, seconds);
  const refused = state.fault && refusalIn(state.fault);
  options.onRequest?.({
    correlationId: state.correlationId,
    traceId: state.trace.traceId,
    spanId: state.trace.spanId,
    route,
    method: request.method,
    status: response.status,
    ms: Math.round(seconds * 1e6) / 1e3,
    ...(state.identity && { actor: state.identity.actor }),
    ...(state.fault && { fault: state.fault.code }),
    ...(refused && { refused }),
  });
  return response;
}

/** A browser asks before a page of an allowed origin sends its request. */
function isPreflight({ cors }: AppOptions, { method, headers }: Request): boolean {
  const isAsked = method === 'OPTIONS' && headers.has('access-control-request-method');
  return isAsked && cors?.(headers.get('origin')) !== undefined;
}

function allowOrigin(cors: CorsHeaders, { headers }: Request, response: Response): void {
  response.headers.append('Vary', 'Origin');
  for (const [name, value] of Object.entries(cors(headers.get('origin')) ?? {})) response.headers.set(name, value);
}

function refusal(options: AppOptions, state: Exchange, route: string, error: unknown): Reply {
  const fault = error instanceof Fault ? error : internal();
  if (!(error instanceof Fault)) options.onBug?.(error, state.correlationId);
  state.fault = fault;
  options.deps.metrics.fault(fault.code, route);
  if (fault.code !== 'METHOD_NOT_ALLOWED') return refuse(fault);
  return refuse(fault, { Allow: String(fault.details.allow).replaceAll(',', ', ') });
}

async function answer(
  options: AppOptions,
  record: Route,
  description: Description,
  params: Readonly<Record<string, string>>,
  state: Exchange,
): Promise<Reply> {
  try {
    const caller = await admit(options, record, state);
    const { pathname, search, searchParams: query } = new URL(state.request.url);
    const incoming = {
      params,
      query,
      path: `${pathname}${search}`,
      request: state.request,
      caller,
      deps: options.deps,
      description,
      links: state.links,
    };
    return await record.answer(incoming, (spec) => readBody(spec, state.request, options.limits ?? bodyLimits));
  } catch (error) {
    if (error instanceof Fault) await recordFault(options, record, params, state, error);
    throw error;
  }
}

async function recordFault(
  options: AppOptions,
  route: Route,
  params: Readonly<Record<string, string>>,
  state: Exchange,
  fault: Fault,
): Promise<void> {
  if (!faultsOf(route).includes(fault.code)) options.onUndeclared?.(route, fault);
  const presented = state.request.headers.has('authorization');
  const caller = callerOf(state.identity ?? nobody, state);
  try {
    await options.onRefused?.({ route, params, caller, fault, presented });
  } catch (error) {
    options.onWarning?.('a refusal could not be recorded', error);
  }
}

/** Who asks, and whether they may use this route. Whether they may for this subject, the verb decides. */
async function admit(options: AppOptions, record: Route, state: Exchange): Promise<Caller> {
  if (record.permission === 'open') return callerOf(nobody, state);
  const identity = await options.authenticate(state.request.headers.get('authorization'));
  state.identity = identity;
  options.rate?.take(identity.actor);
  if (!may(identity, record.permission))
    throw new Fault(
      'FORBIDDEN',
      { permission: record.permission },
      {
        message: `This needs the permission "${record.permission}"${identity.roles.length > 0 ? '' : '; the credentials carry none of the roles reader, publisher, steward and admin'}.`,
      },
    );
  return callerOf(identity, state);
}

const nobody: Identity = { actor: 'anonymous', roles: [], services: [], subjects: [] };

function audienceOf({ identity }: Exchange): Audience {
  return identity === undefined || identity === localAdmin ? 'public' : 'private';
}

function callerOf(identity: Identity, { request, correlationId, trace, connection }: Exchange): Caller {
  const { traceparent } = trace;
  const { actor } = identity;
  const can: Caller['can'] = (permission, about) => may(identity, permission, about);
  // where nobody says who they are, each connection is a caller of its own to those who wait beside it
  const queue = identity === localAdmin ? `${actor} ${connection}` : actor;
  return { actor, queue, correlationId, traceparent, can, signal: request.signal };
}
