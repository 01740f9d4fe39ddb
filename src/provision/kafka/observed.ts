/** What a cluster reports: groups by what they have committed, and which topics hold anything. A reader that commits nothing is not seen. */
import type { Admin } from 'kafkajs';
import { groupsOf } from '../../schema/delivery.ts';
import { kafkaReads } from '../../schema/kafka-names.ts';
import { kafkaTopic } from '../../schema/transport.ts';
import type { Observed, ObservedAddress, ObservedGroup, Source } from '../broker.ts';

export interface Observing {
  readonly admin: Admin;
  readonly server: string;
}

export async function observedOnKafka({ admin, server }: Observing, sources: readonly Source[]): Promise<Observed> {
  const there = new Set(await admin.listTopics());
  const { groups: all } = await admin.listGroups();
  const readers = all.filter(({ protocolType }) => protocolType === 'consumer' || protocolType === '');
  const groups: ObservedGroup[] = [];
  const addresses: ObservedAddress[] = [];
  const placed: string[] = [];
  for (const source of sources) {
    const topics = [...subjectsByTopic(source)].filter(([topic]) => there.has(topic));
    for (const [topic, subjects] of topics) {
      placed.push(...subjects);
      const messages = await heldIn(admin, topic);
      // of a topic that several events share nobody knows how many are of which
      const counted = subjects.length === 1 ? { messages } : {};
      if (messages > 0) addresses.push(...subjects.map((address) => ({ address, ...counted })));
    }
    for (const { groupId } of readers)
      for (const [topic, subjects] of topics) {
        const read = await readFrom(admin, groupId, topic);
        if (read === undefined) continue;
        const own = read.includes('*')
          ? declaredFor(source, groupId, subjects)
          : subjects.filter((one) => read.includes(one));
        if (own.length > 0) groups.push({ stream: topic, group: groupId, addresses: own });
      }
  }
  return { server, placed, groups, addresses, unreported: [] };
}

function subjectsByTopic({ catalog, events }: Source): ReadonlyMap<string, readonly string[]> {
  const byTopic = new Map<string, string[]>();
  for (const { subject } of events) {
    const topic = kafkaTopic(catalog, subject);
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), subject].sort());
  }
  return byTopic;
}

async function heldIn(admin: Admin, topic: string): Promise<number> {
  const places = await admin.fetchTopicOffsets(topic);
  return places.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
}

/** Subjects that a group reads of a topic: `*` where another program committed, undefined where nobody did. */
async function readFrom(admin: Admin, groupId: string, topic: string): Promise<readonly string[] | undefined> {
  const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const committed = (found?.partitions ?? []).filter(({ offset }) => Number(offset) >= 0);
  if (committed.length === 0) return undefined;
  return [...new Set(committed.flatMap(({ metadata }) => kafkaReads(metadata) ?? ['*']))];
}

/** Another program's group is given the whole topic: what it is declared for it may read there, and everything where it is for nothing. */
function declaredFor({ catalog, events }: Source, group: string, subjects: readonly string[]): readonly string[] {
  const declared = groupsOf(catalog, events).find(({ name }) => name === group)?.subjects ?? [];
  const own = subjects.filter((subject) => declared.includes(subject));
  return own.length > 0 ? own : subjects;
}
