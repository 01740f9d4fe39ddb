/** How brokers that a catalog names keep and hand out its events, in the bindings of AsyncAPI: what `herald provision` makes of them. */
import type { Catalog } from '../schema/catalog.ts';
import { type Group, groupsOf, type Stream, streamOfSubject, streamsOf } from '../schema/delivery.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { kafkaTopic } from '../schema/transport.ts';
import type { ArtifactInput } from './input.ts';

export interface Bindings {
  channel(subject: string): JsonObject;
  receive(subject: string, service: string): JsonObject;
}

/** https://github.com/asyncapi/bindings: versions that the official parser knows. */
const versions = { nats: '0.1.0', kafka: '0.5.0', amqp: '0.3.0' } as const;

const nothing: Bindings = { channel: () => ({}), receive: () => ({}) };

/** Nothing where the catalog says nothing of brokers. */
export function bindingsOf(catalog: Catalog, inputs: readonly ArtifactInput[]): Bindings {
  if (catalog.transports === undefined && catalog.delivery === undefined) return nothing;
  const streams = new Map(streamsOf(catalog, inputs).map((stream) => [stream.name, stream]));
  const groups = groupsOf(catalog, inputs);
  return {
    channel(subject): JsonObject {
      const stream = streams.get(streamOfSubject(catalog, subject));
      if (stream === undefined) return {};
      const bindings = { ...kafkaChannel(catalog, subject, stream), ...amqpChannel(catalog, stream) };
      return { ...(Object.keys(bindings).length > 0 && { bindings }), 'x-stream': streamJson(stream) };
    },
    receive(subject, service): JsonObject {
      const group = groups.find((one) => one.service === service && one.subjects.includes(subject));
      const bindings = group === undefined ? {} : receiving(catalog, group);
      if (Object.keys(bindings).length === 0) return {};
      return { bindings };
    },
  };
}

function streamJson({ name, retention, storage, replicas, maxAgeMs, duplicateWindowMs }: Stream): Json {
  return { name, retention, storage, replicas, maxAgeMs, duplicateWindowMs };
}

function kafkaChannel(catalog: Catalog, subject: string, { maxAgeMs, lanes, replicas }: Stream): JsonObject {
  if (catalog.transports?.kafka === undefined) return {};
  const retention = maxAgeMs === 0 ? -1 : maxAgeMs;
  const kafka: Json = {
    topic: kafkaTopic(catalog, subject),
    ...(lanes !== undefined && { partitions: lanes }),
    replicas,
    topicConfiguration: { 'cleanup.policy': ['delete'], 'retention.ms': retention },
    bindingVersion: versions.kafka,
  };
  return { kafka };
}

/** Catalogs that have work queues are on RabbitMQ. */
function amqpChannel({ delivery }: Catalog, { name }: Stream): JsonObject {
  if (Object.keys(delivery?.queues ?? {}).length === 0) return {};
  const exchange = { name, type: 'topic', durable: true, autoDelete: false };
  return { amqp: { is: 'routingKey', exchange, bindingVersion: versions.amqp } };
}

function receiving({ transports }: Catalog, { name }: Group): JsonObject {
  return {
    ...(transports?.nats !== undefined && { nats: { queue: name, bindingVersion: versions.nats } }),
    ...(transports?.kafka !== undefined && {
      kafka: { groupId: { type: 'string', enum: [name] }, bindingVersion: versions.kafka },
    }),
  };
}
