/** What this NATS does not give, or what a catalog asks of JetStream that does not go together. */
import { streamsOf } from '../../schema/delivery.ts';
import { natsCovers } from '../../schema/nats-names.ts';
import { natsSubject } from '../../schema/transport.ts';
import type { Source } from '../broker.ts';
import { tooLarge } from '../fit.ts';
import type { Remark } from '../plan.ts';
import { type Found, keyOf, type Wanted } from '../resource.ts';
import { tooOld } from '../version.ts';
import { type NatsServer, streamRemarks } from './stream-checks.ts';

export function natsRemarks(
  server: NatsServer,
  sources: readonly Source[],
  environment: string | undefined,
  wanted: readonly Wanted[],
  found: readonly Found[],
): readonly Remark[] {
  return [
    ...sources.flatMap((source) => streamRemarks(server, source, environment)),
    ...takenSubjects(wanted, found),
    ...sources.flatMap((source) => unfit(server, source, environment)),
    ...(wanted.length === 0 ? [] : tooOld(server.version, [2, 9], 'Durables that survive their members')),
  ];
}

/** Events that their schema allows to be larger than the server takes, or the stream where that takes less. */
function unfit({ maxPayload }: NatsServer, { catalog, events }: Source, environment: string | undefined) {
  return streamsOf(catalog, events, environment).flatMap(({ name, subjects, maxMessageBytes = maxPayload }) => {
    const held = events.filter(({ subject }) => subjects.includes(subject));
    return maxMessageBytes > 0 && maxMessageBytes < maxPayload
      ? tooLarge(held, maxMessageBytes, `maxMessageBytes of ${name}`)
      : tooLarge(held, maxPayload, 'max_payload of the server');
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
        {
          level: 'problem',
          code: 'subject-taken',
          about: keyOf(stream),
          message: `${taken.join(', ')} goes to the stream ${other.name}${whose}. Name that stream in the catalog, or take the subject out of it.`,
        },
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
