/**
 * The recipe for event sourcing, with Emmett on PostgreSQL. Emmett is published without a licence, so that it is no dependency: the test
 * runs where EMMETT names the `node_modules` it is installed in.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEvents, sqlStore } from '../src/events/index.ts';
import { memoryBus } from '../src/events/memory/index.ts';
import { publishing, snapshots } from './examples/event-sourcing.ts';
import { databaseUrl } from './support/database.ts';
import { pinnedClient, type SherpaEvents } from './support/events.ts';

const { EMMETT } = process.env;
const subject = 'session.renamed';

interface Stored {
  readonly data: { readonly new_title: string };
}

interface EventStore {
  appendToStream(stream: string, events: readonly { type: string; data: object }[]): Promise<unknown>;
  readStream(stream: string, options?: { readonly from: bigint }): Promise<{ readonly events: readonly Stored[] }>;
  close(): Promise<void>;
}

interface Emmett {
  getPostgreSQLEventStore(url: string, options: { readonly projections: readonly object[] }): EventStore;
}

test('the README shows what is run', () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
  const [, shown = ''] = /\/\/ --- shown\n([\s\S]*?)\n\n/.exec(read('examples/event-sourcing.ts')) ?? [];
  expect(shown).toContain('events.add(client');
  expect(read('../src/events/README.md')).toContain(shown);
});

describe.skipIf(databaseUrl === undefined || EMMETT === undefined)('event sourcing', () => {
  const database = `emmett_${randomUUID().slice(0, 8)}`;
  const admin = new pg.Client(databaseUrl);
  const url = new URL(databaseUrl ?? 'postgres://127.0.0.1');
  url.pathname = `/${database}`;
  beforeAll(async () => {
    await admin.connect();
    await admin.query(`create database ${database}`);
  });
  afterAll(async () => {
    await admin.query(`drop database ${database} with (force)`);
    await admin.end();
  });

  test('stream, snapshot and outbox in one transaction, by contract', async () => {
    const at = pathToFileURL(`${EMMETT}/@event-driven-io/emmett-postgresql/dist/index.js`).href;
    const { getPostgreSQLEventStore } = (await import(/* @vite-ignore */ at)) as Emmett;
    const pool = new pg.Pool({ connectionString: url.href });
    const store = sqlStore(pool);
    await store.migrate();
    await pool.query('create table snapshot (stream text primary key, position bigint not null, state jsonb not null)');
    const bus = memoryBus();
    const client = await pinnedClient('choice-sherpa', [subject]);
    const events = createEvents<SherpaEvents>({ catalog: 'choice-sherpa', service: 'session', client, bus, store });
    await events.ensure([subject]);
    const titled = (state: { title?: string }, { data }: { data: Readonly<Record<string, unknown>> }) => ({
      ...state,
      title: String(data.new_title),
    });
    const inline = [publishing(events, [subject]), snapshots([subject], titled)];
    const streams = getPostgreSQLEventStore(url.href, {
      projections: inline.map((projection) => ({ type: 'inline', projection })),
    });
    const rename = (session_id: string, old_title: string, new_title: unknown) =>
      streams.appendToStream(session_id, [{ type: subject, data: { session_id, old_title, new_title } }]);

    await rename('s-1', '', 'a');
    await rename('s-1', 'a', 'b');
    await expect(rename('s-1', 'b', 7)).rejects.toMatchObject({ code: 'EVENT_INVALID' });
    const titles = async (from?: bigint) =>
      (await streams.readStream('s-1', from === undefined ? undefined : { from })).events.map(
        ({ data }) => data.new_title,
      );
    expect(await titles()).toEqual(['a', 'b']);
    expect(await events.relay().drain()).toBe(2);
    expect(bus.eventsOfType(subject).map((event) => (event as { payload: Stored['data'] }).payload.new_title)).toEqual([
      'a',
      'b',
    ]);
    const { rows } = await pool.query('select position, state from snapshot');
    expect(rows).toMatchObject([{ state: { title: 'b' } }]);
    await rename('s-1', 'b', 'c');
    expect(await titles(BigInt(rows[0].position) + 1n)).toEqual(['c']);
    await streams.close();
    await events.close();
    await pool.end();
  });
});
