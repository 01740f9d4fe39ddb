/**
 * What a broker reports, held against the contracts: who reads without being declared, who was declared and does not read, which events are
 * stored that nobody registered, and which are registered and never come.
 */
import { groupsOf, streamOfSubject, streamsOf } from '../schema/delivery.ts';
import type { Observed, Source } from './broker.ts';

export type ObservationId = 'undeclared-consumer' | 'absent-consumer' | 'undeclared-event' | 'silent-producer';

export interface Observation {
  readonly id: ObservationId;
  /** `warning`: what a contract says and nobody does; `error`: what is done and no contract says. */
  readonly level: 'error' | 'warning';
  readonly subject: string;
  readonly service?: string;
  readonly group?: string;
  readonly message: string;
}

/** `addressOf`: what the broker calls a subject. */
export function observations(
  { groups, addresses }: Observed,
  { catalog, events }: Source,
  addressOf: (subject: string) => string,
): readonly Observation[] {
  const subjectOf = new Map(events.map(({ subject }) => [addressOf(subject), subject]));
  const declared = groupsOf(catalog, events);
  const found: Observation[] = [];
  for (const { group, addresses: read } of groups) {
    const known = declared.find(({ name }) => name === group);
    for (const address of read) {
      const subject = subjectOf.get(address);
      if (subject === undefined || known?.subjects.includes(subject)) continue;
      const message = known
        ? `The group ${group} of ${known.service} reads ${subject}, and its contract names no such consumer.`
        : `The group ${group} reads ${subject}, and belongs to no declared consumer.`;
      const who = known === undefined ? {} : { service: known.service };
      found.push({ id: 'undeclared-consumer', level: 'error', subject, group, ...who, message });
    }
  }
  for (const { name, service, subjects } of declared)
    for (const subject of subjects) {
      const reads = groups.some(({ group, addresses: read }) => group === name && read.includes(addressOf(subject)));
      if (reads) continue;
      const message = `${service} is a declared consumer of ${subject}, and the broker knows no group ${name} that reads it.`;
      found.push({ id: 'absent-consumer', level: 'warning', subject, service, group: name, message });
    }
  for (const { address, messages } of addresses) {
    if (subjectOf.has(address)) continue;
    const message = `${messages ?? 'Some'} events of ${address} are stored, and no such subject is registered.`;
    found.push({ id: 'undeclared-event', level: 'error', subject: address, message });
  }
  const kept = new Map(streamsOf(catalog, events).map((stream) => [stream.name, stream]));
  const held = new Set(addresses.map(({ address }) => address));
  // a work queue holds nothing when all is done
  const silent = events.filter(
    ({ subject }) =>
      kept.get(streamOfSubject(catalog, subject))?.retention === 'limits' && !held.has(addressOf(subject)),
  );
  for (const { subject, contract } of silent) {
    const service = contract.producer === undefined ? {} : { service: contract.producer };
    const message = `Nothing of ${subject} is stored: ${contract.producer ?? 'its producer'} published none for as long as they are kept.`;
    found.push({ id: 'silent-producer', level: 'warning', subject, ...service, message });
  }
  return found.toSorted((a, b) => compared(a.subject, b.subject) || compared(a.id, b.id));
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
