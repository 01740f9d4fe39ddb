/** Outbox and relay: what commits is published, once and in order for each key, with any number of relays and a broker that goes away. */
import { randomUUID } from 'node:crypto';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import type { Bus } from '../src/events/bus.ts';
import {
  createEvents,
  EventFault,
  type Relay,
  type RelayOptions,
  type SqlTransaction,
  sqlTransaction,
} from '../src/events/index.ts';
import { type MemoryOptions, memoryBroker } from '../src/events/memory/index.ts';
import { databaseUrl } from './support/database.ts';
import { created, onEachStore, pinnedClient, type SherpaEvents, until } from './support/events.ts';

const client = await pinnedClient('choice-sherpa', ['session.created', 'session.renamed']);
const renamed = (session_id: string, title: string) => ({ session_id, old_title: 'x', new_title: title });

/** What `explain (analyze, format json)` says of a step, as far as it is read here. */
interface PlanNode {
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

function rowsLookedAt(node: PlanNode): number {
  const own = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
  return (node.Plans ?? []).reduce((sum, inner) => sum + rowsLookedAt(inner), own);
}

onEachStore((current) => {
  function service(options: MemoryOptions = {}, change: (bus: Bus) => Bus = (bus) => bus) {
    const broker = memoryBroker(options);
    const errors: unknown[] = [];
    const events = createEvents<SherpaEvents>({
      catalog: 'choice-sherpa',
      service: 'session',
      client,
      bus: change(broker.connect()),
      store: current(),
      onError: (error) => errors.push(error),
    });
    const titles = () => broker.published().map(({ body }) => JSON.parse(Buffer.from(body).toString()).payload);
    const add = (key: string, title: string) =>
      events.transaction((tx) => events.add(tx, 'session.renamed', renamed(key, title)));
    return { broker, events, errors, titles, add };
  }

  const pending = () => current().outbox.pending(current().db);
  const parked = () => current().processed.parked.list({});

  test('publishes what committed and nothing that was rolled back', async () => {
    const { events, titles } = service();
    await events.transaction((tx) => events.add(tx, 'session.created', created('s-1', 'kept')));
    const failing = events.transaction(async (tx) => {
      await events.add(tx, 'session.created', created('s-2', 'undone'));
      throw new Error('business rule');
    });
    await expect(failing).rejects.toThrow('business rule');
    expect(titles()).toEqual([]);
    expect((await pending()).count).toBe(1);
    expect(await events.relay().drain()).toBe(1);
    expect(titles()).toMatchObject([{ title: 'kept' }]);
    expect(await pending()).toEqual({ count: 0, ageSeconds: 0 });
  });

  test('refuses before the first write what the contract does not allow', async () => {
    const { events } = service();
    const wrong = events.transaction((tx) =>
      events.add(tx, 'session.created', { ...created('s'), title: JSON.parse('7') }),
    );
    await expect(wrong).rejects.toMatchObject({ code: 'EVENT_INVALID' });
    expect((await pending()).count).toBe(0);
  });

  test('keeps the order of each key with three relays and writers that commit when they like', async () => {
    const { events, titles, add } = service();
    const relays = [events.relay().start(), events.relay().start(), events.relay().start()];
    const keys = Array.from({ length: 6 }, (_, index) => `k-${index}`);
    const writer = async (key: string) => {
      for (let index = 0; index < 12; index += 1) await add(key, String(index));
    };
    await Promise.all(keys.map(writer));
    await until('an empty outbox', async () => (await pending()).count === 0);
    await Promise.all(relays.map((relay) => relay.stop()));
    for (const key of keys) {
      const seen = titles().filter(({ session_id }) => session_id === key);
      expect([key, seen.map(({ new_title }) => new_title)]).toEqual([
        key,
        Array.from({ length: 12 }, (_, index) => String(index)),
      ]);
    }
  });

  test('parks nothing while the broker is away, and goes on when it is back', async () => {
    const { broker, events, errors, titles, add } = service();
    broker.setReachable(false);
    const relay = events.relay({ maxAttempts: 2, maxPollMs: 50 }).start();
    for (let index = 0; index < 5; index += 1) await add('k', String(index));
    await until('several failures', () => errors.length >= 3);
    expect(errors.every((error) => error instanceof EventFault && error.code === 'BUS_UNREACHABLE')).toBe(true);
    expect(await parked()).toEqual([]);
    broker.setReachable(true);
    await until('all five', () => titles().length === 5);
    await relay.stop();
    expect(titles().map(({ new_title }) => new_title)).toEqual(['0', '1', '2', '3', '4']);
  });

  describe('an event the broker will never take', () => {
    const poison: RelayOptions = {};
    const arranged = async (options: RelayOptions) => {
      const arrangedService = service({ maxBodyBytes: 700 });
      const { add, events } = arrangedService;
      await add('bad', 'x'.repeat(900));
      await add('bad', 'after');
      await add('good', 'fine');
      const relay: Relay = events.relay({ ...poison, ...options });
      await relay.drain();
      return { ...arrangedService, relay };
    };

    test('steps aside with its error, and the key goes on', async () => {
      const { titles } = await arranged({});
      expect(
        titles()
          .map(({ new_title }) => new_title)
          .sort(),
      ).toEqual(['after', 'fine']);
      const [event] = await parked();
      expect(event).toMatchObject({
        group: 'relay:session',
        subject: 'session.renamed',
        key: 'bad',
        state: 'parked',
        error: { code: 'MESSAGE_TOO_LARGE', details: { maxBodyBytes: 700 } },
      });
      expect(JSON.parse(Buffer.from(event!.body).toString()).payload.new_title).toBe('x'.repeat(900));
    });

    test('takes its key along where the policy says so', async () => {
      const { titles } = await arranged({ onPoison: () => 'park-key' });
      expect(titles().map(({ new_title }) => new_title)).toEqual(['fine']);
      expect((await parked()).length).toBe(2);
    });

    test('keeps its key waiting where the policy says so, and no other', async () => {
      const { titles } = await arranged({ onPoison: 'block-key' });
      expect(titles().map(({ new_title }) => new_title)).toEqual(['fine']);
      expect(await parked()).toEqual([]);
      expect((await pending()).count).toBe(2);
    });
  });

  test('a key that cannot go on does not keep a lane’s other keys waiting, however much it holds', async () => {
    const { events, titles, add } = service({}, (bus) => ({
      ...bus,
      publish: (message, options) =>
        message.key === 'stuck' ? Promise.reject(new EventFault('BUS_TIMEOUT')) : bus.publish(message, options),
    }));
    for (let index = 0; index < 8; index += 1) await add('stuck', String(index));
    const others = Array.from({ length: 40 }, (_, index) => `other-${index}`);
    for (const key of others) await add(key, 'fine');
    await events.relay({ batch: 4 }).drain();
    expect(titles().length).toBe(40);
    expect((await pending()).count).toBe(8);
  });

  test('says which stream is missing, parks nothing, and publishes once it is there', async () => {
    const { broker, events, errors, titles, add } = service({ makesStreams: false });
    await add('k', 'early');
    const relay = events.relay();
    await relay.drain();
    expect(errors).toMatchObject([{ code: 'STREAM_MISSING', details: { streams: ['EVT_SESSION'] } }]);
    expect(await parked()).toEqual([]);
    await broker.connect().ensure([{ subject: 's', address: 's', stream: 'EVT_SESSION' }]);
    await current().db.query(`update "${current().schema}".herald_outbox set next_at = '-infinity'`);
    await relay.drain();
    expect(titles()).toMatchObject([{ new_title: 'early' }]);
  });

  test('keeps what it published where asked', async () => {
    const { events, add } = service();
    await add('k', 'kept');
    await events.relay({ archives: true }).drain();
    const rows = await current().db.query(`select subject from "${current().schema}".herald_outbox_archive`);
    expect(rows).toEqual([{ subject: 'session.renamed' }]);
  });

  test('publishes again under the same id what it could not confirm', async () => {
    let lost = 0;
    const { events, titles, add } = service({}, (bus) => ({
      ...bus,
      async publish(message, options) {
        const answer = await bus.publish(message, options);
        lost += 1;
        if (lost === 1) throw new EventFault('BUS_TIMEOUT');
        return answer;
      },
    }));
    await add('k', 'once');
    const relay = events.relay({ backoff: { firstMs: 1, maxMs: 1 } });
    await until('an empty outbox', async () => {
      await relay.drain();
      return (await pending()).count === 0;
    });
    expect([lost, titles().length]).toEqual([2, 1]);
  });

  test('looks at each row that waits a few times at most, however many of them come before one that is due', async () => {
    const { db, outbox, schema } = current();
    const rows = 6_000;
    const values = '(lane, okey, event_id, subject, message_key, body, headers, next_at)';
    // of each key the first waits for its next attempt, the others wait behind it
    await db.query(`insert into "${schema}".herald_outbox ${values}
  select i % 100 % 16, 'waits-' || i % 100, i::text, 's', 'k', '{}', '{}', case when i <= 100 then clock_timestamp() + interval '1 hour' else '-infinity' end
  from generate_series(1, ${rows}) i`);
    await db.query(
      `insert into "${schema}".herald_outbox ${values} values (0, 'due', 'due', 's', 'k', '{}', '{}', '-infinity')`,
    );
    await db.query(`analyze "${schema}".herald_outbox`);
    const plans: PlanNode[] = [];
    const explaining: SqlTransaction = {
      async query(text, given) {
        const [row] = await db.query(`explain (analyze, format json) ${text}`, given);
        const plan = row?.['QUERY PLAN'];
        plans.push((typeof plan === 'string' ? JSON.parse(plan) : plan)[0].Plan);
        return db.query(text, given);
      },
    };
    expect(await outbox.claim(explaining, [])).toBe(0);
    expect((await outbox.due(explaining, 0, 10)).map(({ okey }) => okey)).toEqual(['due']);
    // up to sixteen lanes, where the planner reads the table for each
    for (const plan of plans) expect(rowsLookedAt(plan)).toBeLessThan(20 * rows);
  });

  test('may be migrated again and again', async () => {
    await current().migrate();
    await current().check();
  });
});

test.skipIf(databaseUrl === undefined)('writes in a transaction of postgres.js, pg, and Drizzle', async () => {
  const sql = postgres(databaseUrl!, { max: 2, onnotice: () => {} });
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ connectionString: databaseUrl! });
  const table = `t_${randomUUID().slice(0, 8)}`;
  await sql.unsafe(`create table ${table} (a text, b bigint)`);
  const insert = `insert into ${table} values ($1, $2::int) returning a`;
  try {
    await sql.begin(async (tx) => {
      expect(await sqlTransaction(tx).query(insert, ['postgres.js', 1])).toMatchObject([{ a: 'postgres.js' }]);
    });
    await drizzle(sql).transaction(async (tx) => {
      expect(await sqlTransaction(tx).query(insert, ['drizzle', 2])).toMatchObject([{ a: 'drizzle' }]);
    });
    const one = await pool.connect();
    await one.query('begin');
    expect(await sqlTransaction(one).query(insert, ['pg', 3])).toMatchObject([{ a: 'pg' }]);
    await one.query('commit');
    one.release();
    expect(await sql.unsafe(`select a from ${table} order by b`)).toMatchObject([
      { a: 'postgres.js' },
      { a: 'drizzle' },
      { a: 'pg' },
    ]);
  } finally {
    await sql.unsafe(`drop table ${table}`);
    await Promise.all([sql.end(), pool.end()]);
  }
});

test('refuses what is no transaction', () => {
  expect(() => sqlTransaction({} as never)).toThrow(expect.objectContaining({ code: 'DATABASE_UNKNOWN' }));
});
