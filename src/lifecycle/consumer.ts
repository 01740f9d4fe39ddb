/** Where a consumer stands in a migration. Moved: seen on the successor, and here no more since. Who reads nothing need not move. */
import type { ConsumerFacts } from './facts.ts';

export type MigrationState =
  | { readonly state: 'pending' }
  | { readonly state: 'acknowledged' }
  | { readonly state: 'reads-nothing' }
  | { readonly state: 'moved'; readonly since: string };

export function migrationState({ movedOn, acknowledged, isUnconcerned }: ConsumerFacts): MigrationState {
  if (movedOn !== undefined) return { state: 'moved', since: movedOn };
  if (acknowledged) return { state: 'acknowledged' };
  return { state: isUnconcerned ? 'reads-nothing' : 'pending' };
}
