/**
 * Cached look-ups are answered from memory before routing. The shortcut does what the app does around every reply: authentication,
 * the rate limit, conditional requests, correlation ids and metrics. A request that it cannot decide goes to the app.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { correlationOf } from './correlation.ts';
import type { Deps } from './deps.ts';
import { type Links, linkedHeaders, rootLinks } from './links.ts';
import { type Content, contentOf, endWith } from './one-write.ts';
import { type Audience, cachingHeaders, holds } from './reply.ts';
import type { CachedReply } from './reply-cache.ts';

/** Whether the sender of this header may read, decided without waiting. `false`: the app decides. */
export type MayRead = (authorization: string | null) => boolean;

/** A reply as it goes over the wire: header names and values in turn. */
interface Wire {
  readonly etag: string;
  /** Of a 304. */
  readonly head: readonly string[];
  /** Of a 200. */
  readonly whole: readonly string[];
  readonly content: Content;
}

export type Shortcut = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface ShortcutOptions {
  readonly mayRead: MayRead;
  /** Links of every request; absent where each request may have its own, and then the app answers what has links. */
  readonly links?: Links;
  /** Whether pages of other origins may ask: the app answers those that state one. */
  readonly cors: boolean;
  readonly audience: Audience;
}

/** The result says whether the request was answered. */
export function shortcut({ replies, metrics }: Pick<Deps, 'replies' | 'metrics'>, options: ShortcutOptions): Shortcut {
  const { mayRead, links, cors } = options;
  const wires = new WeakMap<CachedReply, Wire>();
  const wireOf = (reply: CachedReply): Wire => {
    const wire = wires.get(reply) ?? wired(reply, options);
    wires.set(reply, wire);
    return wire;
  };
  return (request, response) => {
    if (request.method !== 'GET') return false;
    const reply = replies.get(request.url ?? '');
    if (!reply || (!links && reply.headers?.Link !== undefined)) return false;
    const headers = relevantHeaders(request.rawHeaders);
    if (!headers || (cors && headers.origin !== null) || !mayRead(headers.authorization)) return false;
    const began = performance.now();
    const status = send(headers, response, wireOf(reply));
    metrics.lookUp('hit');
    metrics.request(reply.route, 'GET', status, (performance.now() - began) / 1_000);
    return true;
  };
}

/** The request headers that a look-up's reply depends on. */
interface RelevantHeaders {
  authorization: string | null;
  origin: string | null;
  'if-none-match': string | null;
  'x-correlation-id': string | null;
}

/**
 * Read from the raw names and values: building Node's object of all headers costs as much as everything else here. Undefined where
 * a header came twice, or a body comes: that is the app's to decide.
 */
function relevantHeaders(headers: readonly string[]): RelevantHeaders | undefined {
  const found: RelevantHeaders = { authorization: null, origin: null, 'if-none-match': null, 'x-correlation-id': null };
  for (let index = 0; index < headers.length; index += 2) {
    const { length } = headers[index]!;
    if (length !== 13 && length !== 14 && length !== 16 && length !== 17 && length !== 6) continue;
    const name = headers[index]!.toLowerCase();
    if (name === 'content-length' || name === 'transfer-encoding') return undefined;
    if (!isRelevant(name)) continue;
    if (found[name] !== null) return undefined;
    found[name] = headers[index + 1]!;
  }
  return found;
}

function isRelevant(name: string): name is keyof RelevantHeaders {
  return name === 'authorization' || name === 'if-none-match' || name === 'x-correlation-id' || name === 'origin';
}

function send(request: RelevantHeaders, response: ServerResponse, { etag, head, whole, content }: Wire): number {
  const correlation = correlationOf(request['x-correlation-id']);
  if (holds(request['if-none-match'], etag)) {
    response.writeHead(304, [...head, 'X-Correlation-Id', correlation]).end();
    return 304;
  }
  response.writeHead(200, [...whole, 'X-Correlation-Id', correlation]);
  endWith(response, content);
  return 200;
}

function wired(
  reply: CachedReply,
  { links, cors, audience }: Pick<ShortcutOptions, 'links' | 'cors' | 'audience'>,
): Wire {
  const caching = cachingHeaders(reply.caching, audience);
  const etag = `"${reply.etag}"`;
  const content = contentOf(reply.text);
  const head = {
    ...linkedHeaders(reply.headers ?? {}, links ?? rootLinks),
    ...caching,
    ...(cors && { Vary: caching.Vary === undefined ? 'Origin' : `${caching.Vary}, Origin` }),
    ETag: etag,
    'X-Content-Type-Options': 'nosniff',
  };
  const about = {
    'Content-Type': reply.mediaType ?? 'application/json; charset=utf-8',
    'Content-Length': String(content.bytes),
  };
  return {
    etag,
    head: Object.entries(head).flat(),
    whole: Object.entries({ ...head, ...about }).flat(),
    content,
  };
}
