/** Where a consumer stands in a migration. Moved: seen on the successor, and here no more since. */
import type { ConsumerFacts } from './facts.ts';

export type ConsumerStanding =
  | { readonly state: 'pending' }
  | { readonly state: 'acknowledged' }
  | { readonly state: 'moved'; readonly since: string };

export function standing({ movedOn, acknowledged }: ConsumerFacts): ConsumerStanding {
  if (movedOn !== undefined) return { state: 'moved', since: movedOn };
  return { state: acknowledged ? 'acknowledged' : 'pending' };
}
