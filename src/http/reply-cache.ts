/**
 * Replies to look-ups, by the path that was asked for: the second request touches neither the database nor JSON.stringify. Bounded
 * by the bytes it holds.
 */
import { lru } from '../lru.ts';
import type { Caching } from './route.ts';

/** The reply that every caller with the permission to read gets at this path. */
export interface CachedReply {
  /** The route's id, for metrics. */
  readonly route: string;
  readonly text: string;
  readonly etag: string;
  readonly caching: Caching;
  readonly mediaType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether it is still true. */
  readonly isFresh: () => boolean;
}

export interface ReplyCache {
  get(path: string): CachedReply | undefined;
  set(path: string, reply: CachedReply): void;
  /** Bytes. */
  readonly size: number;
}

export function replyCache(maxBytes: number): ReplyCache {
  const replies = lru<CachedReply>(maxBytes);
  return {
    get(path) {
      const reply = replies.get(path);
      if (!reply || reply.isFresh()) return reply;
      replies.delete(path);
      return undefined;
    },
    // the text as UTF-16, and once more as it goes over the wire
    set: (path, reply) => replies.set(path, reply, 2 * path.length + 3 * reply.text.length),
    get size() {
      return replies.size;
    },
  };
}
