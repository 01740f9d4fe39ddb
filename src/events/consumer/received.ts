/** From bytes to an event that its contract allows. What does not get through here is parked at once: the same bytes fail again. */
import type { Rejection } from '../../client/options.ts';
import { envelopeOf, type SplitEvent, splitEvent } from '../../schema/envelope.ts';
import { orderingKeyOf } from '../../schema/envelope-filler.ts';
import type { Json } from '../../schema/json.ts';
import type { Delivery } from '../bus.ts';
import type { Gate, Gates } from '../contract.ts';
import { EventFault } from '../error.ts';

/** An event as a handler gets it. */
export interface ReceivedEvent<Subject = string, Payload = unknown, Whole = unknown> {
  readonly subject: Subject;
  readonly payload: Payload;
  /** The whole event, as it was on the wire. */
  readonly event: Whole;
  readonly id: string;
  /** RFC 3339, as the producer stated it. */
  readonly time: string | undefined;
  readonly key: string | undefined;
  readonly correlation: string | undefined;
  readonly causation: string | undefined;
  readonly tenant: string | undefined;
  readonly traceparent: string | undefined;
}

/** Reads a delivery on one of these subjects. Throws EventFault: BODY_NOT_JSON, EVENT_INVALID, EVENT_UNKNOWN, CLOCK_AHEAD. */
export async function receive(
  gates: Gates,
  catalogSubject: string,
  delivery: Delivery,
  options: { readonly maxClockSkewMs: number; readonly now: number },
): Promise<ReceivedEvent> {
  const event = parse(delivery);
  const anyGate = await gates.of(delivery.subject ?? catalogSubject);
  const split = splitEvent(anyGate.catalog, event, { transportName: delivery.subject ?? catalogSubject });
  if (!split.ok) {
    const { pointer, message } = split.problem;
    throw new EventFault(
      'EVENT_INVALID',
      { subject: delivery.subject, errors: [{ instancePointer: pointer }] },
      { message },
    );
  }
  const gate = await gateOf(gates, anyGate, delivery, split.event);
  refuse(gate, [...gate.rules.envelope(event), ...inside(gate, split.event.payload)]);
  refuseFuture(gate, split.event.time, options);
  gate.rules.used('consume');
  return received(gate, delivery, event, split.event);
}

function parse({ body }: Delivery): Json {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as Json;
  } catch {
    // the parser's own words quote the body
    throw new EventFault('BODY_NOT_JSON', { bytes: body.byteLength });
  }
}

/** What the transport says wins; an address that stands for several subjects leaves it to the envelope. */
async function gateOf(gates: Gates, anyGate: Gate, { subject }: Delivery, { subjects }: SplitEvent): Promise<Gate> {
  if (subject !== undefined) return anyGate;
  let missing: unknown;
  for (const candidate of subjects) {
    try {
      return await gates.of(candidate);
    } catch (error) {
      if (!(error instanceof EventFault) || error.code !== 'EVENT_UNKNOWN') throw error;
      missing ??= error;
    }
  }
  throw missing;
}

function inside({ catalog, rules }: Gate, payload: Json): readonly Rejection[] {
  const { payload: prefix } = envelopeOf(catalog).at;
  return rules.payload(payload).map((error) => ({ ...error, instancePointer: prefix + error.instancePointer }));
}

function refuse({ subject }: Gate, errors: readonly Rejection[]): void {
  const [first] = errors;
  if (first === undefined) return;
  const message = `A ${subject} breaks its contract: ${first.instancePointer || 'the event'} fails "${first.keyword}".`;
  throw new EventFault('EVENT_INVALID', { subject, errors }, { message });
}

function refuseFuture(
  { subject }: Gate,
  time: string | undefined,
  { maxClockSkewMs, now }: { readonly maxClockSkewMs: number; readonly now: number },
): void {
  const aheadMs = time === undefined ? 0 : Date.parse(time) - now;
  if (!(aheadMs > maxClockSkewMs)) return;
  const message = `A ${subject} says it happened ${Math.round(aheadMs / 1_000)} s from now; ${Math.round(maxClockSkewMs / 1_000)} s are allowed.`;
  throw new EventFault('CLOCK_AHEAD', { subject, aheadMs, maxClockSkewMs }, { message });
}

function received(gate: Gate, delivery: Delivery, event: Json, split: SplitEvent): ReceivedEvent {
  const id = split.id ?? delivery.id;
  if (id === undefined)
    throw new EventFault(
      'EVENT_INVALID',
      { subject: gate.subject, errors: [] },
      { message: `A ${gate.subject} has no id.` },
    );
  return {
    subject: gate.subject,
    payload: split.payload,
    event,
    id,
    time: split.time,
    key: delivery.key ?? orderingKeyOf(gate.contract, split.payload),
    correlation: split.correlation ?? delivery.headers['correlation-id'],
    causation: split.causation,
    tenant: split.tenant,
    traceparent: delivery.headers.traceparent,
  };
}
