/**
 * Look-ups that were answered before, straight from memory to the socket, ahead of the app: of what the app does around every
 * answer it keeps authentication, the rate limit, conditional requests, correlation ids and metrics. Whatever it is not sure of
 * it leaves to the app.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answers.ts';
import { correlationOf } from './correlation.ts';
import type { Deps } from './deps.ts';
import { cacheControl, holds } from './reply.ts';

/** Whether whoever sends this header may read now, known without waiting. `false`: ask the app. */
export type MayRead = (authorization: string | null) => boolean;

/** An answer as it goes over the wire: header names and values in turn. */
interface Wire {
  readonly etag: string;
  readonly head: readonly string[];
  readonly about: readonly string[];
  readonly body: Buffer;
}

export type Shortcut = (request: IncomingMessage, response: ServerResponse) => boolean;

/** The result says whether the request was answered. */
export function shortcut({ answers, metrics }: Pick<Deps, 'answers' | 'metrics'>, mayRead: MayRead): Shortcut {
  const wires = new WeakMap<Answer, Wire>();
  const wireOf = (answer: Answer): Wire => {
    const known = wires.get(answer) ?? wired(answer);
    wires.set(answer, known);
    return known;
  };
  return (request, response) => {
    if (request.method !== 'GET') return false;
    const answer = answers.get(request.url ?? '');
    if (!answer) return false;
    const asked = askedIn(request.rawHeaders);
    if (!asked || !mayRead(asked.authorization)) return false;
    const began = performance.now();
    const status = send(asked, response, wireOf(answer));
    metrics.lookUp('hit');
    metrics.request(answer.route, 'GET', status, (performance.now() - began) / 1_000);
    return true;
  };
}

/** What a look-up's answer depends on. */
interface Asked {
  authorization: string | null;
  'if-none-match': string | null;
  'x-correlation-id': string | null;
}

/**
 * Read off the names and values as they came: making Node's object of all headers costs as much as everything else here. A header
 * that came twice is the app's to judge: undefined.
 */
function askedIn(headers: readonly string[]): Asked | undefined {
  const asked: Asked = { authorization: null, 'if-none-match': null, 'x-correlation-id': null };
  for (let index = 0; index < headers.length; index += 2) {
    const { length } = headers[index]!;
    if (length !== 13 && length !== 16) continue;
    const name = headers[index]!.toLowerCase();
    if (name !== 'authorization' && name !== 'if-none-match' && name !== 'x-correlation-id') continue;
    if (asked[name] !== null) return undefined;
    asked[name] = headers[index + 1]!;
  }
  return asked;
}

function send(asked: Asked, response: ServerResponse, { etag, head, about, body }: Wire): number {
  const correlation = ['X-Correlation-Id', correlationOf(asked['x-correlation-id'])];
  if (holds(asked['if-none-match'], etag)) {
    response.writeHead(304, [...head, ...correlation]).end();
    return 304;
  }
  response.writeHead(200, [...head, ...about, ...correlation]).end(body);
  return 200;
}

function wired(answer: Answer): Wire {
  const etag = `"${answer.etag}"`;
  const body = Buffer.from(answer.text);
  const head = {
    ...answer.headers,
    'Cache-Control': cacheControl[answer.caching],
    ETag: etag,
    'X-Content-Type-Options': 'nosniff',
  };
  const about = {
    'Content-Type': answer.mediaType ?? 'application/json; charset=utf-8',
    'Content-Length': String(body.length),
  };
  return { etag, head: Object.entries(head).flat(), about: Object.entries(about).flat(), body };
}
