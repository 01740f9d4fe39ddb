/** The catalog in JetStream's words: a stream each, a durable for each group on each of its streams, the stream of leases. */
import type { Catalog } from '../../schema/catalog.ts';
import { type Group, groupsOf, type Stream, streamsOf, subjectsByStream } from '../../schema/delivery.ts';
import { leaseMs } from '../../schema/lease.ts';
import { durableName, maxAckPending, natsLeases, natsStreamName } from '../../schema/nats-names.ts';
import { natsSubject } from '../../schema/transport.ts';
import type { Source } from '../broker.ts';
import type { Settings, Wanted } from '../resource.ts';

export function wantedOnNats(sources: readonly Source[], environment: string | undefined): readonly Wanted[] {
  const streams = sources.flatMap(({ catalog, events }) =>
    streamsOf(catalog, events, environment).map((stream) => streamOn(catalog, stream)),
  );
  const durables = sources.flatMap(({ catalog, events }) =>
    groupsOf(catalog, events).flatMap((group) => durablesOf(catalog, group)),
  );
  const isOrdered = sources.some(({ catalog, events }) => groupsOf(catalog, events).some(({ ordered }) => ordered));
  return [...streams, ...(isOrdered ? [leases(sources, streams)] : []), ...durables];
}

function streamOn(catalog: Catalog, stream: Stream): Wanted {
  const { maxAgeMs, duplicateWindowMs, replicas, storage, retention, maxBytes, maxMessages, maxMessageBytes } = stream;
  return {
    kind: 'stream',
    name: natsStreamName(stream.name),
    called: stream.name,
    catalog: catalog.name,
    settings: {
      subjects: [...new Set(stream.subjects.map((subject) => natsSubject(catalog, subject)))].sort(),
      storage,
      retention,
      replicas,
      maxAgeMs,
      duplicateWindowMs,
      ...(maxBytes !== undefined && { maxBytes }),
      ...(maxMessages !== undefined && { maxMessages }),
      ...(maxMessageBytes !== undefined && { maxMessageBytes }),
    },
  };
}

function durablesOf(catalog: Catalog, group: Group): readonly Wanted[] {
  return [...subjectsByStream(catalog, group.subjects)].map(([stream, subjects]) => ({
    kind: 'durable',
    name: durableName(group.name),
    of: natsStreamName(stream),
    catalog: catalog.name,
    settings: {
      group: group.name,
      subjects: [...new Set(subjects.map((subject) => natsSubject(catalog, subject)))].sort(),
      acknowledgement: 'explicit',
      ackWaitMs: group.ackWaitMs,
      maxAckPending,
      maxDeliver: -1,
    },
    // where a group begins is history once it has begun
    made: { start: group.start },
  }));
}

/** As the runtime makes it; in several catalogs the same. */
function leases(sources: readonly Source[], streams: readonly Wanted[]): Wanted {
  const replicas = Math.max(1, ...streams.map(({ settings }) => Number(settings.replicas)));
  const settings: Settings = {
    subjects: [...natsLeases.subjects],
    storage: natsLeases.storage,
    retention: 'limits',
    replicas,
    maxAgeMs: leaseMs,
    duplicateWindowMs: leaseMs,
    maxMessagesPerSubject: natsLeases.maxMessagesPerSubject,
  };
  return { kind: 'stream', name: natsLeases.name, catalog: sources[0]?.catalog.name ?? '', settings, onlyMade: true };
}
