/** What this NATS does not give, or what a catalog asks of JetStream that does not go together. */
import { groupsOf, streamOfSubject, streamsOf } from '../../schema/delivery.ts';
import { natsCovers, natsStreamName } from '../../schema/nats-names.ts';
import { natsSubject } from '../../schema/transport.ts';
import type { Source } from '../broker.ts';
import { tooLarge } from '../fit.ts';
import type { Remark } from '../plan.ts';
import { type Found, keyOf, type Wanted } from '../resource.ts';
import { tooOld } from '../version.ts';

export interface NatsServer {
  readonly version: string;
  readonly isClustered: boolean;
  readonly maxPayload: number;
}

export function natsRemarks(
  server: NatsServer,
  sources: readonly Source[],
  environment: string | undefined,
  wanted: readonly Wanted[],
  found: readonly Found[],
): readonly Remark[] {
  return [
    ...streamRemarks(server, sources, environment),
    ...takenSubjects(wanted, found),
    ...sources.flatMap(({ events }) => tooLarge(events, server.maxPayload, 'max_payload of the server')),
    ...(wanted.length === 0 ? [] : tooOld(server.version, [2, 9], 'Durables that survive their members')),
  ];
}

function problem(code: string, about: string, message: string): Remark {
  return { level: 'problem', code, about, message };
}

function streamRemarks(
  { isClustered }: NatsServer,
  sources: readonly Source[],
  environment: string | undefined,
): readonly Remark[] {
  return sources.flatMap(({ catalog, events }) => {
    const groups = groupsOf(catalog, events);
    return streamsOf(catalog, events, environment).flatMap((stream) => {
      const about = `stream ${natsStreamName(stream.name)}`;
      const { replicas, maxAgeMs, duplicateWindowMs, retention } = stream;
      const remarks: Remark[] = [];
      if (replicas > 1 && !isClustered)
        remarks.push(
          problem(
            'replicas-alone',
            about,
            `${replicas} replicas need a cluster, and this server stands alone. Choose an --environment with one replica, or connect to the cluster.`,
          ),
        );
      if (maxAgeMs > 0 && duplicateWindowMs > maxAgeMs)
        remarks.push(
          problem(
            'window-above-age',
            about,
            `The duplicate window of ${duplicateWindowMs} ms is longer than events are kept (${maxAgeMs} ms): NATS refuses that.`,
          ),
        );
      if (retention === 'limits') return remarks;
      const readers = stream.subjects.map((subject) => ({
        subject,
        names: groups.filter((group) => group.subjects.includes(subject)).map(({ name }) => name),
      }));
      const shared = readers.find(({ names }) => names.length > 1);
      if (retention === 'workqueue' && shared !== undefined)
        remarks.push(
          problem(
            'workqueue-shared',
            about,
            `A work queue hands ${shared.subject} to one group, and ${shared.names.join(', ')} read it. Keep the stream by limits or interest.`,
          ),
        );
      const unread = readers.filter(({ names }) => names.length === 0).map(({ subject }) => subject);
      if (retention === 'interest' && unread.length > 0)
        remarks.push({
          level: 'warning',
          code: 'interest-of-nobody',
          about,
          message: `Nobody reads ${unread.join(', ')}: a stream kept by interest drops it at once.`,
        });
      const late = groups.find(
        (group) =>
          group.start === 'new' && group.subjects.some((subject) => streamOfSubject(catalog, subject) === stream.name),
      );
      if (retention === 'workqueue' && late !== undefined)
        remarks.push(
          problem(
            'workqueue-from-new',
            about,
            `The group ${late.name} begins with new events; a work queue is read from its beginning.`,
          ),
        );
      return remarks;
    });
  });
}

/** A subject has one stream: who holds one of ours already? */
function takenSubjects(wanted: readonly Wanted[], found: readonly Found[]): readonly Remark[] {
  const ours = wanted.filter(({ kind }) => kind === 'stream');
  const names = new Set(ours.map(({ name }) => name));
  const others = found.filter(({ kind, name }) => kind === 'stream' && !names.has(name));
  return ours.flatMap((stream) => {
    const subjects = listOf(stream.settings.subjects);
    const beside = ours.filter((other) => other !== stream && other.name !== stream.name);
    return [...others, ...beside].flatMap((other) => {
      const taken = subjects.filter((subject) =>
        listOf(other.settings.subjects).some((pattern) => natsCovers(pattern, subject)),
      );
      if (taken.length === 0) return [];
      const { catalog } = other;
      const whose = catalog === undefined ? '' : ` of the catalog ${catalog}`;
      return [
        problem(
          'subject-taken',
          keyOf(stream),
          `${taken.join(', ')} goes to the stream ${other.name}${whose}. Name that stream in the catalog, or take the subject out of it.`,
        ),
      ];
    });
  });
}

export function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** The addresses of a catalog's events, each with its subject. */
export function addressesOf({ catalog, events }: Source): ReadonlyMap<string, string> {
  return new Map(events.map(({ subject }) => [natsSubject(catalog, subject), subject]));
}
