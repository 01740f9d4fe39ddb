/** The registry's port on a driver. */
import type { Change, Clock, Deliveries, Store, Transaction } from '../registry/ports.ts';
import type { Announcement, AuditEntry } from '../registry/records.ts';
import { together } from '../together.ts';
import { appendAudit, auditHeadOf, type DatedEntry, verifyAudit } from './audit.ts';
import { asTransaction, type Db, type Driver, refuseInsideTransaction } from './database.ts';
import { backlog, claim, fanOut, listDeliveries, settle } from './deliveries.ts';
import { exported, readExport } from './export.ts';
import { guarded, repeated, within } from './guard.ts';
import { type Noted, readsOn, writesOn } from './methods.ts';
import { type DatedAnnouncement, insertAnnouncements, lockStreams } from './outbox.ts';
import { markTokenUsed } from './tokens.ts';

const withoutTimeout = { timeoutMs: Number.POSITIVE_INFINITY };

export async function storeOn(driver: Driver, clock: Clock): Promise<Store & Deliveries> {
  const now = () => new Date(clock.now()).toISOString();
  const listeners = new Set<(change: Change) => void>();
  const publish = (change: Change) => {
    for (const listener of listeners) listener(change);
  };
  await driver.listen(publish);

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

  const methods = {
    ...readsOn(driver.db),
    ping: () => driver.ping(),
    markTokenUsed: (id: string, day: string) => markTokenUsed(driver.db, id, day),
    fanOut: (at: string) => repeated(() => inOne((db) => fanOut(db, at))),
    claim: (...given: Parameters<Deliveries['claim']>) => repeated(() => inOne((db) => claim(db, ...given))),
    settle: (delivery: Parameters<Deliveries['settle']>[0]) => settle(driver.db, delivery),
    deliveries: (...asked: Parameters<Deliveries['deliveries']>) => listDeliveries(driver.db, ...asked),
    backlog: (at: string) => backlog(driver.db, at),
    auditHead: () => auditHeadOf(driver.db),
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
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
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
  await lockStreams(db, announcements);
  await together([
    insertAnnouncements(db, announcements),
    driver.notify(db, [...changes.values()]),
    appendAudit(db, entries),
  ]);
  return result;
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
