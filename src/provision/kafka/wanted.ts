/**
 * The catalog in Kafka's words: topics with what the catalog decides of their configuration, and access as a set of rules. Kafka knows no
 * groups before they read, so a group is the rule that lets its service be it.
 */
import { accessTable, type ServiceAccess } from '../../policy/access.ts';
import { type Group, groupsOf, type Stream, streamOfSubject, streamsOf } from '../../schema/delivery.ts';
import { kafkaPartitions, kafkaTopicPattern } from '../../schema/kafka-names.ts';
import { kafkaTopic } from '../../schema/transport.ts';
import type { Source } from '../broker.ts';
import { accessFacts } from '../facts.ts';
import type { Remark } from '../plan.ts';
import { type Grades, replace, shrinking, type Wanted } from '../resource.ts';

export const kafkaGrades: Grades = {
  topic: {
    // fewer is impossible, and more sends keys to other partitions: both need a new topic
    partitions: replace,
    replicas: replace,
    'retention.ms': shrinking(-1),
    'retention.bytes': shrinking(-1),
    'max.message.bytes': shrinking(),
    'cleanup.policy': replace,
  },
};

export function wantedOnKafka(sources: readonly Source[], environment: string | undefined): readonly Wanted[] {
  return sources.flatMap((source) => [...topicsOf(source, environment), ...rulesOf(source)]);
}

function topicsOf({ catalog, events }: Source, environment: string | undefined): readonly Wanted[] {
  const streams = new Map(streamsOf(catalog, events, environment).map((stream) => [stream.name, stream]));
  const byTopic = new Map<string, Stream[]>();
  for (const { subject } of events) {
    const stream = streams.get(streamOfSubject(catalog, subject))!;
    const topic = kafkaTopic(catalog, subject);
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), stream]);
  }
  return [...byTopic]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, held]) => ({ kind: 'topic', name, catalog: catalog.name, settings: topicSettings(held) }));
}

/** Where several streams share a topic it keeps what the longest of them keeps. */
function topicSettings(held: readonly Stream[]): Wanted['settings'] {
  const ages = held.map(({ maxAgeMs }) => maxAgeMs);
  const replicas = Math.max(...held.map((stream) => stream.replicas));
  const [bytes, message] = [held[0]?.maxBytes, held[0]?.maxMessageBytes];
  return {
    partitions: Math.max(...held.map(({ lanes = kafkaPartitions }) => lanes)),
    replicas,
    'cleanup.policy': 'delete',
    'retention.ms': ages.includes(0) ? -1 : Math.max(...ages),
    ...(replicas >= 3 && { 'min.insync.replicas': 2 }),
    ...(bytes !== undefined && { 'retention.bytes': bytes }),
    ...(message !== undefined && { 'max.message.bytes': message }),
  };
}

export interface AclRule {
  readonly principal: string;
  readonly operation: 'Read' | 'Write' | 'Describe';
  readonly type: 'topic' | 'group';
  readonly resource: string;
}

/** One rule is one resource: it is there or not. */
export function aclName({ principal, operation, type, resource }: AclRule): string {
  return `${principal} ${operation} ${type} ${resource}`;
}

function rulesOf(source: Source): readonly Wanted[] {
  const { catalog, events } = source;
  const groups = groupsOf(catalog, events);
  const rules = accessTable(catalog, accessFacts(source)).flatMap((row) => rulesFor(source, row, groups));
  return [...new Set(rules.map(aclName))]
    .sort()
    .map((name) => ({ kind: 'acl', name, catalog: catalog.name, settings: {} }));
}

/** Kafka knows topics, not events: of a topic that events share, a service gets only what it may do with all of them. */
function rulesFor(source: Source, row: ServiceAccess, groups: readonly Group[]): readonly AclRule[] {
  const { catalog, events } = source;
  const principal = `User:${row.service}`;
  const whole = (allowed: readonly string[]) =>
    [...new Set(allowed.map((subject) => kafkaTopic(catalog, subject)))].filter((topic) =>
      events.every(({ subject }) => kafkaTopic(catalog, subject) !== topic || allowed.includes(subject)),
    );
  const on = (operation: AclRule['operation'], type: AclRule['type'], names: readonly string[]) =>
    names.map((resource): AclRule => ({ principal, operation, type, resource }));
  const [writes, reads] = [whole(row.publish), whole(row.subscribe)];
  const own = groups.filter(({ service }) => service === row.service).map(({ name }) => name);
  return [
    ...on('Write', 'topic', writes),
    ...on('Read', 'topic', reads),
    ...on('Describe', 'topic', [...writes, ...reads]),
    ...on('Read', 'group', reads.length === 0 ? [] : own),
  ];
}

export function kafkaRemarks(sources: readonly Source[], wanted: readonly Wanted[]): readonly Remark[] {
  const named = wanted
    .filter(({ kind, name }) => kind === 'topic' && !kafkaTopicPattern.test(name))
    .map(({ name }): Remark => {
      const message = 'Kafka has no topic of that name: letters, digits, ".", "_" and "-" alone, 249 at most.';
      return { level: 'problem', code: 'name-forbidden', about: `topic ${name}`, message };
    });
  // in metrics Kafka writes dots as underscores
  const spelt = new Map<string, string>();
  const alike = wanted.flatMap(({ kind, name }): Remark[] => {
    if (kind !== 'topic') return [];
    const plain = name.replaceAll('.', '_');
    const other = spelt.get(plain);
    spelt.set(plain, name);
    if (other === undefined || other === name) return [];
    const message = `Kafka cannot tell ${other} and ${name} apart in its metrics, and refuses the second.`;
    return [{ level: 'problem', code: 'name-collision', about: `topic ${name}`, message }];
  });
  const shared = sources.flatMap(({ catalog, events }) =>
    streamsOf(catalog, events)
      .filter(({ retention }) => retention !== 'limits')
      .map(({ name, retention }): Remark => {
        const message = `Kafka keeps topics by age and size alone: ${retention} is not what it does.`;
        return { level: 'warning', code: 'retention-by-limits', about: `stream ${name}`, message };
      }),
  );
  return [...named, ...alike, ...shared];
}
