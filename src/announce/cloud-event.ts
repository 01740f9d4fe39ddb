/** An announcement as the receiver sees it: a CloudEvent 1.0 in JSON, the whole of it in the body. */
import type { OutboxRecord } from '../registry/records.ts';
import type { JsonObject } from '../schema/json.ts';

export const mediaType = 'application/cloudevents+json; charset=utf-8';

/**
 * `id` stays the same however often it is delivered. `sequence` rises within one `subject`: where a receiver gets two out of order
 * (one was parked, and sent again by hand), it says which is older.
 */
export function cloudEvent(announced: OutboxRecord, source: string): JsonObject {
  return {
    specversion: '1.0',
    id: announced.id,
    source,
    type: announced.type,
    subject: [announced.catalog, announced.subject].filter((part) => part !== '').join('/'),
    time: announced.at,
    datacontenttype: 'application/json',
    ...(announced.origin?.correlationId !== undefined && { correlationid: announced.origin.correlationId }),
    ...(announced.origin?.traceparent !== undefined && { traceparent: announced.origin.traceparent }),
    sequence: String(announced.sequence).padStart(20, '0'),
    data: { ...about(announced), ...announced.data },
  };
}

function about({ catalog, subject }: OutboxRecord): JsonObject {
  if (catalog === '') return {};
  return subject === '' ? { catalog } : { catalog, subject };
}
