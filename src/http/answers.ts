/**
 * Look-ups answered before, by the path that asked: the second request touches neither the database nor JSON.stringify. Bounded
 * by the bytes it holds; the least recently used goes first.
 */
import type { Caching } from './route.ts';

/** What every caller with the permission to read is told at this path. */
export interface Answer {
  /** The route's id, for metrics. */
  readonly route: string;
  readonly text: string;
  readonly etag: string;
  readonly caching: Caching;
  readonly mediaType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether it is still true. */
  readonly stands: () => boolean;
}

export interface Answers {
  get(path: string): Answer | undefined;
  set(path: string, answer: Answer): void;
  readonly size: number;
}

export function answerCache(limit: number): Answers {
  const held = new Map<string, Answer>();
  let size = 0;
  // the text as UTF-16, and once more as it goes over the wire
  const weight = (path: string, answer: Answer) => 2 * path.length + 3 * answer.text.length;
  const drop = (path: string, answer: Answer) => {
    if (held.delete(path)) size -= weight(path, answer);
  };
  return {
    get(path) {
      const answer = held.get(path);
      if (!answer) return undefined;
      if (!answer.stands()) {
        drop(path, answer);
        return undefined;
      }
      held.delete(path);
      held.set(path, answer);
      return answer;
    },
    set(path, answer) {
      const old = held.get(path);
      if (old) drop(path, old);
      if (weight(path, answer) > limit) return;
      held.set(path, answer);
      size += weight(path, answer);
      for (const [oldest, its] of held) {
        if (size <= limit) break;
        drop(oldest, its);
      }
    },
    get size() {
      return size;
    },
  };
}
