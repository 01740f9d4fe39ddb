/**
 * One transaction as each member of a group has it: what several of them ask in the same turn of the event loop is one statement. What
 * a member leaves for the end of the transaction is kept apart until it is known whether the member stays.
 */
import type { Change, GroupedTransaction, Reads } from '../registry/ports.ts';
import type { ConsumerRecord, WaiverRecord } from '../registry/records.ts';
import { together } from '../together.ts';
import type { DatedEntry } from './audit.ts';
import type { Db } from './database.ts';
import { gathered } from './gathered.ts';
import {
  findCatalogs,
  findSubjects,
  listConsumersOfEach,
  listWaiversOfEach,
  lockFreeSubjects,
  type SubjectKey,
} from './many-reads.ts';
import { createSubjects, insertVersions, lockNames, putSchemas } from './many-writes.ts';
import { readsOn } from './methods.ts';
import type { DatedAnnouncement } from './outbox.ts';
import { insertVersion } from './versions.ts';

/** What a work leaves behind beside its rows. */
export interface Left {
  readonly announcements: DatedAnnouncement[];
  readonly entries: DatedEntry[];
  readonly changes: Change[];
}

export interface Membership {
  readonly transaction: GroupedTransaction;
  readonly left: Left;
  /** Whether rows were written that would stay if the others went on. */
  hasWritten(): boolean;
}

/** What a work needs is another transaction's now: waiting for it would hold up the others. */
export class Busy extends Error {}

export interface GroupMethods {
  join(): Membership;
  /** Whether a statement failed: then the transaction takes no more, and what anybody was told means nothing. */
  isBroken(): boolean;
}

export function groupMethods(db: Db, now: () => string): GroupMethods {
  let broken = false;
  const noting = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      broken = true;
      throw error;
    }
  };
  const gatheredHere = <Asked, Result>(answer: (asked: readonly Asked[]) => Promise<readonly Result[]>) =>
    gathered((asked: readonly Asked[]) => noting(answer(asked)));

  const catalog = gatheredHere((names: readonly string[]) => findCatalogs(db, names));
  const subject = gatheredHere((places: readonly SubjectKey[]) => findSubjects(db, places));
  const waivers = gatheredHere((places: readonly SubjectKey[]) => listWaiversOfEach(db, places));
  const consumers = gatheredHere((places: readonly SubjectKey[]) => listConsumersOfEach(db, places));
  /** Of locked subjects, what every work asks next: sent behind the lock, so that it is what holds while the lock is held. */
  const prefetched = new Map<
    string,
    { readonly waivers: readonly WaiverRecord[]; readonly consumers: readonly ConsumerRecord[] }
  >();
  const lockSubject = gatheredHere(async (places: readonly SubjectKey[]) => {
    const [locked, waiversOfEach, consumersOfEach] = await together([
      lockFreeSubjects(db, places),
      listWaiversOfEach(db, places),
      listConsumersOfEach(db, places),
    ]);
    for (const [index, place] of places.entries())
      prefetched.set(keyOf(place), { waivers: waiversOfEach[index]!, consumers: consumersOfEach[index]! });
    return locked;
  });
  const lockNameThenFind = gatheredHere(
    async (asked: readonly { readonly lock: string; readonly place: SubjectKey }[]) => {
      const [, found] = await together([
        lockNames(
          db,
          asked.map(({ lock }) => lock),
        ),
        findSubjects(
          db,
          asked.map(({ place }) => place),
        ),
      ]);
      return found;
    },
  );
  const createSubject = gatheredHere((places: readonly SubjectKey[]) => createSubjects(db, places, now()));
  const putSchema = gatheredHere((made: Parameters<typeof putSchemas>[1]) => putSchemas(db, made));
  const putVersion = gatheredHere((made: Parameters<typeof insertVersions>[1]) => insertVersions(db, made, now()));

  const known = <K extends 'waivers' | 'consumers'>(place: SubjectKey, what: K) => {
    const found = prefetched.get(keyOf(place))?.[what];
    return found && Promise.resolve(found);
  };
  const others = noted(readsOn(db), noting);
  const reads: Reads = {
    ...others,
    catalog,
    subject: (inCatalog, name) => subject({ catalog: inCatalog, subject: name }),
    waivers: (filter) => {
      const { catalog: inCatalog, subject: named } = filter;
      if (inCatalog === undefined || named === undefined) return others.waivers(filter);
      const place = { catalog: inCatalog, subject: named };
      return known(place, 'waivers') ?? waivers(place);
    },
    consumers: (inCatalog, named) => {
      if (typeof named !== 'string') return others.consumers(inCatalog, named);
      const place = { catalog: inCatalog, subject: named };
      return known(place, 'consumers') ?? consumers(place);
    },
  };

  const join = (): Membership => {
    let hasWritten = false;
    const left: Left = { announcements: [], entries: [], changes: [] };
    const writing = <T>(answer: Promise<T>): Promise<T> => {
      hasWritten = true;
      return answer;
    };
    const transaction: GroupedTransaction = {
      ...reads,
      lockSubject: async (inCatalog, name) => free(await lockSubject({ catalog: inCatalog, subject: name })),
      lockedLookUp: (lock, inCatalog, name) => lockNameThenFind({ lock, place: { catalog: inCatalog, subject: name } }),
      createSubject: async (inCatalog, name) => {
        const made = free(await writing(createSubject({ catalog: inCatalog, subject: name })));
        if (made === undefined) throw new Busy();
        return made;
      },
      // content that no version has is no harm: it is not a row of this work alone
      putSchema: (content) => writing(putSchema(content)),
      insertVersion: (version) => {
        left.changes.push({ catalog: version.catalog, subject: version.subject });
        prefetched.delete(keyOf(version));
        if (version.references.length === 0) return writing(putVersion(version));
        return writing(noting(insertVersion(db, version, now())));
      },
      announce: async (announcement) => {
        left.announcements.push({ ...announcement, at: now() });
      },
      appendAudit: async (entry) => {
        left.entries.push({ ...entry, at: now() });
      },
    };
    return { transaction, left, hasWritten: () => hasWritten };
  };
  return { join, isBroken: () => broken };
}

function keyOf({ catalog, subject }: SubjectKey): string {
  return JSON.stringify([catalog, subject]);
}

/** Every question, its failure noted. */
function noted<T extends object>(reads: T, noting: (result: Promise<unknown>) => Promise<unknown>): T {
  const around = ([name, ask]: [string, (...given: unknown[]) => Promise<unknown>]) => [
    name,
    (...given: unknown[]) => noting(ask(...given)),
  ];
  return Object.fromEntries(Object.entries(reads).map(around)) as T;
}

function free<T>(row: T | 'busy'): T {
  if (row === 'busy') throw new Busy();
  return row;
}
