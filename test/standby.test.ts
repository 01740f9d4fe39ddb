/** Look-ups and lists on a standby: what was written is there at once, however far behind it is, and its outage is nobody else's. */
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Deliveries, Store } from '../src/registry/ports.ts';
import { openStore } from '../src/store/open.ts';
import { until } from './support/events.ts';
import { hasPostgres, type PostgresPair, postgresPair } from './support/postgres-pair.ts';
import { shop } from './support/shop.ts';

describe.skipIf(!hasPostgres())('a standby', () => {
  let pair: PostgresPair;
  let primary: postgres.Sql;
  let standby: postgres.Sql;
  let one: Store & Deliveries;
  let other: Store & Deliveries;

  const open = () => openStore({ kind: 'postgres', url: pair.primary, readUrl: pair.standby, connections: 3 });
  const connect = (url: string) => postgres(url, { max: 1, onnotice: () => {} });

  beforeAll(async () => {
    pair = await postgresPair();
    primary = connect(pair.primary);
    standby = connect(pair.standby);
    one = await open();
    other = await open();
    await one.write(async (tx) => {
      await tx.putCatalog({ ...shop, world: 'closed', level: 'NONE' } as never, 'f');
    });
  }, 60_000);

  afterAll(async () => {
    await Promise.all([one?.close(), other?.close(), primary?.end(), standby?.end()]);
    pair?.end();
  }, 60_000);

  let name: string;
  let number = 0;
  beforeEach(async () => {
    number += 1;
    name = `order.event${number}`;
    await create(name);
    await until('the standby is asked', askedOfStandby);
  });

  const create = (subject: string) => one.write((tx) => tx.createSubject('shop', subject));

  /** A change that nobody tells of is seen on the primary alone while the standby stands still. */
  async function askedOfStandby(): Promise<boolean> {
    await standby`select pg_wal_replay_pause()`;
    try {
      await primary`update subjects set stage = 'retired' where name = ${name}`;
      const found = await one.subject('shop', name);
      await primary`update subjects set stage = 'active' where name = ${name}`;
      return found?.stage === 'active';
    } finally {
      await standby`select pg_wal_replay_resume()`;
    }
  }

  const whilePaused = async (run: () => Promise<void>) => {
    await standby`select pg_wal_replay_pause()`;
    try {
      await run();
    } finally {
      await standby`select pg_wal_replay_resume()`;
    }
  };

  test('answers look-ups', async () => {
    expect(one.standby()).toBe('answers');
    expect(await askedOfStandby()).toBe(true);
  });

  test('that is behind is not asked about what was just written, here and in another process', () =>
    whilePaused(async () => {
      // a subject without a version is in no list
      await primary`update subjects set latest = 1 where name = ${name}`;
      await one.write((tx) => tx.setStage('shop', name, 'announced'));
      expect((await one.subject('shop', name))?.stage).toBe('announced');
      await until(
        'the other process heard of it',
        async () => (await other.subject('shop', name))?.stage === 'announced',
      );
      const listed = async (store: Store) =>
        (await store.subjects('shop', { stage: 'announced' }, { limit: 10 })).items;
      for (const store of [one, other]) expect((await listed(store)).map((item) => item.name)).toContain(name);
    }));

  test('is asked about everything else meanwhile', () =>
    whilePaused(async () => {
      await one.write((tx) => tx.createSubject('shop', `${name}.other`));
      await primary`update subjects set stage = 'retired' where name = ${name}`;
      expect((await one.subject('shop', name))?.stage).toBe('active');
      await primary`update subjects set stage = 'active' where name = ${name}`;
    }));

  test('that lacks what is there is no reason to say that it is not', () =>
    whilePaused(async () => {
      await primary`insert into subjects (catalog, name, settings, stage, created_at) values ('shop', ${`${name}.silent`}, '{}', 'active', now())`;
      expect((await one.subject('shop', `${name}.silent`))?.name).toBe(`${name}.silent`);
    }));

  test('that goes away is missed by nobody, and asked again once it is back', async () => {
    pair.killStandby();
    expect((await one.subject('shop', name))?.name).toBe(name);
    await until('the outage is noticed', async () => {
      await one.subject('shop', name);
      return one.standby() === 'away';
    });
    await create(`${name}.meanwhile`);
    expect((await one.subject('shop', `${name}.meanwhile`))?.name).toBe(`${name}.meanwhile`);
    pair.startStandby();
    await until('it is back', () => one.standby() === 'answers');
    await until('the standby is asked', askedOfStandby);
  }, 60_000);

  test('is needed: another database, or the primary itself, is refused', async () => {
    const misdirected = openStore({ kind: 'postgres', url: pair.primary, readUrl: pair.primary });
    await expect(misdirected).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('HERALD_READ_URL does not lead to a standby'),
    });
  });
});
