/** Publishing: what is published in one turn goes together, since each request waits for its replicas. */
import type { Message } from '../bus.ts';
import { EventFault } from '../error.ts';
import { oncePerTurn } from '../once-per-turn.ts';
import { refuseMissing } from '../wire.ts';
import type { NewRecord } from './client.ts';
import type { Connection } from './connection.ts';
import { recordOf } from './records.ts';
import { verifyTopics } from './topics.ts';

/** What goes together, and is not larger than one message may be: a broker's limit is on the records of one partition together. */
interface Bundle {
  readonly records: NewRecord[];
  bytes: number;
  readonly settled: { resolve(): void; reject(fault: EventFault): void }[];
}

export function publisher(
  connection: Connection,
  maxBytes: number,
): { readonly publish: (message: Message) => Promise<void> } {
  const waiting = new Map<string, Bundle[]>();
  const known = new Set<string>();

  const send = async (topic: string, { records, settled }: Bundle) => {
    try {
      await (await connection.producer()).send(topic, records);
      for (const { resolve } of settled) resolve();
    } catch (error) {
      const fault = faultOf(topic, connection.fault(error));
      for (const { reject } of settled) reject(fault);
    }
  };

  const faultOf = (topic: string, fault: EventFault): EventFault => {
    if (fault.code !== 'STREAM_MISSING') return fault;
    known.delete(topic);
    return missing(topic);
  };

  const plan = oncePerTurn(() => {
    for (const [topic, bundles] of waiting) for (const bundle of bundles) void send(topic, bundle);
    waiting.clear();
  });

  return {
    async publish(message) {
      const { stream: topic } = message.channel;
      if (!known.has(topic)) {
        // a broker may make a topic that something is sent to
        await verifyTopics(connection, [message.channel]);
        known.add(topic);
      }
      const bytes = message.body.byteLength;
      const bundles = waiting.get(topic) ?? [];
      waiting.set(topic, bundles);
      let bundle = bundles.at(-1);
      if (bundle === undefined || bundle.bytes + bytes > maxBytes / 2) {
        bundle = { records: [], bytes: 0, settled: [] };
        bundles.push(bundle);
      }
      bundle.bytes += bytes + overheadBytes;
      bundle.records.push(recordOf(message));
      const { settled } = bundle;
      await new Promise<void>((resolve, reject) => {
        settled.push({ resolve, reject });
        plan();
      });
    },
  };
}

/** Key and headers of one message, about. */
const overheadBytes = 500;

function missing(topic: string): EventFault {
  try {
    refuseMissing([topic]);
  } catch (error) {
    if (error instanceof EventFault) return error;
  }
  return new EventFault('STREAM_MISSING', { streams: [topic] });
}
