/** PostgreSQL inside the process: in a folder (the default: nothing to install) or in memory (tests). */
import { createHash, randomUUID } from 'node:crypto';
import { constants, existsSync, readFileSync } from 'node:fs';
import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import type { Db, Driver } from './database.ts';
import { onFolder, unusable } from './folder.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { type Migration, migrate, readMigrations, requireMigrated } from './migrate.ts';

/** The tables' schema. An embedded database holds nothing else. */
const schema = 'public';

/** 180 MB of memory instead of 300. */
const settings = ['shared_buffers=16MB'];

/**
 * As shipped it never syncs: kill -9 loses nothing, a power cut may. With these the log is written through to the disk before
 * a commit is acknowledged. Data files are still not synced at checkpoints: for what must survive power cuts, use PostgreSQL.
 */
export const durable = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  '-c',
  'fsync=on',
  '-c',
  'wal_sync_method=open_datasync',
];

/** The database in `folder`, held by this process alone until it is closed. */
export async function openFolder(folder: string): Promise<Driver> {
  const lock = await onFolder(folder, () => lockFolder(folder));
  try {
    const client = await onFolder(folder, () => openDatabase(folder));
    return await migrated(client, readMigrations(), lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openDatabase(folder: string): Promise<PGlite> {
  const dataDir = join(folder, 'database');
  await requireWritable(dataDir);
  try {
    return await PGlite.create({ dataDir, postgresqlconf: settings, startParams: durable });
  } catch (error) {
    const problem = 'its database is damaged, or was written by another version of Herald';
    throw unusable(folder, problem, error, 'Restore a backup, or choose another folder with --data or HERALD_DATA.');
  }
}

/** What the embedded database says of files it may not write are traps of its own machine. */
async function requireWritable(dataDir: string): Promise<void> {
  for (const path of [dataDir, join(dataDir, 'PG_VERSION'), join(dataDir, 'global'), join(dataDir, 'base')])
    if (existsSync(path)) await access(path, constants.R_OK | constants.W_OK);
}

/** A database of its own that ends with the process. */
export async function openMemory(): Promise<Driver> {
  const migrations = readMigrations();
  const loadDataDir = await template(migrations);
  return migrated(await PGlite.create({ loadDataDir, postgresqlconf: settings }), migrations);
}

async function migrated(client: PGlite, migrations: readonly Migration[], lock?: FolderLock): Promise<Driver> {
  try {
    await client.transaction((tx) => migrate(sessionOn(tx), schema, migrations));
  } catch (error) {
    await client.close();
    throw error;
  }
  const db: Db = drizzle(client);
  return {
    db,
    // It answers on this very thread.
    timeoutMs: Number.POSITIVE_INFINITY,
    transaction: (work) => db.transaction((tx) => work(tx)),
    notify: async () => {},
    listen: async () => {},
    ping: () => requireMigrated(sessionOn(client), schema, migrations),
    close: async () => {
      await client.close();
      await lock?.release();
    },
  };
}

function sessionOn(client: Pick<PGlite, 'query'>) {
  return { run: async (statement: string) => (await client.query<Record<string, unknown>>(statement)).rows };
}

/** Files of the write-ahead log of a megabyte instead of 16: what a database in memory begins with is copied each time. */
const smallLog = ['--wal-segsize=1'];

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

let loaded: Promise<Blob> | undefined;

/** A migrated database to start from: made once for these migrations, kept in the system's folder for such things. */
function template(migrations: readonly Migration[]): Promise<Blob> {
  loaded ??= loadTemplate(migrations);
  return loaded;
}

/** Of the embedded database: another one may not read this one's files. */
function version(): string {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  return String(JSON.parse(readFileSync(join(dirname(entry), '../package.json'), 'utf8')).version);
}

async function loadTemplate(migrations: readonly Migration[]): Promise<Blob> {
  const key = createHash('sha256')
    .update([...smallLog, ...migrations.map((one) => one.hash)].join())
    .digest('hex')
    .slice(0, 16);
  const cache = join(tmpdir(), `herald-${userInfo().uid}`);
  const path = join(cache, `template-${version()}-${key}.tar`);
  if (!existsSync(path)) {
    const client = await PGlite.create({ postgresqlconf: settings, initDbStartParams: smallLog });
    await client.transaction((tx) => migrate(sessionOn(tx), schema, migrations));
    const dump = await client.dumpDataDir('none');
    await client.close();
    await mkdir(cache, { recursive: true, mode: 0o700 });
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, Buffer.from(await dump.arrayBuffer()), { mode: 0o600 });
    await rename(draft, path);
  }
  return new BytesAtHand(new Uint8Array(await readFile(path)));
}
