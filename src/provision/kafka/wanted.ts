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
import { tooLarge } from '../fit.ts';
import type { Remark } from '../plan.ts';
import { type Found, type Grades, replace, risky, shrinking, type Wanted } from '../resource.ts';

export const kafkaGrades: Grades = {
  topic: {
    // fewer is impossible, and more sends keys to other partitions: both need a new topic
    partitions: replace,
    // its copies move for hours: kafka-reassign-partitions.sh does that
    replicas: replace,
    'min.insync.replicas': shrinking(),
    'retention.ms': shrinking(-1),
    'retention.bytes': shrinking(-1),
    'max.message.bytes': shrinking(),
    'cleanup.policy': risky,
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
    .map(([name, held]) => ({ kind: 'topic', name, catalog: catalog.name, ...topicSettings(held) }));
}

/**
 * Where several streams share a topic it keeps what the longest of them keeps. Partitions and replicas of which the catalog says nothing
 * are decided when a topic is made, and are the cluster's afterwards.
 */
function topicSettings(held: readonly Stream[]): Pick<Wanted, 'settings' | 'made'> {
  const ages = held.map(({ maxAgeMs }) => maxAgeMs);
  const lanes = held.flatMap((stream) => stream.lanes ?? []);
  const replicas = held.flatMap((stream) => (stream.statesReplicas ? stream.replicas : []));
  const [bytes, message] = [held[0]?.maxBytes, held[0]?.maxMessageBytes];
  return {
    settings: {
      ...(lanes.length > 0 && { partitions: Math.max(...lanes) }),
      ...(replicas.length > 0 && { replicas: Math.max(...replicas) }),
      ...(Math.max(0, ...replicas) >= 3 && { 'min.insync.replicas': 2 }),
      'cleanup.policy': 'delete',
      'retention.ms': ages.includes(0) ? -1 : Math.max(...ages),
      ...(bytes !== undefined && { 'retention.bytes': bytes }),
      ...(message !== undefined && { 'max.message.bytes': message }),
    },
    ...(lanes.length === 0 && { made: { partitions: kafkaPartitions } }),
  };
}

export interface AclRule {
  readonly principal: string;
  readonly operation: 'Read' | 'Write' | 'Describe';
  readonly type: 'topic' | 'group';
  readonly resource: string;
}

/** One rule is one resource: it is there or not. */
export function aclName({ principal, operation, type, resource }: Readonly<Record<keyof AclRule, string>>): string {
  return `${principal} ${operation} ${type} ${resource}`;
}

function rulesOf(source: Source): readonly Wanted[] {
  const { catalog, events } = source;
  const groups = groupsOf(catalog, events);
  const rules = accessTable(catalog, accessFacts(source)).flatMap((row) => rulesFor(source, row, groups));
  const byName = new Map(rules.map((rule) => [aclName(rule), rule]));
  return [...byName]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { type, resource }]) => ({
      kind: 'acl',
      name,
      catalog: catalog.name,
      ...(type === 'topic' && { follows: resource }),
      settings: {},
    }));
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

export interface KafkaCluster {
  readonly environment: string | undefined;
  /** How many there are: each holds one copy of a partition. */
  readonly brokers: number;
  readonly found: readonly Found[];
}

/** `max.message.bytes`, unless a topic or the cluster says otherwise. */
const maxMessageBytes = 1_048_588;

export function kafkaRemarks(
  sources: readonly Source[],
  wanted: readonly Wanted[],
  { environment, brokers, found }: KafkaCluster,
): readonly Remark[] {
  const topics = wanted.filter(({ kind }) => kind === 'topic');
  return [
    ...topics.flatMap(({ name, settings }) => forbidden(name, Number(settings.replicas ?? 1), brokers)),
    ...alike(topics, found),
    ...sources.flatMap((source) => unfit(source, environment)),
  ];
}

function forbidden(name: string, replicas: number, brokers: number): readonly Remark[] {
  const about = `topic ${name}`;
  const remarks: Remark[] = [];
  if (!kafkaTopicPattern.test(name)) {
    const message =
      'Kafka has no topic of that name: letters, digits, ".", "_" and "-" alone, 249 at most. Let transports.kafka.topic of the catalog make another one.';
    remarks.push({ level: 'problem', code: 'name-forbidden', about, message });
  }
  if (replicas > brokers) {
    const message = `${replicas} replicas need as many brokers, and this cluster has ${brokers}. Choose an --environment with fewer replicas.`;
    remarks.push({ level: 'problem', code: 'replicas-above-brokers', about, message });
  }
  return remarks;
}

/** In metrics Kafka writes dots as underscores. */
function alike(wanted: readonly Wanted[], found: readonly Found[]): readonly Remark[] {
  const spelt = new Map(
    found.flatMap(({ kind, name }) => (kind === 'topic' ? [[name.replaceAll('.', '_'), name] as const] : [])),
  );
  return wanted.flatMap(({ name }): Remark[] => {
    const plain = name.replaceAll('.', '_');
    const other = spelt.get(plain);
    spelt.set(plain, name);
    if (other === undefined || other === name) return [];
    const message = `Kafka cannot tell ${other} and ${name} apart in its metrics, and refuses the second. Give one of them another name.`;
    return [{ level: 'problem', code: 'name-collision', about: `topic ${name}`, message }];
  });
}

function unfit({ catalog, events }: Source, environment: string | undefined): readonly Remark[] {
  return streamsOf(catalog, events, environment).flatMap(({ name, retention, subjects, maxMessageBytes: stated }) => {
    const held = events.filter(({ subject }) => subjects.includes(subject));
    const remarks = tooLarge(held, stated ?? maxMessageBytes, 'max.message.bytes of its topic');
    if (retention === 'limits') return remarks;
    const message = `Kafka keeps topics by age and size alone: ${retention} is not what it does.`;
    return [...remarks, { level: 'warning', code: 'retention-by-limits', about: `stream ${name}`, message } as const];
  });
}
