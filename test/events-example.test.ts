/** The example of README.md and src/events/README.md really runs, and is what they show. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import type { Bus } from '../src/events/bus.ts';
import { memoryBus } from '../src/events/memory/index.ts';
import { natsBus } from '../src/events/nats/index.ts';
import { example } from './examples/producer-and-consumer.ts';
import { databaseUrl, dropSchema } from './support/database.ts';
import { until } from './support/events.ts';
import { loadCatalog, testRegistry } from './support/registry.ts';
import { natsUrl } from './support/servers.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

test('the README shows what is run', () => {
  const [, shown = ''] =
    /\/\/ --- shown\n([\s\S]*?) {2}\/\/ --- end/.exec(read('examples/producer-and-consumer.ts')) ?? [];
  const lines = shown
    .split('\n')
    .map((line) => line.replace(/^ {2}/, ''))
    .join('\n')
    .replace('{ url, ...(fetch && { fetch }) }', '{ url }')
    .trim();
  expect(lines.split('\n').length).toBeLessThanOrEqual(30);
  expect(read('../src/events/README.md')).toContain(lines);
  expect(read('../README.md')).toContain(lines);
});

/** A step that hangs is named. */
async function step<T>(what: string, work: PromiseLike<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${stepMs} ms`)), stepMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const stepMs = 15_000;

async function runs(bus: Bus): Promise<void> {
  const schema = `e_${randomUUID().slice(0, 8)}`;
  const admin = postgres(databaseUrl!, { max: 1, onnotice: () => {} });
  await admin.unsafe(`create schema "${schema}"`);
  const sql = postgres(databaseUrl!, { max: 6, onnotice: () => {}, connection: { search_path: schema } });
  await sql.unsafe('create table sessions (id text, title text); create table cards (session_id text, title text)');
  const registry = await testRegistry();
  await loadCatalog(registry, 'choice-sherpa', (subject) => subject === 'session.created');
  const asked = async (url: string, init: RequestInit) =>
    registry.app.request(url.replace('http://registry', ''), init);
  const running = await step('the example', example(sql, bus, 'http://registry', asked));
  await until('the card', async () => (await sql`select * from cards`).length === 1);
  expect(await sql`select session_id, title from cards`).toMatchObject([{ session_id: 's-1', title: 'Where to live' }]);
  await step('closing the services', running.close());
  await step('closing the databases', Promise.all([sql.end(), admin.end(), registry.close()]));
  await step('dropping the schema', dropSchema(schema));
}

test.skipIf(databaseUrl === undefined)('producer and consumer in thirty lines', () => runs(memoryBus()));

test.skipIf(databaseUrl === undefined || natsUrl() === undefined)('the same on NATS', { timeout: 90_000 }, async () => {
  const nc = await connect({ servers: natsUrl()! });
  const { streams } = await jetstreamManager(nc);
  // nothing of an earlier run, and nothing left for a later one
  const clear = () => streams.delete('EVT_SESSION').catch(() => {});
  await clear();
  await runs(natsBus({ url: natsUrl()! }));
  await clear();
  await nc.close();
});
