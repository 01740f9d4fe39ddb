/** Long work on the thread that answers everybody, in portions. */

/** Milliseconds of work until others get the thread. */
const longest = 25;

export function othersTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The results of `work` on each item, in order: between two items others get the thread whenever it was kept for long enough. */
export async function inTurns<T, R>(items: readonly T[], work: (item: T) => R | Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let since = performance.now();
  for (const item of items) {
    const result = work(item);
    results.push(result instanceof Promise ? await result : result);
    if (performance.now() - since < longest) continue;
    await othersTurn();
    since = performance.now();
  }
  return results;
}
