import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate as drizzleMigrate } from 'drizzle-orm/pglite/migrator';
import { afterEach, describe, expect, test } from 'vitest';
import { migrate, readMigrations, requireMigrated } from '../src/store/migrate.ts';
import { openStore } from '../src/store/open.ts';
import { databaseUrl, dropSchema, newSchema } from './support/database.ts';
import { runTogether } from './support/processes.ts';

const folders: string[] = [];
const clients: PGlite[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  for (const client of clients.splice(0)) await client.close();
});

interface Entry {
  readonly idx: number;
  readonly when: number;
  readonly tag: string;
}

/** A copy of our migrations with one more; `place` is where the journal lists it, and `when` its date. */
function withOneMore(place: number, when: (others: readonly Entry[]) => number): string {
  const folder = mkdtempSync(join(tmpdir(), 'herald-migrations-'));
  folders.push(folder);
  cpSync('migrations', folder, { recursive: true });
  const journal = join(folder, 'meta/_journal.json');
  const { entries, ...rest } = JSON.parse(readFileSync(journal, 'utf8')) as { entries: Entry[] };
  const more = { ...entries[0]!, tag: '9999_more', when: when(entries) };
  writeFileSync(join(folder, '9999_more.sql'), 'create table "more" (id integer);');
  const all = [...entries.slice(0, place), more, ...entries.slice(place)].map((entry, idx) => ({ ...entry, idx }));
  writeFileSync(journal, JSON.stringify({ ...rest, entries: all }));
  return folder;
}

async function database() {
  const client = await PGlite.create();
  clients.push(client);
  return { client, run: async (statement: string) => (await client.query<Record<string, unknown>>(statement)).rows };
}

/** How many there are: where one more would stand. */
const count = readMigrations().length;

const last = (entries: readonly Entry[]) => entries.at(-1)!.when;

describe('migrations', () => {
  test('the folder is what the tables say, and its dates rise', () => {
    const check = spawnSync(process.execPath, ['scripts/migrations.mjs', '--check'], { encoding: 'utf8' });
    expect(check.stderr).toBe('');
    expect(check.status).toBe(0);
  });

  test('a migration dated before the one above it is refused when it is read', () => {
    const folder = withOneMore(count, (entries) => entries[0]!.when + 1);
    expect(() => readMigrations(folder)).toThrow(expect.objectContaining({ code: 'MIGRATIONS_INVALID' }));
    expect(readMigrations(withOneMore(count, (entries) => last(entries) + 1)).at(-1)?.tag).toBe('9999_more');
  });

  test('a migration slipped in before applied ones is refused, where drizzle’s own migrator skips it', async () => {
    const slipped = withOneMore(1, (entries) => entries[0]!.when + 1);
    const theirs = await database();
    await drizzleMigrate(drizzle(theirs.client), { migrationsFolder: 'migrations' });
    await drizzleMigrate(drizzle(theirs.client), { migrationsFolder: slipped });
    expect(await theirs.run(`select to_regclass('more') as found`)).toEqual([{ found: null }]);

    const ours = await database();
    await migrate(ours, 'public');
    await expect(migrate(ours, 'public', readMigrations(slipped))).rejects.toMatchObject({
      code: 'MIGRATIONS_INVALID',
      details: { migration: '9999_more', applied: count, known: count + 1 },
    });
  }, 300_000);

  test('a database ahead of the program, behind it, or with another past is refused', async () => {
    const session = await database();
    const longer = readMigrations(withOneMore(count, (entries) => last(entries) + 1));
    await migrate(session, 'public');
    await expect(requireMigrated(session, 'public', longer)).rejects.toMatchObject({ code: 'MIGRATIONS_INVALID' });
    await migrate(session, 'public', longer);
    await requireMigrated(session, 'public', longer);
    await migrate(session, 'public', longer);
    const refused = { code: 'MIGRATIONS_INVALID', details: { applied: count + 1, known: count } };
    await expect(migrate(session, 'public')).rejects.toMatchObject(refused);
    await expect(requireMigrated(session, 'public', readMigrations())).rejects.toMatchObject(refused);
    await session.run(`update __drizzle_migrations set hash = 'edited' where id = 2`);
    await expect(migrate(session, 'public', longer)).rejects.toMatchObject({
      code: 'MIGRATIONS_INVALID',
      details: { migration: '0001_guards' },
    });
  }, 300_000);

  test.skipIf(databaseUrl === undefined)(
    'six processes that start at once on an empty database all come up',
    async () => {
      for (let round = 0; round < 3; round += 1) {
        const schema = newSchema();
        const ends = await runTogether('open-store', 6, () => ({
          kind: 'postgres',
          url: databaseUrl!,
          schema,
          connections: 1,
        }));
        expect(ends.map((end) => end.output).filter((output) => output !== 'open\n')).toEqual([]);
        const store = await openStore({ kind: 'postgres', url: databaseUrl!, schema, connections: 1 });
        await store.ping();
        await store.close();
        await dropSchema(schema);
      }
    },
    120_000,
  );
});
