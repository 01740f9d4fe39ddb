/**
 * Work that waits for other work of the same key in this process. Registrations of one subject that overtake each other undo what the
 * others were checked against: once that happens they stand in line, and whoever comes then stands behind them.
 */
export interface Line {
  /** Whether somebody stands there. */
  has(key: string): boolean;
  /** Runs `work` when everything before it is over, whatever came of it. */
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
}

export function createLine(): Line {
  const last = new Map<string, Promise<void>>();
  return {
    has: (key) => last.has(key),
    run(key, work) {
      const result = (last.get(key) ?? Promise.resolve()).then(work);
      const over: Promise<void> = result.then(
        () => leave(),
        () => leave(),
      );
      const leave = () => {
        if (last.get(key) === over) last.delete(key);
      };
      last.set(key, over);
      return result;
    },
  };
}
