/**
 * Those who wait for others of the same key in this process. Registrations of one subject that overtake each other undo what the others
 * were checked against: once that happens they stand in line, whoever comes then stands behind them, and those who wait are served
 * together.
 */
export interface Line<Item, Result> {
  /** Whether somebody stands there. */
  has(key: string): boolean;
  /** Served when everybody before it is, whatever came of that. */
  join(key: string, item: Item): Promise<Result>;
}

/** What brings the result of one item; they are asked one after the other. */
export type Served<Result> = () => Promise<Result>;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** `serve` is given up to `maxItems` of one key, in the order they came, and gives one for each. */
export function createLine<Item, Result>(
  maxItems: number,
  serve: (items: readonly Item[]) => Promise<readonly Served<Result>[]>,
): Line<Item, Result> {
  const lines = new Map<string, Waiting<Item, Result>[]>();
  const serveNext = async (waiting: readonly Waiting<Item, Result>[]) => {
    try {
      const served = await serve(waiting.map(({ item }) => item));
      for (const [index, { resolve, reject }] of waiting.entries()) await served[index]!().then(resolve, reject);
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  };
  const run = async (key: string, line: Waiting<Item, Result>[]) => {
    while (line.length > 0) await serveNext(line.splice(0, maxItems));
    lines.delete(key);
  };
  return {
    has: (key) => lines.has(key),
    join: (key, item) =>
      new Promise((resolve, reject) => {
        const line = lines.get(key);
        const waiting = { item, resolve, reject };
        if (line) {
          line.push(waiting);
          return;
        }
        const begun = [waiting];
        lines.set(key, begun);
        void run(key, begun);
      }),
  };
}
