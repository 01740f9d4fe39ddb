/** Lists catalogs by name (there are few: one for each system) and a catalog's subjects, a page at a time, filtered by their latest versions. */
import type { Context } from '../context.ts';
import type { Page, PageRequest, SubjectFilter } from '../ports.ts';
import type { CatalogRecord, SubjectSummary } from '../records.ts';
import { catalogOf } from '../versions/look-up.ts';

export async function listCatalogs({ store }: Pick<Context, 'store'>): Promise<readonly CatalogRecord[]> {
  return (await store.catalogs()).toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

export async function listSubjects(
  { store }: Pick<Context, 'store'>,
  catalog: string,
  filter: SubjectFilter,
  page: PageRequest,
): Promise<Page<SubjectSummary>> {
  await catalogOf(store, catalog);
  return store.subjects(catalog, filter, page);
}
