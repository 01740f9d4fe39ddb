/** Consuming: each event once in a group, in order for each key, retried, parked, redriven; what is invalid is parked at once. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { Bus } from '../src/events/bus.ts';
import {
  type ConsumerOptions,
  createEvents,
  type Events,
  memoryStore,
  type ParkedEvent,
  type ProcessedEventStore,
  redisStore,
  type SqlStore,
} from '../src/events/index.ts';
import { memoryBroker } from '../src/events/memory/index.ts';
import { created, onEachStore, pinnedClient, type SherpaEvents, until } from './support/events.ts';

const client = await pinnedClient('choice-sherpa', ['session.created', 'session.renamed', 'session.archived']);
const quick: ConsumerOptions = { retry: { firstMs: 5, maxMs: 20, maxAttempts: 3 }, redrivePollMs: 20 };
const renamed = (session_id: string, title: string) => ({ session_id, old_title: 'x', new_title: title });

function world(store: SqlStore | undefined, processed?: ProcessedEventStore, change: (bus: Bus) => Bus = (bus) => bus) {
  const broker = memoryBroker();
  const errors: unknown[] = [];
  const counted: string[] = [];
  const metrics = {
    published: () => {},
    processed: (group: string) => void counted.push(`processed ${group}`),
    deliveryFailed: (group: string, _: string, why: string) => void counted.push(`failed ${group} ${why}`),
    duplicateSkipped: (group: string) => void counted.push(`duplicate ${group}`),
    parked: (group: string) => void counted.push(`parked ${group}`),
  };
  const made = (service: string): Events<SherpaEvents> =>
    createEvents<SherpaEvents>({
      catalog: 'choice-sherpa',
      service,
      client,
      bus: change(broker.connect()),
      ...(store && { store }),
      onError: (error) => errors.push(error),
      metrics,
    });
  const producer = made('session');
  const reader = made('dashboard');
  const options: ConsumerOptions = { ...quick, ...(processed && { processed }) };
  const raw = (body: string, id = randomUUID()) =>
    broker.connect().publish(
      {
        channel: { subject: 'session.created', address: 'session.created', stream: 'EVT_SESSION' },
        id,
        key: 'k',
        body: Buffer.from(body),
        headers: { 'x-note': 'kept' },
      },
      { timeoutMs: 1_000 },
    );
  return {
    broker,
    producer,
    reader,
    errors,
    counted,
    options,
    raw,
    close: () => Promise.all([producer.close(), reader.close()]),
  };
}

function eachStore(name: string, storeOf: () => { store?: SqlStore; processed: ProcessedEventStore }): void {
  describe(name, () => {
    const open = (change?: (bus: Bus) => Bus) => {
      const { store, processed } = storeOf();
      return { ...world(store, processed, change), processed, parked: processed.parked };
    };
    const group = () => `g-${randomUUID().slice(0, 8)}`;
    const parkedIn = (parked: ProcessedEventStore['parked'], name: string): Promise<readonly ParkedEvent[]> =>
      parked.list({ group: name });

    test('handles each event once, though the broker repeats it', async () => {
      const { broker, producer, reader, options, counted, close } = open();
      const seen: string[] = [];
      const own = group();
      await reader
        .consumer(own, options)
        .on('session.created', ({ payload }) => void seen.push(payload.title))
        .start();
      const { id } = await producer.publish('session.created', created('s', 'once'));
      await until('the event', () => seen.length === 1);
      broker.redeliver(id);
      broker.redeliver(id);
      await until('two skips', () => counted.filter((row) => row === `duplicate ${own}`).length === 2);
      expect(seen).toEqual(['once']);
      await close();
    });

    test('gives every group every event, and one that fails keeps no other from its own', async () => {
      const { producer, reader, options, close } = open();
      const seen: string[] = [];
      await reader
        .consumer(group(), options)
        .on('session.created', () => Promise.reject(new Error('broken')))
        .start();
      await reader
        .consumer(group(), options)
        .on('session.created', ({ id }) => void seen.push(id))
        .start();
      const { id } = await producer.publish('session.created', created('s'));
      await until('the other group', () => seen.length === 1);
      expect(seen).toEqual([id]);
      await close();
    });

    test('tries again with the time it takes, then parks with error, attempts, times, headers and the body as it came', async () => {
      const { producer, broker, reader, options, parked, close } = open();
      const own = group();
      let tries = 0;
      await reader
        .consumer(own, options)
        .on('session.created', () => {
          tries += 1;
          throw new TypeError('canary-in-a-message');
        })
        .start();
      const { id } = await producer.publish('session.created', created('s'));
      await until('it is parked', async () => (await parkedIn(parked, own)).length === 1);
      const [event] = await parkedIn(parked, own);
      expect(tries).toBe(3);
      expect(event).toMatchObject({
        group: own,
        subject: 'session.created',
        eventId: id,
        key: 's',
        attempts: 3,
        state: 'parked',
        headers: { traceparent: expect.any(String) },
        error: {
          code: 'HANDLER_FAILED',
          message: expect.stringContaining('TypeError'),
          details: { name: 'TypeError' },
        },
      });
      expect(event!.lastFailedAt).toBeGreaterThan(event!.firstFailedAt);
      expect(Buffer.from(event!.body).equals(Buffer.from(broker.published()[0]!.body))).toBe(true);
      expect(JSON.stringify(event!.error)).not.toContain('canary');
      await close();
    });

    test('handles a parked event again when it is redriven, and parks it again where it still fails', async () => {
      const { producer, reader, options, parked, close } = open();
      const own = group();
      let isMended = false;
      const seen: string[] = [];
      await reader
        .consumer(own, options)
        .on('session.created', ({ id }) => {
          if (!isMended) throw new Error('not yet');
          seen.push(id);
        })
        .start();
      const { id } = await producer.publish('session.created', created('s'));
      await until('it is parked', async () => (await parkedIn(parked, own)).length === 1);
      const [event] = await parkedIn(parked, own);
      expect(await parked.redrive(event!.id)).toBe(true);
      await until('it is parked again', async () => (await parked.get(event!.id))?.state === 'parked');
      isMended = true;
      expect(await parked.redrive(event!.id)).toBe(true);
      await until('it is handled', () => seen.length === 1);
      expect(seen).toEqual([id]);
      await until('it is settled', async () => (await parked.get(event!.id))?.state === 'redriven');
      expect(await parked.redrive(event!.id)).toBe(false);
      expect(await parked.discard(event!.id)).toBe(false);
      expect(await parked.redrive('nothing/of/the/kind')).toBe(false);
      await close();
    });

    test('a redrive asked for at the moment it is parked again is not lost', async () => {
      const { producer, reader, options, processed: inner, parked, close } = open();
      const own = group();
      let times = 0;
      const seen: string[] = [];
      const hasty: ProcessedEventStore = {
        ...inner,
        async park(event) {
          await inner.park(event);
          times += 1;
          await parked.redrive(event.id);
        },
      };
      await reader
        .consumer(own, { ...options, processed: hasty })
        .on('session.created', ({ id }) => {
          if (times < 2) throw new Error('not yet');
          seen.push(id);
        })
        .start();
      const { id } = await producer.publish('session.created', created('s'));
      await until('it is handled', () => seen.length === 1);
      expect(seen).toEqual([id]);
      await until('it is settled', async () => (await parked.get(`${own}/${id}`))?.state === 'redriven');
      expect(times).toBe(2);
      await close();
    });

    test('parks at once what is invalid, never retries it, and goes on', async () => {
      const { producer, reader, options, parked, raw, counted, close } = open();
      const own = group();
      const seen: string[] = [];
      await reader
        .consumer(own, options)
        .on('session.created', ({ id }) => void seen.push(id))
        .start();
      await raw('{"no json');
      await raw(JSON.stringify({ event_id: 'e', event_type: 'session.created', payload: {} }));
      await raw('"canary"');
      const unknown = { event_id: 'u', event_type: 'session.exploded', payload: created('s') };
      await raw(JSON.stringify(unknown));
      const future = new Date(Date.now() + 90 * 86_400_000).toISOString();
      const { id } = await producer.publish('session.created', created('s'));
      await producer.publish('session.created', created('s'), { time: new Date(future) });
      await until('five are parked', async () => (await parkedIn(parked, own)).length === 5);
      await until('the valid one', () => seen.length === 1);
      const rows = await parkedIn(parked, own);
      expect(rows.map(({ error }) => error.code).sort()).toEqual([
        'BODY_NOT_JSON',
        'CLOCK_AHEAD',
        'EVENT_INVALID',
        'EVENT_INVALID',
        'EVENT_INVALID',
      ]);
      expect(rows.every(({ attempts }) => attempts === 1)).toBe(true);
      expect(rows.find(({ error }) => error.code === 'BODY_NOT_JSON')).toMatchObject({ headers: { 'x-note': 'kept' } });
      expect(Buffer.from(rows.find(({ error }) => error.code === 'BODY_NOT_JSON')!.body).toString()).toBe('{"no json');
      expect(seen).toEqual([id]);
      await until('five counts', () => counted.filter((row) => row === `failed ${own} contract`).length === 5);
      await close();
    });

    test('keeps the order of each key past failures, and other keys go on meanwhile', async () => {
      const { producer, reader, options, close } = open();
      const seen = new Map<string, string[]>([
        ['a', []],
        ['b', []],
      ]);
      const failing = new Set(['a:1', 'b:4']);
      await reader
        .consumer(group(), options)
        .on('session.renamed', async ({ key = '', payload }) => {
          await new Promise((resolve) => setTimeout(resolve, 1));
          if (failing.delete(`${key}:${payload.new_title}`)) throw new Error('for now');
          seen.get(key)?.push(payload.new_title);
        })
        .start();
      for (let index = 0; index < 8; index += 1)
        for (const key of ['a', 'b']) await producer.publish('session.renamed', renamed(key, String(index)));
      await until('all', () => [...seen.values()].every(({ length }) => length === 8));
      for (const key of ['a', 'b'])
        expect([key, seen.get(key)]).toEqual([key, ['0', '1', '2', '3', '4', '5', '6', '7']]);
      await close();
    });

    test('a handler that never returns is ended, retried and parked', async () => {
      const { producer, reader, options, parked, close } = open();
      const own = group();
      const signals: AbortSignal[] = [];
      await reader
        .consumer(own, { ...options, handlerTimeoutMs: 30 })
        .on('session.created', (_, { signal }) => {
          signals.push(signal);
          return new Promise(() => {});
        })
        .start();
      await producer.publish('session.created', created('s'));
      await until('it is parked', async () => (await parkedIn(parked, own)).length === 1);
      expect((await parkedIn(parked, own))[0]).toMatchObject({ error: { code: 'HANDLER_TIMEOUT' }, attempts: 3 });
      expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true]);
      await close();
    });

    test('a handler may park, skip, or ask for another time', async () => {
      const { producer, reader, options, parked, close } = open();
      const own = group();
      let tries = 0;
      await reader
        .consumer(own, options)
        .on('session.created', ({ payload }) => {
          if (payload.title === 'park') return { park: 'by the rules' };
          if (payload.title === 'skip') return { skip: 'of no interest' };
          tries += 1;
          return tries < 2 ? { retryInMs: 1 } : undefined;
        })
        .start();
      for (const title of ['park', 'skip', 'later']) await producer.publish('session.created', created(title, title));
      await until('all', async () => tries === 2 && (await parkedIn(parked, own)).length === 1);
      expect((await parkedIn(parked, own))[0]).toMatchObject({
        error: { code: 'HANDLER_PARKED', details: { reason: 'by the rules' } },
        attempts: 1,
      });
      await close();
    });

    test('an event that ends its process each time is recognized and parked', async () => {
      // a member that dies says nothing more: no acknowledgement and no sign of work
      const dead = (bus: Bus): Bus => ({
        ...bus,
        subscribe: (options) =>
          bus.subscribe({
            ...options,
            onDelivery: (delivery) =>
              options.onDelivery({ ...delivery, progress: async () => {}, ack: async () => {}, nak: async () => {} }),
          }),
      });
      const { store, processed } = storeOf();
      const dying = world(store, processed, dead);
      const own = group();
      const dies: ConsumerOptions = {
        ...dying.options,
        ackWaitMs: 50,
        handlerTimeoutMs: 10_000,
        processed: { ...processed, process: () => new Promise(() => {}) },
      };
      await dying.reader
        .consumer(own, dies)
        .on('session.created', () => {})
        .start();
      await dying.producer.publish('session.created', created('s'));
      await until('it is parked', async () => (await parkedIn(processed.parked, own)).length >= 1);
      expect((await parkedIn(processed.parked, own))[0]).toMatchObject({
        error: { code: 'POISON_SUSPECTED', details: { crashes: 3 } },
      });
    });

    test('what a handler publishes carries on correlation, trace and cause', async () => {
      const { broker, reader, producer, options, close } = open();
      const own = { ...options, undeclared: 'allow' } as const;
      const relay = storeOf().store && producer.relay({ maxPollMs: 20 }).start();
      await producer
        .consumer(group(), own)
        .on('session.created', (event, { publish }) =>
          publish('session.archived', {
            session_id: event.payload.session_id,
            archived_at: '2026-03-01T12:00:00Z',
          }).then(() => undefined),
        )
        .start();
      await producer.publish('session.created', created('s'), { correlation: 'story12345678' });
      await until('the second', () => broker.eventsOfType('session.archived').length === 1);
      const [first] = broker.eventsOfType('session.created') as [{ event_id: string }];
      expect(broker.eventsOfType('session.archived')).toMatchObject([
        { metadata: { correlation_id: 'story12345678', causation_id: first.event_id } },
      ]);
      const [cause, effect] = broker.published().map(({ headers }) => headers['trace-id']);
      expect(effect).toBe(cause);
      await relay?.stop();
      void reader;
      await close();
    });

    test('a reader that is not cleared sees the event redacted', async () => {
      const { producer, reader, options, close } = open();
      const seen: unknown[] = [];
      const redact = {
        'session.created': (event: unknown) => {
          const whole = event as { payload: object };
          return { ...whole, payload: { ...whole.payload, user_id: '[masked]' } };
        },
      };
      await reader
        .consumer(group(), { ...options, redact })
        .on('session.created', ({ payload }) => void seen.push(payload.user_id))
        .start();
      await producer.publish('session.created', created('s'));
      await until('the event', () => seen.length === 1);
      expect(seen).toEqual(['[masked]']);
      await close();
    });

    test('stops: what is at work is finished, the rest is left for others', async () => {
      const { producer, reader, options, close } = open();
      const own = group();
      const seen: string[] = [];
      const slow = async ({ payload }: { payload: { title: string } }) => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        seen.push(payload.title);
      };
      const first = await reader
        .consumer(own, { ...options, concurrency: 1 })
        .on('session.created', slow)
        .start();
      for (let index = 0; index < 4; index += 1)
        await producer.publish('session.created', created(`s${index}`, String(index)));
      await until('one', () => seen.length === 1);
      await first.stop();
      const before = seen.length;
      expect(before).toBeLessThan(4);
      await reader.consumer(own, options).on('session.created', slow).start();
      await until('all', () => seen.length === 4);
      expect([...seen].sort()).toEqual(['0', '1', '2', '3']);
      await close();
    });
  });
}

onEachStore((current) => {
  eachStore('a group that remembers in the database', () => ({ store: current(), processed: current().processed }));

  test('the handler’s writes and the mark stand or fall together', async () => {
    const { producer, reader, options, close } = world(current());
    const table = `"${current().schema}".effects`;
    await current().db.query(`create table ${table} (title text)`);
    let tries = 0;
    await reader
      .consumer('effects', options)
      .on('session.created', async ({ payload }, { tx }) => {
        await tx.query(`insert into ${table} values ($1)`, [payload.title]);
        tries += 1;
        if (tries === 1) throw new Error('after the write');
      })
      .start();
    await producer.publish('session.created', created('s', 'once'));
    await until('the effect', async () => (await current().db.query(`select title from ${table}`)).length === 1);
    expect(tries).toBe(2);
    await close();
  });

  test('events at hand together share a transaction, and one that fails does not take the others along', async () => {
    const { producer, reader, options, close } = world(current());
    const table = `"${current().schema}".effects`;
    await current().db.query(`create table ${table} (title text, tx text)`);
    for (let index = 0; index < 20; index += 1)
      await producer.publish('session.created', created(`s${index}`, String(index)));
    await reader
      .consumer('effects', { ...options, batch: 10, concurrency: 1 })
      .on('session.created', async ({ payload }, { tx }) => {
        await tx.query(`insert into ${table} values ($1, pg_current_xact_id()::text)`, [payload.title]);
        if (payload.title === '3') throw new Error('always');
      })
      .start();
    await until('nineteen effects', async () => (await current().db.query(`select 1 from ${table}`)).length === 19);
    const rows = await current().db.query(
      `select count(distinct tx)::int as transactions, count(distinct title)::int as titles from ${table}`,
    );
    expect(rows[0]!.titles).toBe(19);
    expect(Number(rows[0]!.transactions)).toBeLessThan(19);
    await until('the one', async () => (await reader.parked('effects').list({})).length === 1);
    await close();
  });

  test('a side effect runs once for an event, however often it is handled', async () => {
    const { producer, reader, options, close } = world(current());
    const mails: string[] = [];
    let tries = 0;
    await reader
      .consumer('mails', options)
      .on('session.created', async ({ id }, { once }) => {
        await once('welcome', async () => void mails.push(id));
        tries += 1;
        if (tries < 3) throw new Error('after the mail');
      })
      .start();
    const { id } = await producer.publish('session.created', created('s'));
    await until('three tries', () => tries === 3);
    expect(mails).toEqual([id]);
    await close();
  });

  test('idempotency keys are had until they run out', async () => {
    const { keys } = current();
    expect(await keys.has('k')).toBe(false);
    await keys.put('k', 60);
    await keys.put('gone', 0);
    expect([await keys.has('k'), await keys.has('gone')]).toEqual([true, false]);
  });
});

eachStore(
  'a group that remembers in memory',
  (() => {
    const { processed } = memoryStore();
    return () => ({ processed });
  })(),
);

describe.skipIf(process.env.REDIS_URL === undefined)('with Redis', () => {
  const redis = new Redis(process.env.REDIS_URL ?? 'redis://127.0.0.1:6379', { lazyConnect: true });
  const prefix = `events-test-${randomUUID().slice(0, 8)}:`;
  const store = redisStore(redis, { prefix, leaseMs: 500 });
  eachStore('a group that remembers in Redis', () => ({ processed: store.processed }));
  test('what is parked is listed a page at a time, the oldest first, and one of them is redriven', async () => {
    const { processed } = store;
    const at = { group: 'many', subject: 's', key: 'k', headers: {}, error: { code: 'X', message: '', details: {} } };
    const times = { attempts: 1, firstFailedAt: 0, lastFailedAt: 0, storedAt: 0, position: '' };
    const total = 700;
    for (let index = 0; index < total; index += 1) {
      const eventId = String(index);
      await processed.park({ ...at, ...times, id: `many/${eventId}`, eventId, body: Buffer.alloc(100) });
    }
    const listed = await processed.parked.list({ group: 'many', limit: total });
    expect(new Set(listed.map(({ id }) => id)).size).toBe(total);
    const first = await processed.parked.list({ group: 'many', limit: 3 });
    expect(first.map(({ parkedAt }) => parkedAt)).toEqual(listed.slice(0, 3).map(({ parkedAt }) => parkedAt));
    await processed.parked.redrive('many/650');
    const given: string[] = [];
    expect(await processed.takeUp('many', async ({ eventId }) => given.push(eventId) > 0)).toBe(true);
    expect(await processed.takeUp('many', async () => true)).toBe(false);
    expect(given).toEqual(['650']);
    expect(await processed.parked.list({ group: 'many', state: 'redriven' })).toMatchObject([{ eventId: '650' }]);
  });
  test('idempotency keys are had until they run out', async () => {
    await store.keys.put('k', 60);
    expect([await store.keys.has('k'), await store.keys.has('other')]).toEqual([true, false]);
    const left = await redis.keys(`${prefix}*`);
    await redis.del(...left);
    redis.disconnect();
  });
});

describe('a consumer is refused', () => {
  test('that no contract names, with what to do', async () => {
    const { broker } = world(undefined);
    const { processed } = memoryStore();
    const events = createEvents<SherpaEvents>({
      catalog: 'choice-sherpa',
      service: 'intruder',
      client,
      bus: broker.connect(),
    });
    const starting = events
      .consumer('g', { processed })
      .on('session.created', () => {})
      .start();
    await expect(starting).rejects.toMatchObject({
      code: 'CONSUMER_UNDECLARED',
      message: expect.stringContaining('Name it among the consumers'),
    });
  });

  test('where the broker has no stream', async () => {
    const broker = memoryBroker({ makesStreams: false });
    const { processed } = memoryStore();
    const events = createEvents<SherpaEvents>({
      catalog: 'choice-sherpa',
      service: 'dashboard',
      client,
      bus: broker.connect(),
    });
    const starting = events
      .consumer('g', { processed })
      .on('session.created', () => {})
      .start();
    await expect(starting).rejects.toMatchObject({ code: 'STREAM_MISSING', details: { streams: ['EVT_SESSION'] } });
  });

  test('with options that mean nothing, without handlers, without a store', async () => {
    const { reader } = world(undefined);
    const { processed } = memoryStore();
    const on = (options: ConsumerOptions) =>
      reader
        .consumer('g', options)
        .on('session.created', () => {})
        .start();
    await expect(on({ processed, concurrency: 0 })).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      details: { option: 'concurrency' },
    });
    await expect(on({})).rejects.toMatchObject({ code: 'STORE_MISSING' });
    await expect(reader.consumer('g', { processed }).start()).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
  });
});

test('handlers are typed by subject, each has one, and foreign events do not compile', () => {
  const events = {} as Events<SherpaEvents>;
  const never = () => {
    events
      .consumer('g')
      .on('session.created', (event, context) => {
        expectTypeOf(event.subject).toEqualTypeOf<'session.created'>();
        expectTypeOf(event.payload.title).toEqualTypeOf<string>();
        // @ts-expect-error no such member
        void event.payload.nope;
        // @ts-expect-error a wrong payload does not compile in a handler either
        void context.publish('session.archived', {});
      })
      // @ts-expect-error it has its handler already
      .on('session.created', () => {})
      // @ts-expect-error there is no such event
      .on('session.exploded', () => {});
    void events.subscribeAll('g', ['session.created', 'session.archived'], (event) => {
      if (event.subject === 'session.created') expectTypeOf(event.payload.title).toEqualTypeOf<string>();
    });
  };
  expect(never).toBeTypeOf('function');
});
