/**
 * The fields of each catalog's latest versions, for the rules that compare a version with its neighbours. Read once and then kept
 * current: a check reads only the subjects that changed since the check before it.
 */
import { type FieldIndex, fieldIndex } from '../check/neighbours.ts';
import type { Page, PageRequest, Store, SubjectFilter } from './ports.ts';
import type { CurrentDocument, SubjectSummary } from './records.ts';

type FieldDocument = Pick<CurrentDocument, 'subject' | 'dialect' | 'text'>;

/** What is read of the store: which subjects there are, and what their latest versions say. */
export interface FieldReads {
  subjects(catalog: string, filter: SubjectFilter, page: PageRequest): Promise<Page<Pick<SubjectSummary, 'name'>>>;
  currentDocuments(catalog: string, subjects: readonly string[]): Promise<readonly FieldDocument[]>;
}

export interface CatalogFields {
  /** Reads what is not kept yet. Wait for it before a transaction: a large catalog takes time. */
  ready(store: FieldReads, catalog: string): Promise<void>;
  /** As seen through `reads`: inside a transaction, with its own writes. */
  of(reads: FieldReads, catalog: string): Promise<FieldIndex>;
}

interface Kept {
  readonly index: FieldIndex;
  /** Subjects that changed since they were read. */
  readonly changed: Set<string>;
}

/** Between two portions other requests get the thread. */
const portionSubjects = 500;

export function watchCatalogFields(store: Pick<Store, 'onChange'>): CatalogFields {
  const held = new Map<string, Kept>();
  /** Catalogs that are being read for the first time: subjects that change meanwhile are read again. */
  const gathering = new Map<string, { readonly changed: Set<string>; readonly done: Promise<Kept> }>();
  store.onChange(({ catalog, subject }) => {
    if (catalog === '') held.clear();
    held.get(catalog)?.changed.add(subject);
    for (const [name, { changed }] of gathering) if (catalog === '' || name === catalog) changed.add(subject);
  });
  const gather = async (reads: FieldReads, catalog: string, changed: Set<string>): Promise<Kept> => {
    const kept = { index: await gathered(reads, catalog), changed };
    // a notice of change may have been lost: the result serves this check and is not kept
    if (!changed.has('')) held.set(catalog, kept);
    return kept;
  };
  return {
    async ready(reads, catalog) {
      if (held.has(catalog)) return;
      const known = gathering.get(catalog);
      if (known) {
        await known.done;
        return;
      }
      const changed = new Set<string>();
      const done = gather(reads, catalog, changed).finally(() => gathering.delete(catalog));
      gathering.set(catalog, { changed, done });
      await done;
    },
    async of(reads, catalog) {
      const kept = held.get(catalog) ?? { index: await gathered(reads, catalog), changed: new Set() };
      await refresh(reads, catalog, kept);
      return kept.index;
    },
  };
}

async function gathered(reads: FieldReads, catalog: string): Promise<FieldIndex> {
  const index = fieldIndex();
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await reads.subjects(catalog, {}, { limit: portionSubjects, ...(cursor !== undefined && { cursor }) });
    cursor = page.cursor;
    if (page.items.length === 0) break;
    const documents = await reads.currentDocuments(
      catalog,
      page.items.map(({ name }) => name),
    );
    for (const document of documents) index.put(entryOf(document));
  }
  return index;
}

async function refresh(reads: FieldReads, catalog: string, { index, changed }: Kept): Promise<void> {
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

function entryOf({ subject, dialect, text }: FieldDocument) {
  return { subject, document: { root: JSON.parse(text), dialect, bundle: new Map() } };
}
