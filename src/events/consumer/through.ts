/** An event of a subject that was replaced, as its successor's readers know it: by the mapping of the deprecation plan. */
import type { Json } from '../../schema/json.ts';
import type { Gates } from '../contract.ts';
import { EventFault } from '../error.ts';
import { parseTraceparent } from '../trace.ts';
import type { ReceivedEvent } from './received.ts';

export interface SuccessorMapping {
  readonly successor: string;
  /** JSONata over the old payload, as the plan's `forward` states it. */
  readonly forward: string;
}

export type Mappings = Readonly<Record<string, SuccessorMapping>>;

/** The event as one of the successor; itself where no mapping is about its subject. Rejects with MAPPING_FAILED. */
export async function throughMapping(gates: Gates, mappings: Mappings, event: ReceivedEvent): Promise<ReceivedEvent> {
  const mapping = Object.hasOwn(mappings, event.subject) ? mappings[event.subject] : undefined;
  if (mapping === undefined) return event;
  const payload = await mapped(event, mapping);
  const gate = await gates.of(mapping.successor);
  const errors = gate.rules.payload(payload);
  if (errors.length > 0) throw failed(event, mapping, 'makes no valid payload', { errors });
  const trace = parseTraceparent(event.traceparent);
  const whole = gate.fill({
    id: event.id,
    time: event.time ?? '',
    service: gate.contract.producer ?? '',
    payload,
    tenant: event.tenant,
    correlation: event.correlation ?? event.id,
    causation: event.causation,
    traceparent: event.traceparent ?? '',
    traceId: trace?.traceId ?? '',
    spanId: trace?.spanId ?? '',
    key: event.key,
    more: {},
  });
  return { ...event, subject: mapping.successor, payload, event: whole };
}

async function mapped(event: ReceivedEvent, mapping: SuccessorMapping): Promise<Json> {
  // JSONata is loaded by those who map
  const { readMapping } = await import('../../mapping/expression.ts');
  const reading = readMapping(mapping.forward);
  if (!reading.ok) throw failed(event, mapping, reading.message, {});
  const result = await reading.map(event.payload as Json);
  if (!result.ok) throw failed(event, mapping, `fails (${result.code})`, { reason: result.code });
  return result.value;
}

function failed(event: ReceivedEvent, { successor }: SuccessorMapping, what: string, details: object): EventFault {
  const message = `The mapping of ${event.subject} to ${successor} ${what}.`;
  return new EventFault('MAPPING_FAILED', { subject: event.subject, successor, ...details }, { message });
}
