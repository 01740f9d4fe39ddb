/**
 * The fields of each catalog's latest versions, for the rules that hold a version against its neighbours. Gathered once and kept
 * up by what changes: a check asks for no more than the subjects that changed since the one before it.
 */
import { type FieldIndex, fieldIndex } from '../check/neighbours.ts';
import type { CurrentDocument, Reads, Store } from './ports.ts';

export interface CatalogFields {
  /** As they are for whoever reads through `reads`: inside a transaction, its own. */
  of(reads: Reads, catalog: string): Promise<FieldIndex>;
}

interface Kept {
  readonly index: FieldIndex;
  /** Subjects that changed since they were read. */
  readonly changed: Set<string>;
}

export function watchCatalogFields(store: Pick<Store, 'onChange'>): CatalogFields {
  const held = new Map<string, Kept>();
  /** Being read for the first time: what changes meanwhile is read again. */
  const gathering = new Set<{ readonly catalog: string; readonly changed: Set<string> }>();
  store.onChange(({ catalog, subject }) => {
    if (catalog === '') held.clear();
    held.get(catalog)?.changed.add(subject);
    for (const one of gathering) if (catalog === '' || one.catalog === catalog) one.changed.add(subject);
  });
  const gather = async (reads: Reads, catalog: string): Promise<Kept> => {
    const one = { catalog, changed: new Set<string>() };
    gathering.add(one);
    try {
      const documents = await reads.currentDocuments(catalog);
      const kept = { index: fieldIndex(documents.map(entryOf)), changed: one.changed };
      // word was lost meanwhile: good enough for this once, and not kept
      if (!one.changed.has('')) held.set(catalog, kept);
      return kept;
    } finally {
      gathering.delete(one);
    }
  };
  return {
    async of(reads, catalog) {
      const kept = held.get(catalog) ?? (await gather(reads, catalog));
      await refresh(reads, catalog, kept);
      return kept.index;
    },
  };
}

async function refresh(reads: Reads, catalog: string, { index, changed }: Kept): Promise<void> {
  const subjects = [...changed].filter((subject) => subject !== '');
  changed.clear();
  if (subjects.length === 0) return;
  try {
    const documents = await reads.currentDocuments(catalog, subjects);
    const there = new Set(documents.map(({ subject }) => subject));
    for (const document of documents) index.put(entryOf(document));
    for (const subject of subjects) if (!there.has(subject)) index.remove(subject);
  } catch (error) {
    for (const subject of subjects) changed.add(subject);
    throw error;
  }
}

function entryOf({ subject, dialect, text }: CurrentDocument) {
  return { subject, document: { root: JSON.parse(text), dialect, bundle: new Map() } };
}
