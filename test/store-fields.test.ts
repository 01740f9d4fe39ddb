/** What is stored of the fields of a catalog is what its latest versions say, however they came to be its latest versions. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { fieldsOf, type NeighbourEntry } from '../src/check/neighbours.ts';
import { catalogFields } from '../src/registry/fields.ts';
import type { GroupedTransaction, Store, Transaction } from '../src/registry/ports.ts';
import { sha256 } from '../src/schema/canonical.ts';
import type { Json } from '../src/schema/json.ts';
import { migrate, readMigrations } from '../src/store/migrate.ts';
import { openStore } from '../src/store/open.ts';
import { databaseUrl, dropSchema, newSchema, onEachDatabase, type TestDatabase } from './support/database.ts';
import { eventLines, expectedOf, type Fields, fieldNames, seenOf, someFields, textOf } from './support/neighbours.ts';
import { addVersion, catalogNamed, putCatalog, reportFor } from './support/records.ts';

/** A registration as this program makes it, or as one that knows nothing of fields. */
type Writer = 'new' | 'old';

type Step =
  | { readonly kind: 'register'; readonly by: Writer; readonly subject: string; readonly fields: Fields }
  | { readonly kind: 'together'; readonly all: ReadonlyMap<string, Fields> }
  | { readonly kind: 'withdraw'; readonly by: Writer; readonly subject: string }
  | { readonly kind: 'settle' }
  | { readonly kind: 'ask'; readonly beside: ReadonlyMap<string, Fields> };

const subject = fc.constantFrom(...eventLines);
const by = fc.constantFrom<Writer>('new', 'new', 'old');
const several = fc
  .dictionary(subject, someFields, { noNullPrototype: true })
  .map((stated) => new Map(Object.entries(stated)));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('register' as const), by, subject, fields: someFields }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('together' as const), all: several }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), by, subject }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'settle' as const }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('ask' as const), beside: several }) },
);

/** What chance may leave out. */
const everyStep: Step[] = [
  // of four that have a type the first two are checked, or one of them and another line of the event of one that is left
  ...['a.b.v1', 'a.c.v1', 'b.b.v1', 'c.a.v1'].map(
    (name): Step => ({ kind: 'register', by: 'new', subject: name, fields: new Map([['order_id', 'string']]) }),
  ),
  ...[
    ['a.b.v1', 'a.c.v1'],
    ['a.b.v1', 'a.c.v1', 'b.b.v2'],
    ['a.c.v1', 'a.b.v2', 'b.b.v1'],
  ].map(
    (names): Step => ({
      kind: 'ask',
      beside: new Map(names.map((name) => [name, new Map([['order_id', 'integer']])])),
    }),
  ),
  { kind: 'register', by: 'old', subject: 'b.b.v1', fields: new Map([['orderId', 'string']]) },
  { kind: 'withdraw', by: 'new', subject: 'a.b.v1' },
  { kind: 'ask', beside: new Map([['c.a.v1', new Map([['order_id', 'integer']])]]) },
  { kind: 'register', by: 'new', subject: 'a.b.v1', fields: new Map([['sent_at', 'string']]) },
  { kind: 'withdraw', by: 'old', subject: 'b.b.v1' },
  { kind: 'settle' },
];

function entryOf([subject, fields]: readonly [string, Fields]): NeighbourEntry {
  return { subject, document: { root: JSON.parse(textOf(fields)), dialect: '2020-12', bundle: new Map() } };
}

/** Everybody is told of these names: a document that has them. */
const asking: Json = Object.fromEntries(fieldNames.map((name) => [name, {}]));
const allNames = new Set(fieldNames);

async function asked({ store, catalog }: TestDatabase, present: ReadonlyMap<string, Fields>): Promise<void> {
  const fields = catalogFields(store);
  for (const asker of eventLines) {
    const index = await fields.around(store, catalog, asker, asking);
    const expected = expectedOf(present, asker);
    expect(seenOf(index.around(asker, allNames)), asker).toEqual(expected);
    // names that nobody asks about are known by their count alone
    const counted = await fields.around(store, catalog, asker, {});
    expect(seenOf(counted.around(asker, new Set())), asker).toEqual({ fields: [], styles: expected.styles });
  }
}

async function askedTogether(
  { store, catalog }: TestDatabase,
  present: ReadonlyMap<string, Fields>,
  beside: ReadonlyMap<string, Fields>,
): Promise<void> {
  const index = await catalogFields(store).beside(store, catalog, [...beside.keys()], [...beside].map(entryOf));
  const after = new Map([...present, ...beside]);
  for (const asker of beside.keys()) {
    const names = new Set([...beside.values()].flatMap((fields) => [...fields.keys()]));
    const { fields, styles } = expectedOf(after, asker);
    const seen = seenOf(index.around(asker, names));
    expect(seen, asker).toEqual({ fields: fields.filter(([name]) => names.has(name)), styles });
  }
}

async function added(
  transaction: GroupedTransaction,
  catalog: string,
  subject: string,
  fields: Fields,
  salt: number,
): Promise<void> {
  const text = textOf(fields).replace('{', `{"title":"${catalog} ${subject} ${salt}",`);
  const number = ((await transaction.subject(catalog, subject))?.issued ?? 0) + 1;
  await addVersion(transaction, catalog, subject, text, { number, fields: fieldsOf(entryOf([subject, fields])) });
}

/** What a program did that knows nothing of fields: the subject says of them what it said before. */
async function asBefore(database: TestDatabase, subject: string, work: () => Promise<void>): Promise<void> {
  const { driver, catalog } = database;
  const of = sql`catalog = ${catalog} and name = ${subject}`;
  const [before] = await driver.db
    .select({ fieldsOf: sql<number>`fields_of`, rows: rowsOf(catalog, subject) })
    .from(sql`subjects where ${of}`);
  await work();
  const [after] = await driver.db.select({ rows: rowsOf(catalog, subject) }).from(sql`subjects where ${of}`);
  expect(after?.rows).toBe(before?.rows ?? 0);
  await driver.db.execute(sql`update subjects set fields_of = ${before?.fieldsOf ?? 0} where ${of}`);
}

function rowsOf(catalog: string, subject: string) {
  return sql<number>`(select count(*)::int from subject_fields where catalog = ${catalog} and subject = ${subject})`;
}

onEachDatabase((current) => {
  test('a check sees the latest versions, whoever wrote, withdrew and replaced them', async () => {
    const { store, catalog: ofTest } = current();
    const met = { old: 0, gone: 0, back: 0, asked: 0 };
    let run = 0;
    const property = fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 30, size: 'max' }), async (steps) => {
      const catalog = `${ofTest}-${run++}`;
      const database = { ...current(), catalog };
      await store.write((transaction) => putCatalog(transaction, catalog));
      const versions = new Map<string, Map<number, Fields>>();
      const issued = new Map<string, number>();
      const latest = () =>
        new Map(
          [...versions].flatMap(([name, own]) => (own.size > 0 ? [[name, own.get(Math.max(...own.keys()))!]] : [])),
        );
      const note = (name: string, fields: Fields) => {
        const number = (issued.get(name) ?? 0) + 1;
        issued.set(name, number);
        versions.set(name, new Map([...(versions.get(name) ?? []), [number, fields]]));
      };
      const register = async (name: string, fields: Fields, writer: Writer, salt: number) => {
        const write = (isKnown: boolean) =>
          store.write(async (transaction) => {
            const insertVersion: typeof transaction.insertVersion = ({ fields: own, ...version }) =>
              transaction.insertVersion({ ...version, ...(isKnown && own && { fields: own }) });
            await added({ ...transaction, insertVersion }, catalog, name, fields, salt);
          });
        await (writer === 'new' ? write(true) : asBefore(database, name, () => write(false)));
        note(name, fields);
      };
      for (const [salt, one] of steps.entries())
        if (one.kind === 'register') {
          if (one.by === 'old') met.old += 1;
          if (issued.has(one.subject) && !latest().has(one.subject)) met.back += 1;
          await register(one.subject, one.fields, one.by, salt);
        } else if (one.kind === 'together') {
          await Promise.all(
            [...one.all].map(([name, fields]) =>
              store.writeInGroup(name, (transaction) => added(transaction, catalog, name, fields, salt)),
            ),
          );
          for (const [name, fields] of one.all) note(name, fields);
        } else if (one.kind === 'withdraw') {
          const own = versions.get(one.subject);
          if (own === undefined || own.size === 0) continue;
          const number = Math.max(...own.keys());
          const withdraw = () => store.write((transaction) => transaction.withdraw(catalog, one.subject, number));
          await (one.by === 'new' ? withdraw() : asBefore(database, one.subject, withdraw));
          own.delete(number);
          if (own.size === 0) met.gone += 1;
        } else if (one.kind === 'settle') await store.settleFieldNames();
        else {
          met.asked += 1;
          await askedTogether(database, latest(), one.beside);
          await asked(database, latest());
        }
      await asked(database, latest());
    });
    await fc.assert(property, { numRuns: 25, examples: [[everyStep]] });
    for (const count of Object.values(met)) expect(count).toBeGreaterThan(0);
  }, 180_000);
});

/** Subjects as a program wrote them that knew nothing of fields. */
function formerRows(catalog: string, present: ReadonlyMap<string, Fields>): readonly string[] {
  const text = (value: unknown) => `'${String(value).replaceAll("'", "''")}'`;
  const now = 'now()';
  const rules = text(JSON.stringify(catalogNamed(catalog)));
  const ofSubject = ([subject, fields]: readonly [string, Fields]) => {
    const document = textOf(fields).replace('{', `{"title":"${catalog} ${subject}",`);
    const fingerprint = sha256(document);
    const report = text(JSON.stringify(reportFor(catalog, subject, fingerprint)));
    const place = `catalog = ${text(catalog)} and name = ${text(subject)}`;
    return [
      `insert into subjects (catalog, name, settings, stage, latest, issued, created_at) values (${text(catalog)}, ${text(subject)}, '{}', 'active', 1, 1, ${now})`,
      `insert into schemas (fingerprint, dialect, text) values (${text(fingerprint)}, '2020-12', ${text(document)})`,
      `insert into versions (subject_id, number, schema_id, label, contract, tags, report, verdict, engine_version, level, world, created_at, created_by)
       select (select id from subjects where ${place}), 1, (select id from schemas where fingerprint = ${text(fingerprint)}), '1.0.0', '{}', '{}', ${report}, 'compatible', '0', 'BACKWARD', 'closed', ${now}, 'tester'`,
    ];
  };
  return [
    `insert into catalogs values (${text(catalog)}, ${rules}, ${text(sha256(catalog))}, ${now}, ${now})`,
    ...[...present].flatMap(ofSubject),
  ];
}

const formerly: ReadonlyMap<string, Fields> = new Map([
  ['a.b.v1', new Map([['order_id', 'string']])],
  ['a.c.v1', new Map([['order_id', 'integer']])],
  ['b.b.v1', new Map([['orderId', 'string']])],
  ['c.a.v1', new Map([['id', 'string']])],
]);

const lastBefore = readMigrations().findIndex(({ tag }) => tag === '0016_fields');

async function seesFormerRows(store: Store): Promise<void> {
  const fields = catalogFields(store);
  for (const asker of [...eventLines, 'd.a.v1']) {
    const index = await fields.around(store, 'former', asker, asking);
    expect(seenOf(index.around(asker, allNames)), asker).toEqual(expectedOf(formerly, asker));
  }
}

describe('a database from before there were fields', () => {
  test('embedded, is opened, and its first check sees every subject', async () => {
    const path = mkdtempSync(join(tmpdir(), 'herald-fields-'));
    const before = await PGlite.create(join(path, 'database'));
    await migrate(
      { run: async (statement) => (await before.query<Record<string, unknown>>(statement)).rows },
      'public',
      readMigrations().slice(0, lastBefore),
    );
    for (const statement of formerRows('former', formerly)) await before.query(statement);
    await before.close();
    const store = await openStore({ kind: 'folder', path });
    await seesFormerRows(store);
    await store.close();
    rmSync(path, { recursive: true });
  }, 60_000);

  test.skipIf(databaseUrl === undefined)(
    'on PostgreSQL, is opened, and its first check sees every subject',
    async () => {
      const schema = newSchema();
      const client = postgres(databaseUrl!, { max: 1, onnotice: () => {}, connection: { search_path: schema } });
      await migrate({ run: (statement) => client.unsafe(statement) }, schema, readMigrations().slice(0, lastBefore));
      for (const statement of formerRows('former', formerly)) await client.unsafe(statement);
      await client.end();
      const store = await openStore({ kind: 'postgres', url: databaseUrl!, schema, connections: 2 });
      await seesFormerRows(store);
      await store.close();
      await dropSchema(schema);
    },
    60_000,
  );
});

/** `count` subjects without fields; the last one alone has another type. */
async function manyWithoutFields({ run, catalog }: TestDatabase, count: number): Promise<void> {
  const subjects = Array.from({ length: count }, (_, index) => `s.n${String(index).padStart(4, '0')}.v1`);
  const present = subjects.map((name, index) => [
    name,
    new Map([['order_id', index === count - 1 ? 'integer' : 'string']]),
  ]);
  for (const statement of formerRows(catalog, new Map(present as [string, Fields][]))) await run(statement);
}

/** With every transaction counted. */
function counting(store: Store) {
  let writes = 0;
  const write: Store['write'] = (work) => {
    writes += 1;
    return store.write(work);
  };
  return { store: { ...store, write }, writes: () => writes };
}

onEachDatabase((current) => {
  test('all who ask while fields are missing wait for the same portions, and see every subject', async () => {
    const { store, catalog } = current();
    await manyWithoutFields(current(), 600);
    const counted = counting(store);
    const fields = catalogFields(counted.store);
    const ask = async () => {
      const index = await fields.around(store, catalog, 'a.b.v1', asking);
      return seenOf(index.around('a.b.v1', allNames));
    };
    const expected = {
      fields: [
        ['order_id', 'integer', 's.n0599.v1'],
        ['order_id', 'string', 's.n0000.v1'],
      ],
      styles: [['snake', 1]],
    };
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([expected, expected, expected]);
    expect(counted.writes()).toBe(3);
    expect(await ask()).toEqual(expected);
    expect(counted.writes()).toBe(3);
  }, 60_000);

  test.each<Writer>(['new', 'old'])(
    'while a version is read the next comes from the %s program, and its fields count',
    async (by) => {
      const { store, catalog } = current();
      await manyWithoutFields(current(), 1);
      const next: Fields = new Map([['orderId', 'string']]);
      let isFirst = true;
      const overtaken: Store['currentDocuments'] = async (...given) => {
        const documents = await store.currentDocuments(...given);
        if (isFirst) {
          isFirst = false;
          const name = 's.n0000.v1';
          const register = () =>
            store.write(async (transaction) => {
              if (by === 'new') await added(transaction, catalog, name, next, 1);
              else await addVersion(transaction, catalog, name, textOf(next));
            });
          await (by === 'new' ? register() : asBefore(current(), name, register));
        }
        return documents;
      };
      const fields = catalogFields({ ...store, currentDocuments: overtaken });
      const index = await fields.around(store, catalog, 'a.b.v1', asking);
      expect(seenOf(index.around('a.b.v1', allNames))).toEqual(expectedOf(new Map([['s.n0000.v1', next]]), 'a.b.v1'));
      expect(isFirst).toBe(false);
    },
  );

  test.each<readonly [Writer, Writer]>([
    ['new', 'old'],
    ['old', 'new'],
  ])(
    'a number that is given again after a removal is another version: withdrawn by a %s program, given by a %s',
    async (withdrawn, given) => {
      const { store, catalog } = current();
      const name = 'a.b.v1';
      await store.write((transaction) => putCatalog(transaction, catalog));
      await store.write((transaction) => added(transaction, catalog, name, new Map([['order_id', 'string']]), 1));
      const as = (writer: Writer, work: () => Promise<void>) =>
        writer === 'new' ? work() : asBefore(current(), name, work);
      await as(withdrawn, () => store.write((transaction) => transaction.withdraw(catalog, name, 1)));
      await store.write((transaction) => transaction.remove(catalog, name, 1));
      const next: Fields = new Map([['orderId', 'string']]);
      await as(given, () =>
        store.write(async (transaction) => {
          await addVersion(transaction, catalog, name, textOf(next), { number: 1 });
        }),
      );
      await asked(current(), new Map([[name, next]]));
    },
  );

  test('what is missing is written down meanwhile, until the end is near, and not for catalogs that never ask', async () => {
    const { store, catalog } = current();
    await manyWithoutFields(current(), 300);
    const quiet = { ...current(), catalog: `${catalog}-quiet` };
    await manyWithoutFields(quiet, 2);
    const { rules } = (await store.catalog(quiet.catalog))!;
    const off = { ...rules, rules: { 'field-naming': 'off', 'field-type-consistent': 'off' } } as const;
    await store.write((transaction) => transaction.putCatalog(off, sha256('off')));
    const ours = {
      catalogs: async () => (await store.catalogs()).filter(({ name }) => name.startsWith(catalog)),
      settleFieldNames: store.settleFieldNames,
    };
    const fields = catalogFields(store);
    const looks = [false, true];
    await fields.complete(ours, () => looks.shift() ?? true);
    expect(await store.withoutFields(catalog, 1_000)).toHaveLength(50);
    await fields.complete(ours, () => false);
    expect(await store.withoutFields(catalog, 1_000)).toEqual([]);
    expect(await store.withoutFields(quiet.catalog, 1_000)).toHaveLength(2);
  }, 60_000);

  test('names that nobody uses any more are removed, and those that somebody uses are doubted no more', async () => {
    const { store, catalog, driver } = current();
    const put = (name: string, fields: Record<string, string>, salt: number) =>
      store.write((transaction) => added(transaction, catalog, name, new Map(Object.entries(fields)), salt));
    await store.write((transaction) => putCatalog(transaction, catalog));
    await put('a.b.v1', { order_id: 'string', sent_at: 'string' }, 1);
    await put('b.b.v1', { order_id: 'string' }, 2);
    await put('a.b.v1', { orderId: 'string' }, 3);
    const names = () =>
      driver.db
        .select({ field: sql<string>`field`, doubtful: sql<boolean>`doubtful` })
        .from(sql`field_names where catalog = ${catalog} order by field`);
    const field = (name: string, doubtful: boolean) => ({ field: name, doubtful });
    expect(await names()).toEqual([field('orderId', false), field('order_id', true), field('sent_at', true)]);
    await store.settleFieldNames();
    expect(await names()).toEqual([field('orderId', false), field('order_id', false)]);
    const present = new Map<string, Fields>([
      ['a.b.v1', new Map([['orderId', 'string']])],
      ['b.b.v1', new Map([['order_id', 'string']])],
    ]);
    await asked(current(), present);
  });

  test('many changes of how many names there are become one row for each style', async () => {
    const { store, catalog, driver } = current();
    await store.write((transaction) => putCatalog(transaction, catalog));
    const fields = (index: number): Fields => new Map([[`field_${index}`, 'string']]);
    for (let index = 0; index < 120; index += 1)
      await store.write((transaction) => added(transaction, catalog, `s.n${index}.v1`, fields(index), index));
    const rows = () =>
      driver.db.select({ names: sql<number>`names` }).from(sql`field_name_counts where catalog = ${catalog}`);
    expect(await rows()).toHaveLength(120);
    await store.settleFieldNames();
    expect(await rows()).toEqual([{ names: 120 }]);
  }, 60_000);
});

describe.skipIf(databaseUrl === undefined)('two processes on PostgreSQL', () => {
  async function twoStores() {
    const schema = newSchema();
    const open = () => openStore({ kind: 'postgres', url: databaseUrl!, schema, connections: 3 });
    const stores = [await open(), await open()] as const;
    const close = async () => {
      for (const store of stores) await store.close();
      await dropSchema(schema);
    };
    return { stores, close };
  }

  /** A transaction that did its work and waits. */
  async function held(store: Store, work: (transaction: Transaction) => Promise<void>) {
    let isDone: () => void = () => {};
    let end: () => void = () => {};
    const done = new Promise<void>((resolve) => {
      isDone = resolve;
    });
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const committed = store.write(async (transaction) => {
      await work(transaction);
      isDone();
      await ended;
    });
    await Promise.race([done, committed]);
    return {
      commit: async () => {
        end();
        await committed;
      },
    };
  }

  const camel: Fields = new Map([['orderId', 'string']]);

  async function stylesSeen(store: Store, catalog: string) {
    const index = await catalogFields(store).around(store, catalog, 'd.a.v1', {});
    return seenOf(index.around('d.a.v1', new Set())).styles;
  }

  test('a name that both use first at the same time is counted once', async () => {
    const { stores, close } = await twoStores();
    const [one, other] = stores;
    await one.write((transaction) => putCatalog(transaction, 'c'));
    const first = await held(one, (transaction) => added(transaction, 'c', 'a.b.v1', camel, 1));
    const second = other.write((transaction) => added(transaction, 'c', 'b.b.v1', camel, 2));
    await sleep(200);
    await first.commit();
    await second;
    expect(await stylesSeen(one, 'c')).toEqual([['camel', 1]]);
    await close();
  });

  test('a name is not removed while a transaction is about to use it again', async () => {
    const { stores, close } = await twoStores();
    const [one, other] = stores;
    await one.write((transaction) => putCatalog(transaction, 'c'));
    await one.write((transaction) => added(transaction, 'c', 'a.b.v1', camel, 1));
    await one.write((transaction) => added(transaction, 'c', 'a.b.v1', new Map(), 2));
    expect(await stylesSeen(one, 'c')).toEqual([]);
    const again = await held(one, (transaction) => added(transaction, 'c', 'b.b.v1', camel, 3));
    // it gives way: no error, and nobody waits for long
    await other.settleFieldNames();
    await again.commit();
    expect(await stylesSeen(one, 'c')).toEqual([['camel', 1]]);
    await other.settleFieldNames();
    expect(await stylesSeen(one, 'c')).toEqual([['camel', 1]]);
    await close();
  });
});
