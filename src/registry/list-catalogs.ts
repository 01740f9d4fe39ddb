/** Lists the catalogs, by name. There are few: one for each system. */
import type { Context } from './context.ts';
import type { CatalogRecord } from './ports.ts';

export async function listCatalogs({ store }: Pick<Context, 'store'>): Promise<readonly CatalogRecord[]> {
  return (await store.catalogs()).toSorted((left, right) => (left.name < right.name ? -1 : 1));
}
