/** Which question of the port is answered where. */
import type { Reads, Transaction } from '../registry/ports.ts';
import { listAudit, listAuditEntries } from './audit.ts';
import { listBusReaders, putBusReaders } from './bus-readers.ts';
import { findCandidate, keepCandidate } from './candidates.ts';
import { findCatalog, listCatalogs, putCatalog } from './catalogs.ts';
import { listConfluentSettings, putConfluentSetting } from './confluent.ts';
import { deleteConsumer, listConsumers, putConsumer } from './consumers.ts';
import type { Db } from './database.ts';
import { redeliver } from './deliveries.ts';
import {
  addPairs,
  deleteDeprecation,
  findDeprecation,
  insertTransition,
  listDeprecations,
  listPairs,
  listTransitions,
  putDeprecation,
} from './deprecations.ts';
import { findFields, listWithoutFields } from './fields.ts';
import { putFields } from './fields-written.ts';
import { importRow, lockForImport } from './import.ts';
import { lock, tryLock } from './lock.ts';
import { readOutbox } from './outbox.ts';
import { listPlaced, listReferrers, listSubjectNames, putSchemaAs, remove, withdraw } from './placed.ts';
import { decideProposal, findProposal, insertProposal, listProposals, lockProposal } from './proposals.ts';
import { findSchema, findSchemaByFingerprint, findSchemaByPrefix, placesOf, putSchema } from './schemas.ts';
import { listUnsearchable, putSearchText, searchSubjects } from './search.ts';
import { createSubject, findSubject, listSubjects, lockSubject, putSettings, setStage } from './subjects.ts';
import { lockSurroundings } from './surroundings.ts';
import { findToken, insertToken, listTokens, revokeToken } from './tokens.ts';
import { addUsage, listUsage } from './usage.ts';
import {
  currentDocuments,
  findVersion,
  history,
  insertVersion,
  latestVersions,
  listVersions,
  versionContents,
} from './versions.ts';
import { deleteWaiver, insertWaiver, listWaivers } from './waivers.ts';
import { deleteWebhook, insertWebhook, listWebhooks } from './webhooks.ts';

export function readsOn(db: Db): Reads {
  return {
    catalog: (name) => findCatalog(db, name),
    catalogs: () => listCatalogs(db),
    subject: (catalog, name) => findSubject(db, catalog, name),
    subjects: (catalog, filter, page) => listSubjects(db, catalog, filter, page),
    version: (catalog, subject, number) => findVersion(db, catalog, subject, number),
    versions: (catalog, subject, page) => listVersions(db, catalog, subject, page),
    history: (catalog, subject, wanted) => history(db, catalog, subject, wanted),
    versionContents: (catalog, subject) => versionContents(db, catalog, subject),
    schemaByPrefix: (digits) => findSchemaByPrefix(db, digits),
    placed: (filter) => listPlaced(db, filter),
    subjectNames: (catalog) => listSubjectNames(db, catalog),
    referrers: (catalog, subject, number) => listReferrers(db, catalog, subject, number),
    confluentSettings: (catalog) => listConfluentSettings(db, catalog),
    schemaById: (id) => findSchema(db, id),
    schemaByFingerprint: (fingerprint) => findSchemaByFingerprint(db, fingerprint),
    placesOf: (schemaId) => placesOf(db, schemaId),
    latestVersions: (catalog) => latestVersions(db, catalog),
    currentDocuments: (catalog, named) => currentDocuments(db, catalog, named),
    consumers: (catalog, subject) => listConsumers(db, catalog, subject),
    deprecation: (catalog, subject) => findDeprecation(db, catalog, subject),
    deprecations: (catalog) => listDeprecations(db, catalog),
    transitions: (catalog, subject) => listTransitions(db, catalog, subject),
    pairs: (filter) => listPairs(db, filter),
    busReaders: (catalog, subject) => listBusReaders(db, catalog, subject),
    waivers: (filter) => listWaivers(db, filter),
    proposal: (id) => findProposal(db, id),
    proposals: (filter, page) => listProposals(db, filter, page),
    candidate: (id) => findCandidate(db, id),
    usage: (filter) => listUsage(db, filter),
    webhooks: () => listWebhooks(db),
    tokens: () => listTokens(db),
    tokenByHash: (sha256) => findToken(db, sha256),
    audit: (page) => listAudit(db, page),
    auditEntries: (filter, page) => listAuditEntries(db, filter, page),
    searchSubjects: (words, page) => searchSubjects(db, words, page),
    unsearchable: (limit) => listUnsearchable(db, limit),
    fields: async (asked) => (await findFields(db, [asked], asked.without))[0]!,
    withoutFields: (catalog, limit) => listWithoutFields(db, catalog, limit),
    outbox: (after, limit) => readOutbox(db, after, limit),
  };
}

/** Takes note that something about a subject changes. */
export type Noted = (catalog: string, subject: string) => void;

/** But for what is written as the transaction ends. */
export type Writes = Omit<Transaction, keyof Reads | 'appendAudit' | 'announce'>;

export function writesOn(db: Db, now: () => string, noted: Noted): Writes {
  return {
    lockSubject: (catalog, name) => lockSubject(db, catalog, name),
    lockSurroundings: (catalog, subject, firstLine) => lockSurroundings(db, { catalog, subject, firstLine }),
    createSubject: (catalog, name) => createSubject(db, catalog, name, now()),
    putCatalog: (rules, fingerprint) => {
      noted(rules.name, '');
      return putCatalog(db, rules, fingerprint, now());
    },
    putSettings: (catalog, subject, settings) => {
      noted(catalog, subject);
      return putSettings(db, catalog, subject, settings);
    },
    expectSchemas: async () => {},
    putSchema: (content) => putSchema(db, content),
    putSchemaAs: (content) => putSchemaAs(db, content),
    withdraw: (catalog, subject, number, shown) => {
      noted(catalog, subject);
      return withdraw(db, { catalog, subject, number, at: now(), ...(shown && { shown }) });
    },
    remove: (catalog, subject, number) => {
      noted(catalog, subject);
      return remove(db, catalog, subject, number);
    },
    putConfluentSetting: (catalog, setting) => putConfluentSetting(db, catalog, setting),
    insertVersion: (version) => {
      noted(version.catalog, version.subject);
      return insertVersion(db, version, now());
    },
    putSearchText: (catalog, subject, text) => putSearchText(db, catalog, subject, text),
    putFields: (catalog, found) => putFields(db, catalog, found),
    putConsumer: (consumer) => {
      noted(consumer.catalog, consumer.subject);
      return putConsumer(db, consumer);
    },
    deleteConsumer: (catalog, subject, service) => {
      noted(catalog, subject);
      return deleteConsumer(db, catalog, subject, service);
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
    addPairs: (count) => addPairs(db, count),
    putBusReaders: (readers) => putBusReaders(db, readers),
    lock: (name) => lock(db, name),
    tryLock: (name) => tryLock(db, name),
    insertWaiver: (waiver) => {
      noted(waiver.catalog, waiver.subject);
      return insertWaiver(db, waiver);
    },
    insertProposal: (proposal) => insertProposal(db, proposal),
    lockProposal: (id) => lockProposal(db, id),
    decideProposal: (proposal) => decideProposal(db, proposal),
    keepCandidate: (candidate, bounds) => keepCandidate(db, candidate, bounds),
    deleteWaiver: (waiver) => {
      noted(waiver.catalog, waiver.subject);
      return deleteWaiver(db, waiver.id);
    },
    addUsage: (batch, rows, at) => addUsage(db, batch, rows, at),
    insertWebhook: (webhook) => insertWebhook(db, webhook),
    deleteWebhook: (id) => deleteWebhook(db, id),
    insertToken: (token, sha256) => insertToken(db, token, sha256),
    revokeToken: (id, at, by) => {
      // whoever remembers a token forgets it now, in every process
      noted('', '');
      return revokeToken(db, id, at, by);
    },
    redeliver: (webhook, delivery) => redeliver(db, webhook, delivery, now()),
    lockForImport: () => lockForImport(db),
    importRow: async (row) => {
      const imported = await importRow(db, row);
      // whatever anybody remembers may be another thing now
      if (imported === 'new') noted('', '');
      return imported;
    },
  };
}
