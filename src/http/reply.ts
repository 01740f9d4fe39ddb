/** Turns a handler's reply, or a fault, into an HTTP response: serialization, ETag and 304, caching, the error form. */
import { Fault, faults } from '../errors.ts';
import { latestFreshMs } from '../registry/freshness.ts';
import { othersTurn } from '../turns.ts';
import type { Caching, Reply } from './route.ts';

/** For whom a reply may be kept: everybody, or only whoever showed the credentials it was given for. */
export type Audience = 'public' | 'private';

const lifetimes: Readonly<Record<Exclude<Caching, 'none'>, string>> = {
  immutable: 'max-age=31536000, immutable',
  fresh: `max-age=${latestFreshMs / 1_000}, must-revalidate`,
};

/** A shared cache may otherwise hand a reply to anybody (RFC 9111 §3.5 lets `public` override Authorization). */
export function cachingHeaders(caching: Caching, audience: Audience): Readonly<Record<string, string>> {
  if (caching === 'none') return { 'Cache-Control': 'no-store' };
  return {
    'Cache-Control': `${audience}, ${lifetimes[caching]}`,
    ...(audience === 'private' && { Vary: 'Authorization' }),
  };
}

export function respond(reply: Reply, request: Request, audience: Audience): Response {
  const headers: Record<string, string> = {
    ...reply.headers,
    ...cachingHeaders(reply.caching ?? 'none', audience),
  };
  const etag = reply.etag === undefined ? undefined : `"${reply.etag}"`;
  if (etag !== undefined) headers.ETag = etag;
  if (etag !== undefined && holds(request.headers.get('if-none-match'), etag))
    return new Response(null, { status: 304, headers });
  if (reply.pieces) {
    headers['Content-Type'] = reply.mediaType ?? 'application/json; charset=utf-8';
    return new Response(streamed(reply.pieces), { status: reply.status, headers });
  }
  const text = reply.text ?? (reply.json === undefined ? null : JSON.stringify(reply.json));
  if (text !== null) headers['Content-Type'] = reply.mediaType ?? 'application/json; charset=utf-8';
  const isLong = text !== null && text.length > portionCharacters;
  return new Response(isLong ? streamed(portions(text)) : text, { status: reply.status, headers });
}

/** A long text is encoded and sent in portions of so many characters: others are answered in between. */
const portionCharacters = 500_000;

async function* portions(text: string): AsyncGenerator<string> {
  for (let from = 0; from < text.length; ) {
    const to = endOfPortion(text, from);
    yield text.slice(from, to);
    from = to;
    await othersTurn();
  }
}

/** A character of two code units stays whole. */
function endOfPortion(text: string, from: number): number {
  const to = Math.min(text.length, from + portionCharacters);
  const code = text.charCodeAt(to - 1);
  return code >= 0xd800 && code <= 0xdbff && to < text.length ? to - 1 : to;
}

/** Where the pieces fail, the stream ends without its last chunk: the caller sees that it is incomplete. */
function streamed(pieces: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

/** RFC 9110 §13.1.2: weak comparison, `*` for anything. */
export function holds(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.split(',').some((candidate) => {
    const tag = candidate.trim();
    return tag === '*' || tag === etag || tag === `W/${etag}`;
  });
}

export function refuse(fault: Fault, headers: Readonly<Record<string, string>> = {}): Reply {
  const retryable = fault.status === 503 || fault.status === 429;
  return {
    status: fault.status,
    json: { error: { code: fault.code, message: fault.message, details: fault.details } },
    headers: {
      ...headers,
      ...(retryable ? { 'Retry-After': String(fault.details.retryAfterSeconds ?? 1) } : {}),
      ...(fault.code === 'UNAUTHENTICATED' ? { 'WWW-Authenticate': 'Bearer realm="herald"' } : {}),
    },
  };
}

/** A bug: the reply says only that one happened. */
export function internal(): Fault {
  return new Fault('INTERNAL', {}, { message: faults.INTERNAL.title });
}
