/** `herald provision permissions`: what each service needs, in the words of a broker. */
import { resolve } from 'node:path';
import { accountFile, provisionerOf } from '../../provision/nats/account-file.ts';
import { type KeyPair, natsKeys, operatorMode } from '../../provision/nats/operator-mode.ts';
import { type NatsGrant, natsGrants } from '../../provision/nats/permissions.ts';
import { rabbitPermissions } from '../../provision/rabbitmq/permissions.ts';
import { isObject, type Json } from '../../schema/json.ts';
import { type ExitCode, type Input, text } from '../command.ts';
import { misused } from '../events/misused.ts';
import type { Io } from '../io.ts';
import { plural } from '../output/plural.ts';
import { formatIn } from './format.ts';
import { keyFolder } from './key-folder.ts';
import { sourceIn, textOf } from './source.ts';

export async function showPermissions(input: Input, io: Io): Promise<ExitCode> {
  const format = formatIn(input, ['text', 'json']);
  const target = /^[a-z]+/.exec(text(input, 'target') ?? '')?.[0] ?? '';
  const render = Object.hasOwn(targets, target) ? targets[target] : undefined;
  if (render === undefined) throw misused(`--target takes ${Object.keys(targets).join(', ')}, not "${target}".`);
  io.out(await render(input, io, format));
  return 0;
}

type Render = (input: Input, io: Io, format: 'text' | 'json') => Promise<string>;

const targets: Readonly<Record<string, Render>> = {
  async rabbitmq(input, io) {
    return `${JSON.stringify(rabbitPermissions(await sourceIn(input, io), '/'), null, 2)}\n`;
  },
  async nats(input, io, format) {
    const source = await sourceIn(input, io);
    const grants = natsGrants(source);
    if (format === 'json') return `${JSON.stringify({ catalog: source.catalog.name, grants }, null, 2)}\n`;
    const keys = await keysIn(text(input, 'keys'), io);
    const folder = text(input, 'jwt');
    if (folder !== undefined) return asTokens(io, { folder, catalog: source.catalog.name, grants, keys });
    return accountFile({ catalog: source.catalog.name, grants, ...(keys !== undefined && { keys }) });
  },
};

interface Tokens {
  readonly folder: string;
  readonly catalog: string;
  readonly grants: readonly NatsGrant[];
  /** Public keys of users who keep their seeds to themselves. */
  readonly keys: ReadonlyMap<string, string> | undefined;
}

async function asTokens(io: Io, { folder, catalog, grants, keys }: Tokens): Promise<string> {
  const files = keyFolder(resolve(io.cwd, folder), await natsKeys());
  const pairs = new Map<string, KeyPair>();
  const users = new Map<string, string>();
  for (const user of [...grants.map(({ service }) => service), provisionerOf(grants)]) {
    const stated = keys?.get(user);
    if (stated === undefined) pairs.set(user, await files.user(user));
    users.set(user, stated ?? pairs.get(user)!.getPublicKey());
  }
  const { config, tokens } = operatorMode({
    catalog,
    grants,
    users,
    operator: await files.pair('operator', 'operator'),
    account: await files.pair('account', `account-${catalog}`),
    system: await files.pair('account', 'system'),
    earlier: await files.earlier(),
    issuedAt: Math.floor(io.now() / 1_000),
  });
  for (const [user, token] of tokens) await files.write(user, token, pairs.get(user));
  io.err(
    `${plural(tokens.size, 'user')} in ${folder}/users; keep ${folder}/keys: whoever has them makes users of any right.\n`,
  );
  return config;
}

/** Public keys of users begin with U; a seed in their place would be a secret in a configuration. */
async function keysIn(file: string | undefined, io: Io): Promise<ReadonlyMap<string, string> | undefined> {
  if (file === undefined) return undefined;
  const stated = parsed(await textOf(file, io));
  if (!isObject(stated)) throw misused(`${file} is no JSON object of services and their public nkeys.`);
  for (const [service, key] of Object.entries(stated))
    if (typeof key !== 'string' || !/^U[A-Z2-7]{55}$/.test(key))
      throw misused(
        `The key of ${service} in ${file} is no public nkey of a user: it begins with U and has 56 characters.`,
      );
  return new Map(Object.entries(stated).map(([service, key]) => [service, String(key)]));
}

function parsed(content: string): Json {
  try {
    return JSON.parse(content) as Json;
  } catch {
    return null;
  }
}
