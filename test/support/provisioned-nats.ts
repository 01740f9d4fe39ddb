/** A nats-server with the accounts of a catalog, provisioned from it: what services run against, each as the user it is. */
import type { Bus } from '../../src/events/bus.ts';
import { natsBus } from '../../src/events/nats/index.ts';
import { apply } from '../../src/provision/apply.ts';
import { accountFile } from '../../src/provision/nats/account-file.ts';
import { natsBroker } from '../../src/provision/nats/broker.ts';
import { natsGrants } from '../../src/provision/nats/permissions.ts';
import { type CatalogFolder, catalogFolder } from './catalogs.ts';
import { natsServer } from './nats-server.ts';

export interface ProvisionedNats {
  readonly source: CatalogFolder;
  readonly server: string;
  readonly passwords: ReadonlyMap<string, string>;
  urlOf(user: string): string;
  busOf(service: string): Bus;
  stop(): Promise<void>;
}

export async function provisionedNats(catalog: string, environment: string): Promise<ProvisionedNats> {
  const source = await catalogFolder(catalog);
  const config = accountFile({ catalog, grants: natsGrants(source) });
  const stated = [...config.matchAll(/user: "([^"]+)"\s+password: \$(\w+)/g)];
  const passwords = new Map(stated.map(([, user = '', variable]) => [user, `secret-of-${variable}`]));
  const env = Object.fromEntries(stated.map(([, , variable = '']) => [variable, `secret-of-${variable}`]));
  const server = await natsServer({ config, env });
  const urlOf = (user: string) => server.url.replace('//', `//${user}:${passwords.get(user)}@`);
  const broker = await natsBroker(urlOf('herald'));
  const { outcomes } = await apply(broker, { sources: [source], environment, prune: false, allowsRisky: false });
  await broker.close();
  const open = outcomes.filter(({ state }) => state !== 'done');
  if (open.length > 0) throw new Error(JSON.stringify(open));
  return {
    source,
    server: server.url,
    passwords,
    urlOf,
    busOf: (service) =>
      natsBus({ url: urlOf(service), connection: { inboxPrefix: `_INBOX.${service}` }, reads: 'messages' }),
    stop: () => server.stop(),
  };
}
