/** Services on the delivered catalogs, for tests of the event room: their contracts come from files, as from a lock file. */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import { type Client, type ClientOptions, createClient } from '../../src/client/index.ts';
import { type SqlStore, sqlStore } from '../../src/events/index.ts';
import { fingerprint } from '../../src/schema/canonical.ts';
import type { JsonObject } from '../../src/schema/json.ts';
import { databaseUrl, dropSchema } from './database.ts';

const schemas = new URL('../../schemas/', import.meta.url);

async function schemaOf(catalog: string, subject: string): Promise<JsonObject> {
  const json = new URL(`${catalog}/${subject}.json`, schemas);
  if (existsSync(json)) return JSON.parse(readFileSync(json, 'utf8')) as JsonObject;
  const { default: defined } = (await import(new URL(`${catalog}/${subject}.ts`, schemas).href)) as {
    default: { readonly document: JsonObject };
  };
  return JSON.parse(JSON.stringify(defined.document)) as JsonObject;
}

/** A client that knows these subjects of one catalog and asks nobody. `change` makes a contract or schema of a test's own. */
export async function pinnedClient(
  catalog: string,
  subjects: readonly string[],
  change: (subject: string, schema: JsonObject) => JsonObject = (_, schema) => schema,
  more: Partial<ClientOptions> = {},
): Promise<Client> {
  const documents = await Promise.all(
    subjects.map(
      async (subject) => [`${catalog}/${subject}`, change(subject, await schemaOf(catalog, subject))] as const,
    ),
  );
  const pins = documents.map(([key, document]) => [key, { version: 1, fingerprint: fingerprint(document) }] as const);
  return createClient({
    ...more,
    lock: { lockVersion: 1, subjects: Object.fromEntries(pins) },
    schemas: Object.fromEntries(documents),
    catalogs: { [catalog]: JSON.parse(readFileSync(new URL(`${catalog}/catalog.json`, schemas), 'utf8')) },
  });
}

/** The same tests on PGlite and, where DATABASE_URL is set, on PostgreSQL; each test has tables of its own. */
export function onEachStore(body: (current: () => SqlStore) => void): void {
  describe('on the embedded database', () => {
    let db: PGlite;
    let store: SqlStore;
    beforeAll(async () => {
      db = await PGlite.create();
    }, 60_000);
    afterAll(() => db.close());
    beforeEach(async () => {
      store = sqlStore(db, { schema: `e_${randomUUID().slice(0, 8)}` });
      await store.migrate();
    });
    body(() => store);
  });

  describe.skipIf(databaseUrl === undefined)('on PostgreSQL', () => {
    let sql: postgres.Sql;
    let store: SqlStore;
    beforeEach(async () => {
      sql = postgres(databaseUrl!, { max: 10, onnotice: () => {} });
      store = sqlStore(sql, { schema: `e_${randomUUID().slice(0, 8)}` });
      await store.migrate();
    });
    afterEach(async ({ task }) => {
      await sql.end({ timeout: 5 });
      if (task.result?.state !== 'fail') await dropSchema(store.schema!);
    });
    body(() => store);
  });
}

export async function until(what: string, holds: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited ${withinMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Whole events of choice-sherpa, as `herald generate` types them, as far as tests use them. */
export interface SherpaEvents {
  'session.created': { payload: { session_id: string; user_id: string; title: string; created_at: string } };
  'session.archived': { payload: { session_id: string; archived_at: string } };
  'session.renamed': { payload: { session_id: string; old_title: string; new_title: string } };
}

export const created = (session_id: string, title = 'A decision') => ({
  session_id,
  user_id: 'u-1',
  title,
  created_at: '2026-03-01T12:00:00Z',
});
