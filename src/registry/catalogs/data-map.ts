/** Where a catalog's sensitive data is, who receives it and how long it is kept, from the latest version of each subject. */
import { Fault } from '../../errors.ts';
import { type DataMap, type DataMapEntry, type DataMapFilter, filterProblem } from '../../policy/data-map.ts';
import type { Catalog } from '../../schema/catalog.ts';
import type { Context } from '../context.ts';
import type { PageRequest } from '../ports.ts';
import { bundleOf } from '../versions/bundle.ts';
import type { Stored } from '../versions/generation.ts';
import { catalogOf } from '../versions/look-up.ts';

type DataMapContext = Pick<Context, 'store' | 'limits' | 'generation' | 'caller'>;

export async function dataMapOf(context: DataMapContext, catalog: string, filter: DataMapFilter): Promise<DataMap> {
  const rules = await rulesFor(context, catalog, filter);
  return context.generation.dataMap(rules, await entriesOf(context, catalog), filter, context.caller);
}

/** The same for one page of subjects, by name. What the envelope carries is on the first page. */
export async function dataMapPage(
  context: DataMapContext,
  catalog: string,
  filter: DataMapFilter,
  page: PageRequest,
): Promise<{ readonly map: DataMap; readonly cursor?: string }> {
  const rules = await rulesFor(context, catalog, filter);
  const narrowed = filter.tag === undefined ? {} : { tag: filter.tag };
  const { items, cursor } = await context.store.subjects(catalog, narrowed, page);
  const entries = await entriesOf(
    context,
    catalog,
    items.map(({ name }) => name),
  );
  const map = await context.generation.dataMap(rules, entries, filter, context.caller);
  const rows = page.cursor === undefined ? map.rows : map.rows.filter(({ part }) => part === 'payload');
  return { map: { ...map, rows }, ...(cursor !== undefined && { cursor }) };
}

async function rulesFor({ store }: Pick<Context, 'store'>, catalog: string, filter: DataMapFilter): Promise<Catalog> {
  const { rules } = await catalogOf(store, catalog);
  const problem = filterProblem(rules, filter);
  if (problem !== undefined) throw new Fault('PARAMETER_INVALID', { problems: [] }, { message: problem });
  return rules;
}

async function entriesOf(
  { store, limits }: DataMapContext,
  catalog: string,
  subjects?: readonly string[],
): Promise<readonly Stored<DataMapEntry>[]> {
  const receivers = new Map<string, string[]>();
  for (const { subject, service } of await store.consumers(catalog, subjects))
    receivers.set(subject, [...(receivers.get(subject) ?? []), service]);
  const entries: Stored<DataMapEntry>[] = [];
  for (const { subject, stage, contract, dialect, text } of await store.currentDocuments(catalog, subjects)) {
    const stored = { text, dialect, bundle: await bundleOf(store, text, limits.bundle) };
    entries.push({ subject, stage, contract, stored, receivers: receivers.get(subject) ?? [] });
  }
  return entries;
}
