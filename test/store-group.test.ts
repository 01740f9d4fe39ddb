/** Group commit: one transaction for works that come together, and nothing of one in the outcome of another. */
import { createServer, connect as dial, type Socket } from 'node:net';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { Fault } from '../src/errors.ts';
import type { GroupedTransaction, Store } from '../src/registry/ports.ts';
import { sha256 } from '../src/schema/canonical.ts';
import { openStore } from '../src/store/open.ts';
import { databaseUrl, dropSchema, newSchema, onEachDatabase, type TestDatabase } from './support/database.ts';
import { addVersion, lockedSubject, putCatalog, reportFor } from './support/records.ts';

type Work = (transaction: GroupedTransaction) => Promise<number>;

async function registerOne(transaction: GroupedTransaction, catalog: string, subject: string): Promise<number> {
  const number = await addVersion(transaction, catalog, subject, `{"title":"${catalog} ${subject} ${Math.random()}"}`);
  await transaction.appendAudit({ action: 'version.register', catalog, subject, actor: 'tester', outcome: 'done' });
  return number;
}

/** One work for each subject, by name; `odd` takes the place of one of them. */
function together(
  store: Store,
  catalog: string,
  subjects: readonly string[],
  odd: Readonly<Record<string, Work>> = {},
) {
  return Promise.allSettled(
    subjects.map((subject) =>
      store.writeInGroup(subject, odd[subject] ?? ((transaction) => registerOne(transaction, catalog, subject))),
    ),
  );
}

/** The transactions that wrote the versions of these subjects, by subject; absent where there is no version. */
async function writers({ driver }: TestDatabase, catalog: string): Promise<ReadonlyMap<string, string>> {
  const rows = await driver.db
    .select({ name: sql<string>`s.name`, writer: sql<string>`v.xmin::text` })
    .from(sql`subjects s join versions v on v.subject_id = s.id where s.catalog = ${catalog}`);
  return new Map(rows.map(({ name, writer }) => [name, writer]));
}

async function subjectNames(store: Store, catalog: string): Promise<readonly string[]> {
  return (await store.subjects(catalog, {}, { limit: 100 })).items.map(({ name }) => name);
}

async function expectWhole(store: Store, catalog: string, subjects: readonly string[]): Promise<void> {
  expect(await subjectNames(store, catalog)).toEqual(subjects);
  const announced = (await store.outbox(0, 100_000)).filter((row) => row.catalog === catalog);
  expect(announced.map(({ subject }) => subject).sort()).toEqual(subjects);
  const entries = (await store.auditEntries({ catalog, outcome: 'done' }, { limit: 100 })).items;
  expect(entries.map(({ subject }) => subject).sort()).toEqual(subjects);
  expect(await store.verifyAudit()).toMatchObject({ intact: true });
}

const names = ['a.v1', 'b.v1', 'c.v1', 'd.v1', 'e.v1'];

onEachDatabase((current) => {
  test('works that come together are one transaction', async () => {
    const { store, catalog } = current();
    await store.write((transaction) => putCatalog(transaction, catalog));
    for (const number of [1, 2]) {
      const settled = await together(store, catalog, names);
      expect(settled.map((one) => one.status === 'fulfilled' && one.value)).toEqual(names.map(() => number));
    }
    expect(new Set((await writers(current(), catalog)).values()).size).toBe(1);
    expect((await store.versions(catalog, 'c.v1', { limit: 10 })).items.map(({ number }) => number)).toEqual([2, 1]);
    expect(await store.verifyAudit()).toMatchObject({ intact: true });
  });

  test('one that refuses before it wrote anything leaves the others in theirs', async () => {
    const { store, catalog } = current();
    await store.write((transaction) => putCatalog(transaction, catalog));
    const refusal = new Fault('SUBJECT_RETIRED');
    const settled = await together(store, catalog, names, {
      'c.v1': async (transaction) => {
        await transaction.lockSubject(catalog, 'c.v1');
        throw refusal;
      },
    });
    expect(settled[2]).toEqual({ status: 'rejected', reason: refusal });
    await expectWhole(store, catalog, ['a.v1', 'b.v1', 'd.v1', 'e.v1']);
    expect(new Set((await writers(current(), catalog)).values()).size).toBe(1);
  });

  test('one that refuses after it wrote leaves nothing behind, and the others are done without it', async () => {
    const { store, catalog } = current();
    await store.write((transaction) => putCatalog(transaction, catalog));
    const refusal = new Fault('SUBJECT_LOCKED');
    const settled = await together(store, catalog, names, {
      'c.v1': async (transaction) => {
        await registerOne(transaction, catalog, 'c.v1');
        throw refusal;
      },
    });
    expect(settled.map(({ status }) => status)).toEqual(
      names.map((name) => (name === 'c.v1' ? 'rejected' : 'fulfilled')),
    );
    expect(settled[2]).toEqual({ status: 'rejected', reason: refusal });
    await expectWhole(store, catalog, ['a.v1', 'b.v1', 'd.v1', 'e.v1']);
    expect(await store.subject(catalog, 'c.v1')).toBeUndefined();
  });

  test('one that refuses before its rows were sent leaves nothing behind, and the others in theirs', async () => {
    const { store, catalog } = current();
    await store.write((transaction) => putCatalog(transaction, catalog));
    const refusal = new Fault('SUBJECT_LOCKED');
    const settled = await together(store, catalog, names, {
      'c.v1': async (transaction) => {
        await lockedSubject(transaction, catalog, 'c.v1');
        throw refusal;
      },
    });
    expect(settled[2]).toEqual({ status: 'rejected', reason: refusal });
    await expectWhole(store, catalog, ['a.v1', 'b.v1', 'd.v1', 'e.v1']);
    expect(await store.subject(catalog, 'c.v1')).toBeUndefined();
    expect(new Set((await writers(current(), catalog)).values()).size).toBe(1);
  });

  test('a work reads what it wrote, locks it again, and writes on it', async () => {
    const { store, catalog } = current();
    await store.write((transaction) => putCatalog(transaction, catalog));
    const settled = await together(store, catalog, names, {
      'c.v1': async (transaction) => {
        await addVersion(transaction, catalog, 'c.v1', `{"title":"${catalog} 1"}`);
        expect(await transaction.version(catalog, 'c.v1', 1)).toMatchObject({ label: '1.0.0' });
        return addVersion(transaction, catalog, 'c.v1', `{"title":"${catalog} 2"}`);
      },
      'd.v1': async (transaction) => {
        const row = await lockedSubject(transaction, catalog, 'd.v1');
        expect(await transaction.lockSubject(catalog, 'd.v1')).toEqual(row);
        return addVersion(transaction, catalog, 'd.v1', `{"title":"${catalog} d"}`);
      },
      'e.v1': async (transaction) => {
        await addVersion(transaction, catalog, 'e.v1', `{"title":"${catalog} 3"}`);
        const made = { ...(await transaction.version(catalog, 'e.v1', 1))!, references: [], searchText: '' };
        for (const number of [2, 3]) await transaction.insertVersion({ ...made, number });
        return (await transaction.version(catalog, 'e.v1', 'latest'))?.number ?? 0;
      },
    });
    expect(settled.map((one) => one.status === 'fulfilled' && one.value)).toEqual([1, 1, 2, 1, 3]);
    expect(await store.subject(catalog, 'e.v1')).toMatchObject({ latest: 3, issued: 3 });
    expect((await store.versions(catalog, 'e.v1', { limit: 9 })).items.map(({ number }) => number)).toEqual([3, 2, 1]);
    expect(new Set((await writers(current(), catalog)).values()).size).toBe(1);
  });

  test('what a check says may hold what no text of the database does', async () => {
    const { store, catalog } = current();
    await store.write((transaction) => putCatalog(transaction, catalog));
    const report = { ...reportFor(catalog, 'a.v1', 'f'), label: 'NUL \0, half of \ud83d, "quoted"' };
    await together(store, catalog, names, {
      'a.v1': (transaction) => addVersion(transaction, catalog, 'a.v1', `{"title":"${catalog}"}`, { report }),
    });
    // none of them was done again by itself
    expect(new Set((await writers(current(), catalog)).values()).size).toBe(1);
    expect((await store.version(catalog, 'a.v1', 1))?.report).toEqual(report);
  });

  test('one whose rows the database refuses fails alone', async () => {
    const { store, catalog } = current();
    await store.write((transaction) => putCatalog(transaction, catalog));
    const settled = await together(store, catalog, names, {
      // not a fingerprint
      'b.v1': async (transaction) => {
        await lockedSubject(transaction, catalog, 'b.v1');
        await transaction.putSchema({ fingerprint: 'none', dialect: '2020-12', format: 'json', text: '{}' });
        return 1;
      },
      // no text of PostgreSQL
      'd.v1': (transaction) => addVersion(transaction, catalog, 'd.v1', '{}', { label: '1.\0' }),
    });
    expect(settled.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    await expectWhole(store, catalog, ['a.v1', 'c.v1', 'e.v1']);
  });

  test('one that swallows the failure of its statement is not taken for done', async () => {
    const { store, catalog } = current();
    await store.write((transaction) => putCatalog(transaction, catalog));
    const settled = await together(store, catalog, names, {
      'b.v1': async (transaction) => {
        const refused = { fingerprint: 'none', dialect: '2020-12', format: 'json', text: '{}' } as const;
        await transaction.putSchema(refused).catch(() => undefined);
        return 0;
      },
    });
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    await expectWhole(store, catalog, ['a.v1', 'c.v1', 'd.v1', 'e.v1']);
  });

  test('where nothing but the failure says so, nobody is told that it was done', async () => {
    const { store, catalog } = current();
    await store.write((transaction) => putCatalog(transaction, catalog));
    const refused = { fingerprint: 'none', dialect: '2020-12', format: 'json', text: '{}' } as const;
    const settled = await Promise.allSettled([
      store.writeInGroup('a', async (transaction) => {
        await lockedSubject(transaction, catalog, 'a.v1');
        await transaction.putSchema(refused).catch(() => undefined);
      }),
      store.writeInGroup('b', (transaction) => lockedSubject(transaction, catalog, 'b.v1')),
    ]);
    expect(settled[1].status).toBe('fulfilled');
    expect(await store.subject(catalog, 'b.v1')).toMatchObject({ name: 'b.v1' });
  });

  test('works of one key follow one another, each on what the one before it committed', async () => {
    const { store, catalog } = current();
    await store.write((transaction) => putCatalog(transaction, catalog));
    const numbers = await Promise.all(
      Array.from({ length: 7 }, () =>
        store.writeInGroup('same', (transaction) => registerOne(transaction, catalog, 'a.v1')),
      ),
    );
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const announced = (await store.outbox(0, 100_000)).filter((row) => row.catalog === catalog);
    expect(announced.map(({ data }) => data.number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('more than fit one transaction are all done, and one content has one id', async () => {
    const { store, catalog } = current();
    await store.write((transaction) => putCatalog(transaction, catalog));
    const text = `{"title":"${catalog}"}`;
    const ids = await Promise.all(
      Array.from({ length: 150 }, (_, index) =>
        store.writeInGroup(`k${index}`, async (transaction) => {
          await addVersion(transaction, catalog, `s${index}.v1`, text);
          return (await transaction.schemaByFingerprint(sha256(text)))?.id;
        }),
      ),
    );
    expect(new Set(ids).size).toBe(1);
    const writing = await writers(current(), catalog);
    expect(writing.size).toBe(150);
    expect(new Set(writing.values()).size).toBeLessThan(10);
  });

  test('versions of one subject that are written together leave what they leave one after the other', async () => {
    const { store, catalog } = current();
    await store.write((transaction) => putCatalog(transaction, catalog));
    const stated = [
      { title: 'First', services: ['mail', 'billing'], tags: ['pii'], field: 'first' },
      { title: 'Second', services: ['search'], tags: [], field: 'second' },
      { title: undefined, services: ['mail'], tags: ['eu', 'b'], field: 'third' },
    ];
    const versionsOf = (subject: string) =>
      stated.map(({ title, services, tags, field }, index) => (transaction: GroupedTransaction, number: number) => {
        const own = { name: field, type: 'string', style: 'snake' as const };
        return addVersion(transaction, catalog, subject, JSON.stringify([subject, index]), {
          number,
          label: `1.${number}.0`,
          contract: { producer: `p${index}`, consumers: services.map((service) => ({ service })) },
          tags,
          searchText: field,
          fields: { subject, event: subject, fields: [own] },
          ...(title !== undefined && { title }),
        });
      });
    for (const start of [0, 1]) {
      const [one, many] = [`one${start}.v1`, `many${start}.v1`];
      if (start === 1) await together(store, catalog, [one, many]);
      for (const [index, add] of versionsOf(one).entries())
        await store.writeInGroup(one, (transaction) => add(transaction, start + index + 1));
      const all: Work = async (inGroup) => {
        const row = await lockedSubject(inGroup, catalog, many);
        // locking it again would write what is there so far
        const transaction = { ...inGroup, lockSubject: async () => row };
        for (const [index, add] of versionsOf(many).entries()) await add(transaction, start + index + 1);
        return start;
      };
      await together(store, catalog, [many, 'beside.v1'], { [many]: all });
      // neither was done again by itself
      const written = await writers(current(), catalog);
      expect(written.get(many)).toBe(written.get('beside.v1'));
      const left = async (subject: string) => {
        const { name: _, createdAt: _at, ...row } = (await store.subject(catalog, subject))!;
        const { items } = await store.versions(catalog, subject, { limit: 9 });
        const listed = (await store.subjects(catalog, {}, { limit: 99 })).items.find(({ name }) => name === subject);
        const { name: _name, ...summary } = listed!;
        const fields = await store.fields({ catalog, events: [subject], names: ['first', 'second', 'third'] });
        return {
          row,
          summary,
          numbers: items.map(({ number, label, tags, contract }) => [number, label, tags, contract]),
          consumers: (await store.consumers(catalog, subject)).map(({ service, origin }) => [service, origin]),
          fields: fields.own.map(({ name, type }) => [name, type]),
          found: (await store.searchSubjects(['third'], { limit: 9 })).items.some(({ name }) => name === subject),
          gone: (await store.searchSubjects(['second'], { limit: 9 })).items.some(({ name }) => name === subject),
        };
      };
      const found = await left(many);
      expect(found).toEqual(await left(one));
      expect(found).toMatchObject({ row: { latest: start + 3, issued: start + 3 }, consumers: [['mail', 'contract']] });
      expect(found).toMatchObject({ fields: [['third', 'string']], found: true, gone: false });
    }
    expect(await store.withoutFields(catalog, 9)).toEqual(['beside.v1']);
    expect((await store.verifyAudit()).intact).toBe(true);
  });

  test('content that is there is given as it is stored, and what is put twice has one id and one text', async () => {
    const { store, catalog } = current();
    await store.write((transaction) => putCatalog(transaction, catalog));
    const content = (name: string) => ({
      fingerprint: sha256(`${catalog} ${name}`),
      dialect: '2020-12' as const,
      format: 'avro' as const,
      text: `{"title":"${name}"}`,
      source: '"string"',
      attached: { references: [{ name: 'A', subject: 'a.v1', version: 1 }] },
    });
    const there = await store.write((transaction) => transaction.putSchema(content('there')));
    const given = new Map<string, unknown>();
    const putting =
      (name: string, text: string, isExpected: boolean, fails = false): Work =>
      async (transaction) => {
        const { fingerprint } = content(name);
        if (isExpected) await transaction.expectSchemas([fingerprint]);
        await transaction.lockSubject(catalog, 'none.v1');
        given.set(text, await transaction.putSchema({ ...content(name), text }));
        if (fails) throw new Fault('SUBJECT_LOCKED');
        return 1;
      };
    await together(store, catalog, names, {
      'a.v1': putting('there', 'other words', true),
      'b.v1': putting('new', 'first', false, true),
      'c.v1': putting('new', 'second', true),
      'd.v1': putting('gone', 'third', true, true),
    });
    expect(given.get('other words')).toEqual(there);
    expect(given.get('second')).toEqual(given.get('first'));
    const stored = await store.schemaByFingerprint(content('new').fingerprint);
    expect(stored).toEqual(given.get('second'));
    expect(stored).toMatchObject({ text: 'first', source: '"string"', attached: content('new').attached });
    expect(await store.schemaByFingerprint(content('gone').fingerprint)).toBeUndefined();
    const next = await store.writeInGroup('x', (transaction) => transaction.putSchema(content('later')));
    expect(await store.schemaById(next.id)).toEqual(next);
    expect(next.id).toBeGreaterThan(stored!.id);
  });

  test('one that refuses after it put its content leaves the others in theirs', async () => {
    const { store, catalog } = current();
    await store.write((transaction) => putCatalog(transaction, catalog));
    const text = `{"title":"${catalog} refused"}`;
    await together(store, catalog, names, {
      'c.v1': async (transaction) => {
        await lockedSubject(transaction, catalog, 'c.v1');
        await transaction.putSchema({ fingerprint: sha256(text), dialect: '2020-12', format: 'json', text });
        throw new Fault('SUBJECT_LOCKED');
      },
    });
    await expectWhole(store, catalog, ['a.v1', 'b.v1', 'd.v1', 'e.v1']);
    expect(new Set((await writers(current(), catalog)).values()).size).toBe(1);
    expect(await store.schemaByFingerprint(sha256(text))).toBeUndefined();
  });

  test('consumers that a contract names take the place of those before', async () => {
    const { store, catalog } = current();
    await store.write((transaction) => putCatalog(transaction, catalog));
    const versionWith = (subject: string, services: readonly string[]) =>
      store.writeInGroup(subject, (transaction) =>
        addVersion(transaction, catalog, subject, JSON.stringify([subject, services]), {
          contract: { consumers: services.map((service) => ({ service, reads: ['/a'] })) },
          tags: ['pii', 'a "b", {c}'],
          title: subject,
        }),
      );
    await Promise.all([versionWith('a.v1', ['mail', 'billing', 'mail']), versionWith('b.v1', ['mail'])]);
    await Promise.all([versionWith('a.v1', ['search']), versionWith('b.v1', [])]);
    expect((await store.consumers(catalog)).map(({ subject, service }) => [subject, service])).toEqual([
      ['a.v1', 'search'],
    ]);
    expect(await store.version(catalog, 'a.v1', 'latest')).toMatchObject({ tags: ['pii', 'a "b", {c}'], number: 2 });
    expect((await store.subjects(catalog, { tag: 'pii' }, { limit: 10 })).items).toMatchObject([
      { name: 'a.v1', latest: 2, title: 'a.v1' },
      { name: 'b.v1', latest: 2, title: 'b.v1' },
    ]);
  });
});

test.skipIf(databaseUrl === undefined)(
  'a subject that another process holds is waited for by its own work alone',
  async () => {
    const schema = newSchema();
    const open = () => openStore({ kind: 'postgres', url: databaseUrl!, schema });
    const [store, other] = [await open(), await open()];
    await store.write(async (transaction) => {
      await putCatalog(transaction, 'c');
      await addVersion(transaction, 'c', 'b.v1', '{}');
    });
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isHeld = () => {};
    const holding = new Promise<void>((resolve) => {
      isHeld = resolve;
    });
    const holder = other.write(async (transaction) => {
      await transaction.lockSubject('c', 'b.v1');
      isHeld();
      await held;
    });
    await holding;
    const done: string[] = [];
    const works = names.map((name) =>
      store
        .writeInGroup(name, (transaction) => registerOne(transaction, 'c', name))
        .then((number) => done.push(`${name} ${number}`)),
    );
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error('the others wait')), 5_000).unref());
    await Promise.race([Promise.all([works[0], works[2], works[3], works[4]]), late]);
    expect(done.sort()).toEqual(['a.v1 1', 'c.v1 1', 'd.v1 1', 'e.v1 1']);
    release();
    await Promise.all([holder, ...works]);
    expect(done).toContain('b.v1 2');
    await Promise.all([store.close(), other.close()]);
    await dropSchema(schema);
  },
);

test.skipIf(databaseUrl === undefined)(
  'content that another process puts meanwhile has one id, and all that would have put it are done',
  async () => {
    const schema = newSchema();
    const open = () => openStore({ kind: 'postgres', url: databaseUrl!, schema });
    const [store, other] = [await open(), await open()];
    await store.write((transaction) => putCatalog(transaction, 'c'));
    const text = '{"title":"of both"}';
    const content = { fingerprint: sha256(text), dialect: '2020-12', format: 'json', text } as const;
    let elsewhere: number | undefined;
    const putting: Work = async (transaction) => {
      await transaction.lockSubject('c', 'b.v1');
      const { id } = await transaction.putSchema(content);
      elsewhere ??= await other.write(async (apart) => (await apart.putSchema(content)).id);
      return id;
    };
    const settled = await together(store, 'c', names, { 'b.v1': putting });
    expect(settled.map((one) => one.status === 'fulfilled' && one.value)).toEqual([1, elsewhere, 1, 1, 1]);
    const version = store.writeInGroup('b.v1', (transaction) => addVersion(transaction, 'c', 'b.v1', text));
    expect(await version).toBe(1);
    expect((await store.version('c', 'b.v1', 1))?.schema.id).toBe(elsewhere);
    expect(await store.verifyAudit()).toMatchObject({ intact: true });
    await Promise.all([store.close(), other.close()]);
    await dropSchema(schema);
  },
);

/** Passes everything on to the database; once armed, it closes the connection on which somebody says `word`, before or after that. */
async function cutterAt(url: string, word: string, when: 'before' | 'after') {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let left = 0;
  const server = createServer((from) => {
    const to = dial(Number(port || 5432), hostname);
    for (const socket of [from, to]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    to.pipe(from);
    from.on('data', (said) => {
      if (left > 0 && said.toString('latin1').toLowerCase().includes(word)) {
        left -= 1;
        to.unpipe(from);
        if (when === 'after') to.write(said);
        // time for the database to do it; nobody hears of it
        setTimeout(() => {
          from.destroy();
          to.destroy();
        }, 200);
        return;
      }
      to.write(said);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' ? address!.port : 0,
    arm: () => {
      left = 1;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test.skipIf(databaseUrl === undefined).each(['before', 'after'] as const)(
  'a connection lost %s its commit acknowledges nobody, and all of the group is there or none',
  async (when) => {
    const schema = newSchema();
    const direct = await openStore({ kind: 'postgres', url: databaseUrl!, schema });
    await direct.write((transaction) => putCatalog(transaction, 'c'));
    const cutter = await cutterAt(databaseUrl!, 'commit\0', when);
    const url = new URL(databaseUrl!);
    url.port = String(cutter.port);
    url.hostname = '127.0.0.1';
    const store = await openStore({ kind: 'postgres', url: url.href, schema });
    cutter.arm();
    const settled = await together(store, 'c', names);
    const codes = settled.map((one) => one.status === 'rejected' && one.reason instanceof Fault && one.reason.code);
    expect(codes).toEqual(names.map(() => 'STORE_UNAVAILABLE'));
    expect(await subjectNames(direct, 'c')).toEqual(when === 'after' ? names : []);
    expect(await direct.verifyAudit()).toMatchObject({ intact: true });
    // and the next group goes through
    const again = await together(store, 'c', ['x.v1', 'y.v1']);
    expect(again.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    await Promise.all([store.close(), direct.close()]);
    await cutter.close();
    await dropSchema(schema);
  },
);
