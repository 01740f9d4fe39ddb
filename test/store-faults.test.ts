import { createServer, connect as dial, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { Fault } from '../src/errors.ts';
import { sha256 } from '../src/schema/canonical.ts';
import { withoutValues } from '../src/store/fault.ts';
import { openStore } from '../src/store/open.ts';
import { connect, openPostgres } from '../src/store/postgres.ts';
import { storeOn } from '../src/store/store.ts';
import { webhooks } from '../src/store/tables.ts';
import { databaseUrl, dropSchema, newSchema, onEachDatabase } from './support/database.ts';
import { poolerBefore } from './support/pooler.ts';
import { addVersion, putCatalog } from './support/records.ts';

const marker = 'erika.mustermann@example.org';

/** Everything somebody could print of an error. */
function printed(error: unknown): string {
  const links: string[] = [];
  for (let link = error; link instanceof Error; link = link.cause)
    links.push(String(link), link.stack ?? '', JSON.stringify(link), inspect(link, { depth: 10, showHidden: true }));
  return links.join('\n');
}

/**
 * A way to the database that can stop passing anything on, for good or until `resume`, which resets every connection; that can forget
 * the connections it has without a word; and that cuts whoever says a word of `cutAt`.
 */
async function gateTo(url: string, cutAt?: string) {
  const { hostname, port } = new URL(url);
  const sockets: Socket[] = [];
  let stalled = false;
  const server = createServer((from) => {
    const to = dial(Number(port || 5432), hostname);
    sockets.push(from, to);
    for (const socket of [from, to]) socket.on('error', () => {});
    if (stalled) return;
    from.on('data', (said) => {
      if (cutAt !== undefined && said.includes(cutAt)) from.destroy();
    });
    from.pipe(to);
    to.pipe(from);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' ? address!.port : 0,
    stall: () => {
      stalled = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    resume: () => {
      stalled = false;
      for (const socket of sockets.splice(0)) socket.resetAndDestroy();
    },
    forget: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test.each([
  'ECONNRESET',
  'CONNECTION_CLOSED',
  // what a socket says that was closed between two turns
  'ERR_SOCKET_CLOSED',
  'ERR_STREAM_DESTROYED',
])('%s is a lost connection, no bug', (code) => {
  const error = Object.assign(new Error('gone'), { code });
  expect(withoutValues(error)).toMatchObject({ code: 'STORE_UNAVAILABLE', details: { retryable: true } });
});

describe('what leaves the store when the database refuses', () => {
  onEachDatabase((current) => {
    const webhook = { url: marker, subjects: [], types: [], secret: marker, createdAt: '2026-03-01T00:00:00.000Z' };

    test('carries no bound value, outside or inside a transaction, and names the constraint', async () => {
      const { store, catalog } = current();
      const twice = store.write(async (tx) => {
        await tx.insertWebhook({ ...webhook, id: `${marker}${catalog}`, createdBy: marker });
        await tx.insertWebhook({ ...webhook, id: `${marker}${catalog}`, createdBy: marker });
      });
      const error = await twice.catch((caught: unknown) => caught);
      expect(printed(error)).toContain('webhooks_pkey');
      expect(printed(error)).not.toContain('mustermann');

      let inner: unknown;
      const caughtInside = store.write(async (tx) => {
        inner = await tx
          .insertWaiver({
            id: 'x',
            catalog: marker,
            subject: marker,
            fingerprint: marker,
            author: marker,
            reason: marker,
            expires: '2026-01-01',
            createdAt: '2026-01-01T00:00:00.000Z',
          })
          .catch((caught: unknown) => caught);
        throw new Error('a verb’s own words', { cause: inner });
      });
      const outer = await caughtInside.catch((caught: unknown) => caught);
      expect(printed(inner)).toContain('23503');
      expect(printed(outer)).toContain('a verb’s own words');
      expect(printed(outer)).not.toContain('mustermann');
    });

    test('would carry them otherwise: drizzle’s own error does', async () => {
      const { driver, catalog } = current();
      const row = { ...webhook, id: `${catalog}`, createdBy: marker };
      await driver.db.insert(webhooks).values(row);
      const raw = await driver.db
        .insert(webhooks)
        .values(row)
        .catch((caught: unknown) => caught);
      expect(printed(raw)).toContain('mustermann');
    });

    test('a date no calendar has is an error without its text', async () => {
      const { store, catalog } = current();
      const error = await store.usage({ catalog, subject: 'a.v1', since: marker }).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(Error);
      expect(printed(error)).not.toContain('mustermann');
    });

    test('immutable rows are not changed by anybody', async () => {
      const { store, catalog, run } = current();
      await store.write(async (tx) => {
        await putCatalog(tx, catalog);
        await addVersion(tx, catalog, 'a.v1', '{}');
        await tx.insertTransition({
          catalog,
          subject: 'a.v1',
          from: 'active',
          to: 'announced',
          actor: 'me',
          at: '2026-03-01T00:00:00.000Z',
          forced: false,
        });
      });
      for (const statement of [
        `update versions set label = '9.9.9'`,
        'delete from versions',
        `update schemas set text = '{}'`,
        'delete from schemas',
        'truncate schemas cascade',
        'truncate versions cascade',
        `update outbox set data = '{}'`,
        'delete from outbox',
        `update transitions set actor = 'x'`,
        'delete from transitions',
      ])
        await expect(run(statement), statement).rejects.toMatchObject({ cause: { code: '23001' } });
      expect(await store.version(catalog, 'a.v1', 1)).toMatchObject({ label: '1.0.0' });
    });
  });
});

describe('a conflict between transactions', () => {
  onEachDatabase((current) => {
    test.each(['40001', '40P01'])('that ends in %s is played again from the start', async (state) => {
      const { driver, clock, catalog } = current();
      const store = await storeOn(driver, clock);
      let begun = 0;
      const conflict = {
        ...driver,
        transaction: <T>(work: Parameters<typeof driver.transaction<T>>[0]) =>
          driver.transaction<T>(async (db) => {
            const result = await work(db);
            begun += 1;
            if (begun < 3)
              await db.execute(sql.raw(`do $$ begin raise exception 'x' using errcode = '${state}'; end $$`));
            return result;
          }),
      };
      const under = await storeOn(conflict, clock);
      await under.write((tx) => putCatalog(tx, catalog));
      expect(begun).toBe(3);
      expect(await store.catalog(catalog)).toMatchObject({ name: catalog });
    });
  });
});

describe.skipIf(databaseUrl === undefined)('PostgreSQL', () => {
  const opened: { close(): Promise<void> }[] = [];
  const schemas: string[] = [];
  afterEach(async ({ task }) => {
    for (const one of opened.splice(0)) await one.close().catch(() => {});
    for (const schema of schemas.splice(0)) if (task.result?.state !== 'fail') await dropSchema(schema);
  });
  const fresh = () => {
    schemas.push(newSchema());
    return schemas.at(-1)!;
  };

  test('out of reach is STORE_UNAVAILABLE, soon, and tells nobody the password', async () => {
    const url = 'postgres://herald:hunter2@127.0.0.1:1/none';
    const error = await openStore({ kind: 'postgres', url }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', details: { retryable: true } });
    expect(printed(error)).not.toContain('hunter2');
  });

  test('that accepts and never answers is STORE_UNAVAILABLE', async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    opened.push({ close: async () => void server.close() });
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await expect(openStore({ kind: 'postgres', url: `postgres://x@127.0.0.1:${port}/x` })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
  });

  test('cut off in the middle fails with STORE_UNAVAILABLE and recovers by itself', async () => {
    const schema = fresh();
    const driver = await openPostgres({ url: databaseUrl!, schema, connections: 2 });
    const store = await storeOn(driver, { now: Date.now });
    opened.push(store);
    const admin = connect({ url: databaseUrl! }, 1);
    opened.push({ close: () => admin.end() });
    await store.write((tx) => putCatalog(tx, 'one'));
    const heard: string[] = [];
    store.onChange((change) => heard.push(change.catalog));

    const cut = store.write(async (tx) => {
      await putCatalog(tx, 'two');
      await admin`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${`herald ${schema}`}`;
      await putCatalog(tx, 'three');
    });
    await expect(cut).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect
      .poll(async () => (await store.catalogs().catch(() => [])).map((row) => row.name), { timeout: 10_000 })
      .toEqual(['one']);
    await store.write((tx) => putCatalog(tx, 'four'));
    await store.ping();
    // Changes made while nobody listened are unknown: the empty catalog says so.
    await expect.poll(() => heard, { timeout: 10_000 }).toContain('');
  });

  test('work that goes on after its connection is gone is refused, and the process lives', async () => {
    const schema = fresh();
    const driver = await openPostgres({ url: databaseUrl!, schema, connections: 1 });
    const store = await storeOn(driver, { now: Date.now });
    opened.push(store);
    const admin = connect({ url: databaseUrl! }, 1);
    opened.push({ close: () => admin.end() });
    const uncaught: unknown[] = [];
    const note = (error: unknown) => uncaught.push(error);
    process.prependListener('uncaughtException', note);
    try {
      for (let round = 0; round < 5; round += 1) {
        let refusal: unknown;
        const cut = driver.transaction(async (tx) => {
          await tx.execute(sql`select 1`);
          await admin`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${`herald ${schema}`}`;
          await new Promise((resolve) => setTimeout(resolve, 50));
          await tx.execute(sql`select 2`).catch((error: unknown) => {
            refusal = error;
          });
        });
        await expect(cut).rejects.toThrow();
        await expect.poll(() => refusal, { timeout: 5_000 }).toBeDefined();
        await expect
          .poll(
            () =>
              store.catalogs().then(
                () => 'answered',
                () => 'not yet',
              ),
            { timeout: 10_000 },
          )
          .toBe('answered');
      }
      expect(uncaught).toEqual([]);
    } finally {
      process.off('uncaughtException', note);
    }
  });

  test('a connection lost while it is being made does not end the process', async () => {
    const schema = fresh();
    // What the driver would ask every new connection, in a promise nobody holds.
    const { port, close } = await gateTo(databaseUrl!, 'pg_catalog.pg_type');
    opened.push({ close });
    const url = new URL(databaseUrl!);
    url.host = `127.0.0.1:${port}`;
    const uncaught: unknown[] = [];
    const note = (error: unknown) => uncaught.push(error);
    process.prependListener('unhandledRejection', note);
    try {
      const store = await openStore({ kind: 'postgres', url: url.href, schema, connections: 2 });
      opened.push(store);
      expect(await store.catalogs()).toEqual([]);
      expect(uncaught).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });

  test('a statement that runs too long is STORE_UNAVAILABLE', async () => {
    const schema = fresh();
    const driver = await openPostgres({ url: databaseUrl!, schema, connections: 2, statementTimeoutMs: 200 });
    const store = await storeOn(driver, { now: Date.now });
    opened.push(store);
    const slow = store.write(async (tx) => {
      await tx.catalogs();
      await driver.db.execute(sql`select pg_sleep(5)`);
    });
    await expect(slow).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', details: { sqlState: '57014' } });
  });

  test.each([
    ['takes too long after some rows', sql`select g, pg_sleep(0.05) from generate_series(1, 100) g`],
    ['fails after some rows', sql`select 1 / (5 - g) from generate_series(1, 10) g`],
  ])(
    'a statement that %s does not give its rows to another',
    async (_, failing) => {
      const schema = fresh();
      const driver = await openPostgres({ url: databaseUrl!, schema, connections: 2, statementTimeoutMs: 200 });
      const store = await storeOn(driver, { now: Date.now });
      opened.push(store);
      await store.write(async (tx) => {
        await putCatalog(tx, 'c');
        // lists show what has a version
        await addVersion(tx, 'c', 'a.v1', '{}');
      });
      const answers: unknown[] = [];
      const read = async () => {
        const subject = await store.subject('c', 'a.v1').catch((error: unknown) => error);
        const list = await store.subjects('c', {}, { limit: 10 }).catch((error: unknown) => error);
        answers.push(subject, list);
      };
      for (let round = 0; round < 8; round += 1)
        await Promise.all([driver.db.execute(failing).catch(() => {}), ...Array.from({ length: 6 }, read), read()]);
      const wrong = answers.filter(
        (answer) =>
          !(answer instanceof Fault && answer.code === 'STORE_UNAVAILABLE') &&
          !JSON.stringify(answer ?? null).includes('"a.v1"'),
      );
      expect(wrong).toEqual([]);
      await expect.poll(() => store.subject('c', 'a.v1').catch(() => undefined)).toMatchObject({ name: 'a.v1' });
    },
    20_000,
  );

  test('fewer connections than wanted are fewer at once, not refusals', async () => {
    const schema = fresh();
    const role = `${schema}_few`;
    const admin = connect({ url: databaseUrl! }, 1);
    await admin.unsafe(`create role ${role} login superuser`);
    const url = new URL(databaseUrl!);
    url.username = role;
    const store = await openStore({ kind: 'postgres', url: url.href, schema, connections: 10 });
    opened.push(store, {
      close: async () => {
        await admin.unsafe(`reassign owned by ${role} to current_user; drop role ${role}`);
        await admin.end();
      },
    });
    // one of them listens
    await admin.unsafe(`alter role ${role} nosuperuser connection limit 4`);
    let written = 0;
    const refusals: unknown[] = [];
    const until = Date.now() + 2_000;
    const writer = async (index: number) => {
      while (Date.now() < until)
        await store
          .write((tx) => putCatalog(tx, `c${index}`))
          .then(
            () => {
              written += 1;
            },
            (error: unknown) => refusals.push(error),
          );
    };
    await Promise.all(Array.from({ length: 12 }, (_, index) => writer(index)));
    expect(refusals).toEqual([]);
    expect(written).toBeGreaterThan(50);
    const began = Date.now();
    await store.write((tx) => putCatalog(tx, 'after'));
    expect(Date.now() - began).toBeLessThan(1_000);
  }, 30_000);

  test('a server that takes no writes is not ready', async () => {
    const schema = fresh();
    const role = `${schema}_reader`;
    const admin = connect({ url: databaseUrl! }, 1);
    await admin.unsafe(`create role ${role} login superuser`);
    const url = new URL(databaseUrl!);
    url.username = role;
    const store = await openStore({ kind: 'postgres', url: url.href, schema, connections: 1 });
    opened.push(store, {
      close: async () => {
        await admin.unsafe(`reassign owned by ${role} to current_user; drop role ${role}`);
        await admin.end();
      },
    });
    await store.ping();
    await admin.unsafe(`alter role ${role} set default_transaction_read_only = on`);
    await admin.unsafe(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`);
    await expect
      .poll(
        () =>
          store.ping().then(
            () => 'ready',
            (error: Error) => error.message,
          ),
        { timeout: 10_000 },
      )
      .toContain('read-only');
    expect(await store.catalogs()).toEqual([]);
  }, 20_000);

  test.each(['dropped', 'refused'] as const)(
    'a pooler by which the settings of a connection are %s is told of, and nothing is migrated through it',
    async (settings) => {
      const pooler = await poolerBefore(databaseUrl!, settings);
      const schema = fresh();
      await expect(openStore({ kind: 'postgres', url: pooler.url, schema, connections: 1 })).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringMatching(/settings of a connection, as PgBouncer does: connect to PostgreSQL itself/),
      });
      pooler.close();
      const admin = connect({ url: databaseUrl! }, 1);
      expect(await admin`select 1 from information_schema.tables where table_schema = ${schema}`).toEqual([]);
      await admin.end();
    },
  );

  test('a server that stops answering is STORE_UNAVAILABLE, also in the middle of a transaction', async () => {
    const schema = fresh();
    const { port, stall, close } = await gateTo(databaseUrl!);
    opened.push({ close });
    const url = new URL(databaseUrl!);
    url.host = `127.0.0.1:${port}`;
    const store = await openStore({ kind: 'postgres', url: url.href, schema, connections: 2, statementTimeoutMs: 100 });
    await store.write((tx) => putCatalog(tx, 'c'));
    const inside = store.write(async (tx) => {
      await tx.catalogs();
      stall();
      await tx.catalogs();
    });
    await expect(inside).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(store.catalogs()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(store.ping()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  test('that resets its connections is asked again at once, whatever was asked in that moment', async () => {
    const schema = fresh();
    const gate = await gateTo(databaseUrl!);
    opened.push(gate);
    const url = new URL(databaseUrl!);
    url.host = `127.0.0.1:${gate.port}`;
    const store = await openStore({ kind: 'postgres', url: url.href, schema, connections: 2, statementTimeoutMs: 100 });
    opened.push(store);
    await store.write((tx) => putCatalog(tx, 'c'));
    for (let round = 0; round < 5; round += 1) {
      gate.stall();
      // between a socket's error and its end
      const after = [1, 2, 3].map(() =>
        store.catalogs().catch(() =>
          Promise.allSettled([
            store.catalogs(),
            store.write(async (tx) => {
              await putCatalog(tx, 'never');
              throw new Error('so nothing of it may stay');
            }),
          ]),
        ),
      );
      await new Promise((resolve) => setTimeout(resolve, 50));
      gate.resume();
      const began = Date.now();
      const names = () => store.catalogs().then((rows) => rows.map(({ name }) => name));
      await expect.poll(() => names().catch(() => []), { timeout: 10_000, interval: 20 }).toEqual(['c']);
      await store.ping();
      await Promise.all(after);
      expect(Date.now() - began).toBeLessThan(1_500);
      expect(await names()).toEqual(['c']);
    }
  });

  test('whose network forgot the connections is asked through new ones', async () => {
    const schema = fresh();
    const gate = await gateTo(databaseUrl!);
    opened.push(gate);
    const url = new URL(databaseUrl!);
    url.host = `127.0.0.1:${gate.port}`;
    const store = await openStore({ kind: 'postgres', url: url.href, schema, connections: 1, statementTimeoutMs: 100 });
    opened.push(store);
    await store.write((tx) => putCatalog(tx, 'c'));
    const heard: string[] = [];
    store.onChange((change) => heard.push(change.catalog));
    gate.forget();
    await expect(store.catalogs()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await store.catalogs()).toMatchObject([{ name: 'c' }]);
    // and what was not heard meanwhile is made up for
    await expect.poll(() => heard, { timeout: 5_000 }).toContain('');
    const other = await openStore({ kind: 'postgres', url: databaseUrl!, schema, connections: 1 });
    opened.push(other);
    await other.write((tx) => putCatalog(tx, 'd'));
    await expect.poll(() => heard, { timeout: 5_000 }).toContain('d');
  });

  test('a subject somebody holds for long is SUBJECT_LOCKED', async () => {
    const schema = fresh();
    const store = await openStore({ kind: 'postgres', url: databaseUrl!, schema, connections: 2, lockTimeoutMs: 200 });
    opened.push(store);
    await store.write(async (tx) => {
      await putCatalog(tx, 'c');
      await tx.createSubject('c', 'a.v1');
    });
    let release = () => {};
    let locked = () => {};
    const isLocked = new Promise<void>((resolve) => {
      locked = resolve;
    });
    const holder = store.write(async (tx) => {
      await tx.lockSubject('c', 'a.v1');
      locked();
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    });
    await isLocked;
    await expect(store.write((tx) => tx.lockSubject('c', 'a.v1'))).rejects.toMatchObject({
      code: 'SUBJECT_LOCKED',
    });
    // Its usage is counted all the same.
    const row = { catalog: 'c', subject: 'a.v1', number: 0, service: 's', role: 'produce', day: '2026-03-01' } as const;
    await store.write((tx) => tx.addUsage(undefined, [{ ...row, count: 1 }], '2026-03-01T00:00:00.000Z'));
    release();
    await holder;
  });

  test('changes of one process are heard by another, with what it may now read', async () => {
    const schema = fresh();
    const [one, two] = await Promise.all(
      [1, 2].map(() => openStore({ kind: 'postgres', url: databaseUrl!, schema, connections: 2 })),
    );
    opened.push(one!, two!);
    const latest = new Promise((resolve) => {
      two!.onChange(async (change) => {
        if (change.subject === 'a.v1') resolve((await two!.subject('c', 'a.v1'))?.latest);
      });
    });
    await one!.write((tx) => putCatalog(tx, 'c'));
    await one!.write((tx) => addVersion(tx, 'c', 'a.v1', '{}'));
    await expect(latest).resolves.toBe(1);
  });

  test('hot look-ups are prepared once and planned no more', async () => {
    const schema = fresh();
    const driver = await openPostgres({ url: databaseUrl!, schema, connections: 1 });
    const store = await storeOn(driver, { now: Date.now });
    opened.push(store);
    for (let time = 0; time < 3; time += 1) {
      await store.version('c', 'a.v1', 1);
      await store.version('c', 'a.v1', 'latest');
      await store.schemaById(1);
      await store.schemaByFingerprint(sha256('x'));
    }
    const [row] = await driver.db
      .select({ count: sql<number>`count(*)::int` })
      .from(sql`pg_prepared_statements where statement like '%"schemas"%'`);
    expect(row?.count).toBe(4);
  });
});

test('a fault keeps its own words through the store', async () => {
  const store = await openStore({ kind: 'memory' });
  const fault = new Fault('INCOMPATIBLE', { report: {} });
  await expect(store.write(() => Promise.reject(fault))).rejects.toBe(fault);
  await store.close();
  await expect(store.catalogs()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});
