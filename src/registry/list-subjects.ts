/** Lists a catalog's subjects by name, a page at a time, narrowed by what their latest versions say. */
import { catalogOf } from './check.ts';
import type { Context } from './context.ts';
import type { Page, PageRequest, SubjectFilter, SubjectSummary } from './ports.ts';

export async function listSubjects(
  { store }: Pick<Context, 'store'>,
  catalog: string,
  filter: SubjectFilter,
  page: PageRequest,
): Promise<Page<SubjectSummary>> {
  await catalogOf(store, catalog);
  return store.subjects(catalog, filter, page);
}
