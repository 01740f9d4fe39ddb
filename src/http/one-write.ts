/**
 * The end of a reply whose head was written. `response.end(text)` adds an empty piece to what it sends, and a gathered write of
 * pieces costs a look-up a tenth of its time; written first and ended in the next tick, head and text are one write of one string.
 */
import type { ServerResponse } from 'node:http';

export interface Content {
  readonly bytes: number;
  readonly body: string | Buffer;
  /** Of a body that is a string: text that is ASCII alone costs least as Latin-1. */
  readonly encoding: 'latin1' | 'utf8';
}

/** Up to this length Node.js encodes head and body together in a buffer that it has; a longer body is encoded once. */
const stringBytes = 12 * 1_024;

export function contentOf(text: string): Content {
  const bytes = Buffer.byteLength(text);
  const body = bytes <= stringBytes ? text : Buffer.from(text);
  return { bytes, body, encoding: bytes === text.length ? 'latin1' : 'utf8' };
}

export function endWith(response: ServerResponse, { body, encoding }: Content): void {
  if (typeof body !== 'string' || body === '') {
    response.end(body);
    return;
  }
  response.write(body, encoding);
  process.nextTick(end, response);
}

function end(response: ServerResponse): void {
  response.end();
}
