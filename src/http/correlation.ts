/** Correlation ids and trace contexts: the caller's where they are well-formed, otherwise new ones. They are safe to log. */
import { randomBytes, randomUUID } from 'node:crypto';

const wellFormed = /^[A-Za-z0-9._:/=+~@-]{1,128}$/;

export function correlationOf(given: string | null): string {
  return given !== null && wellFormed.test(given) ? given : randomUUID();
}

/** One request's place in a trace. */
export interface Trace {
  readonly traceId: string;
  /** Of this request: parent of what follows from it. */
  readonly spanId: string;
  /** As it is passed on. */
  readonly traceparent: string;
}

/** W3C Trace Context §3.2: version ff and ids of zeros alone are invalid. What comes invalid starts a trace of its own, unsampled. */
const traceparent = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;

export function traceOf(given: string | null): Trace {
  const [, traceId = randomBytes(16).toString('hex'), flags = '00'] = traceparent.exec(given ?? '') ?? [];
  const spanId = randomBytes(8).toString('hex');
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-${flags}` };
}
