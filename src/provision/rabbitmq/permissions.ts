/**
 * What each service needs of RabbitMQ when everything is provisioned: it makes nothing, reads its own queues, and publishes under its own
 * routing keys. An exchange without a topic permission would take every key: each that may be written to has one.
 */
import { accessTable } from '../../policy/access.ts';
import { groupsOf, streamOfSubject } from '../../schema/delivery.ts';
import { rabbitCommands, rabbitDead, rabbitLog, rabbitMarkKey } from '../../schema/rabbit-names.ts';
import type { Source } from '../broker.ts';
import { accessFacts } from '../facts.ts';

export interface RabbitPermissions {
  readonly permissions: readonly {
    readonly user: string;
    readonly vhost: string;
    readonly configure: string;
    readonly write: string;
    readonly read: string;
  }[];
  readonly topic_permissions: readonly {
    readonly user: string;
    readonly vhost: string;
    readonly exchange: string;
    readonly write: string;
    readonly read: string;
  }[];
}

const nothing = '^$';

interface Own {
  /** Routing keys by exchange. */
  readonly keys: Map<string, readonly string[]>;
  readonly queues: string[];
}

/**
 * A part of RabbitMQ's definitions: users and their passwords are the operator's. A user has one row on a virtual host: a service of
 * several catalogs gets in it what each of them gives.
 */
export function rabbitPermissions(sources: readonly Source[], vhost: string): RabbitPermissions {
  const users = new Map<string, Own>();
  for (const source of sources)
    for (const { service, publish, subscribe } of accessTable(source.catalog, accessFacts(source))) {
      const own: Own = users.get(service) ?? { keys: new Map(), queues: [] };
      users.set(service, own);
      for (const [exchange, keys] of keysByExchange(source, service, publish, subscribe))
        own.keys.set(exchange, [...(own.keys.get(exchange) ?? []), ...keys]);
      own.queues.push(...queuesOf(source, service, subscribe));
    }
  const rows = [...users].toSorted(byName).map(([user, own]) => ({ user, ...own }));
  return {
    permissions: rows.map(({ user, keys, queues }) => ({
      user,
      vhost,
      configure: nothing,
      write: exactly([...keys.keys()]),
      read: exactly(queues),
    })),
    topic_permissions: rows.flatMap(({ user, keys }) =>
      [...keys]
        .toSorted(byName)
        .map(([exchange, own]) => ({ user, vhost, exchange, write: exactly(own), read: nothing })),
    ),
  };
}

function keysByExchange(
  source: Source,
  service: string,
  publish: readonly string[],
  subscribe: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, string[]>();
  const add = (exchange: string, key: string) => keys.set(exchange, [...(keys.get(exchange) ?? []), key]);
  for (const subject of publish) add(streamOfSubject(source.catalog, subject), subject);
  // whoever reads a log marks its end first
  for (const stream of wholeStreams(source, subscribe)) add(stream, rabbitMarkKey);
  for (const [queue, row] of Object.entries(source.catalog.delivery?.queues ?? {})) {
    if (row.senders.includes(service)) add(rabbitCommands, queue);
    if (row.service === service) add(rabbitCommands, rabbitDead(queue));
  }
  return keys;
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function queuesOf(source: Source, service: string, subscribe: readonly string[]): readonly string[] {
  const { catalog, events } = source;
  const groups = groupsOf(catalog, events).filter((group) => group.service === service);
  const work = Object.entries(catalog.delivery?.queues ?? {}).filter(([, row]) => row.service === service);
  return [
    ...groups.map(({ name }) => name),
    ...wholeStreams(source, subscribe).map(rabbitLog),
    ...work.map(([queue]) => queue),
  ];
}

/** A log holds all events of its stream: only who may read them all reads it. */
function wholeStreams({ catalog, events }: Source, subscribe: readonly string[]): readonly string[] {
  const streams = new Set(subscribe.map((subject) => streamOfSubject(catalog, subject)));
  return [...streams].filter((stream) =>
    events.every(({ subject }) => streamOfSubject(catalog, subject) !== stream || subscribe.includes(subject)),
  );
}

function exactly(names: readonly string[]): string {
  if (names.length === 0) return nothing;
  const literal = [...new Set(names)].sort().map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return `^(${literal.join('|')})$`;
}
