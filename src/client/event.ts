/** Builds a whole event of one version around a payload: what subject and contract say, and what the caller adds. */
import { envelopeFiller, orderingKeyOf } from '../schema/envelope-filler.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import type { EventRules } from './client.ts';
import { HeraldError } from './error.ts';
import type { Runtime } from './options.ts';

/** What an event says beside its payload; what is left out follows from subject and contract or is made here. */
export interface EventValues {
  /** Default: a new UUID. */
  readonly id?: string;
  /** Default: now. */
  readonly time?: Date | string;
  /** The service that sends it. Default: the producer of the contract. */
  readonly producer?: string;
  readonly tenant?: string;
  /** Default: the event's own id, as it begins a chain. */
  readonly correlation?: string;
  readonly causation?: string;
  /** A W3C `traceparent`. Default: a new one. */
  readonly traceparent?: string;
  /** Further members of the envelope. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export function eventOf(rules: EventRules, payload: unknown, values: EventValues, runtime: Runtime): JsonObject {
  const { catalog, subject, contract, version } = rules;
  const service = values.producer ?? contract.producer;
  if (service === undefined)
    throw new HeraldError('USAGE_INVALID', `The contract of ${subject} names no producer: pass \`producer\`.`);
  const id = values.id ?? uuid(runtime);
  const traceparent = values.traceparent ?? `00-${hex(runtime, 32)}-${hex(runtime, 16)}-01`;
  const [, traceId = '', spanId = ''] = traceparent.split('-');
  const time = values.time ?? new Date(runtime.now());
  const fill = envelopeFiller(catalog, subject, contract, version.label);
  return fill({
    id,
    time: typeof time === 'string' ? time : time.toISOString(),
    service,
    payload: payload as Json,
    tenant: values.tenant,
    correlation: values.correlation ?? id,
    causation: values.causation,
    traceparent,
    traceId,
    spanId,
    key: orderingKeyOf(contract, payload as Json),
    more: (values.more ?? {}) as JsonObject,
  });
}

/** Version 4 (RFC 9562 §5.4); pages that came over plain HTTP have no `randomUUID`. */
function uuid(runtime: Runtime): string {
  const made = (globalThis.crypto as Partial<typeof globalThis.crypto> | undefined)?.randomUUID?.();
  if (made !== undefined) return made;
  const digits = hex(runtime, 30);
  const variant = '89ab'[Math.floor(runtime.random() * 4)];
  const parts = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(12, 15)}`,
    `${variant}${digits.slice(15, 18)}`,
  ];
  return [...parts, digits.slice(18, 30)].join('-');
}

function hex({ random }: Runtime, length: number): string {
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
}
