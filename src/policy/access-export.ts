/**
 * What services may do, in the words of a broker. Brokers know subjects and topics, not events: where several events share one, a
 * service gets it only if it may have all of them.
 */
import type { Catalog } from '../schema/catalog.ts';
import { matchesSubject } from '../schema/subject.ts';
import { kafkaTopic, natsPattern, natsSubject } from '../schema/transport.ts';
import type { Action, ServiceAccess } from './access.ts';

export interface AccessExport {
  readonly catalog: Catalog;
  readonly table: readonly ServiceAccess[];
  /** Every registered subject. */
  readonly subjects: readonly string[];
}

interface Granted {
  readonly names: readonly string[];
  /** Not given, since something else travels there: the name, and what. */
  readonly withheld: readonly (readonly [name: string, also: string])[];
}

function grant(subjects: readonly string[], allowed: readonly string[], wire: (subject: string) => string): Granted {
  const names: string[] = [];
  const withheld: [string, string][] = [];
  for (const name of new Set(allowed.map(wire))) {
    const also = subjects.find((subject) => wire(subject) === name && !allowed.includes(subject));
    if (also === undefined) names.push(name);
    else withheld.push([name, also]);
  }
  return { names: names.sort(), withheld };
}

/** A configuration that nats-server includes. Users prove themselves by passwords of the environment: one that is not set stops the server. */
export function natsPermissions({ catalog, table, subjects }: AccessExport): string {
  const wire = (subject: string) => natsSubject(catalog, subject);
  const variables = natsPasswordVariables(table.map(({ service }) => service));
  const users = table.map((row) => {
    const denied = deniedOnNats(catalog, row.deny, subjects);
    const part = (action: Action, more: readonly string[]) => {
      const { names, withheld } = grant(subjects, row[action], wire);
      return { permission: permission([...names, ...more], denied), comments: withheldComments(withheld, action) };
    };
    const inbox = `_INBOX.${inboxOf(row.service)}.>`;
    const [publish, subscribe] = [part('publish', []), part('subscribe', [inbox])];
    return [
      ...[...publish.comments, ...subscribe.comments].map((line) => `      # ${line}`),
      '      {',
      `        user: ${JSON.stringify(row.service)}`,
      `        password: $${variables.get(row.service)}`,
      '        permissions: {',
      `          publish: ${publish.permission}`,
      `          subscribe: ${subscribe.permission}`,
      '        }',
      '      }',
    ].join('\n');
  });
  return [
    `# Who may publish and subscribe to what in the catalog ${catalog.name}. Made by "herald access": make it anew instead of editing it.`,
    '# Replies come to _INBOX.<service>.>: clients set that as their inbox prefix. What JetStream needs besides, "herald provision permissions" adds.',
    'accounts: {',
    `  ${JSON.stringify(catalog.name)}: {`,
    '    users: [',
    ...users,
    '    ]',
    '  }',
    '}',
    '',
  ].join('\n');
}

/** An empty list of what is allowed means everything to nats-server: nothing has to be said as the denial of all. */
function permission(allow: readonly string[], deny: readonly string[]): string {
  const list = (names: readonly string[]) => `[${names.map((name) => JSON.stringify(name)).join(', ')}]`;
  if (allow.length === 0) return `{ deny: [">"] }`;
  return `{ allow: ${list(allow)}${deny.length > 0 ? `, deny: ${list(deny)}` : ''} }`;
}

function deniedOnNats(catalog: Catalog, patterns: readonly string[], subjects: readonly string[]): readonly string[] {
  const names = patterns.flatMap((pattern) => {
    const whole = natsPattern(catalog, pattern);
    if (whole !== undefined) return [whole];
    return subjects
      .filter((subject) => matchesSubject(pattern, subject))
      .map((subject) => natsSubject(catalog, subject));
  });
  return [...new Set(names)].sort();
}

function withheldComments(withheld: Granted['withheld'], action: Action): string[] {
  return withheld.map(([name, also]) => `withheld: ${action} ${name}, where ${also} travels too`);
}

function inboxOf(service: string): string {
  return service.replace(/[^A-Za-z0-9_-]/g, '_');
}

/** The variable that holds each service's password on NATS, distinct where their names differ by signs alone. */
export function natsPasswordVariables(services: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(
    services.map((service) => {
      const plain = `NATS_PASSWORD_${service.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
      let name = plain;
      for (let count = 2; taken.has(name); count += 1) name = `${plain}_${count}`;
      taken.add(name);
      return [service, name] as const;
    }),
  );
}

/** Commands for kafka-acls.sh. Without a matching rule Kafka refuses, so denials are stated only where the catalog states them. */
export function kafkaAcls({ catalog, table, subjects }: AccessExport): string {
  const wire = (subject: string) => kafkaTopic(catalog, subject);
  const lines = table.flatMap((row) => {
    const principal = quoted(`User:${row.service}`);
    const [publish, subscribe] = [grant(subjects, row.publish, wire), grant(subjects, row.subscribe, wire)];
    const denied = subjects.filter((subject) => row.deny.some((pattern) => matchesSubject(pattern, subject))).map(wire);
    return [
      ...withheldComments(publish.withheld, 'publish').map((line) => `# ${line}`),
      ...withheldComments(subscribe.withheld, 'subscribe').map((line) => `# ${line}`),
      ...publish.names.map((topic) =>
        acl(`--allow-principal ${principal} --operation Write --operation Describe`, topic),
      ),
      ...subscribe.names.map((topic) =>
        acl(`--allow-principal ${principal} --operation Read --operation Describe`, topic),
      ),
      ...(subscribe.names.length > 0
        ? [`${command} --allow-principal ${principal} --operation Read --group ${quoted(row.service)}`]
        : []),
      ...[...new Set(denied)].sort().map((topic) => acl(`--deny-principal ${principal} --operation All`, topic)),
    ];
  });
  return [
    '#!/bin/sh',
    `# Who may write and read what in the catalog ${catalog.name}. Made by "herald access": make it anew instead of editing it.`,
    '# Consumer groups are called as their service.',
    'set -eu',
    ...lines,
    '',
  ].join('\n');
}

const command = 'kafka-acls.sh --bootstrap-server "$KAFKA_BOOTSTRAP" --add';

function acl(what: string, topic: string): string {
  return `${command} ${what} --topic ${quoted(topic)}`;
}

/** For a POSIX shell, whatever the text holds. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
