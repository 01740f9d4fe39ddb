/** The configuration that nats-server includes: an account with a user for each service, and one that provisions. */
import { natsPasswordVariables } from '../../policy/access-export.ts';
import type { NatsGrant } from './permissions.ts';

/** The user that provisions, observes and replays for others: the one that may make consumers. */
export const operator = 'herald';

/** Its name, where a service has that one. */
export function provisionerOf(grants: readonly NatsGrant[]): string {
  return grants.some(({ service }) => service === operator) ? `${operator}-operator` : operator;
}

export interface AccountOptions {
  readonly catalog: string;
  readonly grants: readonly NatsGrant[];
  /** Public nkeys by service; without one, services prove themselves by passwords of the environment. */
  readonly keys?: ReadonlyMap<string, string>;
}

export function accountFile({ catalog, grants, keys }: AccountOptions): string {
  const provisioner = provisionerOf(grants);
  const variables = natsPasswordVariables([...grants.map(({ service }) => service), provisioner]);
  const proof = (user: string): readonly string[] => {
    const key = keys?.get(user);
    if (key !== undefined) return [`        nkey: ${key}`];
    return [`        user: ${JSON.stringify(user)}`, `        password: $${variables.get(user)}`];
  };
  const users = [
    ...grants.map((grant) => userLines(grant, proof(grant.service))),
    ['      # provisions, observes, and replays for others', '      {', ...proof(provisioner), '      }'].join('\n'),
  ];
  return [
    `# Who may do what in the catalog ${catalog}. Made by "herald provision permissions": make it anew instead of editing it.`,
    '# Clients set _INBOX.<service> as their inbox prefix, and read old events by natsBus({ reads: "messages" }).',
    `# nats-server -t -c FILE checks it, nats-server --signal reload takes it without dropping connections.`,
    'accounts: {',
    `  ${JSON.stringify(catalog)}: {`,
    '    jetstream: enabled',
    '    users: [',
    ...users,
    '    ]',
    '  }',
    '}',
    '',
  ].join('\n');
}

function userLines({ publish, subscribe, deny, withheld }: NatsGrant, proof: readonly string[]): string {
  return [
    ...withheld.map((line) => `      # withheld: ${line}`),
    '      {',
    ...proof,
    '        permissions: {',
    `          publish: ${permission(publish, deny)}`,
    `          subscribe: ${permission(subscribe, deny)}`,
    '        }',
    '      }',
  ].join('\n');
}

/** An empty list of what is allowed means everything to nats-server: nothing has to be said as the denial of all. */
function permission(allow: readonly string[], deny: readonly string[]): string {
  const list = (names: readonly string[]) => `[${names.map((name) => JSON.stringify(name)).join(', ')}]`;
  if (allow.length === 0) return '{ deny: [">"] }';
  return `{ allow: ${list(allow)}${deny.length > 0 ? `, deny: ${list(deny)}` : ''} }`;
}
