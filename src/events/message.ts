/** From payload to message: fills the envelope, holds it against the contract, freezes the bytes. */
import type { Rejection } from '../client/options.ts';
import { orderingKeyOf } from '../schema/envelope-filler.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import type { Message } from './bus.ts';
import { inherited, type PublishContext } from './context.ts';
import type { Gate } from './contract.ts';
import { EventFault } from './error.ts';
import { childOf, parseTraceparent, traceparentOf } from './trace.ts';
import { uuidv7 } from './uuid.ts';

export interface Sender {
  readonly service: string;
  readonly now: () => number;
  /** Members of the envelope that every event of this service carries. */
  readonly envelope: JsonObject;
  /** A W3C traceparent of whatever span is active, where tracing is set up. */
  readonly activeTrace: () => string | undefined;
}

/** The message of an event that its contract allows. Throws EVENT_INVALID with every place that is wrong. */
export function messageOf(sender: Sender, gate: Gate, payload: unknown, stated: PublishContext): Message {
  const around = { ...inherited(), ...defined(stated) };
  const { contract, rules } = gate;
  const body = payload as Json;
  refuse(gate, 'payload', rules.payload(body));
  const id = stated.id ?? uuidv7(sender.now());
  const trace = childOf(parseTraceparent(around.traceparent ?? sender.activeTrace()));
  const traceparent = traceparentOf(trace);
  const key = stated.key ?? orderingKeyOf(contract, body);
  const correlation = around.correlation ?? uuidv7(sender.now());
  const event = gate.fill({
    id,
    time: (stated.time ?? new Date(sender.now())).toISOString(),
    service: sender.service,
    payload: body,
    tenant: around.tenant,
    correlation,
    causation: around.causation,
    traceparent,
    traceId: trace.traceId,
    spanId: trace.spanId,
    key,
    more: { ...sender.envelope, ...inherited().envelope, ...stated.envelope },
  });
  refuse(gate, 'envelope', rules.envelope(event));
  rules.used('produce');
  return {
    channel: gate.channel,
    id,
    // without a key there is no order to keep
    key: key ?? id,
    body: Buffer.from(JSON.stringify(event)),
    headers: {
      'content-type': 'application/json',
      traceparent,
      'trace-id': trace.traceId,
      ...(isHeader(correlation) && { 'correlation-id': correlation }),
    },
  };
}

function isHeader(text: string): boolean {
  return /^[\x21-\x7e]{1,200}$/.test(text);
}

function defined(context: PublishContext): PublishContext {
  return Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined));
}

function refuse({ subject }: Gate, what: 'payload' | 'envelope', errors: readonly Rejection[]): void {
  if (errors.length === 0) return;
  const [first] = errors;
  const place = `${first?.instancePointer || (what === 'payload' ? 'the payload' : 'the envelope')}`;
  const more = errors.length > 1 ? ` and ${errors.length - 1} more` : '';
  const message = `The ${what} of ${subject} breaks its contract: ${place} fails "${first?.keyword}"${wanted(first)}${more}.`;
  throw new EventFault('EVENT_INVALID', { subject, what, errors }, { message });
}

function wanted(rejection: Rejection | undefined): string {
  const { expected, missingProperty } = rejection?.params ?? {};
  if (typeof missingProperty === 'string') return ` (${missingProperty} is missing)`;
  return expected === undefined ? '' : ` (expected ${String(expected)})`;
}
