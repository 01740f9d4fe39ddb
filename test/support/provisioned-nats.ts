/** A nats-server with the accounts of a catalog, provisioned from it: what services run against, each as the user it is. */
import { type ConnectionOptions, credsAuthenticator } from '@nats-io/transport-node';
import type { Bus } from '../../src/events/bus.ts';
import { natsBus } from '../../src/events/nats/index.ts';
import { apply } from '../../src/provision/apply.ts';
import { accountFile, provisionerOf } from '../../src/provision/nats/account-file.ts';
import { natsBroker } from '../../src/provision/nats/broker.ts';
import { credentials, natsKeys, operatorMode } from '../../src/provision/nats/operator-mode.ts';
import { natsGrants } from '../../src/provision/nats/permissions.ts';
import { type CatalogFolder, catalogFolder } from './catalogs.ts';
import { natsServer } from './nats-server.ts';

export interface ProvisionedNats {
  readonly source: CatalogFolder;
  readonly server: string;
  /** How a user proves who it is. */
  loginOf(user: string): ConnectionOptions;
  busOf(service: string): Bus;
  stop(): Promise<void>;
}

/** `passwords` in the server's configuration, or tokens that an operator's account signs. */
export type Proof = 'passwords' | 'jwt';

interface Accounts {
  readonly config: string;
  readonly env: Readonly<Record<string, string>>;
  loginOf(user: string): ConnectionOptions;
  /** Content of the .creds file, where there is one. */
  readonly credentials?: string;
}

export async function provisionedNats(
  catalog: string,
  environment: string,
  proof: Proof = 'passwords',
): Promise<ProvisionedNats> {
  const source = await catalogFolder(catalog);
  const accounts = await (proof === 'jwt' ? withTokens(source) : withPasswords(source));
  const server = await natsServer(accounts);
  const { user, pass } = accounts.loginOf('herald');
  const url = user === undefined ? server.url : server.url.replace('//', `//${user}:${pass}@`);
  const broker = await natsBroker(url, accounts.credentials);
  const { outcomes } = await apply(broker, { sources: [source], environment, prune: false, allowsRisky: false });
  await broker.close();
  const open = outcomes.filter(({ state }) => state !== 'done');
  if (open.length > 0) throw new Error(JSON.stringify(open));
  return {
    source,
    server: server.url,
    loginOf: accounts.loginOf,
    busOf: (service) =>
      natsBus({
        url: server.url,
        connection: { ...accounts.loginOf(service), inboxPrefix: `_INBOX.${service}` },
        reads: 'messages',
      }),
    stop: () => server.stop(),
  };
}

async function withPasswords(source: CatalogFolder): Promise<Accounts> {
  const config = accountFile([{ catalog: source.catalog.name, grants: natsGrants(source) }]);
  const stated = [...config.matchAll(/user: "([^"]+)"\s+password: \$(\w+)/g)];
  const passwords = new Map(stated.map(([, user = '', variable]) => [user, `secret-of-${variable}`]));
  const env = Object.fromEntries(stated.map(([, , variable = '']) => [variable, `secret-of-${variable}`]));
  return { config, env, loginOf: (user) => ({ user, pass: passwords.get(user) ?? '' }) };
}

async function withTokens(source: CatalogFolder): Promise<Accounts> {
  const keys = await natsKeys();
  const grants = natsGrants(source);
  const pairs = new Map(
    [...grants.map(({ service }) => service), provisionerOf(grants)].map((user) => [user, keys.create('user')]),
  );
  const catalog = source.catalog.name;
  const users = new Map([...pairs].map(([user, pair]) => [user, pair.getPublicKey()]));
  const { config, tokens } = operatorMode({
    operator: keys.create('operator'),
    system: keys.create('account'),
    accounts: [{ catalog, grants, account: keys.create('account'), users, earlier: [] }],
    issuedAt: Math.floor(Date.now() / 1_000),
  });
  const text = new TextDecoder();
  const credsOf = (user: string) =>
    credentials(tokens.get(catalog)!.get(user)!, text.decode(pairs.get(user)!.getSeed()));
  return {
    config,
    env: {},
    loginOf: (user) => ({ authenticator: credsAuthenticator(new TextEncoder().encode(credsOf(user))) }),
    credentials: credsOf('herald'),
  };
}
