/** What was made last, by key, up to a total weight: what is used again stays, what was not used longest goes. */

export interface Recent<V> {
  /** The value of `key`, made where it is not kept. */
  of(key: string, make: () => V): V;
}

/** `weigh` says what keeping the value of a key costs; the latest is kept whatever it weighs. */
export function recent<V>(maxWeight: number, weigh: (key: string) => number): Recent<V> {
  const kept = new Map<string, { readonly value: V }>();
  let weight = 0;
  const drop = (key: string): void => {
    if (kept.delete(key)) weight -= weigh(key);
  };
  return {
    of(key, make) {
      const found = kept.get(key) ?? { value: make() };
      drop(key);
      kept.set(key, found);
      weight += weigh(key);
      for (const oldest of kept.keys()) {
        if (weight <= maxWeight || oldest === key) break;
        drop(oldest);
      }
      return found.value;
    },
  };
}
