/** Long work on the thread that answers all requests, in portions. */
import { Fault } from './errors.ts';

/** After so much work other requests get the thread. */
const maxTurnMs = 10;

let lastTurn = Promise.resolve();

/** Whoever waits for a turn gets one of their own: thirty at work together would otherwise hold the thread for thirty turns. */
export function othersTurn(): Promise<void> {
  lastTurn = lastTurn.then(() => new Promise((resolve) => setImmediate(resolve)));
  return lastTurn;
}

/**
 * The results of `work` on each item, in order: between two items other requests get the thread where it was held for long enough.
 * Fault CANCELLED where nobody wants them any more.
 */
export async function inTurns<T, R>(
  items: readonly T[],
  work: (item: T) => R | Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  const results: R[] = [];
  let since = performance.now();
  for (const item of items) {
    const result = work(item);
    results.push(result instanceof Promise ? await result : result);
    if (performance.now() - since < maxTurnMs) continue;
    await othersTurn();
    if (signal?.aborted) throw new Fault('CANCELLED');
    since = performance.now();
  }
  return results;
}
