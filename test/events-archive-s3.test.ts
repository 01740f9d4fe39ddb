/** Archives in a bucket: the same files as in a folder, signed, whole or not at all, and back into a replay. */
import { randomUUID } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commands } from '../src/cli/commands/index.ts';
import { run } from '../src/cli/run.ts';
import { createEvents, memoryStore, readArchive, type S3Access, writeArchive } from '../src/events/index.ts';
import { memoryBus } from '../src/events/memory/index.ts';
import { natsBus } from '../src/events/nats/index.ts';
import { created, pinnedClient, type SherpaEvents } from './support/events.ts';
import { testIo } from './support/io.ts';
import { expectStatus, testRegistry } from './support/registry.ts';
import { type S3Server, s3Credentials, s3Server } from './support/s3.ts';
import { natsUrl } from './support/servers.ts';
import { shop as catalog } from './support/shop.ts';

const channel = { subject: 'session.created', address: 'session.created', stream: 'EVT_SESSION' };
const span = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-04-01T00:00:00Z') };
const where = 's3://events/2026 03';

let server: S3Server;
let s3: S3Access;
beforeEach(async () => {
  server = await s3Server('events');
  s3 = { ...s3Credentials, endpoint: server.url, region: 'eu-central-1' };
});
afterEach(() => server.close());

async function world(...titles: readonly string[]) {
  const now = () => Date.parse('2026-03-01T12:00:00Z');
  const bus = memoryBus({ now });
  const client = await pinnedClient('choice-sherpa', ['session.created']);
  const make = (service: string) => createEvents<SherpaEvents>({ catalog: 'choice-sherpa', service, client, bus, now });
  const producer = make('session');
  for (const title of titles) await producer.publish('session.created', created(title, title));
  return { bus, reader: make('dashboard') };
}

async function bodiesOf(source: AsyncIterable<{ readonly body: Uint8Array }>): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { body } of source) found.push(Buffer.from(body).toString());
  return found;
}

test('is read back into a replay, byte for byte', async () => {
  const { bus, reader } = await world('a', 'b');
  const manifest = await writeArchive(bus, [channel], where, { ...span, s3 });
  expect([...server.objects.keys()]).toEqual(['events/2026 03/EVT_SESSION.ndjson', 'events/2026 03/manifest.json']);
  expect(manifest.files).toMatchObject([{ name: 'EVT_SESSION.ndjson', events: 2 }]);
  const sent = bus.published().map(({ body }) => Buffer.from(body).toString());
  expect(await bodiesOf(readArchive(where, { s3 }))).toEqual(sent);
  const seen: string[] = [];
  await reader
    .consumer('dashboard', memoryStore())
    .on('session.created', ({ payload }) => void seen.push(payload.title))
    .replay({ from: 'earliest', source: readArchive(where, { s3 }) });
  expect(seen).toEqual(['a', 'b']);
});

test('what is longer than a part goes in parts, in their order', async () => {
  const titles = Array.from({ length: 9 }, (_, index) => `${index}`.repeat(50));
  const { bus } = await world(...titles);
  await writeArchive(bus, [channel], where, { ...span, s3: { ...s3, partBytes: 2_000 } });
  const parts = server.requests.filter((request) => request.includes('partNumber'));
  expect(parts.length).toBeGreaterThan(2);
  expect(server.uploads.size).toBe(0);
  const read = await bodiesOf(readArchive(where, { s3 }));
  expect(read.map((body) => (JSON.parse(body) as { payload: { title: string } }).payload.title)).toEqual(titles);
});

test('an upload that fails leaves neither an object nor parts', async () => {
  const { bus } = await world(...Array.from({ length: 9 }, (_, index) => `${index}`.repeat(50)));
  server.failure = (request) => (request.includes('partNumber=2') ? 403 : undefined);
  const failing = writeArchive(bus, [channel], where, { ...span, s3: { ...s3, partBytes: 2_000 } });
  await expect(failing).rejects.toMatchObject({ code: 'ARCHIVE_UNAVAILABLE', details: { status: 403 } });
  expect(server.requests.some((request) => request.includes('partNumber=1'))).toBe(true);
  expect([server.uploads.size, server.objects.size]).toEqual([0, 0]);
});

test('a server that is busy is asked again', async () => {
  const { bus } = await world('a');
  server.failure = () => (server.requests.length === 1 ? 503 : undefined);
  await writeArchive(bus, [channel], where, { ...span, s3 });
  expect(await bodiesOf(readArchive(where, { s3 }))).toHaveLength(1);
});

describe('what is wrong is said', () => {
  test.each([
    ['a wrong secret', { secretAccessKey: 'guessed' }, 's3://events/x', 'SignatureDoesNotMatch'],
    ['a stranger', { accessKeyId: 'AKIDSTRANGER' }, 's3://events/x', 'InvalidAccessKeyId'],
    ['no such bucket', {}, 's3://elsewhere/x', 'NoSuchBucket'],
    ['nobody there', { endpoint: 'http://127.0.0.1:1' }, 's3://events/x', 'http://127.0.0.1:1 does not answer'],
  ])('%s', async (_, change, place, said) => {
    const reading = bodiesOf(readArchive(place, { s3: { ...s3, ...change } }));
    await expect(reading).rejects.toMatchObject({
      code: 'ARCHIVE_UNAVAILABLE',
      message: expect.stringContaining(said),
    });
    await expect(reading).rejects.not.toMatchObject({ message: expect.stringContaining('guessed') });
  });

  test('a bucket without an archive, an archive that was changed', async () => {
    await expect(bodiesOf(readArchive(where, { s3 }))).rejects.toMatchObject({
      code: 'ARCHIVE_INVALID',
      message: expect.stringContaining('s3://events/2026 03 holds no manifest.json'),
    });
    const { bus } = await world('a');
    await writeArchive(bus, [channel], where, { ...span, s3 });
    const key = 'events/2026 03/EVT_SESSION.ndjson';
    server.objects.set(key, Buffer.from(String(server.objects.get(key)).replace('"a', '"z')));
    await expect(bodiesOf(readArchive(where, { s3 }))).rejects.toMatchObject({
      code: 'ARCHIVE_INVALID',
      details: { name: 'EVT_SESSION.ndjson' },
    });
  });

  test('no bucket in the address, no credentials', async () => {
    await expect(bodiesOf(readArchive('s3://', { s3 }))).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
    await expect(bodiesOf(readArchive('s3://events/x'))).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
    await expect(bodiesOf(readArchive('gs://events/x'))).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
  });

  test.skipIf(natsUrl() === undefined)('on the command line too: exit 3 and what to look at', async () => {
    const registry = await testRegistry();
    const stream = `s3_${randomUUID().slice(0, 8)}`;
    const shop = '/v1/catalogs/shop';
    const domains = { order: { owner: 'orders', classification: 'internal', retention: 'P90D', stream } };
    const transports = { nats: { subject: `${stream}.{subject}` } };
    await expectStatus(registry.ask('PUT', shop, { body: { ...catalog, domains, transports } }), 201);
    const contract = { producer: 'orders', consumers: ['billing'], orderingKey: '/id' };
    const properties = { id: { type: 'string', description: 'The order.' } };
    const event = {
      ...{ title: 'OrderPlaced', description: 'An order.', 'x-contract': contract },
      ...{ type: 'object', required: ['id'], properties },
    };
    await expectStatus(registry.ask('POST', `${shop}/subjects/order.placed/versions`, { body: event }), 201);
    const { io, said } = testIo({
      now: Date.now,
      env: { AWS_ACCESS_KEY_ID: 'AKIDSTRANGER', AWS_SECRET_ACCESS_KEY: 'x', AWS_ENDPOINT_URL: server.url },
      fetch: async (url, init) => registry.app.request(String(url).replace(/^http:\/\/[^/]+/, ''), init),
    });
    const bus = natsBus({ url: natsUrl()! });
    await bus.ensure([{ subject: 'order.placed', address: `${stream}.order.placed`, stream }]);
    await bus.close();
    const args = ['--subject', 'shop/order.placed', '--month', '2020-01', '--bus', natsUrl()!];
    const exit = await run(['events', 'archive', '--to', 's3://events/x', ...args], io, commands, '0');
    await registry.close();
    await deleteStream(stream);
    expect([exit, said.err]).toEqual([
      3,
      expect.stringMatching(/InvalidAccessKeyId.*credentials[\s\S]*ARCHIVE_UNAVAILABLE/),
    ]);
  });
});

async function deleteStream(stream: string): Promise<void> {
  const nc = await connect({ servers: natsUrl()! });
  await (await jetstreamManager(nc)).streams.delete(stream);
  await nc.close();
}
