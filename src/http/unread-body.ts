/**
 * A reply that comes before the whole body was read: closing at once would reset the connection, and the reply with it. So what
 * follows is thrown away for a while, and then the connection is closed.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface UnreadLimits {
  readonly bytes: number;
  readonly timeoutMs: number;
}

/** After so many bytes nothing is read for a while: 10 MB take a second. */
const portionBytes = 200_000;
const restMs = 20;

export const unreadLimits: UnreadLimits = { bytes: 10_000_000, timeoutMs: 3_000 };

export function boundUnreadBody(
  request: IncomingMessage,
  response: ServerResponse,
  { bytes, timeoutMs }: UnreadLimits = unreadLimits,
): void {
  // taken now: once the reply is finished the request has lost it
  const { socket } = request;
  response.once('finish', () => {
    if (request.complete) return;
    let thrownAway = 0;
    const end = () => {
      clearTimeout(timer);
      request.off('data', count);
    };
    const cut = () => {
      end();
      socket.destroy();
    };
    const timer = setTimeout(cut, timeoutMs).unref();
    const count = (chunk: Buffer) => {
      thrownAway += chunk.length;
      if (thrownAway > bytes) cut();
      else if (Math.floor(thrownAway / portionBytes) > Math.floor((thrownAway - chunk.length) / portionBytes)) rest();
    };
    // as fast as it comes, it would keep the thread from everybody else
    const rest = () => {
      request.pause();
      setTimeout(() => request.resume(), restMs).unref();
    };
    request.on('data', count).once('end', end).resume();
  });
}
