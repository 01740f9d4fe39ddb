/** Where a consumer stands in a migration. Moved: seen on the successor, and here no more since. */
import type { ConsumerFacts } from './facts.ts';

export type ConsumerStanding =
  | { readonly state: 'pending' }
  | { readonly state: 'acknowledged' }
  | { readonly state: 'moved'; readonly since: string };

export function standing(consumer: ConsumerFacts): ConsumerStanding {
  const { seenOnSuccessor, seenHere } = consumer;
  if (seenOnSuccessor !== 'unknown' && (seenHere === 'unknown' || seenHere < seenOnSuccessor))
    return { state: 'moved', since: seenOnSuccessor };
  return consumer.acknowledged ? { state: 'acknowledged' } : { state: 'pending' };
}
