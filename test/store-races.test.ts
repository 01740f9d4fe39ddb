import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import { afterEach, describe, expect, test } from 'vitest';
import type { Deliveries, Store } from '../src/registry/ports.ts';
import { sha256 } from '../src/schema/canonical.ts';
import { openStore } from '../src/store/open.ts';
import { databaseUrl, dropSchema, newSchema, onEachDatabase } from './support/database.ts';
import { addVersion, lockedSubject, putCatalog } from './support/records.ts';

async function raceOnOneSubject(stores: readonly Store[], catalog: string, writers: number): Promise<void> {
  const numbers = await Promise.all(
    Array.from({ length: writers }, (_, index) =>
      stores[index % stores.length]!.write((tx) => addVersion(tx, catalog, 'a.v1', `{"title":"${catalog} ${index}"}`)),
    ),
  );
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: writers }, (_, index) => index + 1));
  const announced = (await stores[0]!.outbox(0, 100_000)).filter((row) => row.catalog === catalog);
  expect(announced.map((row) => row.data.number)).toEqual(Array.from({ length: writers }, (_, index) => index + 1));
}

async function raceForOneContent(stores: readonly Store[], catalog: string, writers: number): Promise<void> {
  const text = `{"title":"${catalog}"}`;
  const content = { format: 'json', fingerprint: sha256(text), dialect: '2020-12', text } as const;
  const ids = await Promise.all(
    Array.from({ length: writers }, (_, index) =>
      stores[index % stores.length]!.write(async (tx) => (await tx.putSchema(content)).id),
    ),
  );
  expect(new Set(ids).size).toBe(1);
}

describe('writers at the same time', () => {
  onEachDatabase((current) => {
    test('get consecutive numbers of one subject, announced in that order', async () => {
      const { store, catalog } = current();
      await store.write((tx) => putCatalog(tx, catalog));
      await raceOnOneSubject([store], catalog, 40);
    });

    test('get one id for one content', async () => {
      const { store, catalog } = current();
      await raceForOneContent([store], catalog, 40);
    });

    test('create one subject together', async () => {
      const { store, catalog } = current();
      await store.write((tx) => putCatalog(tx, catalog));
      const locked = await Promise.all(
        Array.from({ length: 12 }, () =>
          store.write(async (tx) => {
            const row = await lockedSubject(tx, catalog, 'new.v1');
            // Long enough for the others to find nothing committed.
            await new Promise((resolve) => setTimeout(resolve, 30));
            return row;
          }),
        ),
      );
      expect(locked.every((row) => row?.latest === 0)).toBe(true);
      // lists show what has a version
      await store.write((transaction) => addVersion(transaction, catalog, locked[0]?.name ?? '', '{}'));
      expect((await store.subjects(catalog, {}, { limit: 10 })).items).toHaveLength(1);
    });

    test('add their usage to the same rows, in whatever order they name them', async () => {
      const { store, catalog } = current();
      const names = ['a.v1', 'b.v1', 'c.v1', 'd.v1'];
      await store.write(async (tx) => {
        await putCatalog(tx, catalog);
        for (const name of names) await lockedSubject(tx, catalog, name);
      });
      const row = { catalog, number: 1, service: 's', role: 'consume', day: '2026-03-01', count: 1 } as const;
      await Promise.all(
        Array.from({ length: 40 }, (_, index) => {
          const rows = names.map((subject) => ({ ...row, subject }));
          return store.write((tx) =>
            tx.addUsage(undefined, index % 2 ? rows : rows.toReversed(), '2026-03-01T00:00:00.000Z'),
          );
        }),
      );
      for (const subject of names) expect((await store.usage({ catalog, subject }))[0]?.count).toBe(40);
    });
  });
});

describe.skipIf(databaseUrl === undefined)('several registries on one PostgreSQL', () => {
  const stores: (Store & Deliveries)[] = [];
  let schema = '';
  afterEach(async ({ task }) => {
    for (const store of stores.splice(0)) await store.close();
    if (task.result?.state !== 'fail') await dropSchema(schema);
  });

  const open = async (count: number) => {
    schema = newSchema();
    const options = { kind: 'postgres', url: databaseUrl!, schema, connections: 6 } as const;
    for (let index = 0; index < count; index += 1) stores.push(await openStore(options));
    return stores;
  };

  test('number one subject without gap or double, and give one content one id', async () => {
    const all = await open(3);
    await all[0]!.write((tx) => putCatalog(tx, 'c'));
    await raceOnOneSubject(all, 'c', 90);
    await raceForOneContent(all, 'd', 60);
    expect(await all[1]!.verifyAudit()).toMatchObject({ intact: true });
  });

  test('put subjects in opposite orders and all get through', async () => {
    const all = await open(2);
    await all[0]!.write((tx) => putCatalog(tx, 'c'));
    const names = ['a.v1', 'b.v1'];
    await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        all[index % 2]!.write(async (tx) => {
          for (const name of index % 2 ? names : names.toReversed())
            await addVersion(tx, 'c', name, `{"title":"${name} ${index}"}`);
        }),
      ),
    );
    for (const name of names) expect((await all[0]!.subject('c', name))?.latest).toBe(6);
    // The server looks for deadlocks once a second.
  }, 300_000);

  test('let nothing refer to a version that is withdrawn at the same time, whoever comes first', async () => {
    const [one, other] = await open(2);
    const target = { catalog: 'c', subject: 'target.v1', number: 1 };
    await one!.write((tx) => putCatalog(tx, 'c'));
    const refer = (store: Store, pauseMs: number) =>
      store.write(async (tx) => {
        await addVersion(tx, 'c', 'referring.v1', `{"title":"${pauseMs}"}`, { references: [target] });
        await pause(pauseMs);
      });
    await one!.write((tx) => addVersion(tx, 'c', 'target.v1', '{"title":"target"}'));
    const referring = refer(one!, 600);
    await pause(200);
    const found = await other!.write(async (tx) => {
      await tx.withdraw('c', 'target.v1', 1);
      return tx.referrers('c', 'target.v1', 1);
    });
    expect(found).toMatchObject([{ catalog: 'c', subject: 'referring.v1', number: 1 }]);
    await referring;

    target.subject = 'second.v1';
    await one!.write((tx) => addVersion(tx, 'c', 'second.v1', '{"title":"second"}'));
    const withdrawing = other!.write(async (tx) => {
      await tx.withdraw('c', 'second.v1', 1);
      await pause(600);
    });
    await pause(200);
    await expect(refer(one!, 0)).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' });
    await withdrawing;
  });

  test('refuse a question to the store in a transaction that goes on after another one has ended', async () => {
    const [store] = await open(1);
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const long = store!.write(async () => {
      await ended;
      await expect(store!.catalog('c')).rejects.toThrow('inside its own transaction');
    });
    await store!.write(async () => {});
    end();
    await long;
  });

  test('of one stream announce in the order they commit; a late one of another stream is not passed over', async () => {
    const all = await open(2);
    const hook = { id: 'h', url: 'http://x.example/', subjects: [], types: [], secret: 's', createdBy: 'me' };
    const now = '2026-03-01T12:00:00.000Z';
    await all[0]!.write((tx) => tx.insertWebhook({ ...hook, createdAt: now }));
    const say = (store: Store, subject: string, number: number, audit = false) =>
      store.write(async (tx) => {
        await tx.announce({ type: 't', catalog: 'c', subject, data: { number } });
        if (audit) await tx.appendAudit({ actor: 'me', action: 'x', outcome: 'done' });
      });
    // whoever holds the end of the audit log keeps the first from committing, when its announcement is written already
    const client = postgres(databaseUrl!, { max: 1, connection: { search_path: schema } });
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let first: Promise<void> | undefined;
    let second: Promise<void> | undefined;
    const holding = client.begin(async (sql) => {
      await sql`select 1 from audit_head for update`;
      first = say(all[0]!, 'a.v1', 1, true);
      await new Promise((resolve) => setTimeout(resolve, 200));
      second = say(all[1]!, 'a.v1', 2);
      await say(all[1]!, 'b.v1', 3);
      await held;
    });
    await new Promise((resolve) => setTimeout(resolve, 600));
    const seen = async () => (await all[0]!.outbox(0, 10)).map((row) => row.data.number);
    expect(await seen()).toEqual([3]);
    expect(await all[0]!.fanOut(now, 500)).toBe(1);
    release();
    await Promise.all([holding, first, second]);
    await client.end();
    expect(await seen()).toEqual([1, 3, 2]);
    expect(await all[1]!.fanOut(now, 500)).toBe(2);
    const delivered = (await all[0]!.deliveries('h', { limit: 10 })).items.map((one) => one.sequence);
    expect(delivered).toHaveLength(3);
  });
});
