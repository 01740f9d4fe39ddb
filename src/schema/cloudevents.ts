/** CloudEvents 1.0 in its JSON form (CloudEvents spec §3.1, JSON format §3.1): the envelope for catalogs that bring none. */
import type { EnvelopePointers } from './catalog.ts';
import type { JsonObject } from './json.ts';

/** Correlation and partition keys are extensions: names lower-case without separators, as §3.1 asks of attributes. */
export const cloudEventsSchema: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'CloudEvent 1.0',
  type: 'object',
  required: ['specversion', 'id', 'source', 'type', 'data'],
  properties: {
    specversion: { const: '1.0', description: 'The version of the CloudEvents specification.' },
    id: {
      type: 'string',
      minLength: 1,
      description: 'Unique together with source; the same id again is the same event.',
      examples: ['5f1cbb0c-6a39-4d0c-8a0e-1f0a4f4f2c11'],
    },
    source: {
      type: 'string',
      minLength: 1,
      format: 'uri-reference',
      description: 'The context in which it happened.',
      examples: ['/services/example'],
    },
    type: { type: 'string', minLength: 1, description: 'What happened: the subject in the registry.' },
    subject: { type: 'string', minLength: 1, description: 'What it happened to, within the source.' },
    time: {
      type: 'string',
      format: 'date-time',
      description: 'When it happened.',
      examples: ['2026-01-01T00:00:00Z'],
    },
    datacontenttype: { type: 'string', const: 'application/json', description: 'The media type of data.' },
    dataschema: { type: 'string', format: 'uri', description: 'The schema data adheres to.' },
    correlationid: {
      type: 'string',
      minLength: 1,
      description: 'Extension: the request or story this event belongs to. An opaque token.',
    },
    causationid: { type: 'string', minLength: 1, description: 'Extension: the id of the event that caused this one.' },
    traceparent: {
      type: 'string',
      pattern: '^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$',
      description: 'Extension: W3C trace context.',
    },
    partitionkey: { type: 'string', minLength: 1, description: 'Extension: events with one key keep their order.' },
    data: { description: 'The payload.' },
  },
};

export const cloudEventsPointers: EnvelopePointers = {
  id: '/id',
  type: '/type',
  time: '/time',
  producer: '/source',
  correlation: '/correlationid',
  causation: '/causationid',
  trace: '/traceparent',
  payload: '/data',
};
