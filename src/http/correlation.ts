/** Correlation ids: opaque, kept where the caller sent a usable one, made otherwise. They are safe to log. */
import { randomUUID } from 'node:crypto';

const wellFormed = /^[A-Za-z0-9._:/=+~@-]{1,128}$/;

export function correlationOf(given: string | null): string {
  return given !== null && wellFormed.test(given) ? given : randomUUID();
}

/** The trace id of a W3C `traceparent`, or undefined. */
export function traceOf(traceparent: string | null): string | undefined {
  return /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(traceparent ?? '')?.[1];
}
