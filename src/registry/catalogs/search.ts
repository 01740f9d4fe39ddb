/** Searches every catalog by words: names, titles, fields, types, tags, descriptions, owners. */
import { Fault } from '../../errors.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { isObject, member } from '../../schema/json.ts';
import { trustedSchema } from '../../schema/parse.ts';
import { reach } from '../../schema/reach.ts';
import { inTurns } from '../../turns.ts';
import type { Context } from '../context.ts';
import type { Page, PageRequest } from '../ports.ts';
import type { CurrentDocument, SubjectSummary } from '../records.ts';
import { searchTextOf } from '../search-text.ts';
import { bundleOf, loadBundle } from '../versions/bundle.ts';
import { describe } from './describe.ts';

export interface SearchHit {
  readonly summary: SubjectSummary;
  /** Fields of the event that a word is found in, by pointer into the event; at most ten. */
  readonly fields: readonly string[];
}

const maxWords = 8;
const maxFieldsShown = 10;

/** Fault PARAMETER_INVALID where there is nothing to search for, or too much. */
export async function search(
  { store, limits, caller }: Pick<Context, 'store' | 'limits' | 'caller'>,
  text: string,
  page: PageRequest,
): Promise<Page<SearchHit>> {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 || words.length > maxWords)
    throw new Fault(
      'PARAMETER_INVALID',
      { problems: [{ in: 'query', at: '/q', message: `takes 1 to ${maxWords} words` }] },
      { message: `A search takes 1 to ${maxWords} words.` },
    );
  const { items, cursor } = await store.searchSubjects(words, page);
  const fields = await fieldsWith(words, items, { store, limits, caller });
  const hits = items.map((summary) => ({ summary, fields: fields.get(`${summary.catalog}/${summary.name}`) ?? [] }));
  return { items: hits, ...(cursor !== undefined && { cursor }) };
}

/** By `catalog/subject`: one question for each catalog. */
async function fieldsWith(
  words: readonly string[],
  subjects: readonly SubjectSummary[],
  { store, limits, caller }: Pick<Context, 'store' | 'limits' | 'caller'>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const catalog of new Set(subjects.map((subject) => subject.catalog))) {
    const names = subjects.filter((subject) => subject.catalog === catalog).map(({ name }) => name);
    const hold = async ({ subject, text, dialect }: CurrentDocument) => {
      const documents = await bundleOf(store, text, limits.bundle);
      found.set(`${catalog}/${subject}`, fieldsHolding(words, trustedSchema(text, dialect, documents)));
    };
    await inTurns(await store.currentDocuments(catalog, names), hold, caller.signal);
  }
  return found;
}

function fieldsHolding(words: readonly string[], document: SchemaDocument): readonly string[] {
  const found = new Set<string>();
  for (const { place, instance, name } of reach(document)) {
    if (found.size >= maxFieldsShown) break;
    const described = isObject(place.schema) ? member(place.schema, 'description') : undefined;
    const said = `${name ?? ''}\n${typeof described === 'string' ? described : ''}`.toLowerCase();
    if (name !== undefined && words.some((word) => said.includes(word))) found.add(instance);
  }
  return [...found];
}

/** Writes down what subjects are found by that were registered before there was a search. Answers how many; 0 when all are. */
export async function makeSearchable(
  { store, limits }: Pick<Context, 'store' | 'limits'>,
  limit = 100,
): Promise<number> {
  const waiting = await store.unsearchable(limit);
  for (const { catalog, subject } of waiting) {
    const { summary } = await describe({ store }, { catalog, subject });
    const [current] = await store.currentDocuments(catalog, [subject]);
    if (!current) continue;
    const { documents } = await loadBundle(store, JSON.parse(current.text), limits.bundle);
    const text = searchTextOf({
      subject,
      document: trustedSchema(current.text, current.dialect, documents),
      contract: current.contract,
      tags: summary.tags,
      owner: summary.owner,
      classification: summary.classification,
    });
    await store.write((transaction) => transaction.putSearchText(catalog, subject, text));
  }
  return waiting.length;
}
