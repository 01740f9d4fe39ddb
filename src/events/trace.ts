/** W3C trace context (Trace Context §3.2), as far as events carry it. */
import { chance } from './chance.ts';

export interface Trace {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits: who sent it. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

const form = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

export function parseTraceparent(text: string | undefined): Trace | undefined {
  const match = text === undefined ? null : form.exec(text);
  if (!match) return undefined;
  return { traceId: match[1]!, spanId: match[2]!, isSampled: (Number.parseInt(match[3]!, 16) & 1) === 1 };
}

export function traceparentOf({ traceId, spanId, isSampled }: Trace): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

/** A span of its own: in the trace of `parent`, or in a new one. */
export function childOf(parent: Trace | undefined): Trace {
  const spanId = chance(8).toString('hex');
  if (parent !== undefined) return { ...parent, spanId };
  return { traceId: chance(16).toString('hex'), spanId, isSampled: true };
}
