import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { type AnnouncerParts, announceDue, startAnnouncer } from '../src/announce/announcer.ts';
import { type Outcome, type Post, poster } from '../src/announce/post.ts';
import { permissionOf, resolveHost } from '../src/announce/target.ts';
import type { DeliveryRecord, WebhookRecord } from '../src/registry/records.ts';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { onEachDatabase, type TestDatabase } from './support/database.ts';

const slots = { free: 1, perWebhook: 1, busy: new Map() };
const second = 1_000;

type Poster = AnnouncerParts['post'];

interface Receiver {
  readonly got: Post[];
  /** What it answers to the next posts; an empty list: ok. */
  readonly answers: Outcome[];
  readonly post: Poster;
}

function receiver(): Receiver {
  const got: Post[] = [];
  const answers: Outcome[] = [];
  const post = async (given: Post) => {
    got.push(given);
    return answers.shift() ?? ({ ok: true } as const);
  };
  return { got, answers, post };
}

function partsFor({ store, clock }: Pick<AnnouncerParts, 'store' | 'clock'>, post: Poster): AnnouncerParts {
  const onError = (error: unknown) => {
    throw error;
  };
  const backoff = { firstMs: second, longestMs: 60 * second, attempts: 3 };
  return { store, clock, post, random: () => 1, source: '/herald', backoff, onError };
}

async function addWebhook(database: TestDatabase, given: Partial<WebhookRecord> = {}): Promise<WebhookRecord> {
  const webhook = {
    id: `hook-${database.catalog}-${Math.random()}`,
    url: 'http://receiver.example/',
    subjects: [`${database.catalog}/**`],
    types: [],
    secret: 'the secret',
    createdAt: new Date(database.clock.at).toISOString(),
    createdBy: 'me',
    ...given,
  };
  await database.store.write((tx) => tx.insertWebhook(webhook));
  return webhook;
}

function announce({ store, catalog }: TestDatabase, subject: string, count: number, type = 'herald.x.y.v1') {
  return store.write(async (tx) => {
    for (let number = 1; number <= count; number += 1) await tx.announce({ type, catalog, subject, data: { number } });
  });
}

const data = (post: Post) => (JSON.parse(post.body) as { data: { subject: string; number: number } }).data;

async function states(database: TestDatabase, webhook: WebhookRecord): Promise<readonly DeliveryRecord[]> {
  return (await database.store.deliveries(webhook.id, { limit: 100 })).items;
}

/**
 * The first delivery is settled when the second look has already been answered "nothing is due", and before that answer arrives:
 * what happens by chance once in many runs. An announcer is told of a change while that delivery is under way, and so looks again.
 */
function lateLook(parts: AnnouncerParts): AnnouncerParts {
  let changed = () => {};
  let answered = () => {};
  let settled = () => {};
  const lookAnswered = new Promise<void>((resolve) => {
    answered = resolve;
  });
  const deliverySettled = new Promise<void>((resolve) => {
    settled = resolve;
  });
  const store: AnnouncerParts['store'] = {
    fanOut: (now, limit) => parts.store.fanOut(now, limit),
    write: (run) => parts.store.write(run),
    onChange: (listener) => {
      changed = () => listener({ catalog: '', subject: '' });
      return () => {};
    },
    settle: async (delivery) => {
      await parts.store.settle(delivery);
      settled();
    },
    claim: async (...given) => {
      const claimed = await parts.store.claim(...given);
      if (claimed.length > 0) return claimed;
      answered();
      await deliverySettled;
      await new Promise((resolve) => setTimeout(resolve, 10));
      return claimed;
    },
  };
  const post: Poster = async (given, stop) => {
    changed();
    await lookAnswered;
    return parts.post(given, stop);
  };
  return { ...parts, store, post };
}

/** Runs an announcer that looks by itself only once a minute, until two deliveries were sent. */
async function untilTwoSent(parts: AnnouncerParts): Promise<void> {
  let sent = 0;
  const post: Poster = (given, stop) => {
    sent += 1;
    return parts.post(given, stop);
  };
  const announcer = startAnnouncer({ ...parts, post, everyMs: 60_000 });
  await expect.poll(() => sent, { timeout: 5_000 }).toBe(2);
  await announcer.stop();
}

describe('announcements', () => {
  onEachDatabase(
    (current) => {
      test('arrive as signed CloudEvents', async () => {
        const database = current();
        const { got, post } = receiver();
        await addWebhook(database);
        await announce(database, 'a.v1', 1);
        expect(await announceDue(partsFor(database, post))).toBe(1);
        const [sent] = got;
        expect(JSON.parse(sent!.body)).toMatchObject({
          specversion: '1.0',
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          source: '/herald',
          type: 'herald.x.y.v1',
          subject: `${database.catalog}/a.v1`,
          time: '2026-03-01T12:00:00.000Z',
          datacontenttype: 'application/json',
          data: { catalog: database.catalog, subject: 'a.v1', number: 1 },
        });
        expect(sent!.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
        const [, seconds, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(sent!.headers['herald-signature']!)!;
        expect(Number(seconds) * second).toBe(database.clock.at);
        const expected = createHmac('sha256', 'the secret').update(`${seconds}.${sent!.body}`).digest('hex');
        expect(hex).toBe(expected);
        expect(await announceDue(partsFor(database, post))).toBe(0);
      });

      test('carry on the trace and the correlation id of the request they come from, for good', async () => {
        const database = current();
        const { got, post } = receiver();
        await addWebhook(database);
        const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
        const said = { type: 'herald.x.y.v1', catalog: database.catalog, subject: 'a.v1', data: {} };
        await database.store.write((tx) => tx.announce({ ...said, origin: { correlationId: 'c-1', traceparent } }));
        await announceDue(partsFor(database, post));
        expect(got[0]?.headers.traceparent).toBe(traceparent);
        expect(JSON.parse(got[0]!.body)).toMatchObject({ correlationid: 'c-1', traceparent });
        await expect(
          database.run(`update outbox set origin = '{}' where catalog = '${database.catalog}'`),
        ).rejects.toMatchObject({ cause: { code: '23001' } });
      });

      test('go to those that want them, by subject and by type', async () => {
        const database = current();
        const { got, post } = receiver();
        const { catalog } = database;
        const urls: [string, Partial<WebhookRecord>][] = [
          ['http://all.example/', { subjects: [] }],
          ['http://order.example/', { subjects: [`${catalog}/order.*.v1`] }],
          ['http://other-catalog.example/', { subjects: [`${catalog}x/**`, `${catalog.slice(0, -1)}/**`] }],
          ['http://any-catalog.example/', { subjects: ['*/order.placed.v1'] }],
          ['http://type.example/', { types: ['herald.deprecation.*.v1'] }],
          ['http://exact.example/', { types: ['herald.version.registered.v1'] }],
        ];
        for (const [url, given] of urls) await addWebhook(database, { url, ...given });
        await announce(database, 'order.placed.v1', 1, 'herald.version.registered.v1');
        await announce(database, 'user.seen.v1', 1, 'herald.deprecation.announced.v1');
        await announce(database, '', 1, 'herald.catalog.changed.v1');
        await announceDue(partsFor(database, post));
        const seen = got
          .map((sent) => `${new URL(sent.url).hostname.split('.')[0]} ${data(sent).subject ?? ''}`)
          .sort();
        expect(seen).toEqual(
          [
            'all ',
            'all order.placed.v1',
            'all user.seen.v1',
            'any-catalog order.placed.v1',
            'exact order.placed.v1',
            'order order.placed.v1',
            'type user.seen.v1',
          ].sort(),
        );
      });

      test('that fail hold back what follows on the subject, and nothing else', async () => {
        const database = current();
        const { got, answers, post } = receiver();
        const webhook = await addWebhook(database);
        await announce(database, 'a.v1', 3);
        await announce(database, 'b.v1', 2);
        answers.push({ ok: false, error: 'status 500' });
        const parts = partsFor(database, post);
        await announceDue(parts);
        expect(got.map((sent) => `${data(sent).subject} ${data(sent).number}`)).toEqual(['a.v1 1', 'b.v1 1', 'b.v1 2']);
        expect((await states(database, webhook))[0]).toMatchObject({
          state: 'pending',
          attempts: 1,
          lastError: 'status 500',
          nextAt: '2026-03-01T12:00:01.000Z',
        });
        const behind = (await states(database, webhook)).filter((one) => one.state === 'pending');
        expect(new Set(behind.map((one) => one.nextAt))).toEqual(new Set(['2026-03-01T12:00:01.000Z']));
        database.clock.at += second - 1;
        expect(await announceDue(parts)).toBe(0);
        database.clock.at += 1;
        got.length = 0;
        await announceDue(parts);
        expect(got.map((sent) => data(sent).number)).toEqual([1, 2, 3]);
        const settled = await states(database, webhook);
        expect(settled.map((one) => one.state)).toEqual(Array(5).fill('delivered'));
        expect(settled.every((one) => one.lastError === undefined)).toBe(true);
      });

      test('that are let go while the next look is under way are seen by the one after it', async () => {
        const database = current();
        for (const look of [announceDue, untilTwoSent]) {
          const { got, post } = receiver();
          const webhook = await addWebhook(database);
          await announce(database, 'a.v1', 2);
          await look(lateLook(partsFor(database, post)));
          expect(got.map((sent) => data(sent).number)).toEqual([1, 2]);
          await database.store.write((tx) => tx.deleteWebhook(webhook.id));
        }
      });

      test('are parked after the last attempt, no longer hold others back, and can be sent again', async () => {
        const database = current();
        const { got, answers, post } = receiver();
        const webhook = await addWebhook(database);
        const watcher = await addWebhook(database, { subjects: [], types: ['herald.webhook.**'] });
        await announce(database, 'a.v1', 2);
        const parts = partsFor(database, post);
        for (const wait of [0, second, 2 * second]) {
          database.clock.at += wait;
          answers.push({ ok: false, error: 'ECONNREFUSED' });
          await announceDue(parts);
        }
        expect((await states(database, webhook)).map((one) => [one.state, one.attempts])).toEqual([
          ['parked', 3],
          ['delivered', 1],
        ]);
        expect((await states(database, webhook))[0]?.lastError).toBe('ECONNREFUSED');
        await announceDue(parts);
        const notices = got.map((sent) => JSON.parse(sent.body) as JsonObject);
        expect(notices.at(-1)).toMatchObject({
          type: 'herald.webhook.parked.v1',
          data: { webhookId: webhook.id, attempts: 3, lastError: 'ECONNREFUSED' },
        });
        expect(await states(database, watcher)).toHaveLength(1);
        expect(await database.store.backlog(new Date(database.clock.at).toISOString())).toMatchObject({ parked: 1 });

        const [parked] = await states(database, webhook);
        const redeliver = (id: string, of = webhook) => database.store.write((tx) => tx.redeliver(of.id, id));
        expect(await redeliver(parked!.id, watcher)).toBe(false);
        expect(await redeliver(parked!.id)).toBe(true);
        got.length = 0;
        await announceDue(parts);
        expect(data(got[0]!)).toMatchObject({ number: 1 });
        expect((await states(database, webhook))[0]).toMatchObject({ state: 'delivered', attempts: 1 });
        for (const id of ['0', 'x', '999999', '1e3']) expect(await redeliver(id)).toBe(false);
      });

      test('of parking to a receiver that is itself broken come to an end', async () => {
        const database = current();
        const failing = async () => ({ ok: false, error: 'status 500' }) as const;
        await addWebhook(database, { subjects: [] });
        await announce(database, 'a.v1', 1);
        let attempts = 0;
        for (let look = 0; look < 20; look += 1) {
          attempts += await announceDue(partsFor(database, failing));
          database.clock.at += 60 * second;
        }
        expect(attempts).toBe(6);
      });

      test('of which many wait are all handed on at one look, in as few transactions as hold them', async () => {
        const database = current();
        const { post } = receiver();
        await addWebhook(database, { types: ['herald.none.v1'] });
        const parts = partsFor(database, post);
        const handed: number[] = [];
        const fanOut: typeof parts.store.fanOut = async (now, limit) => {
          const count = await parts.store.fanOut(now, limit);
          handed.push(count);
          return count;
        };
        const looking = { ...parts, store: { ...parts.store, fanOut } };
        await announce(database, 'a.v1', 3);
        await announceDue(looking);
        expect(handed).toEqual([3]);
        await announce(database, 'a.v1', 501);
        await announceDue(looking);
        expect(handed).toEqual([3, 500, 1]);
      });

      test('claimed by a process that died are delivered by another, later', async () => {
        const database = current();
        const { got, post } = receiver();
        await addWebhook(database);
        await announce(database, 'a.v1', 1);
        const now = () => new Date(database.clock.at).toISOString();
        await database.store.fanOut(now(), 500);
        const until = new Date(database.clock.at + 60 * second).toISOString();
        expect(await database.store.claim(now(), until, until, slots)).toHaveLength(1);
        expect(await announceDue(partsFor(database, post))).toBe(0);
        database.clock.at += 60 * second;
        expect(await announceDue(partsFor(database, post))).toBe(1);
        expect(got).toHaveLength(1);
      });

      test('put off by a clock that was ahead are made once it is right again', async () => {
        const database = current();
        const { got, answers, post } = receiver();
        await addWebhook(database);
        await announce(database, 'failed.v1', 1);
        await announce(database, 'claimed.v1', 1);
        database.clock.at += 86_400 * second;
        answers.push({ ok: false, error: 'status 500' }, { ok: false, error: 'status 500' });
        await announceDue(partsFor(database, post));
        database.clock.at += 2 * second;
        const timeAfter = (later: number) => new Date(database.clock.at + later).toISOString();
        expect(
          await database.store.claim(timeAfter(0), timeAfter(60 * second), timeAfter(120 * second), slots),
        ).toHaveLength(1);
        database.clock.at -= 86_400 * second;
        got.length = 0;
        expect(await announceDue(partsFor(database, post))).toBe(2);
        expect(got.map((sent) => data(sent).subject).sort()).toEqual(['claimed.v1', 'failed.v1']);
      });

      test('are made once, and in order, by several announcers at a time', async () => {
        const database = current();
        const { got, post } = receiver();
        await addWebhook(database);
        const slow: AnnouncerParts['post'] = async (given) => {
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
          return post(given);
        };
        const work = ['a.v1', 'b.v1', 'c.v1'].map((subject) => announce(database, subject, 8));
        const announcers = [1, 2, 3].map(() => startAnnouncer({ ...partsFor(database, slow), everyMs: 5 }));
        await Promise.all(work);
        await expect.poll(() => got.length, { timeout: 15_000 }).toBe(24);
        await Promise.all(announcers.map((one) => one.stop()));
        for (const subject of ['a.v1', 'b.v1', 'c.v1'])
          expect(got.filter((sent) => data(sent).subject === subject).map((sent) => data(sent).number)).toEqual([
            1, 2, 3, 4, 5, 6, 7, 8,
          ]);
      });

      test('follow a removed webhook nowhere', async () => {
        const database = current();
        const { got, post } = receiver();
        const webhook = await addWebhook(database);
        await announce(database, 'a.v1', 1);
        await database.store.fanOut(new Date(database.clock.at).toISOString(), 500);
        expect(await database.store.write((tx) => tx.deleteWebhook(webhook.id))).toBe(true);
        await announceDue(partsFor(database, post));
        expect(got).toEqual([]);
      });
    },
    { fresh: true },
  );
});

describe('an announcer with nothing to do', () => {
  test('leaves nothing behind however long it waits', async () => {
    const warnings: Error[] = [];
    const hear = (warning: Error) => warnings.push(warning);
    process.on('warning', hear);
    const nothing = async () => [];
    const store = {
      claim: nothing,
      fanOut: async () => 0,
      onChange: () => () => {},
      settle: async () => {},
      write: () => Promise.reject(new Error('there is nothing to write')),
    };
    const announcer = startAnnouncer({
      ...partsFor({ store, clock: { now: Date.now } }, async () => ({ ok: true })),
      everyMs: 2,
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await announcer.stop();
    process.off('warning', hear);
    expect(warnings).toEqual([]);
  });
});

describe('a post', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
    const server = createServer(handle);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return typeof address === 'object' ? address!.port : 0;
  }

  const limits = { timeoutMs: 500, maxReplyBytes: 65_536 };
  const send = (url: string, allowed = ['127.0.0.1'], resolve = resolveHost) =>
    poster(permissionOf(allowed), resolve, limits)({ url, headers: { 'x-test': '1' }, body: '{"ü":1}' });

  test('reaches the receiver with body and headers', async () => {
    const got: Json[] = [];
    const port = await serve(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      got.push({
        method: request.method!,
        body,
        test: request.headers['x-test'] as string,
        host: request.headers.host!,
      });
      response.writeHead(204).end();
    });
    expect(await send(`http://127.0.0.1:${port}/hook?x=1`)).toEqual({ ok: true });
    expect(got).toEqual([{ method: 'POST', body: '{"ü":1}', test: '1', host: `127.0.0.1:${port}` }]);
  });

  test('goes to the address that was judged, under the name that was given', async () => {
    const hosts: string[] = [];
    const port = await serve((request, response) => {
      hosts.push(request.headers.host!);
      response.end();
    });
    let asked = 0;
    const rebinding = async () => {
      asked += 1;
      return [{ address: asked === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 } as const];
    };
    expect(await send(`http://hook.example:${port}/`, ['127.0.0.1'], rebinding)).toEqual({ ok: true });
    expect(asked).toBe(1);
    expect(hosts).toEqual([`hook.example:${port}`]);
  });

  test('to a private address connects to nothing', async () => {
    let connections = 0;
    const port = await serve((_, response) => response.end());
    servers[0]!.on('connection', () => {
      connections += 1;
    });
    for (const url of [`http://127.0.0.1:${port}/`, `http://localhost:${port}/`, `http://[::ffff:127.0.0.1]:${port}/`])
      expect(await send(url, [])).toEqual({ ok: false, error: 'the target is a private address that is not allowed' });
    expect(connections).toBe(0);
  });

  test('does not follow a redirect', async () => {
    let followed = 0;
    const port = await serve((request, response) => {
      if (request.url === '/next') followed += 1;
      response.writeHead(307, { location: '/next' }).end();
    });
    expect(await send(`http://127.0.0.1:${port}/`)).toEqual({
      ok: false,
      error: 'status 307: redirects are not followed',
    });
    expect(followed).toBe(0);
  });

  test('answered with an endless body is done once the status is known, and hangs up', async () => {
    let sent = 0;
    let hungUp = () => {};
    const closed = new Promise<void>((resolve) => {
      hungUp = resolve;
    });
    const port = await serve((_, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
      };
      response.on('drain', more).on('close', hungUp);
      more();
    });
    expect(await send(`http://127.0.0.1:${port}/`)).toEqual({ ok: true });
    await closed;
    // What the kernel's buffers swallowed, not the 10 MB it had to give.
    expect(sent).toBeLessThan(10_000_000);
  });

  test('answered slowly, never, or with an error is a failure that says no more than it must', async () => {
    const silent = await serve(() => {});
    expect(await send(`http://127.0.0.1:${silent}/?token=hunter2`)).toEqual({
      ok: false,
      error: 'no reply within 500 ms',
    });
    const dripping = await serve((_, response) => {
      response.writeHead(500);
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    expect(await send(`http://127.0.0.1:${dripping}/`)).toEqual({ ok: false, error: 'no reply within 500 ms' });
    const broken = await serve((_, response) => response.writeHead(503).end('secret text'));
    expect(await send(`http://127.0.0.1:${broken}/`)).toEqual({ ok: false, error: 'status 503' });
    expect(await send('http://127.0.0.1:1/')).toEqual({ ok: false, error: 'ECONNREFUSED' });
    const hanging = () => new Promise<never>(() => {});
    expect(await send('http://slow.example/', [], hanging)).toEqual({ ok: false, error: 'no reply within 500 ms' });
    expect(await send('http://hook.invalid/')).toMatchObject({ ok: false });
  });
});
