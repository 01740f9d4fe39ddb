/** A cache bounded by weight: the least recently used entry is evicted first. */
export interface Lru<Value> {
  get(key: string): Value | undefined;
  /** A value heavier than the capacity is not stored. */
  set(key: string, value: Value, weight: number): void;
  delete(key: string): void;
  readonly size: number;
}

export function lru<Value>(capacity: number): Lru<Value> {
  const held = new Map<string, { readonly value: Value; readonly weight: number }>();
  let total = 0;
  const drop = (key: string) => {
    total -= held.get(key)?.weight ?? 0;
    held.delete(key);
  };
  return {
    get(key) {
      const entry = held.get(key);
      if (entry === undefined) return undefined;
      held.delete(key);
      held.set(key, entry);
      return entry.value;
    },
    set(key, value, weight) {
      drop(key);
      if (weight > capacity) return;
      held.set(key, { value, weight });
      total += weight;
      for (const oldest of held.keys()) {
        if (total <= capacity) return;
        drop(oldest);
      }
    },
    delete: drop,
    get size() {
      return total;
    },
  };
}
