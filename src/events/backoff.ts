/** Delays between attempts: doubling, with jitter, so that what failed together does not come back together. */

export interface Backoff {
  /** Before the second attempt. */
  readonly firstMs: number;
  readonly maxMs: number;
}

/** The delay after `attempts` failures; `random` is in [0, 1). Between half of and the whole doubled delay. */
export function delayAfter(attempts: number, { firstMs, maxMs }: Backoff, random: number): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(Math.max(attempts, 1) - 1, 40));
  return Math.round(full / 2 + (full / 2) * random);
}
