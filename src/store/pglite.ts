/** PostgreSQL inside the process: in a folder (the default: nothing to install) or in memory (tests). */
import { constants, existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import type { Db, Driver } from './database.ts';
import { onFolder, unusable } from './folder.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { type Migration, migrate, readMigrations, requireMigrated } from './migrate.ts';
import { type Setup, templateOf } from './template.ts';

/** The tables' schema. An embedded database holds nothing else. */
const schema = 'public';

/** 180 MB of memory instead of 300. */
const settings = ['shared_buffers=16MB'];

const onDisk: Setup = { postgresqlconf: settings };
/** Files of the write-ahead log of a megabyte instead of 16: what a database in memory begins with is copied each time. */
const inMemory: Setup = { postgresqlconf: settings, initDbStartParams: ['--wal-segsize=1'] };

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
    const migrations = readMigrations();
    const client = await onFolder(folder, () => openDatabase(folder, migrations));
    return await migrated(client, migrations, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openDatabase(folder: string, migrations: readonly Migration[]): Promise<PGlite> {
  const dataDir = join(folder, 'database');
  await requireWritable(dataDir);
  const isNew = !existsSync(join(dataDir, 'PG_VERSION'));
  const loadDataDir = isNew
    ? await templateOf(onDisk, migrations, (client) => migrateAll(client, migrations))
    : undefined;
  try {
    return await PGlite.create({
      dataDir,
      startParams: durable,
      postgresqlconf: settings,
      ...(loadDataDir !== undefined && { loadDataDir }),
    });
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
  loaded ??= templateOf(inMemory, migrations, (client) => migrateAll(client, migrations));
  return migrated(await PGlite.create({ loadDataDir: await loaded, postgresqlconf: settings }), migrations);
}

let loaded: Promise<Blob> | undefined;

async function migrated(client: PGlite, migrations: readonly Migration[], lock?: FolderLock): Promise<Driver> {
  try {
    await migrateAll(client, migrations);
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

async function migrateAll(client: PGlite, migrations: readonly Migration[]): Promise<void> {
  await client.transaction((tx) => migrate(sessionOn(tx), schema, migrations));
}

function sessionOn(client: Pick<PGlite, 'query'>) {
  return { run: async (statement: string) => (await client.query<Record<string, unknown>>(statement)).rows };
}
