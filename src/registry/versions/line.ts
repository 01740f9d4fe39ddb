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

/** Milliseconds a line stays after the last of it was served: who was served and comes again stands in line at once. */
const staysMs = 100;

/** Those who were served together mostly come again together: they are waited for, by a part of what serving them took and no longer. */
const waitsPart = 0.25;
const maxWaitMs = 25;

interface Standing<Item, Result> {
  readonly waiting: Waiting<Item, Result>[];
  isServing: boolean;
  /** How many are waited for, and how long. */
  expected: number;
  waitMs: number;
  /** Called once they are there. */
  complete?: () => void;
  gone?: NodeJS.Timeout;
}

/** `serve` is given up to `maxItems` of one key, in the order they came, and gives one for each. */
export function createLine<Item, Result>(
  maxItems: number,
  serve: (items: readonly Item[]) => Promise<readonly Served<Result>[]>,
): Line<Item, Result> {
  const lines = new Map<string, Standing<Item, Result>>();
  const serveNext = async (served: readonly Waiting<Item, Result>[]) => {
    try {
      const results = await serve(served.map(({ item }) => item));
      for (const [index, { resolve, reject }] of served.entries()) await results[index]!().then(resolve, reject);
    } catch (error) {
      for (const { reject } of served) reject(error);
    }
  };
  const untilComplete = (line: Standing<Item, Result>) =>
    new Promise<void>((resolve) => {
      line.complete = resolve;
      setTimeout(resolve, line.waitMs);
    });
  const run = async (key: string, line: Standing<Item, Result>) => {
    line.isServing = true;
    clearTimeout(line.gone);
    while (line.waiting.length > 0) {
      if (line.waiting.length < line.expected) await untilComplete(line);
      const served = line.waiting.splice(0, maxItems);
      const began = performance.now();
      await serveNext(served);
      line.expected = served.length;
      line.waitMs = Math.min(maxWaitMs, waitsPart * (performance.now() - began));
    }
    line.isServing = false;
    line.gone = setTimeout(() => lines.delete(key), staysMs).unref();
  };
  return {
    has: (key) => lines.has(key),
    join: (key, item) =>
      new Promise((resolve, reject) => {
        const line: Standing<Item, Result> = lines.get(key) ?? {
          waiting: [],
          isServing: false,
          expected: 0,
          waitMs: 0,
        };
        lines.set(key, line);
        line.waiting.push({ item, resolve, reject });
        if (line.waiting.length >= line.expected) line.complete?.();
        if (!line.isServing) void run(key, line);
      }),
  };
}
