/** What a check depends on, asked in one question: the same as the questions one by one, and while the lock is held. */
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { sha256 } from '../src/schema/canonical.ts';
import { gatheredReads } from '../src/store/gathered.ts';
import { openStore } from '../src/store/open.ts';
import { statement } from '../src/store/statement.ts';
import { databaseUrl, dropSchema, newSchema, onEachDatabase } from './support/database.ts';
import { addVersion, putCatalog } from './support/records.ts';

const at = '2026-03-01T12:00:00.000Z';
const firstLine = { lock: 'first line of c/a' };

onEachDatabase((current) => {
  test('one question has the answers of five', async () => {
    const { store, catalog } = current();
    const subject = 'a.v1';
    const waiver = { catalog, subject, author: 'steward', reason: 'agreed', expires: '2026-04-01' };
    const plan = {
      catalog,
      subject: 'b.v1',
      stage: 'announced',
      successor: subject,
      announcedOn: '2026-03-01',
      sunset: '2026-06-01',
      reason: 'renamed',
      migration: 'read the other field',
      entered: { announced: at },
      consumers: [{ service: 'mail', state: 'pending' }],
      mapping: {
        backward: 'key',
        proof: { subjectVersion: 1, successorVersion: 1, generated: 7, recorded: 0, failed: 0 },
      },
      revision: 2,
      revisedAt: at,
    } as const;
    await store.write(async (tx) => {
      await putCatalog(tx, catalog);
      for (const name of [subject, 'b.v1', 'c.v1', 'other.v1'])
        await addVersion(tx, catalog, name, `{"title":"${name}"}`);
      await addVersion(tx, catalog, subject, '{"title":"again"}', {
        contract: { consumers: [{ service: 'mail' }, { service: 'audit', reads: ['/id'] }] },
      });
      await tx.putSettings(catalog, subject, { level: 'BACKWARD', ignore: ['/a "b"'] });
      await tx.putConsumer({
        catalog,
        subject,
        service: 'mail',
        origin: 'declared',
        samples: [{ id: 1 }],
        critical: true,
      });
      await tx.putConsumer({ catalog, subject: 'other.v1', service: 'mail', origin: 'declared' });
      for (const [id, createdAt] of [
        ['late', '2026-03-02T00:00:00.001Z'],
        ['early', at],
      ] as const)
        await tx.insertWaiver({ ...waiver, id: `${id} ${catalog}`, fingerprint: sha256(id), createdAt, content: 'c' });
      await tx.insertWaiver({ ...waiver, id: `o ${catalog}`, subject: 'other.v1', fingerprint: 'f', createdAt: at });
      await tx.putDeprecation(plan);
      // of no mapping, and of no line from here or to here
      await tx.putDeprecation({ ...plan, subject: 'c.v1', mapping: undefined as never });
      await tx.putDeprecation({ ...plan, subject: 'other.v1', successor: 'c.v1' });
    });
    const asked = {
      catalog: await store.catalog(catalog),
      subject: await store.subject(catalog, subject),
      waivers: await store.waivers({ catalog, subject }),
      consumers: await store.consumers(catalog, subject),
      plans: (await store.deprecations(catalog)).filter((one) => one.subject === 'b.v1'),
    };
    expect(asked.consumers).toHaveLength(2);
    expect(await store.surroundings(catalog, subject)).toEqual(asked);
    expect(await store.write((tx) => tx.lockSurroundings(catalog, subject, firstLine))).toEqual(asked);
    const inGroup = (name: string) => store.writeInGroup(name, (tx) => tx.lockSurroundings(catalog, name, firstLine));
    const [own, other, missing] = await Promise.all([inGroup(subject), inGroup('other.v1'), inGroup('new.v1')]);
    expect(own).toEqual(asked);
    expect(other).toMatchObject({
      subject: { name: 'other.v1' },
      waivers: [{ id: `o ${catalog}` }],
      plans: [{ successor: 'c.v1' }],
    });
    expect(missing).toEqual({ catalog: asked.catalog, subject: undefined, waivers: [], consumers: [], plans: [] });
    expect(await store.surroundings('nobody', subject)).toMatchObject({ catalog: undefined, subject: undefined });
  });

  test.each([
    ['a place', 'catalog = $1 and name = $2', 'subjects_place'],
    ['an owner', 'catalog = $1 and owner = $2 order by name limit 100', 'subjects_by_owner'],
    ['a producer', 'catalog = $1 and producer = $2 order by name limit 100', 'subjects_by_producer'],
    ['a classification', 'catalog = $1 and classification = $2 order by name limit 100', 'subjects_by_classification'],
    ['a stage', "catalog = $1 and stage = $2 and stage <> 'active' order by name limit 100", 'subjects_by_stage'],
  ])('a plan made while there are no subjects finds %s by its own index', async (_, where, index) => {
    const plan = await current().driver.transaction(async (db) => {
      const run = (text: string) => statement<Record<string, string>>(sql.raw(text))(db, {});
      await run('set local plan_cache_mode = force_generic_plan');
      await run(`prepare asked(text, text) as select * from subjects where ${where}`);
      const rows = await run("explain execute asked('a', 'b')");
      await run('deallocate asked');
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(plan).toContain(`using ${index} on subjects`);
  });

  test('the twin of a name is found with it', async () => {
    const { store, catalog } = current();
    await store.write(async (tx) => {
      await putCatalog(tx, catalog);
      await addVersion(tx, catalog, 'a.b', '{}');
    });
    const line = { lock: `first line of ${catalog}/a.b`, twin: 'a.b' };
    const alone = await store.write((tx) => tx.lockSurroundings(catalog, 'a.b.v1', line));
    const grouped = await store.writeInGroup('a.b', (tx) => tx.lockSurroundings(catalog, 'a.b.v1', line));
    for (const { subject, twin } of [alone, grouped]) {
      expect(subject).toBeUndefined();
      expect(twin).toMatchObject({ name: 'a.b', latest: 1 });
    }
  });
});

test.skipIf(databaseUrl === undefined)(
  'who would create a subject waits until whoever creates another line has committed',
  async () => {
    const schema = newSchema();
    const open = () => openStore({ kind: 'postgres', url: databaseUrl!, schema });
    const [one, other] = [await open(), await open()];
    await one.write((tx) => putCatalog(tx, 'c'));
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const line = { lock: 'first line of c/a', twin: 'a' };
    const order: string[] = [];
    let isHeld = () => {};
    const holding = new Promise<void>((resolve) => {
      isHeld = resolve;
    });
    const first = one.write(async (tx) => {
      await tx.lockSurroundings('c', 'a', { lock: line.lock });
      await addVersion(tx, 'c', 'a', '{}');
      isHeld();
      await held;
      order.push('first');
    });
    await holding;
    const second = other.writeInGroup('a.v1', async (tx) => {
      const { twin } = await tx.lockSurroundings('c', 'a.v1', line);
      order.push('second');
      return twin?.name;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    release();
    await first;
    expect(await second).toBe('a');
    expect(order).toEqual(['first', 'second']);
    await Promise.all([one.close(), other.close()]);
    await dropSchema(schema);
  },
);

test('questions that come while one is under way are asked together when it is answered, and none waits for long', async () => {
  const sent: (readonly number[])[] = [];
  const answers: (() => void)[] = [];
  const all = (asked: readonly number[]) => {
    sent.push(asked);
    return new Promise<readonly number[]>((resolve) => answers.push(() => resolve(asked)));
  };
  const ask = gatheredReads(async (asked: number) => (await all([asked]))[0]!, all, 50);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const first = ask(1);
  await turn();
  await turn();
  const later = [ask(2)];
  await turn();
  later.push(ask(3));
  await turn();
  expect(sent).toEqual([[1]]);
  answers[0]?.();
  expect(await first).toBe(1);
  await turn();
  expect(sent).toEqual([[1], [2, 3]]);
  // that one hangs
  const last = ask(4);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(sent).toEqual([[1], [2, 3], [4]]);
  for (const answer of answers) answer();
  expect(await Promise.all([...later, last])).toEqual([2, 3, 4]);
});
