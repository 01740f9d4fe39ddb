/**
 * Brings a database to our migrations, or says why it cannot. Drizzle's own migrator takes no lock, and skips without a word a
 * migration dated before the newest one applied; this one compares what was applied with the journal, row by row.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { Fault } from '../errors.ts';

export interface Migration {
  readonly tag: string;
  /** The journal's date: orders migrations and names them in the database. */
  readonly when: number;
  readonly hash: string;
  readonly statements: readonly string[];
}

/** A session inside one transaction that holds the migration lock. */
export interface MigrationSession {
  run(statement: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

const folder = fileURLToPath(new URL('../../migrations', import.meta.url));
const journalShape = z.object({ entries: z.array(z.object({ idx: z.int(), when: z.int(), tag: z.string() })) });

/** The migrations of `from` in order; Fault MIGRATIONS_INVALID where their dates do not rise. */
export function readMigrations(from: string = folder): readonly Migration[] {
  const journal = journalShape.parse(JSON.parse(readFileSync(`${from}/meta/_journal.json`, 'utf8')));
  return journal.entries.map((entry, index) => {
    const previous = journal.entries[index - 1];
    if (entry.idx !== index || (previous !== undefined && previous.when >= entry.when))
      throw new Fault('MIGRATIONS_INVALID', { migration: entry.tag, reason: 'is not dated after the one before it' });
    const text = readFileSync(`${from}/${entry.tag}.sql`, 'utf8').replaceAll('\r\n', '\n');
    const hash = createHash('sha256').update(text).digest('hex');
    return { tag: entry.tag, when: entry.when, hash, statements: text.split('--> statement-breakpoint') };
  });
}

/** Applies what is missing. `schema` is where the tables live; the generated text names `public`. */
export async function migrate(
  session: MigrationSession,
  schema: string,
  migrations: readonly Migration[] = readMigrations(),
): Promise<void> {
  const quoted = `"${schema.replaceAll('"', '""')}"`;
  const present = await session.run(
    `select to_regclass('${`${quoted}.__drizzle_migrations`.replaceAll("'", "''")}')::text as found`,
  );
  if (present[0]?.found === null) {
    await session.run(`create schema if not exists ${quoted}`);
    await session.run(
      `create table ${quoted}."__drizzle_migrations" (id serial primary key, hash text not null, created_at bigint)`,
    );
  }
  const applied = await readApplied(session, quoted);
  agree(applied, migrations);
  for (const migration of migrations.slice(applied.length)) {
    for (const statement of migration.statements) await session.run(statement.replaceAll('"public".', `${quoted}.`));
    await session.run(
      `insert into ${quoted}."__drizzle_migrations" (hash, created_at) values ('${migration.hash}', ${migration.when})`,
    );
  }
}

/** Throws Fault MIGRATIONS_INVALID unless exactly our migrations were applied. */
export async function requireMigrated(
  session: MigrationSession,
  schema: string,
  migrations: readonly Migration[],
): Promise<void> {
  const applied = await readApplied(session, `"${schema.replaceAll('"', '""')}"`);
  agree(applied, migrations);
  if (applied.length !== migrations.length)
    throw new Fault('MIGRATIONS_INVALID', { applied: applied.length, known: migrations.length });
}

interface Applied {
  readonly hash: string;
  readonly when: number;
}

async function readApplied(session: MigrationSession, quoted: string): Promise<readonly Applied[]> {
  const rows = await session.run(`select hash, created_at from ${quoted}."__drizzle_migrations" order by id`);
  return rows.map((row) => ({ hash: String(row.hash), when: Number(row.created_at) }));
}

/** What was applied must be how our list begins: the same migrations, with the same text, in the same order. */
function agree(applied: readonly Applied[], migrations: readonly Migration[]): void {
  for (const [index, row] of applied.entries()) {
    const ours = migrations[index];
    const known = { applied: applied.length, known: migrations.length };
    if (ours === undefined)
      throw new Fault('MIGRATIONS_INVALID', { ...known, reason: 'the database is newer than this program' });
    if (ours.when !== row.when || ours.hash !== row.hash)
      throw new Fault('MIGRATIONS_INVALID', {
        ...known,
        migration: ours.tag,
        reason: ours.when === row.when ? 'was changed after it was applied' : 'was not applied in this place',
      });
  }
}
