/** Where a consumer stands in a migration. Moved: seen on the successor, and here no more since. */
import type { ConsumerFacts } from './facts.ts';

export type MigrationState =
  | { readonly state: 'pending' }
  | { readonly state: 'acknowledged' }
  | { readonly state: 'moved'; readonly since: string };

export function migrationState({ movedOn, acknowledged }: ConsumerFacts): MigrationState {
  if (movedOn !== undefined) return { state: 'moved', since: movedOn };
  return { state: acknowledged ? 'acknowledged' : 'pending' };
}
