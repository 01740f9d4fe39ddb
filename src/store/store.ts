/** The registry's port on a driver: which question is answered where, and what surrounds every one of them. */
import type { AuditEntry, Change, Clock, Deliveries, Reads, Store, Transaction } from '../registry/ports.ts';
import { appendAudit, type DatedEntry, listAudit, verifyAudit } from './audit.ts';
import { findCatalog, listCatalogs, putCatalog } from './catalogs.ts';
import { deleteConsumer, listConsumers, putConsumer, replaceContractConsumers } from './consumers.ts';
import { asTransaction, type Db, type Driver, refuseInsideTransaction } from './database.ts';
import { backlog, claim, fanOut, listDeliveries, redeliver, settle } from './deliveries.ts';
import {
  deleteDeprecation,
  findDeprecation,
  insertTransition,
  listDeprecations,
  listTransitions,
  putDeprecation,
} from './deprecations.ts';
import { isSerializationFailure, withoutValues } from './fault.ts';
import { announce, readOutbox } from './outbox.ts';
import { findSchema, findSchemaByFingerprint, placesOf, putSchema } from './schemas.ts';
import { findSubject, listSubjects, lockSubject, putSettings, setStage } from './subjects.ts';
import { addUsage, listUsage } from './usage.ts';
import { findVersion, history, insertVersion, latestVersions, listVersions } from './versions.ts';
import { insertWaiver, listWaivers } from './waivers.ts';
import { deleteWebhook, insertWebhook, listWebhooks } from './webhooks.ts';

/** Times the same work is begun in all before a conflict is given up on. */
const attempts = 6;

export async function storeOn(driver: Driver, clock: Clock): Promise<Store & Deliveries> {
  const now = () => new Date(clock.now()).toISOString();
  const listeners = new Set<(change: Change) => void>();
  const tell = (change: Change) => {
    for (const listener of listeners) listener(change);
  };
  await driver.listen(tell);

  async function write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    refuseInsideTransaction();
    const changes = new Map<string, Change>();
    const result = await repeated(() => {
      changes.clear();
      return asTransaction(() => driver.transaction((db) => transacted(driver, db, now, changes, work)));
    });
    for (const change of changes.values()) tell(change);
    return result;
  }

  const inOne = <T>(work: (db: Db) => Promise<T>) => repeated(() => asTransaction(() => driver.transaction(work)));

  const methods = {
    ...readsOn(driver.db),
    ping: () => driver.ping(),
    verifyAudit: () => verifyAudit(driver.db),
    fanOut: (at: string) => inOne((db) => fanOut(db, at)),
    claim: (at: string, until: string, limit: number) => inOne((db) => claim(db, at, until, limit)),
    settle: (delivery: Parameters<Deliveries['settle']>[0]) => settle(driver.db, delivery),
    deliveries: (webhook: string, page: Parameters<Deliveries['deliveries']>[1]) =>
      listDeliveries(driver.db, webhook, page),
    redeliver: (id: string) => redeliver(driver.db, id, now()),
    backlog: (at: string) => backlog(driver.db, at),
  };
  return {
    ...guarded(methods, refuseInsideTransaction),
    write,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => driver.close(),
  };
}

function readsOn(db: Db): Reads {
  return {
    catalog: (name) => findCatalog(db, name),
    catalogs: () => listCatalogs(db),
    subject: (catalog, name) => findSubject(db, catalog, name),
    subjects: (catalog, filter, page) => listSubjects(db, catalog, filter, page),
    version: (catalog, subject, number) => findVersion(db, catalog, subject, number),
    versions: (catalog, subject, page) => listVersions(db, catalog, subject, page),
    history: (catalog, subject) => history(db, catalog, subject),
    schemaById: (id) => findSchema(db, id),
    schemaByFingerprint: (fingerprint) => findSchemaByFingerprint(db, fingerprint),
    placesOf: (schemaId) => placesOf(db, schemaId),
    latestVersions: (catalog) => latestVersions(db, catalog),
    consumers: (catalog, subject) => listConsumers(db, catalog, subject),
    deprecation: (catalog, subject) => findDeprecation(db, catalog, subject),
    deprecations: (catalog) => listDeprecations(db, catalog),
    transitions: (catalog, subject) => listTransitions(db, catalog, subject),
    waivers: (filter) => listWaivers(db, filter),
    usage: (filter) => listUsage(db, filter),
    webhooks: () => listWebhooks(db),
    audit: (page) => listAudit(db, page),
    outbox: (after, limit) => readOutbox(db, after, limit),
  };
}

type Noted = (catalog: string, subject: string) => void;

type Writes = Omit<Transaction, keyof Reads | 'appendAudit'>;

function writesOn(db: Db, now: () => string, noted: Noted): Writes {
  return {
    lockSubject: (catalog, name, create) => lockSubject(db, catalog, name, create, now()),
    putCatalog: (rules, fingerprint) => {
      noted(rules.name, '');
      return putCatalog(db, rules, fingerprint, now());
    },
    putSettings: (catalog, subject, settings) => {
      noted(catalog, subject);
      return putSettings(db, catalog, subject, settings);
    },
    putSchema: (content) => putSchema(db, content),
    insertVersion: (version) => {
      noted(version.catalog, version.subject);
      return insertVersion(db, version, now());
    },
    putConsumer: (consumer) => {
      noted(consumer.catalog, consumer.subject);
      return putConsumer(db, consumer);
    },
    deleteConsumer: (catalog, subject, service) => {
      noted(catalog, subject);
      return deleteConsumer(db, catalog, subject, service);
    },
    replaceContractConsumers: (catalog, subject, stated) => {
      noted(catalog, subject);
      return replaceContractConsumers(db, catalog, subject, stated);
    },
    putDeprecation: (plan) => {
      noted(plan.catalog, plan.subject);
      return putDeprecation(db, plan);
    },
    deleteDeprecation: (catalog, subject) => {
      noted(catalog, subject);
      return deleteDeprecation(db, catalog, subject);
    },
    setStage: (catalog, subject, stage) => {
      noted(catalog, subject);
      return setStage(db, catalog, subject, stage);
    },
    insertTransition: (transition) => insertTransition(db, transition),
    insertWaiver: (waiver) => {
      noted(waiver.catalog, waiver.subject);
      return insertWaiver(db, waiver);
    },
    addUsage: (batch, rows, at) => addUsage(db, batch, rows, at),
    insertWebhook: (webhook) => insertWebhook(db, webhook),
    deleteWebhook: (id) => deleteWebhook(db, id),
    announce: (stated) => announce(db, stated, now()),
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
  const noted: Noted = (catalog, subject) => changes.set(JSON.stringify([catalog, subject]), { catalog, subject });
  const appended = async (entry: AuditEntry) => {
    entries.push({ ...entry, at: now() });
  };
  const transaction = guarded({ ...readsOn(db), ...writesOn(db, now, noted), appendAudit: appended }, () => {});
  const result = await work(transaction);
  await driver.notify(db, [...changes.values()]);
  await appendAudit(db, entries);
  return result;
}

/** Every method, run after `before`, its driver errors made ours: what `work` catches must not carry values either. */
function guarded<T extends object>(methods: T, before: () => void): T {
  const around = ([key, method]: [string, (...given: unknown[]) => Promise<unknown>]) => [
    key,
    async (...given: unknown[]) => {
      before();
      try {
        return await method(...given);
      } catch (error) {
        throw withoutValues(error);
      }
    },
  ];
  return Object.fromEntries(Object.entries(methods).map(around)) as T;
}

/** `work`, begun again while another transaction was in its way; its driver errors made ours. */
async function repeated<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (caught) {
      const error = withoutValues(caught);
      if (attempt === attempts || !isSerializationFailure(error)) throw error;
      // Both losers would otherwise meet again.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** attempt));
    }
  }
}
