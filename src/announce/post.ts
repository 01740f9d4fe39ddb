/** One HTTP POST to somebody else's server: no redirect followed, little read, an end to waiting. */
import { type IncomingMessage, request as plain, type RequestOptions } from 'node:http';
import { request as encrypted } from 'node:https';
import { type Address, type Permission, type Resolve, reachable } from './target.ts';

export interface PostLimits {
  /** Milliseconds from the question for the name to the end of the reply. */
  readonly timeoutMs: number;
  /** Bytes read of a reply's body: it is not used, and read only not to cut a polite receiver off. */
  readonly maxReplyBytes: number;
}

export const postLimits: PostLimits = { timeoutMs: 10_000, maxReplyBytes: 65_536 };

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What became of it, in words that carry nothing of address, secret or reply. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: string };

export function poster(permission: Permission, resolve: Resolve, limits: PostLimits = postLimits) {
  return async (post: Post, stop?: AbortSignal): Promise<Outcome> => {
    const end = AbortSignal.timeout(limits.timeoutMs);
    const signal = stop ? AbortSignal.any([end, stop]) : end;
    try {
      const url = new URL(post.url);
      const address = await orAborted(reachable(url, permission, resolve), signal);
      if (address === undefined) return failed('the target is a private address that is not allowed');
      return outcomeOf(await send(url, address, post, limits.maxReplyBytes, signal));
    } catch (error) {
      return failed(end.aborted ? `no reply within ${limits.timeoutMs} ms` : reasonOf(error));
    }
  };
}

function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return { ok: true };
  return failed(status >= 300 && status < 400 ? `status ${status}: redirects are not followed` : `status ${status}`);
}

function failed(error: string): Outcome {
  return { ok: false, error };
}

/** A code such as ECONNREFUSED; messages may carry addresses. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'the connection failed';
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

/** The reply's status. */
function send(url: URL, to: Address, post: Post, maxReplyBytes: number, signal: AbortSignal): Promise<number> {
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...post.headers, 'content-length': Buffer.byteLength(post.body) },
    signal,
    // Connections are not kept: the next delivery resolves the name, and checks its address, anew.
    agent: false,
    lookup: (_host, asked, answer) => {
      if (asked.all) answer(null, [{ ...to }]);
      else answer(null, to.address, to.family);
    },
  };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? encrypted : plain)(url, options, (reply) => {
      drain(reply, maxReplyBytes).then(() => resolve(reply.statusCode ?? 0), reject);
    });
    request.on('error', reject);
    request.end(post.body);
  });
}

/** Reads to the end, or to the limit and then hangs up: the status is known by then. */
async function drain(reply: IncomingMessage, limit: number): Promise<void> {
  let read = 0;
  for await (const chunk of reply) {
    read += (chunk as Buffer).length;
    if (read > limit) break;
  }
  reply.destroy();
}
