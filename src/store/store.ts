/** The registry's port on a driver. */
import { Fault } from '../errors.ts';
import type { Change, Clock, Deliveries, FieldsAsked, Reads, Store, Transaction } from '../registry/ports.ts';
import type { Announcement, AuditEntry } from '../registry/records.ts';
import { together } from '../together.ts';
import { appendAudit, auditHeadOf, type DatedEntry, verifyAudit } from './audit.ts';
import { asTransaction, type Db, type Driver, refuseInsideTransaction } from './database.ts';
import { backlog, claim, fanOut, listDeliveries, settle } from './deliveries.ts';
import { exported, readExport } from './export.ts';
import { withoutValues } from './fault.ts';
import { findFields } from './fields.ts';
import { hasUnsettledNames, settleNames } from './fields-written.ts';
import { gatheredReads } from './gathered.ts';
import { groupCommit } from './group.ts';
import type { Left } from './group-methods.ts';
import { guarded, repeated, within } from './guard.ts';
import { findCatalogs, findSubjects, listConsumersOfEach, listWaiversOfEach, type SubjectKey } from './many-reads.ts';
import { type Noted, readsOn, writesOn } from './methods.ts';
import { type DatedAnnouncement, insertAnnouncements, lockStreams } from './outbox.ts';
import { readsBeside } from './standby.ts';
import { surroundingsOf } from './surroundings.ts';
import { markTokenUsed } from './tokens.ts';

const withoutTimeout = { timeoutMs: Number.POSITIVE_INFINITY };

export async function storeOn(driver: Driver, clock: Clock): Promise<Store & Deliveries> {
  const now = () => new Date(clock.now()).toISOString();
  const listeners = new Set<(change: Change) => void>();
  const publish = (change: Change) => {
    driver.standby?.changed(change);
    for (const listener of listeners) listener(change);
  };
  await driver.listen(publish);

  /** With the mark of a transaction, for work of others: the store's own asks nothing but what it is given. */
  const inOne = <T>(work: (db: Db) => Promise<T>) => asTransaction(() => bounded(driver, work));

  async function write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    refuseInsideTransaction();
    const changes = new Map<string, Change>();
    const result = await repeated(() => {
      changes.clear();
      return inOne((db) => transacted(driver, db, now, changes, work));
    });
    for (const change of changes.values()) publish(change);
    return result;
  }

  const writeInGroup = groupCommit({
    now,
    // without the mark of a transaction, which would cost every promise of the process: the same works run marked when they run alone
    inOne: (work) => bounded(driver, work),
    finish: (db, left) => finish(driver, db, left),
    alone: write,
    publish: ({ changes }) => {
      for (const change of changes) publish(change);
    },
  });

  const methods = {
    ...readsBeside(gatheredReadsOn(driver.db), driver.standby),
    ping: () => driver.ping(),
    settleFieldNames: () => settleFieldNames(driver),
    markTokenUsed: (id: string, day: string) => markTokenUsed(driver.db, id, day),
    fanOut: (at: string, limit: number) => repeated(() => bounded(driver, (db) => fanOut(db, at, limit))),
    claim: (...given: Parameters<Deliveries['claim']>) => repeated(() => bounded(driver, (db) => claim(db, ...given))),
    settle: (delivery: Parameters<Deliveries['settle']>[0]) => settle(driver.db, delivery),
    deliveries: (...asked: Parameters<Deliveries['deliveries']>) => listDeliveries(driver.db, ...asked),
    backlog: (at: string) => backlog(driver.db, at),
    auditHead: () => auditHeadOf(driver.db),
    surroundings: gatheredSurroundings(driver.db),
  };
  return {
    ...guarded(methods, driver, refuseInsideTransaction),
    // These read whole logs.
    ...guarded(
      { export: async () => exported(driver.db, await inOne(readExport)) },
      withoutTimeout,
      refuseInsideTransaction,
    ),
    ...guarded({ verifyAudit: () => verifyAudit(driver.db) }, withoutTimeout, refuseInsideTransaction),
    write,
    writeInGroup: (key, work) => {
      refuseInsideTransaction();
      return writeInGroup(key, work);
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    standby: () => driver.standby?.state(),
    close: () => driver.close(),
  };
}

async function transacted<T>(
  driver: Driver,
  db: Db,
  now: () => string,
  changes: Map<string, Change>,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const entries: DatedEntry[] = [];
  const announcements: DatedAnnouncement[] = [];
  const noted: Noted = (catalog, subject) => changes.set(JSON.stringify([catalog, subject]), { catalog, subject });
  const appended = async (entry: AuditEntry) => {
    entries.push({ ...entry, at: now() });
  };
  const announced = async (announcement: Announcement) => {
    announcements.push({ ...announcement, at: now() });
  };
  const methods = {
    ...readsOn(db),
    ...writesOn(db, now, noted),
    announce: announced,
    appendAudit: appended,
  };
  const transaction = guarded(methods, driver);
  const result = await work(transaction);
  await finish(driver, db, { announcements, entries, changes: [...changes.values()] });
  return result;
}

/** The last step of a transaction: from here on it follows all others that append to the audit log. */
async function finish(driver: Driver, db: Db, { announcements, entries, changes }: Left): Promise<void> {
  // one connection answers in the order in which it is asked: the streams are locked before their rows get sequences
  await together([
    lockStreams(db, announcements),
    insertAnnouncements(db, announcements),
    driver.notify(db, changes),
    appendAudit(db, entries),
  ]);
}

/** Of a registration, for others: less than its commit takes, and more than a statement. One that hangs holds up nobody for longer. */
const maxWaitMs = 10;

function gatheredSurroundings(db: Db): Store['surroundings'] {
  const ask = gatheredReads(
    async (place: SubjectKey) => (await surroundingsOf(db, [place]))[0]!,
    (places) => surroundingsOf(db, places),
    maxWaitMs,
  );
  return (catalog, subject) => ask({ catalog, subject });
}

/** What every check asks, asked for all that ask at the same time. */
function gatheredReadsOn(db: Db): Reads {
  const reads = readsOn(db);
  const subject = gatheredReads(
    ({ catalog, subject: name }: SubjectKey) => reads.subject(catalog, name),
    (places) => findSubjects(db, places),
  );
  const waivers = gatheredReads(
    (place: SubjectKey) => reads.waivers(place),
    (places) => listWaiversOfEach(db, places),
  );
  const consumers = gatheredReads(
    ({ catalog, subject: name }: SubjectKey) => reads.consumers(catalog, name),
    (places) => listConsumersOfEach(db, places),
  );
  const fields = gatheredReads(
    (asked: FieldsAsked) => reads.fields(asked),
    (asked) => findFields(db, asked),
  );
  return {
    ...reads,
    fields: (asked) => (asked.without?.length ? reads.fields(asked) : fields(asked)),
    // a question that has no parameter but the catalog is the same question
    deprecations: gatheredReads(reads.deprecations, async (catalogs) => {
      const known = new Map([...new Set(catalogs)].map((catalog) => [catalog, reads.deprecations(catalog)]));
      await Promise.all(known.values());
      return Promise.all(catalogs.map((catalog) => known.get(catalog)!));
    }),
    catalog: gatheredReads(reads.catalog, (names) => findCatalogs(db, names)),
    subject: (catalog, name) => subject({ catalog, subject: name }),
    waivers: ({ catalog, subject: name }) =>
      catalog === undefined || name === undefined
        ? reads.waivers({ ...(catalog !== undefined && { catalog }), ...(name !== undefined && { subject: name }) })
        : waivers({ catalog, subject: name }),
    consumers: (catalog, named) =>
      typeof named === 'string' ? consumers({ catalog, subject: named }) : reads.consumers(catalog, named),
  };
}

/** Registrations under way are not waited for: it is tried again. */
async function settleFieldNames(driver: Driver): Promise<void> {
  if (!(await hasUnsettledNames(driver.db))) return;
  try {
    await bounded(driver, settleNames);
  } catch (caught) {
    const error = withoutValues(caught);
    if (!(error instanceof Fault && error.code === 'SUBJECT_LOCKED')) throw error;
  }
}

/**
 * A transaction that ends. As a whole it may take a few times as long as one statement; once its work has failed, the answer to
 * its rollback is hardly waited for, since a database that stopped answering is the likely reason.
 */
function bounded<T>(driver: Driver, work: (db: Db) => Promise<T>): Promise<T> {
  let abandon: (error: unknown) => void = () => {};
  const abandoned = new Promise<never>((_, refuse) => {
    abandon = refuse;
  });
  const transaction = driver.transaction(async (db) => {
    try {
      return await work(db);
    } catch (error) {
      if (driver.timeoutMs !== Number.POSITIVE_INFINITY) setTimeout(() => abandon(error), 1_000).unref();
      throw error;
    }
  });
  return within({ timeoutMs: driver.timeoutMs * 6 }, Promise.race([transaction, abandoned]));
}
