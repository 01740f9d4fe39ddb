/**
 * A migrated embedded database to start from. To set one up takes seconds and to copy one takes tenths of a second, so it is made once
 * for each version of the database and of the migrations, and kept in the system's folder for temporary files.
 */
import { createHash, randomUUID } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import type { Migration } from './migrate.ts';

/** Bytes of the SHA-256 with which a file begins. */
const digestLength = 32;

/** How the embedded database is set up: what differs makes another template. */
export type Setup = Pick<PGliteOptions, 'postgresqlconf' | 'initDbStartParams'>;

/** A Blob of Node is read piece by piece, which takes as long as starting the database: this one has its bytes at hand. */
class BytesAtHand extends Blob {
  readonly #bytes: Uint8Array<ArrayBuffer>;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    super([]);
    this.#bytes = bytes;
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#bytes.slice().buffer;
  }
}

/** The files of a migrated database, as PGlite's `loadDataDir` takes them. `run` applies the migrations to a new one. */
export async function templateOf(
  setup: Setup,
  migrations: readonly Migration[],
  run: (client: PGlite) => Promise<void>,
): Promise<Blob> {
  const folder = join(tmpdir(), `herald-${userInfo().uid}`);
  const path = join(folder, `template-${nameOf(setup, migrations)}`);
  const kept = isOurs(folder, 'folder') && isOurs(path, 'file') ? checked(await readFile(path)) : undefined;
  if (kept !== undefined) return new BytesAtHand(kept);
  const bytes = await make(setup, run);
  await keep(folder, path, bytes);
  return new BytesAtHand(bytes);
}

function nameOf(setup: Setup, migrations: readonly Migration[]): string {
  const parts = [JSON.stringify(setup), ...migrations.map(({ hash }) => hash)];
  const key = createHash('sha256').update(parts.join()).digest('hex').slice(0, 16);
  return `${versionOfDatabase()}-${key}`;
}

/** Another version may not read this one's files. */
function versionOfDatabase(): string {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  return String(JSON.parse(readFileSync(join(dirname(entry), '../package.json'), 'utf8')).version);
}

/** Whether nobody but this user may have written there: a registry does not start from what a stranger has laid out for it. */
function isOurs(path: string, kind: 'folder' | 'file'): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || !(kind === 'folder' ? found.isDirectory() : found.isFile())) return false;
  const { uid } = userInfo();
  // where users have no numbers, each has a folder for temporary files of their own
  return uid < 0 || (found.uid === uid && (found.mode & 0o022) === 0);
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** What follows the digest, if it is whole: a power cut may leave half a file. */
function checked(file: Buffer): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(file.subarray(digestLength));
  return digestOf(bytes).equals(file.subarray(0, digestLength)) ? bytes : undefined;
}

async function make(setup: Setup, run: (client: PGlite) => Promise<void>): Promise<Uint8Array<ArrayBuffer>> {
  const client = await PGlite.create(setup);
  try {
    await run(client);
    return new Uint8Array(await (await client.dumpDataDir('none')).arrayBuffer());
  } finally {
    await client.close();
  }
}

/** Not kept where the folder cannot be written or is not this user's: the next start takes as long as this one. */
async function keep(folder: string, path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (!isOurs(folder, 'folder')) return;
    await writeFile(draft, [digestOf(bytes), bytes], { mode: 0o600 });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    if (!isUnwritable(error)) throw error;
  }
}

const unwritable = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST'];

function isUnwritable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && unwritable.includes(String(error.code));
}
