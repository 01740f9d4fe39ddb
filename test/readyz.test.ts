/** `/readyz` on PostgreSQL: it says whether requests can be served, and why not. */
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { type RunningServer, startServer } from '../src/server.ts';
import { databaseUrl } from './support/database.ts';
import { inlineWork } from './support/inline-work.ts';
import { testRegistry } from './support/registry.ts';

test('it says no while the process closes', async () => {
  const registry = await testRegistry();
  const closing = await testRegistry({ deps: { ...registry.deps, closing: () => true } });
  const answer = await closing.ask('GET', '/readyz');
  expect([answer.status, answer.code, answer.text]).toEqual([
    503,
    'STORE_UNAVAILABLE',
    expect.stringContaining('shutting down'),
  ]);
  expect((await closing.ask('GET', '/livez')).status).toBe(200);
  expect((await registry.ask('GET', '/readyz')).status).toBe(200);
  await registry.close();
});

describe.skipIf(databaseUrl === undefined)('on PostgreSQL', () => {
  const name = `herald_ready_${randomUUID().slice(0, 8)}`;
  const url = new URL(databaseUrl ?? 'postgres://nowhere/none');
  url.pathname = `/${name}`;
  const admin = postgres(databaseUrl ?? '', { max: 1, onnotice: () => {} });
  let server: RunningServer;

  beforeAll(async () => {
    await admin.unsafe(`create database ${name}`);
    const reading = readConfig({ PORT: '0', DATABASE_URL: url.href, LOG_LEVEL: 'silent' });
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
    server = await startServer(reading.config, { work: inlineWork() });
  }, 60_000);
  afterAll(async () => {
    await server.close();
    await admin.unsafe(`drop database ${name} with (force)`);
    await admin.end();
  });

  const ready = async () => {
    const answer = await fetch(`${server.url}/readyz`);
    const { error } = (await answer.json()) as { error?: { code: string; message: string } };
    return { status: answer.status, code: error?.code, message: error?.message };
  };
  const becomes = (status: number) => expect.poll(async () => (await ready()).status, { timeout: 20_000 }).toBe(status);
  /** Settings of the database hold for connections that are made from now on. */
  const set = async (value: 'on' | 'off') => {
    await admin.unsafe(`alter database ${name} set default_transaction_read_only = ${value}`);
    await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`;
  };

  test('it says no while the database is read-only, and look-ups go on', async () => {
    await becomes(200);
    await set('on');
    await expect.poll(async () => (await ready()).message, { timeout: 20_000 }).toContain('read-only');
    expect((await ready()).status).toBe(503);
    expect((await fetch(`${server.url}/v1/catalogs`)).status).toBe(200);
    await set('off');
    await becomes(200);
  }, 60_000);

  test('it says no where the database is behind our migrations, or beyond them', async () => {
    const inside = postgres(url.href, { max: 1, onnotice: () => {} });
    const [row] = await inside`select schemaname from pg_tables where tablename = '__drizzle_migrations'`;
    const table = `"${String(row?.schemaname)}"."__drizzle_migrations"`;
    await inside.unsafe(`create table kept as select * from ${table} order by id desc limit 1`);
    await inside.unsafe(`delete from ${table} where id = (select max(id) from ${table})`);
    expect(await ready()).toMatchObject({ status: 500, code: 'MIGRATIONS_INVALID' });
    await inside.unsafe(`insert into ${table} select * from kept`);
    expect((await ready()).status).toBe(200);
    await inside.unsafe(`insert into ${table} (hash, created_at) values ('of a newer Herald', 9999999999999)`);
    expect(await ready()).toMatchObject({ status: 500, code: 'MIGRATIONS_INVALID' });
    await inside.end();
  }, 60_000);
});
