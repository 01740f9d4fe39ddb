/** Reminders of sunsets over the store: once each, whoever sweeps and whatever is cut off. */
import { describe, expect, test } from 'vitest';
import { remindOfSunsets } from '../src/registry/deprecation/reminders.ts';
import type { Store } from '../src/registry/ports.ts';
import type { DeprecationRecord } from '../src/registry/records.ts';
import { onEachDatabase, type TestDatabase } from './support/database.ts';
import { putCatalog } from './support/records.ts';

const day = 86_400_000;

async function plan({ store, catalog }: TestDatabase, change: Partial<DeprecationRecord> = {}): Promise<void> {
  const subject = change.subject ?? 'a.v1';
  await store.write(async (tx) => {
    await putCatalog(tx, catalog);
    await tx.createSubject(catalog, subject);
    await tx.setStage(catalog, subject, change.stage ?? 'announced');
    await tx.putConsumer({ catalog, subject, service: 'mail', origin: 'declared' });
    await tx.putDeprecation({
      catalog,
      subject,
      stage: 'announced',
      successor: 'a.v2',
      announcedOn: '2026-03-01',
      sunset: '2026-06-01',
      reason: 'renamed',
      migration: 'read the other field',
      entered: {},
      consumers: [],
      revision: 1,
      revisedAt: '2026-03-01T00:00:00.000Z',
      ...change,
    });
  });
}

async function reminders({ store, catalog }: TestDatabase) {
  const said = await store.outbox(0, 1_000);
  return said.filter((row) => row.catalog === catalog && row.type === 'herald.sunset.approached.v1');
}

describe('the sweeper', () => {
  onEachDatabase(
    (current) => {
      test('says each reminder once, however often it looks, and names who is pending', async () => {
        const database = current();
        const { store, clock } = database;
        await plan(database);
        clock.at = Date.parse('2026-05-02T23:59:00Z');
        for (let swept = 0; swept < 4; swept += 1) await remindOfSunsets({ store, clock });
        expect(await reminders(database)).toMatchObject([
          { data: { daysLeft: 30, pending: ['mail'], stage: 'announced' } },
        ]);
        for (let swept = 0; swept < 40; swept += 1) {
          clock.at += day;
          await remindOfSunsets({ store, clock });
        }
        expect((await reminders(database)).map(({ data }) => data.daysLeft)).toEqual([30, 7, 1, 0]);
        const { stage } = (await store.deprecation(database.catalog, 'a.v1')) ?? {};
        expect(stage).toBe('announced');
      });

      test('says nothing of what has retired', async () => {
        const database = current();
        await plan(database, { stage: 'retired' });
        database.clock.at = Date.parse('2026-06-01T00:00:00Z');
        expect(await remindOfSunsets(database)).toBe(0);
      });

      test('a sweep that is cut off before it is committed has said nothing, and the next one says it', async () => {
        const database = current();
        const { store, clock } = database;
        await plan(database);
        clock.at = Date.parse('2026-05-30T00:00:00Z');
        const dying: Store = {
          ...store,
          write: (work) =>
            store.write(async (tx) => {
              await work(tx);
              throw new Error('killed');
            }),
        };
        await expect(remindOfSunsets({ store: dying, clock })).rejects.toThrow('killed');
        expect(await reminders(database)).toEqual([]);
        expect(await remindOfSunsets({ store, clock })).toBe(1);
        expect((await reminders(database)).map(({ data }) => data.daysLeft)).toEqual([2]);
      });

      test('many at once say it once', async () => {
        const database = current();
        for (const subject of ['a.v1', 'b.v1', 'c.v1']) await plan(database, { subject });
        database.clock.at = Date.parse('2026-05-30T00:00:00Z');
        const given = await Promise.all(Array.from({ length: 6 }, () => remindOfSunsets(database)));
        await remindOfSunsets(database);
        expect((await reminders(database)).map(({ subject }) => subject).sort()).toEqual(['a.v1', 'b.v1', 'c.v1']);
        expect(given.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(3);
      });
    },
    { fresh: true },
  );
});
