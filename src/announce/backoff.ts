/** How long to wait after a failed attempt, and when to give up. */

export interface Backoff {
  /** Milliseconds after the first failure; each next one doubles it. */
  readonly firstMs: number;
  /** Milliseconds it never exceeds. */
  readonly longestMs: number;
  /** Attempts after which a delivery is parked, for somebody to look at. */
  readonly attempts: number;
}

/** Parked about two and a half hours after the first attempt. */
export const backoff: Backoff = { firstMs: 5_000, longestMs: 3_600_000, attempts: 12 };

/** Between half the doubled wait and all of it, by `random` in [0, 1): receivers that came back are not hit all at once. */
export function waitAfter(failures: number, random: () => number, { firstMs, longestMs }: Backoff = backoff): number {
  const whole = Math.min(longestMs, firstMs * 2 ** (failures - 1));
  return Math.round(whole / 2 + (whole / 2) * random());
}
