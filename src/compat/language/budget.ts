/** Budgets count work, never time: the same question gets the same answer on every machine. */
import type { Store } from './term.ts';

/** States one search may visit. */
export const defaultStates = 20_000;

/** Classes of derivatives one pool may compute for searches; then they all answer 'unknown'. */
const poolMoves = 2_000_000;

export function isSpent(store: Store): boolean {
  return store.meter.spent > poolMoves;
}
