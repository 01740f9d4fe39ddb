/** The streams of the memory broker. */
import type { Message, ReadOptions, StoredMessage } from '../bus.ts';

export interface Stored {
  readonly message: Message;
  readonly seen: StoredMessage;
}

export interface Log {
  has(stream: string): boolean;
  make(stream: string): void;
  append(message: Message): Stored;
  /** Whether this stream holds the id already, within the window. */
  knows(message: Message): boolean;
  all(): readonly Stored[];
  select(options: ReadOptions): readonly Stored[];
}

export function memoryLog(now: () => number, deduplicationMs: number): Log {
  const streams = new Map<string, Stored[]>();
  const ids = new Map<string, number>();
  const of = (stream: string) => streams.get(stream) ?? [];
  const idOf = ({ channel, id }: Message) => JSON.stringify([channel.stream, id]);
  return {
    has: (stream) => streams.has(stream),
    make(stream) {
      if (!streams.has(stream)) streams.set(stream, []);
    },
    append(message) {
      const rows = of(message.channel.stream);
      const stored = { message, seen: seenOf(message, now(), `${message.channel.stream}:${rows.length + 1}`) };
      rows.push(stored);
      ids.set(idOf(message), now());
      return stored;
    },
    knows(message) {
      const at = ids.get(idOf(message));
      return at !== undefined && now() - at < deduplicationMs;
    },
    all: () => [...streams.values()].flat(),
    select({ channels, from, to = Number.POSITIVE_INFINITY }) {
      const wanted = new Set(channels.map(({ address }) => address));
      const since = typeof from === 'object' ? from.time : 0;
      const found = [...new Set(channels.map(({ stream }) => stream))]
        .flatMap(of)
        .filter(({ seen }) => wanted.has(seen.address) && seen.storedAt >= since && seen.storedAt < to);
      return from === 'last' ? newest(found) : found;
    },
  };
}

function newest(found: readonly Stored[]): readonly Stored[] {
  return [...new Map(found.map((stored) => [stored.seen.address, stored])).values()];
}

function seenOf({ channel, id, key, body, headers }: Message, storedAt: number, position: string): StoredMessage {
  return { subject: channel.subject, address: channel.address, id, key, body, headers, storedAt, position };
}
