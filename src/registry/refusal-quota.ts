/**
 * How many refusals reach the audit log. Whoever is refused can repeat it at any rate, and nobody may delete the rows: of each known
 * caller so many a minute are written, of strangers so many together, and the rest is counted.
 */
import type { Fault, FaultCode } from '../errors.ts';
import { lru } from '../lru.ts';
import type { Clock } from './ports.ts';

export interface RefusalQuota {
  /** How many were left out since the last one that was written; undefined where this one is left out, too. */
  take(actor: string, fault: Fault): number | undefined;
}

export const perMinutePerCaller = 60;
export const perMinuteOfStrangers = 60;
const maxCallers = 10_000;

/** Refusals that come before it is known who asks, or at any rate. */
const ofStrangers: ReadonlySet<FaultCode> = new Set(['UNAUTHENTICATED', 'RATE_LIMITED']);

export function refusalQuota(clock: Clock): RefusalQuota {
  const strangers = minuteQuota(clock, perMinuteOfStrangers);
  const callers = lru<MinuteQuota>(maxCallers);
  const quotaOf = (actor: string) => {
    const own = callers.get(actor) ?? minuteQuota(clock, perMinutePerCaller);
    callers.set(actor, own);
    return own;
  };
  return { take: (actor, { code }) => (ofStrangers.has(code) ? strangers : quotaOf(actor)).take() };
}

interface MinuteQuota {
  take(): number | undefined;
}

function minuteQuota(clock: Clock, perMinute: number): MinuteQuota {
  let minute = 0;
  let taken = 0;
  let skipped = 0;
  return {
    take() {
      const now = Math.floor(clock.now() / 60_000);
      if (now !== minute) taken = 0;
      minute = now;
      taken += 1;
      if (taken > perMinute) {
        skipped += 1;
        return undefined;
      }
      const since = skipped;
      skipped = 0;
      return since;
    },
  };
}
