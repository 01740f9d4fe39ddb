/**
 * One transaction as each member of a group has it: what several of them ask in the same turn of the event loop is one statement. What
 * a member writes is kept apart until it is known whether the member stays; then all of it is written together.
 */
import type { Change, GroupedTransaction, Reads } from '../registry/ports.ts';
import type { NewVersion, SchemaRecord, SubjectRecord } from '../registry/records.ts';
import { together } from '../together.ts';
import type { DatedEntry } from './audit.ts';
import type { Db } from './database.ts';
import { gathered } from './gathered.ts';
import type { SubjectKey } from './many-reads.ts';
import { type DatedVersion, identifySchemas, insertSchemas, insertVersions } from './many-writes.ts';
import { readsOn } from './methods.ts';
import type { DatedAnnouncement } from './outbox.ts';
import { type AskedPlace, lockFreeSurroundings } from './surroundings.ts';
import { insertVersion } from './versions.ts';

/** What a work leaves behind beside its rows. */
export interface Left {
  readonly announcements: DatedAnnouncement[];
  readonly entries: DatedEntry[];
  readonly changes: Change[];
}

/** Rows of a work that are not written yet. */
interface Unwritten {
  readonly schemas: Map<string, SchemaRecord>;
  readonly subjects: Map<string, SubjectKey>;
  readonly versions: Map<string, readonly DatedVersion[]>;
}

export interface Membership {
  readonly transaction: GroupedTransaction;
  readonly left: Left;
  /** Whether rows were written that would stay if the others went on. */
  hasWritten(): boolean;
  /** Forgets what is not written yet. */
  leave(): void;
}

/** What a work needs is another transaction's now: waiting for it would hold up the others. */
export class Busy extends Error {}

export interface GroupMethods {
  join(): Membership;
  /** Writes what those who have not left want written. */
  write(): Promise<void>;
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
  const lockPlace = gatheredHere((places: readonly AskedPlace[]) => lockFreeSurroundings(db, places));
  const identify = gatheredHere((fingerprints: readonly string[]) => identifySchemas(db, fingerprints));

  /** By fingerprint: one content has one id, whoever puts it. */
  const identified = new Map<string, ReturnType<typeof identify>>();
  const identifiedAs = (fingerprint: string) => {
    const found = identified.get(fingerprint) ?? identify(fingerprint);
    identified.set(fingerprint, found);
    return found;
  };
  /** Those that were put, as the first of them stated it. */
  const put = new Map<string, SchemaRecord>();
  const putAs = ({ fingerprint, ...content }: Omit<SchemaRecord, 'id'>, id: number): SchemaRecord => {
    const made = put.get(fingerprint) ?? { ...content, fingerprint, id };
    put.set(fingerprint, made);
    return made;
  };

  /** Of subjects that this transaction holds. */
  const ids = new Map<string, number>();
  /** Content that was written already, with what another work wrote. */
  const stored = new Set<SchemaRecord>();
  const waiting = new Set<{ readonly unwritten: Unwritten; readonly written: () => void }>();
  const write = async () => {
    const schemas = new Map<string, SchemaRecord>();
    const created: SubjectKey[] = [];
    const versions: DatedVersion[] = [];
    for (const { unwritten, written } of waiting) {
      for (const [fingerprint, schema] of unwritten.schemas) schemas.set(fingerprint, schema);
      created.push(...unwritten.subjects.values());
      versions.push(...[...unwritten.versions.values()].flat());
      unwritten.schemas.clear();
      unwritten.subjects.clear();
      unwritten.versions.clear();
      written();
    }
    waiting.clear();
    const unwritten = [...schemas.values()].filter((schema) => !stored.has(schema));
    for (const schema of unwritten) stored.add(schema);
    const content = noting(insertSchemas(db, unwritten));
    if (created.length + versions.length === 0) return content;
    const idOf = (place: SubjectKey) => ids.get(keyOf(place));
    const [, made] = await together([content, noting(insertVersions(db, { created, versions, idOf, at: now() }))]);
    for (const { id, ...place } of made) ids.set(keyOf(place), id);
  };
  const lockHere = async (place: AskedPlace) => {
    const found = await lockPlace(place);
    if (found === 'busy') throw new Busy();
    const { id, ...around } = found;
    if (id !== undefined) ids.set(keyOf(place), id);
    return around;
  };
  const reads = preceded(readsOn(db), write, noting);

  const join = (): Membership => {
    let hasWritten = false;
    const left: Left = { announcements: [], entries: [], changes: [] };
    const unwritten: Unwritten = { schemas: new Map(), subjects: new Map(), versions: new Map() };
    const own = {
      unwritten,
      written: () => {
        hasWritten = true;
      },
    };
    const isUnwritten = (place: SubjectKey) =>
      unwritten.subjects.has(keyOf(place)) || unwritten.versions.has(keyOf(place));
    const lockSurroundings = async (place: AskedPlace) => {
      if (isUnwritten(place)) await write();
      return lockHere(place);
    };
    const createSubject = async (catalog: string, name: string): Promise<SubjectRecord> => {
      const place = { catalog, subject: name };
      unwritten.subjects.set(keyOf(place), place);
      waiting.add(own);
      return { catalog, name, settings: {}, stage: 'active', latest: 0, issued: 0, createdAt: now() };
    };
    const insertLater = async (version: NewVersion) => {
      const { references: _, title: _title, owner: _owner, searchText: _text, fields: _own, ...stored } = version;
      const createdAt = now();
      const earlier = unwritten.versions.get(keyOf(version)) ?? [];
      unwritten.versions.set(keyOf(version), [...earlier, { ...version, createdAt }]);
      waiting.add(own);
      return { ...stored, createdAt };
    };
    const insertNow = async (version: NewVersion) => {
      await write();
      hasWritten = true;
      return noting(insertVersion(db, version, now()));
    };
    const transaction: GroupedTransaction = {
      ...reads,
      lockSubject: async (catalog, subject) => (await lockSurroundings({ catalog, subject })).subject,
      lockSurroundings: (catalog, subject, firstLine) => lockSurroundings({ catalog, subject, firstLine }),
      createSubject,
      expectSchemas: async (fingerprints) => {
        // whoever puts it hears of a failure
        for (const fingerprint of fingerprints) identifiedAs(fingerprint).catch(() => {});
      },
      putSchema: async (content) => {
        const { fingerprint } = content;
        const found = await identifiedAs(fingerprint);
        if ('known' in found) return found.known;
        const made = putAs(content, found.next);
        unwritten.schemas.set(fingerprint, made);
        waiting.add(own);
        return made;
      },
      insertVersion: (version) => {
        left.changes.push({ catalog: version.catalog, subject: version.subject });
        return version.references.length === 0 ? insertLater(version) : insertNow(version);
      },
      announce: async (announcement) => {
        left.announcements.push({ ...announcement, at: now() });
      },
      appendAudit: async (entry) => {
        left.entries.push({ ...entry, at: now() });
      },
    };
    return { transaction, left, hasWritten: () => hasWritten, leave: () => waiting.delete(own) };
  };
  return { join, write, isBroken: () => broken };
}

function keyOf({ catalog, subject }: SubjectKey): string {
  return JSON.stringify([catalog, subject]);
}

/** Every question, after what is to be written before it; its failure noted. */
function preceded(
  reads: Reads,
  before: () => Promise<void>,
  noting: (result: Promise<unknown>) => Promise<unknown>,
): Reads {
  const around = ([name, ask]: [string, (...given: unknown[]) => Promise<unknown>]) => [
    name,
    async (...given: unknown[]) => {
      await before();
      return noting(ask(...given));
    },
  ];
  return Object.fromEntries(Object.entries(reads).map(around)) as Reads;
}
