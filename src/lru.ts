/**
 * A cache within a bound: the least recently used entry goes first. An entry weighs 1 where nothing else is stated, so that the
 * capacity is a number of entries; otherwise it is whatever the weights are in, such as bytes.
 */
export interface Lru<Value, Key = string> {
  /** The entry becomes the most recently used one. */
  get(key: Key): Value | undefined;
  /** An entry heavier than the whole cache is not kept. */
  set(key: Key, value: Value, weight?: number): void;
  delete(key: Key): void;
  clear(): void;
  /** The weight of all entries. */
  readonly size: number;
}

export function lru<Value, Key = string>(capacity: number): Lru<Value, Key> {
  const entries = new Map<Key, { readonly value: Value; readonly weight: number }>();
  let newest: Key | undefined;
  let size = 0;
  const drop = (key: Key) => {
    size -= entries.get(key)?.weight ?? 0;
    entries.delete(key);
  };
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined || key === newest) return entry?.value;
      entries.delete(key);
      entries.set(key, entry);
      newest = key;
      return entry.value;
    },
    set(key, value, weight = 1) {
      drop(key);
      if (weight > capacity) return;
      entries.set(key, { value, weight });
      newest = key;
      size += weight;
      for (const oldest of entries.keys()) {
        if (size <= capacity) return;
        drop(oldest);
      }
    },
    delete: drop,
    clear() {
      entries.clear();
      size = 0;
    },
    get size() {
      return size;
    },
  };
}

/** The value of `key`, made once for all callers that wait for it. A failure is not kept: the next caller tries again. */
export function madeOnce<Value, Key>(
  cache: Lru<Promise<Value>, Key>,
  key: Key,
  make: () => Promise<Value>,
): Promise<Value> {
  const held = cache.get(key);
  if (held) return held;
  const made = make();
  cache.set(key, made);
  made.catch(() => {
    if (cache.get(key) === made) cache.delete(key);
  });
  return made;
}
