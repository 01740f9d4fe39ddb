/**
 * How many connections are used at once. A server that has none left (53300) refuses the next attempt and goes on answering on those
 * there are: so fewer are used then, what was refused is asked again on one of them, and more are tried after a while.
 */

export interface ConnectionLimit {
  /** Runs `work`, which uses one connection, when one may be used; again, where the server had none for it. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Whether the next loss of a connection is one that was never made. */
  takeRefusal(): boolean;
}

/** Between two attempts to use one connection more. */
const growAfterMs = 500;
/** Between two attempts where not even one connection can be had. */
const retryAfterMs = 100;
const waitTimeoutMs = 10_000;

export function connectionLimit(max: number): ConnectionLimit {
  let limit = Number.POSITIVE_INFINITY;
  let inUse = 0;
  let refusals = 0;
  let changedAt = 0;
  const waiting: (() => void)[] = [];

  const grow = () => {
    if (limit === Number.POSITIVE_INFINITY || performance.now() - changedAt < growAfterMs) return;
    changedAt = performance.now();
    limit = limit + 1 >= max ? Number.POSITIVE_INFINITY : limit + 1;
  };
  const admit = () => {
    grow();
    while (waiting.length > 0 && inUse < limit) {
      inUse += 1;
      waiting.shift()?.();
    }
  };
  const acquire = async (): Promise<void> => {
    grow();
    if (inUse < limit && waiting.length === 0) {
      inUse += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const enter = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(enter), 1);
        reject(Object.assign(new Error('no connection became free'), { code: 'CONNECT_TIMEOUT' }));
      }, waitTimeoutMs);
      waiting.push(enter);
    });
  };
  const release = () => {
    inUse -= 1;
    admit();
  };
  /** Those in use now but this one could be had. */
  const shrink = () => {
    refusals += 1;
    changedAt = performance.now();
    limit = Math.max(1, Math.min(limit, inUse - 1, max - 1));
  };

  return {
    async run(work) {
      const until = performance.now() + waitTimeoutMs;
      for (;;) {
        await acquire();
        try {
          return await work();
        } catch (error) {
          if (!isRefusal(error)) throw error;
          shrink();
          if (performance.now() > until) throw error;
        } finally {
          release();
        }
        if (limit === 1) await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
      }
    },
    takeRefusal() {
      if (refusals === 0) return false;
      refusals -= 1;
      return true;
    },
  };
}

/** The server lives and has no connection left. Nothing of the work was begun: it would have been the first thing on a new one. */
function isRefusal(error: unknown): boolean {
  for (let link = error; link instanceof Error; link = link.cause)
    if ('code' in link && link.code === '53300') return true;
  return false;
}
