/**
 * The subjects of a catalog by the type name that their contract gives the event on the wire. Reading them takes the whole catalog,
 * so they are kept until one of its subjects changes.
 */
import type { Reads, Store } from '../ports.ts';

export interface WireTypes {
  of(reads: Reads, catalog: string): Promise<ReadonlyMap<string, readonly string[]>>;
}

export function watchWireTypes(store: Pick<Store, 'onChange'>): WireTypes {
  const held = new Map<string, Promise<ReadonlyMap<string, readonly string[]>>>();
  store.onChange(({ catalog }) => {
    if (catalog === '') held.clear();
    else held.delete(catalog);
  });
  return {
    of(reads, catalog) {
      const found = held.get(catalog) ?? read(reads, catalog);
      held.set(catalog, found);
      found.catch(() => held.delete(catalog));
      return found;
    },
  };
}

async function read(reads: Reads, catalog: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const types = new Map<string, readonly string[]>();
  for (const { subject, contract } of await reads.latestVersions(catalog)) {
    if (contract.type !== undefined) types.set(contract.type, [...(types.get(contract.type) ?? []), subject]);
  }
  return types;
}
