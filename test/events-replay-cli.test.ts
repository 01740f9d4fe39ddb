/** `herald events replay` and `archive` on real services and brokers: into a group that runs, to another bus, to files and back. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../src/cli/commands/index.ts';
import { run } from '../src/cli/run.ts';
import { type Bus, type Channel, createEvents, type SqlStore, sqlStore } from '../src/events/index.ts';
import { memoryBus } from '../src/events/memory/index.ts';
import { natsBus } from '../src/events/nats/index.ts';
import { redisBus } from '../src/events/redis/index.ts';
import { databaseUrl, dropSchema } from './support/database.ts';
import { created, pinnedClient, type SherpaEvents, until } from './support/events.ts';
import { testIo } from './support/io.ts';
import { readSchema, type TestRegistry, testRegistry } from './support/registry.ts';
import { natsUrl, redisUrl } from './support/servers.ts';

describe.skipIf(databaseUrl === undefined)('into a group', () => {
  const schema = `e_${randomUUID().slice(0, 8)}`;
  let sql: postgres.Sql;
  let store: SqlStore;
  const closing: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    sql = postgres(databaseUrl!, { max: 6, onnotice: () => {} });
    store = sqlStore(sql, { schema });
    await store.migrate();
  });
  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()));
  });
  afterAll(async () => {
    await sql.end();
    await dropSchema(schema);
  });

  async function herald(...args: readonly string[]) {
    const { io, said } = testIo({ stopped: () => new Promise(() => {}) });
    const argv = ['events', 'replay', '--database', databaseUrl!, '--schema', schema, ...args];
    return { exit: await run(argv, io, commands, '0'), ...said };
  }

  async function service(group: string) {
    const bus = memoryBus();
    const client = await pinnedClient('choice-sherpa', ['session.created', 'session.archived']);
    const make = (name: string) =>
      createEvents<SherpaEvents>({ catalog: 'choice-sherpa', service: name, client, bus, store });
    const [producer, reader] = [make('session'), make('dashboard')];
    for (const title of ['a', 'b', 'c']) await producer.publish('session.created', created(title, title));
    const seen: string[] = [];
    const running = await reader
      .consumer(group, { redrivePollMs: 20 })
      .on('session.created', ({ payload }, { replay }) => {
        seen.push(`${payload.title}${replay ? ' again' : ''}`);
      })
      .start();
    closing.push(() => running.stop());
    await until('the daily work', () => seen.length >= 3);
    return { seen, running };
  }

  test('a running member replays, marked as such, and says how many', async () => {
    const { seen } = await service('cards');
    const { exit, out } = await herald('--subject', 'session.created', '--from', '2020-01-01', '--into', 'cards');
    expect(seen.slice(3)).toEqual(['a again', 'b again', 'c again']);
    expect([exit, out.split('\n')[1]]).toEqual([0, '3 events replayed into cards']);
  });

  test('the newest alone', async () => {
    const { seen } = await service('newest');
    const { exit } = await herald('--subject', 'session.created', '--last', '--into', 'newest');
    expect([exit, seen.slice(3)]).toEqual([0, ['c again']]);
  });

  test('what the group does not handle is refused by name', async () => {
    await service('narrow');
    const { exit, err } = await herald('--subject', 'session.archived', '--from', '2020-01-01', '--into', 'narrow');
    expect([exit, err]).toEqual([
      1,
      expect.stringContaining('OPTIONS_INVALID: The group narrow has no handler of session.archived.'),
    ]);
  });

  test('without a member it waits for one, and --detach does not', async () => {
    const args = ['--subject', 'session.created', '--from', '2020-01-01', '--into', 'later'];
    const { exit, out } = await herald(...args, '--detach');
    expect([exit, out]).toEqual([0, expect.stringMatching(/^replay [0-9a-f-]{36} is asked of later\n$/)]);
    const { seen } = await service('later');
    await until('the replay', () => seen.length === 6);
  });

  test('a member that is interrupted leaves the replay to the next one', async () => {
    const asked = { id: randomUUID(), group: 'tried', subjects: ['session.created'], to: undefined };
    await store.replays.ask({ ...asked, from: 'earliest', speed: 'instant' });
    const ids: string[] = [];
    await store.replays.takeUp('tried', async ({ id }) => void ids.push(id));
    expect((await store.replays.get(asked.id))?.state).toBe('running');
    await store.replays.takeUp('tried', async ({ id }) => ids.push(id));
    expect(ids).toEqual([asked.id, asked.id]);
    expect(await store.replays.get(asked.id)).toMatchObject({ state: 'done', events: 2 });
    expect(await store.replays.takeUp('tried', async () => 1)).toBe(false);
  });

  test('two members do not replay the same at once', async () => {
    const asked = { id: randomUUID(), group: 'shared', subjects: ['session.created'], to: undefined };
    await store.replays.ask({ ...asked, from: 'earliest', speed: 'instant' });
    let other: boolean | undefined;
    await store.replays.takeUp('shared', async () => {
      other = await store.replays.takeUp('shared', async () => 1);
      return 1;
    });
    expect(other).toBe(false);
  });
});

describe.skipIf(natsUrl() === undefined || redisUrl() === undefined)('from bus to bus and to files', () => {
  const catalog = `replay-${randomUUID().slice(0, 8)}`;
  const stream = `R${randomUUID().slice(0, 8)}`.toUpperCase();
  const folder = mkdtempSync(join(tmpdir(), 'herald-'));
  let registry: TestRegistry;
  let source: Bus;
  let target: Bus;
  const subject = 'session.created';
  const channel: Channel = { subject, address: `${stream}.${subject}`, stream };
  const inTarget: Channel = { ...channel, address: subject };

  beforeAll(async () => {
    registry = await testRegistry();
    const settings = readSchema('choice-sherpa', 'catalog.json') as Record<string, unknown>;
    const { session, ...domains } = settings.domains as Record<string, Record<string, unknown>>;
    const body = {
      ...settings,
      name: catalog,
      domains: { ...domains, session: { ...session, stream } },
      transports: { nats: { subject: `${stream}.{subject}` } },
    };
    const put = await registry.ask('PUT', `/v1/catalogs/${catalog}`, { body });
    expect(put.status).toBe(201);
    const at = `/v1/catalogs/${catalog}/subjects/${subject}/versions`;
    const registered = await registry.ask('POST', at, { body: readSchema('choice-sherpa', `${subject}.json`) });
    expect(registered.status).toBe(201);
    source = natsBus({ url: natsUrl()! });
    target = redisBus({ url: redisUrl()! });
    await source.ensure([channel]);
    for (const id of ['one', 'two', 'three'])
      await source.publish(
        { channel, id, key: 'k', body: Buffer.from(`{"n":"${id}"}`), headers: { 'x-note': id } },
        { timeoutMs: 5_000 },
      );
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await Promise.all([source.close(), target.close(), registry.close()]);
    const nc = await connect({ servers: natsUrl()! });
    await (await jetstreamManager(nc)).streams.delete(stream);
    await nc.close();
    const redis = new Redis(redisUrl()!);
    const keys = await redis.keys(`herald:{${stream}}*`);
    if (keys.length > 0) await redis.del(...keys);
    await redis.quit();
  });

  async function herald(...args: readonly string[]) {
    const ask: typeof fetch = async (url, init) =>
      registry.app.request(String(url).replace('http://registry', ''), init);
    const now = () => Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() + 1);
    const { io, said } = testIo({ fetch: ask, env: { HERALD_URL: 'http://registry' }, now });
    return { exit: await run(['events', ...args], io, commands, '0'), ...said };
  }

  async function idsIn(bus: Bus, of: Channel) {
    const ids: (string | undefined)[] = [];
    for await (const { id } of bus.read({ channels: [of], from: 'earliest' })) ids.push(id);
    return ids;
  }

  const named = `${catalog}/${subject}`;

  test('a target without the stream is named; --make-streams makes it; ids, keys, headers and bytes stay', async () => {
    const args = ['replay', '--subject', named, '--from', '2020-01-01', '--bus', natsUrl()!, '--target', redisUrl()!];
    const refused = await herald(...args);
    expect([refused.exit, refused.err]).toEqual([3, expect.stringContaining(`has no stream ${stream}`)]);
    const { exit, out, err } = await herald(...args, '--make-streams');
    expect([exit, out, err]).toEqual([0, '3 events replayed to redis\n', '']);
    const copies = [];
    for await (const { id, key, body, headers } of target.read({ channels: [inTarget], from: 'earliest' }))
      copies.push({ id, key, text: Buffer.from(body).toString(), headers });
    expect(copies[0]).toEqual({ id: 'one', key: 'k', text: '{"n":"one"}', headers: { 'x-note': 'one' } });
    expect(copies.map(({ id }) => id)).toEqual(['one', 'two', 'three']);
    // the same ids again add nothing
    expect((await herald(...args)).exit).toBe(0);
    expect(await idsIn(target, inTarget)).toEqual(['one', 'two', 'three']);
  });

  test('a month as files with their hashes, and back to a bus', async () => {
    const month = new Date().toISOString().slice(0, 7);
    const archived = await herald('archive', '--subject', named, '--month', month, '--bus', natsUrl()!, '--to', folder);
    expect([archived.err, archived.exit]).toEqual(['', 0]);
    expect(archived.out).toMatch(new RegExp(`^${stream}\\.ndjson {2}3 events {2}\\d+ bytes\\n`));
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { files: object[] };
    expect(manifest.files).toMatchObject([{ name: `${stream}.ndjson`, events: 3 }]);
    const last = await herald('replay', '--subject', named, '--last', '--archive', folder, '--target', redisUrl()!);
    expect([last.err, last.exit, last.out]).toEqual(['', 0, '1 event replayed to redis\n']);
  });

  test('a bus that is away is exit 3, without its password', async () => {
    const away = 'nats://me:secret@127.0.0.1:1';
    const { exit, err } = await herald(
      'archive',
      '--subject',
      named,
      '--month',
      '2020-01',
      '--bus',
      away,
      '--to',
      folder,
    );
    expect([exit, err]).toEqual([3, expect.stringContaining('nats://127.0.0.1:1')]);
    expect(err).toContain('(BUS_UNAVAILABLE)');
    expect(err).not.toContain('secret');
  });
});
