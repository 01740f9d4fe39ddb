/**
 * The fields of each catalog's latest versions, for the rules that compare a version with its neighbours. They are written down with
 * each version; of versions that came otherwise (before there was such a table, from a file, from an older process beside this one)
 * they are written down before the first check that would miss them.
 */
import {
  eventOf,
  type FieldIndex,
  fieldNames,
  fieldsOf,
  mayAskForFields,
  type NeighbourEntry,
  storedFieldIndex,
} from '../check/neighbours.ts';
import type { Json } from '../schema/json.ts';
import { inTurns } from '../turns.ts';
import type { FieldsAsked, FieldsFound, Reads, Store, VersionFields } from './ports.ts';
import type { CurrentDocument } from './records.ts';

type FieldStore = Pick<Store, 'withoutFields' | 'currentDocuments' | 'write'>;

export interface CatalogFields {
  /** For the check of one document of `subject`. */
  around(reads: Pick<Reads, 'fields'>, catalog: string, subject: string, root: Json): Promise<FieldIndex>;
  /** For the checks of `subjects` together: `entries` stand in place of what is registered. */
  beside(
    reads: Pick<Reads, 'fields'>,
    catalog: string,
    subjects: readonly string[],
    entries: readonly NeighbourEntry[],
  ): Promise<FieldIndex>;
  /** Writes down what is missing in catalogs whose rules ask for it, at a pace that leaves room for others, until all is there or `ends`. */
  complete(store: Pick<Store, 'catalogs' | 'settleFieldNames'>, ends: () => boolean): Promise<void>;
}

/** In one transaction, which holds up registrations of these subjects. */
const portionSubjects = 250;

/** Versions that were registered without fields each time that what was missing had been written: nothing this check had to see. */
const maxRounds = 20;

export function catalogFields(store: FieldStore): CatalogFields {
  /** By catalog: whoever comes meanwhile waits for the same portion. */
  const writing = new Map<string, Promise<boolean>>();
  const writePortion = (catalog: string): Promise<boolean> => {
    const begun = writing.get(catalog) ?? writeMissing(store, catalog).finally(() => writing.delete(catalog));
    writing.set(catalog, begun);
    return begun;
  };
  const whole = async (reads: Pick<Reads, 'fields'>, asked: FieldsAsked): Promise<FieldsFound> => {
    let found = await reads.fields(asked);
    for (let round = 1; !found.isWhole && round <= maxRounds; round += 1) {
      while (await writePortion(asked.catalog));
      found = await reads.fields(asked);
    }
    return found;
  };
  return {
    around: async (reads, catalog, subject, root) =>
      storedFieldIndex(await whole(reads, { catalog, events: [eventOf(subject)], names: [...fieldNames(root)] })),
    beside: async (reads, catalog, subjects, entries) => {
      const names = new Set(entries.flatMap(({ document }) => [...fieldNames(document.root)]));
      const events = new Set([...subjects, ...entries.map(({ subject }) => subject)].map(eventOf));
      const without = entries.map(({ subject }) => subject);
      const found = await whole(reads, { catalog, events: [...events], names: [...names], without });
      return storedFieldIndex(found, entries);
    },
    complete: async (all, ends) => {
      for (const { name, rules } of await all.catalogs()) {
        if (!mayAskForFields(rules)) continue;
        for (let more = true; more && !ends(); ) {
          const began = performance.now();
          more = await writePortion(name);
          if (more) await pause(performance.now() - began);
        }
      }
      if (!ends()) await all.settleFieldNames();
    },
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}

/** Whether there may be more. */
async function writeMissing(store: FieldStore, catalog: string): Promise<boolean> {
  const subjects = await store.withoutFields(catalog, portionSubjects);
  if (subjects.length === 0) return false;
  const found = await inTurns(await store.currentDocuments(catalog, subjects), versionFields);
  const known = new Set(found.map(({ subject }) => subject));
  // all versions of the others were withdrawn
  const gone = subjects.filter((subject) => !known.has(subject)).map((subject) => ({ subject, number: 0, fields: [] }));
  const rows = [...found, ...gone.map((one) => ({ ...one, event: eventOf(one.subject) }))];
  await store.write((transaction) => transaction.putFields(catalog, rows));
  return subjects.length === portionSubjects;
}

function versionFields({ subject, number, dialect, text }: CurrentDocument): VersionFields {
  return { ...fieldsOf({ subject, document: { root: JSON.parse(text), dialect, bundle: new Map() } }), number };
}
