/**
 * Serialized answers of immutable look-ups, so that the second request for a version touches neither the database nor
 * JSON.stringify. Bounded by the bytes it holds; the least recently used goes first.
 */
export interface Answer {
  readonly text: string;
  readonly etag: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** When it must be made anew, whatever else is known; absent: never. */
  readonly until?: number;
}

export interface Answers {
  get(key: string): Answer | undefined;
  set(key: string, answer: Answer): void;
  readonly size: number;
}

export function answerCache(limit: number): Answers {
  const held = new Map<string, Answer>();
  let size = 0;
  const weight = (key: string, answer: Answer) => 2 * (key.length + answer.text.length);
  const drop = (key: string) => {
    const old = held.get(key);
    if (!old) return;
    held.delete(key);
    size -= weight(key, old);
  };
  return {
    get(key) {
      const answer = held.get(key);
      if (!answer) return undefined;
      held.delete(key);
      held.set(key, answer);
      return answer;
    },
    set(key, answer) {
      drop(key);
      if (weight(key, answer) > limit) return;
      held.set(key, answer);
      size += weight(key, answer);
      for (const oldest of held.keys()) {
        if (size <= limit) break;
        drop(oldest);
      }
    },
    get size() {
      return size;
    },
  };
}
