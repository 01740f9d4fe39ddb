/** An announcement as the receiver sees it: a CloudEvent 1.0 in JSON, the whole of it in the body. */
import type { OutboxRecord } from '../registry/records.ts';
import type { JsonObject } from '../schema/json.ts';

export const mediaType = 'application/cloudevents+json; charset=utf-8';

/**
 * `id` stays the same however often it is delivered. `sequence` rises within one `subject`: where a receiver gets two out of order
 * (one was parked, and sent again by hand), it says which is older.
 */
export function cloudEvent(said: OutboxRecord, source: string): JsonObject {
  return {
    specversion: '1.0',
    id: said.id,
    source,
    type: said.type,
    subject: [said.catalog, said.subject].filter((part) => part !== '').join('/'),
    time: said.at,
    datacontenttype: 'application/json',
    ...(said.origin?.correlationId !== undefined && { correlationid: said.origin.correlationId }),
    ...(said.origin?.traceparent !== undefined && { traceparent: said.origin.traceparent }),
    sequence: String(said.sequence).padStart(20, '0'),
    data: { ...about(said), ...said.data },
  };
}

function about({ catalog, subject }: OutboxRecord): JsonObject {
  if (catalog === '') return {};
  return subject === '' ? { catalog } : { catalog, subject };
}
