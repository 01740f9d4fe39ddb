/** The way into the store: an embedded database in a folder, one in memory, or PostgreSQL. */
import type { Clock, Deliveries, Store } from '../registry/ports.ts';
import type { Driver } from './database.ts';
import { withoutValues } from './fault.ts';
import { openFolder, openMemory } from './pglite.ts';
import { openPostgres, type PostgresOptions } from './postgres.ts';
import { storeOn } from './store.ts';

export type { StandbyState } from './standby.ts';

export type StoreOptions =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'memory' }
  | ({ readonly kind: 'postgres' } & PostgresOptions);

/**
 * Opened and migrated. Faults: DATA_FOLDER_IN_USE, MIGRATIONS_INVALID, STORE_UNAVAILABLE.
 * `clock` dates what is stored.
 */
export async function openStore(options: StoreOptions, clock: Clock = { now: Date.now }): Promise<Store & Deliveries> {
  try {
    return await storeOn(await openDriver(options), clock);
  } catch (error) {
    throw withoutValues(error);
  }
}

function openDriver(options: StoreOptions): Promise<Driver> {
  if (options.kind === 'postgres') return openPostgres(options);
  return options.kind === 'folder' ? openFolder(options.path) : openMemory();
}
