/**
 * What each service needs of JetStream, and nothing else: its events, its durables by name, its own inbox. Nobody may make consumers: one
 * that pushes has the server write into any subject that somebody hears, whatever its maker may publish.
 */
import { accessTable, type ServiceAccess } from '../../policy/access.ts';
import { type Group, groupsOf, streamOfSubject } from '../../schema/delivery.ts';
import { durableName, leaseSubject, natsLeases, natsStreamName } from '../../schema/nats-names.ts';
import { matchesSubject } from '../../schema/subject.ts';
import { natsPattern, natsSubject } from '../../schema/transport.ts';
import type { Source } from '../broker.ts';
import { accessFacts } from '../facts.ts';

export interface NatsGrant {
  readonly service: string;
  /** What clients set as their inbox prefix. */
  readonly inbox: string;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** Denied whatever is allowed besides. */
  readonly deny: readonly string[];
  /** What the catalog permits and NATS cannot give without more. */
  readonly withheld: readonly string[];
}

export function natsGrants({ catalog, events }: Source): readonly NatsGrant[] {
  const subjects = events.map(({ subject }) => subject);
  const groups = groupsOf(catalog, events);
  const table = accessTable(catalog, accessFacts({ events }));
  return table.map((row) => {
    const { names, withheld } = publications(catalog, subjects, row);
    const own = groups.filter(({ service }) => service === row.service);
    const replays = replaysOf(catalog, subjects, row);
    const inbox = natsInbox(row.service);
    const api = [...own.flatMap((group) => durableGrants(catalog, group)), ...replays.names];
    return {
      service: row.service,
      inbox,
      publish: unique([...names, ...api]),
      subscribe: [`${inbox}.>`],
      deny: denials(catalog, row.deny, subjects),
      withheld: [...withheld, ...replays.withheld],
    };
  });
}

export function natsInbox(service: string): string {
  return `_INBOX.${service.replaceAll(/[^A-Za-z0-9_-]/g, '_')}`;
}

/** Where several events share an address, a service gets it only if it may publish all of them. */
function publications(catalog: Source['catalog'], subjects: readonly string[], { publish }: ServiceAccess) {
  const names: string[] = [];
  const withheld: string[] = [];
  for (const address of unique(publish.map((subject) => natsSubject(catalog, subject)))) {
    const foreign = subjects.find((one) => natsSubject(catalog, one) === address && !publish.includes(one));
    if (foreign === undefined) names.push(address);
    else withheld.push(`publish ${address}, where ${foreign} travels too`);
  }
  return { names, withheld };
}

/** A durable is asked about, asked for messages and told what became of them; members of an ordered group write who leads. */
function durableGrants(catalog: Source['catalog'], { name, ordered, subjects }: Group): readonly string[] {
  return unique(subjects.map((subject) => streamOfSubject(catalog, subject))).flatMap((stream) => {
    const at = `${natsStreamName(stream)}.${durableName(name)}`;
    return [
      `$JS.API.STREAM.INFO.${natsStreamName(stream)}`,
      `$JS.API.CONSUMER.INFO.${at}`,
      `$JS.API.CONSUMER.MSG.NEXT.${at}`,
      `$JS.ACK.${at}.>`,
      ...(ordered
        ? [
            leaseSubject(stream, name),
            `$JS.API.STREAM.INFO.${natsLeases.name}`,
            `$JS.API.STREAM.MSG.GET.${natsLeases.name}`,
          ]
        : []),
    ];
  });
}

/** A replay reads the stream message by message. The server does not look which: only who may read all of a stream may do so. */
function replaysOf(catalog: Source['catalog'], subjects: readonly string[], { service, subscribe }: ServiceAccess) {
  const names: string[] = [];
  const withheld: string[] = [];
  for (const stream of unique(subscribe.map((subject) => streamOfSubject(catalog, subject)))) {
    const held = subjects.filter((subject) => streamOfSubject(catalog, subject) === stream);
    const foreign = held.find((subject) => !subscribe.includes(subject));
    const at = natsStreamName(stream);
    if (foreign === undefined) names.push(`$JS.API.STREAM.INFO.${at}`, `$JS.API.STREAM.MSG.GET.${at}`);
    else withheld.push(`replay of ${at}, where ${foreign} travels too, which ${service} may not read`);
  }
  return { names, withheld };
}

function denials(catalog: Source['catalog'], patterns: readonly string[], subjects: readonly string[]) {
  return unique(
    patterns.flatMap((pattern) => {
      const whole = natsPattern(catalog, pattern);
      if (whole !== undefined) return [whole];
      return subjects
        .filter((subject) => matchesSubject(pattern, subject))
        .map((subject) => natsSubject(catalog, subject));
    }),
  );
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
