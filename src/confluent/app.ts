/**
 * Confluent's interface as another edge over the registry's verbs: paths, bodies and refusals as its clients expect them. Neither
 * payloads nor schemas reach the log.
 */
import { Fault } from '../errors.ts';
import type { Caller, Permission } from '../registry/caller.ts';
import type { ConfluentDeps } from './deps.ts';
import { ConfluentError, fromFault, refusals } from './error.ts';
import { type ConfluentReply, findRoute } from './route.ts';
import { confluentRoutes } from './routes/index.ts';
import { defaultContext } from './subject-name.ts';

export interface ConfluentOptions {
  readonly deps: ConfluentDeps;
  /** Where the subjects live. Made when the first is registered. */
  readonly catalog: string;
  /** Bytes of a body. */
  readonly maxBytes: number;
  /** Who asks. Faults UNAUTHENTICATED, RATE_LIMITED. */
  readonly admit: (authorization: string | null, request: Request) => Promise<Caller>;
  /** Told of every request, after the answer was made. */
  readonly onRequest?: (record: ConfluentRecord) => void;
  /** Told of what is no refusal. */
  readonly onBug?: (error: unknown, correlationId: string) => void;
  /** Makes the catalog where it is not there. */
  readonly prepare: () => Promise<void>;
}

export interface ConfluentRecord {
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly ms: number;
  readonly correlationId: string;
  readonly actor?: string;
  readonly fault?: string;
}

/** `path`: below where the interface stands, with its query. `url`: as it was asked for. */
export type ConfluentApp = (request: Request, path: string, url: string) => Promise<Response>;

interface State {
  route: string;
  actor?: string;
  correlationId: string;
}

export function confluentApp(options: ConfluentOptions): ConfluentApp {
  let prepared: Promise<void> | undefined;
  return async (request, path, url) => {
    const began = performance.now();
    const state: State = { route: 'confluent', correlationId: '' };
    let response: Response;
    let fault: string | undefined;
    try {
      prepared ??= options.prepare();
      await prepared.catch((error: unknown) => {
        prepared = undefined;
        throw error;
      });
      response = answered(request, await answer(options, request, path, url, state));
    } catch (error) {
      const refusal = refusalOf(options, state, error);
      fault = String(refusal.code);
      response = refused(request, refusal);
    }
    if (state.correlationId !== '') response.headers.set('X-Correlation-Id', state.correlationId);
    response.headers.set('X-Content-Type-Options', 'nosniff');
    const { route, correlationId, actor } = state;
    options.onRequest?.({
      route,
      method: request.method,
      status: response.status,
      ms: Math.round((performance.now() - began) * 1_000) / 1_000,
      correlationId,
      ...(actor !== undefined && { actor }),
      ...(fault !== undefined && { fault }),
    });
    return response;
  };
}

function refusalOf({ onBug }: ConfluentOptions, { correlationId }: State, error: unknown): ConfluentError {
  if (error instanceof ConfluentError) return error;
  if (error instanceof Fault) return fromFault(error);
  onBug?.(error, correlationId);
  return new ConfluentError(50001, 'Error in the backend data store');
}

async function answer(
  options: ConfluentOptions,
  request: Request,
  path: string,
  url: string,
  state: State,
): Promise<ConfluentReply> {
  const { pathname, query } = split(path);
  const { contextName, segments } = withoutContext(segmentsOf(pathname), request.method);
  const caller = await options.admit(bearer(request.headers.get('authorization')), request);
  state.actor = caller.actor;
  state.correlationId = caller.correlationId ?? '';
  const found = findRoute(confluentRoutes, request.method, segments);
  if (found === 'no-route') throw refusals.routeNotFound();
  if (found === 'no-method') throw refusals.methodNotAllowed();
  state.route = found.route.id;
  refuseUnless(caller, found.route.permission);
  const body =
    request.method === 'POST' || request.method === 'PUT' ? await readBody(request, options.maxBytes) : undefined;
  return found.route.handle({
    deps: options.deps,
    caller,
    catalog: options.catalog,
    params: found.params,
    query,
    contextName,
    url,
    takesMore: request.headers.get('confluent-accept-unknown-properties')?.toLowerCase() === 'true',
    body,
  });
}

function refuseUnless(caller: Caller, permission: Permission): void {
  if (!caller.can(permission))
    throw new Fault('FORBIDDEN', { permission }, { message: `This needs the permission "${permission}".` });
}

function split(path: string): { readonly pathname: string; readonly query: URLSearchParams } {
  const mark = path.indexOf('?');
  return mark < 0
    ? { pathname: path, query: new URLSearchParams() }
    : { pathname: path.slice(0, mark), query: new URLSearchParams(path.slice(mark + 1)) };
}

/** Slashes at the end and twice in a row mean nothing: old clients send them. */
function segmentsOf(pathname: string): readonly string[] {
  return pathname
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => {
      try {
        return decodeURIComponent(segment);
      } catch {
        throw refusals.routeNotFound();
      }
    });
}

/** `/contexts/.eu/subjects/…` is `/subjects/…` within `.eu`. */
function withoutContext(segments: readonly string[], method: string) {
  const [first, name, ...rest] = segments;
  if (first !== 'contexts' || name === undefined || (rest.length === 0 && method === 'DELETE'))
    return { contextName: defaultContext, segments };
  const bare = name.replace(/^:|:$/g, '');
  return { contextName: bare.startsWith('.') ? bare : `.${bare}`, segments: rest };
}

/** Clients send user and password where a token is wanted: the password is the token. */
function bearer(authorization: string | null): string | null {
  const basic = /^Basic ([A-Za-z0-9+/=]{1,8192})$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined) return authorization;
  const given = Buffer.from(basic, 'base64').toString('utf8');
  return `Bearer ${given.slice(given.indexOf(':') + 1)}`;
}

const taken = new Set([
  'application/vnd.schemaregistry.v1+json',
  'application/vnd.schemaregistry+json',
  'application/json',
  'application/octet-stream',
]);

async function readBody(request: Request, maxBytes: number): Promise<unknown> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
  if (type !== '' && !taken.has(type)) throw refusals.mediaTypeUnsupported();
  const text = await readText(request, maxBytes);
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw refusals.notJson('The body is not JSON');
  }
}

async function readText(request: Request, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (let read = await reader?.read(); read !== undefined && !read.done; read = await reader?.read()) {
    size += read.value.byteLength;
    // read to its end all the same: who is cut off while sending does not see the answer
    if (size <= maxBytes) chunks.push(read.value);
    else if (size > maxBytes * 32) {
      await reader?.cancel();
      break;
    }
  }
  if (size > maxBytes) throw refusals.tooLarge(maxBytes);
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** The best of what the client takes. */
function mediaTypeFor(request: Request): string {
  const accept = request.headers.get('accept') ?? '';
  if (accept.includes('schemaregistry.v1+json') || accept === '' || accept.includes('*/*'))
    return 'application/vnd.schemaregistry.v1+json';
  if (accept.includes('schemaregistry+json')) return 'application/vnd.schemaregistry+json';
  return accept.includes('application/json') ? 'application/json' : 'application/vnd.schemaregistry.v1+json';
}

function answered(request: Request, reply: ConfluentReply): Response {
  if (reply === undefined) return new Response(null, { status: 204 });
  const text = 'text' in reply ? reply.text : JSON.stringify(reply.json);
  return new Response(request.method === 'HEAD' ? null : text, {
    status: 200,
    headers: { 'Content-Type': mediaTypeFor(request) },
  });
}

function refused(request: Request, { code, status, message }: ConfluentError): Response {
  const body = JSON.stringify({ error_code: code, message });
  const headers = {
    'Content-Type': mediaTypeFor(request),
    ...(status === 401 && { 'WWW-Authenticate': 'Basic realm="herald"' }),
  };
  return new Response(request.method === 'HEAD' ? null : body, { status, headers });
}
