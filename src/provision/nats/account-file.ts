/** The configuration that nats-server includes: an account for each catalog, with a user for each service and one that provisions. */
import { Fault } from '../../errors.ts';
import { natsPasswordVariables } from '../../policy/access-export.ts';
import type { NatsGrant } from './permissions.ts';

/** The user that provisions, observes and replays for others: the one that may make consumers. */
export const operator = 'herald';

/** Its name, where a service has that one. */
export function provisionerOf(grants: readonly NatsGrant[], name: string = operator): string {
  return grants.some(({ service }) => service === name) ? `${name}-operator` : name;
}

/** Of one catalog, by whose name nats-server knows it. */
export interface Account {
  readonly catalog: string;
  readonly grants: readonly NatsGrant[];
}

/** `keys`: public nkeys by service; without one, services prove themselves by passwords of the environment. */
export function accountFile(accounts: readonly Account[], keys: ReadonlyMap<string, string> = new Map()): string {
  const all = accounts.map(({ catalog, grants }) => {
    const name = accounts.length === 1 ? operator : `${operator}-${catalog}`;
    return { catalog, grants, provisioner: provisionerOf(grants, name) };
  });
  const named = all.flatMap(({ catalog, grants, provisioner }) =>
    [...grants.map(({ service }) => service), provisioner].map((user) => ({ user, catalog })),
  );
  refuseNamesakes(named);
  const variables = natsPasswordVariables(named.map(({ user }) => user));
  const proof = (user: string): readonly string[] => {
    const key = keys.get(user);
    if (key !== undefined) return [`        nkey: ${key}`];
    return [`        user: ${JSON.stringify(user)}`, `        password: $${variables.get(user)}`];
  };
  return [
    `# Who may do what in ${catalogsText(accounts)}. Made by "herald provision permissions": make it anew instead of editing it.`,
    '# Clients set _INBOX.<service> as their inbox prefix, and read old events by natsBus({ reads: "messages" }).',
    `# nats-server -t -c FILE checks it, nats-server --signal reload takes it without dropping connections.`,
    'accounts: {',
    ...all.flatMap(({ catalog, grants, provisioner }) => [
      `  ${JSON.stringify(catalog)}: {`,
      '    jetstream: enabled',
      '    users: [',
      ...grants.map((grant) => userLines(grant, proof(grant.service))),
      ...['      # provisions, observes, and replays for others', '      {', ...proof(provisioner), '      }'],
      '    ]',
      '  }',
    ]),
    '}',
    '',
  ].join('\n');
}

export function catalogsText(accounts: readonly Pick<Account, 'catalog'>[]): string {
  return `the catalog${accounts.length === 1 ? '' : 's'} ${accounts.map(({ catalog }) => catalog).join(', ')}`;
}

/** nats-server finds a user's account by its name, so that a name is one user of one account. */
function refuseNamesakes(named: readonly { readonly user: string; readonly catalog: string }[]): void {
  const catalogs = new Map<string, string>();
  for (const { user, catalog } of named) {
    const other = catalogs.get(user);
    catalogs.set(user, catalog);
    if (other === undefined) continue;
    const message = `${user} would be a user of the accounts ${other} and ${catalog}, and nats-server knows one user of a name. Name one catalog (--catalog DIR), or make accounts as tokens (--jwt DIR), which may have users of the same name.`;
    throw new Fault('USAGE_INVALID', {}, { message });
  }
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
