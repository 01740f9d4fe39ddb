/**
 * Pulling from a consumer of JetStream: a request for so many messages, answered by messages and at last by a status. The client's
 * own `consume` keeps messages in a buffer where their time to be acknowledged runs out unseen; here whoever asks knows what came.
 */
import type { Msg } from '@nats-io/transport-node';
import { asLongAsOpen, type Connected } from './connection.ts';

/** What the reply subject of a message says: https://docs.nats.io/reference/reference-protocols/nats_api_reference */
export interface StreamPosition {
  readonly streamSequence: number;
  /** Counts deliveries of the consumer, repeated ones included. */
  readonly consumerSequence: number;
  readonly attempt: number;
  readonly storedAt: number;
  /** Messages the consumer has not been given yet. */
  readonly pending: number;
}

export interface Pull {
  /** Messages asked for that have not come. */
  readonly requested: number;
  request(count: number, options?: { readonly waits?: boolean }): void;
  /** The server has forgotten what was asked. */
  reset(): void;
  /** Asks no more; messages that are on their way still come until it resolves. */
  end(): Promise<void>;
}

export interface PullEvents {
  readonly onMessage: (message: Msg, place: StreamPosition) => void;
  /** A request came to its end, answered in full or not. */
  readonly onEnd: () => void;
  /** The consumer or its stream is gone, or nobody answers for it. */
  readonly onGone: (why: string) => void;
}

const waitMs = 20_000;
const millisecond = 1_000_000;

export function pullFrom(
  { nc, newInbox }: Connected,
  stream: string,
  consumer: string,
  { onMessage, onEnd, onGone }: PullEvents,
): Pull {
  const inbox = newInbox();
  const asked = new Map<string, { left: number; readonly timer: ReturnType<typeof setTimeout> }>();
  let number = 0;

  const over = (name: string) => {
    clearTimeout(asked.get(name)?.timer);
    if (asked.delete(name)) onEnd();
  };

  const received = (message: Msg) => {
    const name = message.subject.startsWith(inbox) ? message.subject.slice(inbox.length + 1) : undefined;
    const status = message.headers?.code ?? 0;
    if (!message.reply?.startsWith('$JS.ACK.') && name !== undefined && status > 0) {
      if (status === 100) return;
      const why = message.headers?.description ?? '';
      over(name);
      if (status === 503 || (status === 409 && /deleted/i.test(why))) onGone(why || 'No Responders');
      return;
    }
    // a message comes under its own subject; what it was asked by, the client knows by the subscription alone
    const place = placeOf(message.reply ?? '');
    if (place === undefined) return;
    count();
    onMessage(message, place);
  };

  /** Requests are answered in the order in which they were made. */
  const count = () => {
    const [first] = asked;
    if (first === undefined) return;
    const [name, request] = first;
    request.left -= 1;
    if (request.left <= 0) over(name);
  };

  const subscription = nc.subscribe(`${inbox}.*`, { callback: (_error, message) => received(message) });
  return {
    get requested() {
      let sum = 0;
      for (const { left } of asked.values()) sum += left;
      return sum;
    },
    request(count, { waits = true } = {}) {
      number += 1;
      const name = String(number);
      // a server that restarted has forgotten the request and will not say so
      const timer = setTimeout(over, waits ? waitMs + 2_000 : 5_000, name);
      timer.unref();
      asked.set(name, { left: count, timer });
      const settings = waits ? { expires: waitMs * millisecond } : { no_wait: true };
      nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, JSON.stringify({ batch: count, ...settings }), {
        reply: `${inbox}.${name}`,
      });
    },
    reset() {
      for (const { timer } of asked.values()) clearTimeout(timer);
      asked.clear();
    },
    async end() {
      for (const { timer } of asked.values()) clearTimeout(timer);
      asked.clear();
      await asLongAsOpen(nc, subscription.drain());
    },
  };
}

/** `$JS.ACK.<stream>.<consumer>.<attempt>.<stream seq>.<consumer seq>.<time in ns>.<pending>`, since 2.10 with domain and account before. */
export function placeOf(reply: string): StreamPosition | undefined {
  const tokens = reply.split('.');
  if (tokens.length < 9 || tokens[0] !== '$JS' || tokens[1] !== 'ACK') return undefined;
  const [attempt, streamSequence, consumerSequence, nanoseconds, pending] = tokens.slice(tokens.length === 9 ? 4 : 6);
  return {
    attempt: Number(attempt),
    streamSequence: Number(streamSequence),
    consumerSequence: Number(consumerSequence),
    storedAt: Number(BigInt(nanoseconds!) / BigInt(millisecond)),
    pending: Number(pending),
  };
}
