/** `herald provision permissions`: what each service needs, in the words of a broker. On NATS an account is called as its catalog. */
import { resolve } from 'node:path';
import { type Account, accountFile, provisionerOf } from '../../provision/nats/account-file.ts';
import { type KeyPair, natsKeys, operatorMode } from '../../provision/nats/operator-mode.ts';
import { natsGrants } from '../../provision/nats/permissions.ts';
import { rabbitPermissions } from '../../provision/rabbitmq/permissions.ts';
import { isObject, type Json } from '../../schema/json.ts';
import { type ExitCode, type Input, text } from '../command.ts';
import { misused } from '../events/misused.ts';
import type { Io } from '../io.ts';
import { plural } from '../output/plural.ts';
import { formatIn } from './format.ts';
import { type KeyFolder, keyFolder } from './key-folder.ts';
import { sourcesIn, textOf } from './source.ts';

export async function showPermissions(input: Input, io: Io): Promise<ExitCode> {
  const format = formatIn(input, ['text', 'json']);
  const stated = text(input, 'target');
  const scheme = /^[a-z]+/.exec(stated ?? '')?.[0] ?? '';
  const render = Object.hasOwn(targets, scheme) ? targets[scheme] : undefined;
  if (render === undefined) throw misused(refusal(scheme, stated));
  io.out(await render(input, io, format));
  return 0;
}

/** Brokers whose permissions are made in another way, or not at all. */
const elsewhere: Readonly<Record<string, string>> = {
  kafka:
    'Rules of Kafka are made by "herald provision apply --target kafka://…"; "herald access --format kafka" prints them.',
  redis: 'Redis permits by key, and a stream is one key for all its events: no permissions follow from a catalog.',
};

function refusal(scheme: string, stated: string | undefined): string {
  if (stated === undefined) return 'Say of which broker: --target nats or --target rabbitmq.';
  return Object.hasOwn(elsewhere, scheme)
    ? (elsewhere[scheme] ?? '')
    : `--target takes nats or rabbitmq, not "${scheme || stated}".`;
}

type Render = (input: Input, io: Io, format: 'text' | 'json') => Promise<string>;

const rabbitmq: Render = async (input, io) =>
  `${JSON.stringify(rabbitPermissions(await sourcesIn(input, io), '/'), null, 2)}\n`;

const nats: Render = async (input, io, format) => {
  const sources = await sourcesIn(input, io);
  const accounts = sources.map((source) => ({ catalog: source.catalog.name, grants: natsGrants(source) }));
  if (format === 'json') return `${JSON.stringify(accounts.length === 1 ? accounts[0] : accounts, null, 2)}\n`;
  const keys = await keysIn(text(input, 'keys'), io);
  const folder = text(input, 'jwt');
  return folder === undefined ? accountFile(accounts, keys) : asTokens(io, folder, accounts, keys);
};

/** By name, or as an address begins. */
const targets: Readonly<Record<string, Render>> = { nats, tls: nats, rabbitmq, amqp: rabbitmq, amqps: rabbitmq };

/** `keys`: public keys of users who keep their seeds to themselves. */
async function asTokens(
  io: Io,
  folder: string,
  accounts: readonly Account[],
  keys: ReadonlyMap<string, string> | undefined,
): Promise<string> {
  const files = keyFolder(resolve(io.cwd, folder), await natsKeys());
  const made = [];
  for (const account of accounts) made.push(await withKeys(files, account, keys));
  const { config, tokens } = operatorMode({
    accounts: made,
    operator: await files.pair('operator', 'operator'),
    system: await files.pair('account', 'system'),
    issuedAt: Math.floor(io.now() / 1_000),
  });
  let written = 0;
  for (const { catalog, pairs } of made)
    for (const [name, token] of tokens.get(catalog) ?? []) {
      await files.write({ catalog, name }, token, pairs.get(name));
      written += 1;
    }
  io.err(
    `${plural(written, 'user')} in ${folder}/users; keep ${folder}/keys: whoever has them makes users of any right.\n`,
  );
  const left = (await files.catalogs()).filter((catalog) => !accounts.some((one) => one.catalog === catalog));
  if (left.length > 0)
    io.err(
      `The accounts of ${left.join(', ')} have keys there and are not in this configuration: a server that takes it refuses their users. Name their catalogs too, each by --catalog DIR.\n`,
    );
  return config;
}

async function withKeys(files: KeyFolder, { catalog, grants }: Account, keys: ReadonlyMap<string, string> | undefined) {
  const pairs = new Map<string, KeyPair>();
  const users = new Map<string, string>();
  for (const user of [...grants.map(({ service }) => service), provisionerOf(grants)]) {
    const stated = keys?.get(user);
    if (stated === undefined) pairs.set(user, await files.user(catalog, user));
    users.set(user, stated ?? pairs.get(user)!.getPublicKey());
  }
  const account = await files.account(catalog);
  return { catalog, grants, users, pairs, account, earlier: await files.earlier(catalog) };
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
