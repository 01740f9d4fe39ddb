/**
 * The catalog in RabbitMQ's words, as the runtime has it: a topic exchange and its log for a stream, a quorum queue for a group, one more
 * for each work queue. What may change later stands in policies, since queues never change their arguments.
 */
import type { Catalog } from '../../schema/catalog.ts';
import { type Group, groupsOf, type Stream, streamOfSubject, streamsOf } from '../../schema/delivery.ts';
import {
  rabbitCommands,
  rabbitDead,
  rabbitLog,
  rabbitRecordHeaders,
  rabbitRecords,
} from '../../schema/rabbit-names.ts';
import type { Source } from '../broker.ts';
import type { Settings, Wanted } from '../resource.ts';

/** So long that nothing ends: a policy must say something. */
const forever = '1000Y';

export const policyName = (catalog: string, queue: string): string => `herald.${catalog}.${queue}`;

export function bindingName(exchange: string, queue: string, key: string): string {
  return `${exchange} → ${queue} [${key}]`;
}

/** What may change later stands in the policy of the queue. */
export function queueArguments({ type, singleActive }: Settings): Readonly<Record<string, string | true>> {
  return { 'x-queue-type': String(type), ...(singleActive === true && { 'x-single-active-consumer': true as const }) };
}

/** Exactly that queue. */
export function policyPattern(queue: string): string {
  return `^${queue.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
}

/** As the runtime writes it to `rabbitRecords`: what a group reads, for whoever asks who would miss an event. */
export function recordOf({ group, addresses }: Settings): { readonly headers: Readonly<Record<string, string>> } {
  return {
    headers: {
      [rabbitRecordHeaders.group]: String(group),
      [rabbitRecordHeaders.addresses]: JSON.stringify(addresses),
    },
  };
}

export function wantedOnRabbit(sources: readonly Source[], environment: string | undefined): readonly Wanted[] {
  const all = sources.flatMap((source) => wantedOf(source, environment));
  const order = ['exchange', 'queue', 'policy', 'binding'];
  const once = new Map<string, Wanted>();
  const rest: Wanted[] = [];
  // the exchange of commands is everybody's
  for (const one of all) {
    if (one.name === rabbitCommands) once.set(one.name, once.get(one.name) ?? one);
    else rest.push(one);
  }
  return [...once.values(), ...rest].toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

function wantedOf({ catalog, events }: Source, environment: string | undefined): readonly Wanted[] {
  const queues = Object.keys(catalog.delivery?.queues ?? {}).sort();
  return [
    ...streamsOf(catalog, events, environment).flatMap((stream) => ofStream(catalog, stream)),
    ...groupsOf(catalog, events).flatMap((group) => ofGroup(catalog, group)),
    ...(queues.length === 0 ? [] : [exchange(catalog, rabbitCommands, true)]),
    ...queues.flatMap((queue) => ofWorkQueue(catalog, queue)),
  ];
}

function ofStream(catalog: Catalog, { name, maxAgeMs, maxBytes }: Stream): readonly Wanted[] {
  const age = maxAgeMs === 0 ? forever : `${Math.max(1, Math.round(maxAgeMs / 1_000))}s`;
  const log = rabbitLog(name);
  return [
    exchange(catalog, name),
    { ...queue(catalog, log, { type: 'stream' }), follows: name },
    { ...queue(catalog, rabbitRecords(name), { type: 'stream' }), follows: name },
    policy(catalog, log, { 'max-age': age, ...(maxBytes !== undefined && { 'max-length-bytes': maxBytes }) }),
    policy(catalog, rabbitRecords(name), { 'max-age': forever }),
    binding(catalog, name, log, '#'),
  ];
}

function ofGroup(catalog: Catalog, { name, ordered, subjects }: Group): readonly Wanted[] {
  if (subjects.length === 0) return [];
  const addresses = [...subjects].sort();
  return [
    queue(catalog, name, { type: 'quorum', singleActive: ordered }),
    policy(catalog, name, { overflow: 'reject-publish' }),
    ...subjects.map((subject) => ({
      ...binding(catalog, streamOfSubject(catalog, subject), name, subject),
      made: { addresses, group: name },
    })),
  ];
}

function ofWorkQueue(catalog: Catalog, name: string): readonly Wanted[] {
  return [name, rabbitDead(name)].flatMap((each) => [
    queue(catalog, each, { type: 'quorum', singleActive: false }),
    policy(catalog, each, { overflow: 'reject-publish' }),
    binding(catalog, rabbitCommands, each, each),
  ]);
}

function exchange(catalog: Catalog, name: string, onlyMade = false): Wanted {
  const settings = { type: 'topic', durable: true };
  return { kind: 'exchange', name, catalog: catalog.name, settings, ...(onlyMade && { onlyMade }) };
}

function queue(catalog: Catalog, name: string, settings: Settings): Wanted {
  return { kind: 'queue', name, catalog: catalog.name, settings: { durable: true, ...settings } };
}

function policy(catalog: Catalog, of: string, settings: Settings): Wanted {
  return { kind: 'policy', name: policyName(catalog.name, of), of, catalog: catalog.name, settings };
}

function binding(catalog: Catalog, from: string, of: string, key: string): Wanted {
  return {
    kind: 'binding',
    name: bindingName(from, of, key),
    of,
    catalog: catalog.name,
    settings: { exchange: from, key },
  };
}
