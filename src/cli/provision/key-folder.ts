/**
 * The folder of `--jwt`: seeds of who signs in keys/, of each user of a catalog its seed and its .creds in users/<catalog>/. What is
 * missing is made, what is there is kept; a user whose public key is known from elsewhere gets its token alone, and keeps its seed to itself.
 */
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Fault } from '../../errors.ts';
import { credentials, type KeyKind, type KeyPair, type Keys } from '../../provision/nats/operator-mode.ts';

const privately = { mode: 0o600 };

export interface KeyFolder {
  /** The pair whose seed is there, or a new one. Throws INPUT_UNREADABLE where something else is. */
  pair(kind: KeyKind, name: string): Promise<KeyPair>;
  /** Of the account of a catalog. */
  account(catalog: string): Promise<KeyPair>;
  /** Catalogs of whose accounts there are seeds. */
  catalogs(): Promise<readonly string[]>;
  user(catalog: string, name: string): Promise<KeyPair>;
  /** Tokens that were written before. */
  earlier(catalog: string): Promise<readonly string[]>;
  /** `pair` undefined: the user has its seed elsewhere. */
  write(
    user: { readonly catalog: string; readonly name: string },
    token: string,
    pair: KeyPair | undefined,
  ): Promise<void>;
}

const beginnings: Readonly<Record<KeyKind, string>> = { operator: 'SO', account: 'SA', user: 'SU' };

export function keyFolder(root: string, keys: Keys): KeyFolder {
  const pairAt = async (path: string, kind: KeyKind): Promise<KeyPair> => {
    const seed = await seedAt(path);
    if (seed !== undefined) return parsed(keys, seed, kind, relative(root, path));
    const made = keys.create(kind);
    await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
    await writeFile(path, `${textOf(made.getSeed())}\n`, { ...privately, flag: 'wx' });
    return made;
  };
  const listed = (folder: string) => readdir(folder).catch((): string[] => []);
  const usersOf = (catalog: string) => join(root, 'users', catalog);
  return {
    pair: (kind, name) => pairAt(join(root, 'keys', `${name}.nk`), kind),
    account: (catalog) => pairAt(join(root, 'keys', `account-${catalog}.nk`), 'account'),
    async catalogs() {
      const names = await listed(join(root, 'keys'));
      return names.flatMap((name) => /^account-(.+)\.nk$/.exec(name)?.[1] ?? []).sort();
    },
    user: (catalog, name) => pairAt(join(usersOf(catalog), `${fileOf(name)}.nk`), 'user'),
    async earlier(catalog) {
      const folder = usersOf(catalog);
      const names = (await listed(folder)).filter((name) => /\.(creds|jwt)$/.test(name)).sort();
      const contents = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
      return contents.flatMap((content) => /eyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(content)?.[0] ?? []);
    },
    async write({ catalog, name }, token, pair) {
      const folder = usersOf(catalog);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const path = join(folder, `${fileOf(name)}.${pair === undefined ? 'jwt' : 'creds'}`);
      await writeFile(path, pair === undefined ? `${token}\n` : credentials(token, textOf(pair.getSeed())), privately);
      // of a file that was there the mode stays as it was
      await chmod(path, privately.mode);
    },
  };
}

async function seedAt(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Fault('INPUT_UNREADABLE', {}, { message: `${path} cannot be read.`, cause: error });
  }
}

function parsed(keys: Keys, seed: string, kind: KeyKind, path: string): KeyPair {
  const begins = beginnings[kind];
  try {
    if (seed.startsWith(begins)) return keys.fromSeed(seed);
  } catch {
    // said below, without the seed
  }
  const message = `${path} holds no seed of a NATS ${kind}: one begins with ${begins} and has 58 characters.`;
  throw new Fault('INPUT_UNREADABLE', {}, { message });
}

function textOf(seed: Uint8Array): string {
  return new TextDecoder().decode(seed);
}

function fileOf(name: string): string {
  return encodeURIComponent(name).replaceAll('*', '%2A');
}
