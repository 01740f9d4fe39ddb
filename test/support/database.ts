/**
 * The databases the store's tests run on: the embedded one always, PostgreSQL where DATABASE_URL is set. On PostgreSQL each test has
 * a database schema of its own, dropped when it passes and kept when it fails. In memory one database serves a file's tests,
 * each with a catalog of its own, unless a test spoils it and asks for a fresh one.
 */
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, afterEach, beforeEach, describe } from 'vitest';
import type { Deliveries, Store } from '../../src/registry/ports.ts';
import type { Driver } from '../../src/store/database.ts';
import { openMemory } from '../../src/store/pglite.ts';
import { openPostgres } from '../../src/store/postgres.ts';
import { storeOn } from '../../src/store/store.ts';

export interface TestDatabase {
  readonly store: Store & Deliveries;
  readonly driver: Driver;
  /** A moment, which tests may move. */
  readonly clock: { now(): number; at: number };
  /** A catalog name nobody else uses. */
  readonly catalog: string;
  /** Statements as somebody with access to the database would run them. */
  run(statement: string): Promise<void>;
}

export const databaseUrl = process.env.DATABASE_URL;
if (databaseUrl === undefined && process.env.TEST_REQUIRES_DATABASE === '1')
  throw new Error('DATABASE_URL is not set: the tests on PostgreSQL would be skipped');

export const start = Date.parse('2026-03-01T12:00:00.000Z');

export async function testDatabase(driver: Driver): Promise<TestDatabase> {
  const clock = { at: start, now: () => clock.at };
  return {
    driver,
    clock,
    store: await storeOn(driver, clock),
    catalog: `c-${randomUUID()}`,
    run: async (statement) => {
      await driver.db.execute(sql.raw(statement));
    },
  };
}

/** A new, empty schema on the PostgreSQL of DATABASE_URL. */
export function newSchema(): string {
  return `test_${new Date().toISOString().replaceAll(/\D/g, '').slice(8, 17)}_${randomUUID().slice(0, 8)}`;
}

export async function dropSchema(schema: string): Promise<void> {
  const client = postgres(databaseUrl!, { max: 1, onnotice: () => {} });
  await client.unsafe(`drop schema if exists "${schema}" cascade`);
  await client.end();
}

/** The same tests on every database. `fresh`: nobody else's rows, for tests that spoil what they touch. */
export function onEachDatabase(
  body: (current: () => TestDatabase) => void,
  { fresh = false }: { readonly fresh?: boolean } = {},
): void {
  describe('on the embedded database', () => {
    let driver: Driver | undefined;
    let database: TestDatabase | undefined;
    beforeEach(async () => {
      driver ??= await openMemory();
      database = await testDatabase(driver);
    });
    const close = async () => {
      await driver?.close();
      driver = undefined;
    };
    afterEach(async () => {
      if (fresh) await close();
    });
    afterAll(close);
    body(() => database!);
  });

  describe.skipIf(databaseUrl === undefined)('on PostgreSQL', () => {
    let schema = '';
    let database: TestDatabase | undefined;
    beforeEach(async () => {
      schema = newSchema();
      database = await testDatabase(await openPostgres({ url: databaseUrl!, schema, connections: 6 }));
    });
    afterEach(async ({ task }) => {
      await database?.store.close();
      if (task.result?.state !== 'fail') await dropSchema(schema);
    });
    body(() => database!);
  });
}
