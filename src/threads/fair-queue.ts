/**
 * A queue in which callers take turns: whoever puts a thousand items in waits behind themselves alone. Within one caller the
 * order is that of arrival.
 */

export interface FairQueue<Item> {
  readonly size: number;
  /** Items of one caller that wait. */
  waitingOf(caller: string): number;
  push(caller: string, item: Item): void;
  /** The next item of the caller whose turn it is, among callers that are `eligible`. */
  take(isEligible: (caller: string) => boolean): Item | undefined;
  /** Whether the item was waiting still; then it waits no more. */
  remove(caller: string, item: Item): boolean;
  /** Takes everything out. */
  drain(): readonly Item[];
}

export function fairQueue<Item>(): FairQueue<Item> {
  /** In the order of turns: who was served last stands last. */
  const lines = new Map<string, Item[]>();
  let size = 0;
  const settle = (caller: string, line: readonly Item[]) => {
    size -= 1;
    if (line.length === 0) lines.delete(caller);
  };
  return {
    get size() {
      return size;
    },
    waitingOf: (caller) => lines.get(caller)?.length ?? 0,
    push(caller, item) {
      const line = lines.get(caller) ?? [];
      line.push(item);
      lines.set(caller, line);
      size += 1;
    },
    take(isEligible) {
      for (const [caller, line] of lines) {
        if (!isEligible(caller)) continue;
        const item = line.shift();
        lines.delete(caller);
        lines.set(caller, line);
        settle(caller, line);
        return item;
      }
      return undefined;
    },
    remove(caller, item) {
      const line = lines.get(caller) ?? [];
      const at = line.indexOf(item);
      if (at < 0) return false;
      line.splice(at, 1);
      settle(caller, line);
      return true;
    },
    drain() {
      const items = [...lines.values()].flat();
      lines.clear();
      size = 0;
      return items;
    },
  };
}
