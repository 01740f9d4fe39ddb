/** Replay and archive: stored events once more, beside daily work, from the bus or from files; old events through their mapping. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEvents, memoryStore, readArchive, writeArchive } from '../src/events/index.ts';
import { memoryBus } from '../src/events/memory/index.ts';
import type { JsonObject } from '../src/schema/json.ts';
import { created, pinnedClient, type SherpaEvents, until } from './support/events.ts';

const subjects = ['session.created', 'session.renamed', 'session.archived'];

async function world() {
  let now = Date.parse('2026-03-01T12:00:00Z');
  const bus = memoryBus({ now: () => now });
  const client = await pinnedClient('choice-sherpa', subjects);
  const { processed, keys } = memoryStore();
  const make = (service: string) =>
    createEvents<SherpaEvents>({ catalog: 'choice-sherpa', service, client, bus, now: () => now });
  const [producer, reader] = [make('session'), make('dashboard')];
  const publishHourly = async (...titles: readonly string[]) => {
    for (const title of titles) {
      await producer.publish('session.created', created(title, title));
      now += 3_600_000;
    }
  };
  const replaying = (seen: string[], handler: (title: string) => void = () => {}) =>
    reader
      .consumer('dashboard', { processed, keys, retry: { firstMs: 1, maxMs: 1, maxAttempts: 2 } })
      .on('session.created', ({ payload }, { replay }) => {
        handler(payload.title);
        seen.push(`${payload.title}${replay ? ' again' : ''}`);
      });
  return { bus, client, processed, keys, producer, reader, publishHourly, replaying };
}

test('replays what was stored from a time on and before another, marked as replayed', async () => {
  const { publishHourly, replaying } = await world();
  await publishHourly('a', 'b', 'c', 'd');
  const seen: string[] = [];
  const done = await replaying(seen).replay({
    from: new Date('2026-03-01T13:00:00Z'),
    to: new Date('2026-03-01T15:00:00Z'),
  });
  expect(seen).toEqual(['b again', 'c again']);
  expect(done).toMatchObject({ events: 2, group: expect.stringMatching(/^dashboard@replay-\d+$/) });
});

test('replays beside the daily work of its group, which it leaves alone', async () => {
  const { publishHourly, replaying } = await world();
  const daily: string[] = [];
  const running = await replaying(daily).start();
  await publishHourly('a', 'b');
  await until('daily work', () => daily.length === 2);
  const seen: string[] = [];
  await replaying(seen).replay({ from: 'earliest' });
  await publishHourly('c');
  await until('more daily work', () => daily.length === 3);
  expect([daily, seen]).toEqual([
    ['a', 'b', 'c'],
    ['a again', 'b again'],
  ]);
  await running.stop();
});

test('the last of each subject alone', async () => {
  const { publishHourly, replaying } = await world();
  await publishHourly('a', 'b', 'c');
  const seen: string[] = [];
  await replaying(seen).replay({ from: 'last' });
  expect(seen).toEqual(['c again']);
});

test('under the same name it goes on where it stopped', async () => {
  const { publishHourly, replaying } = await world();
  await publishHourly('a', 'b', 'c');
  const seen: string[] = [];
  const controller = new AbortController();
  const stopAfterOne = () => controller.abort();
  await replaying(seen, stopAfterOne).replay({ from: 'earliest', id: 'spring', signal: controller.signal });
  expect(seen).toEqual(['a again']);
  await replaying(seen).replay({ from: 'earliest', id: 'spring' });
  expect(seen).toEqual(['a again', 'b again', 'c again']);
});

test('at the original speed the pauses are kept', async () => {
  const bus = memoryBus();
  const client = await pinnedClient('choice-sherpa', subjects);
  const make = (service: string) => createEvents<SherpaEvents>({ catalog: 'choice-sherpa', service, client, bus });
  await make('session').publish('session.created', created('a'));
  await new Promise((resolve) => setTimeout(resolve, 150));
  await make('session').publish('session.created', created('b'));
  const times: number[] = [];
  const consumer = make('dashboard')
    .consumer('g', memoryStore())
    .on('session.created', () => void times.push(Date.now()));
  await consumer.replay({ from: 'earliest', speed: 'original' });
  expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(130);
  times.length = 0;
  await consumer.replay({ from: 'earliest', id: 'at-once' });
  expect(times[1]! - times[0]!).toBeLessThan(130);
});

test('a side effect that ran in daily work does not run in a replay', async () => {
  const { publishHourly, reader, processed, keys } = await world();
  const mails: string[] = [];
  const consumer = reader
    .consumer('mails', { processed, keys })
    .on('session.created', async ({ payload }, { once }) => {
      await once('welcome', async () => void mails.push(payload.title));
    });
  const running = await consumer.start();
  await publishHourly('a');
  await until('the mail', () => mails.length === 1);
  await running.stop();
  await consumer.replay({ from: 'earliest' });
  expect(mails).toEqual(['a']);
});

describe('an archive', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'events-archive-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const channel = { subject: 'session.created', address: 'session.created', stream: 'EVT_SESSION' };
  const span = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-04-01T00:00:00Z') };

  test('is read back into a replay, byte for byte', async () => {
    const { bus, publishHourly, replaying } = await world();
    await publishHourly('a', 'b');
    const odd = { channel, id: 'odd', key: 'k', body: new Uint8Array([0, 255, 10]), headers: { 'x-note': 'y' } };
    await bus.publish(odd, { timeoutMs: 1_000 });
    const manifest = await writeArchive(bus, [channel], folder, span);
    expect(manifest.files).toMatchObject([
      { name: 'EVT_SESSION.ndjson', events: 3, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    const back: Uint8Array[] = [];
    for await (const { body } of readArchive(folder)) back.push(body);
    expect(back.map((body) => [...body])).toEqual(bus.published().map(({ body }) => [...body]));
    const seen: string[] = [];
    await replaying(seen).replay({ from: 'earliest', source: readArchive(folder) });
    expect(seen).toEqual(['a again', 'b again']);
  });

  test.each([
    ['was changed', (text: string) => text.replace('"a"', '"z"')],
    ['was cut short', (text: string) => text.slice(0, -20)],
  ])('that %s is refused before its first event is given', async (_, change) => {
    const { bus, publishHourly } = await world();
    await publishHourly('a', 'b');
    await writeArchive(bus, [channel], folder, span);
    const file = join(folder, 'EVT_SESSION.ndjson');
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    const given: unknown[] = [];
    const reading = (async () => {
      for await (const message of readArchive(folder)) given.push(message);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'ARCHIVE_INVALID', details: { name: 'EVT_SESSION.ndjson' } });
    expect(given).toEqual([]);
  });

  test('that is none, or whose manifest points elsewhere, is refused', async () => {
    const reading = async () => {
      for await (const _ of readArchive(folder)) throw new Error('gave something');
    };
    await expect(reading()).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
    const files = [{ name: '../../etc/passwd', sha256: '', events: 0, bytes: 0 }];
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ manifestVersion: 1, files }));
    await expect(reading()).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
  });
});

test('an old event reaches a reader of its successor through the mapping of the deprecation', async () => {
  const bus = memoryBus();
  const old = await pinnedClient('choice-sherpa', ['session.created']);
  const successor = 'session.opened';
  const change = (subject: string, schema: JsonObject): JsonObject =>
    subject !== 'session.renamed'
      ? schema
      : {
          ...schema,
          required: ['session_id', 'name'],
          properties: { session_id: { type: 'string' }, name: { type: 'string' } },
        };
  void successor;
  const both = await pinnedClient('choice-sherpa', ['session.created', 'session.renamed'], change);
  const producer = createEvents<SherpaEvents>({ catalog: 'choice-sherpa', service: 'session', client: old, bus });
  await producer.publish('session.created', created('s', 'The title'));
  await producer.publish('session.created', created('t', 'Another'));
  interface NewEvents {
    'session.renamed': { payload: { session_id: string; name: string } };
  }
  const store = memoryStore();
  const reader = createEvents<NewEvents>({ catalog: 'choice-sherpa', service: 'dashboard', client: both, bus });
  const seen: unknown[] = [];
  const forward = '{"session_id": session_id, "name": session_id = "t" ? undefined : title}';
  const through = { 'session.created': { successor: 'session.renamed', forward } };
  await reader
    .consumer('g', { ...store, through })
    .on('session.renamed', ({ subject, payload, event }) => void seen.push([subject, payload, event]))
    .replay({ from: 'earliest', id: 'r' });
  expect(seen).toEqual([
    [
      'session.renamed',
      { session_id: 's', name: 'The title' },
      expect.objectContaining({ event_type: 'session.renamed', payload: { session_id: 's', name: 'The title' } }),
    ],
  ]);
  expect(await store.processed.parked.list({ group: 'g@replay-r' })).toMatchObject([
    { error: { code: 'MAPPING_FAILED', details: { successor: 'session.renamed' } }, attempts: 1 },
  ]);
});
