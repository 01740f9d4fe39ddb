/** A token bucket for each caller: so many requests a second, with bursts of twice that. */
import { Fault } from '../errors.ts';
import type { Clock } from '../registry/ports.ts';

export interface RateLimit {
  /** Whether the caller had a request left; then there is one less. */
  spend(actor: string): boolean;
  /** Throws Fault RATE_LIMITED where the caller has no request left. */
  take(actor: string): void;
}

interface Bucket {
  readonly left: number;
  readonly at: number;
}

const remembered = 10_000;

export function rateLimit(perSecond: number, clock: Clock): RateLimit {
  const burst = perSecond * 2;
  const buckets = new Map<string, Bucket>();
  const spend = (actor: string) => {
    const now = clock.now();
    const bucket = buckets.get(actor) ?? { left: burst, at: now };
    const left = Math.min(burst, bucket.left + (Math.max(0, now - bucket.at) / 1_000) * perSecond);
    buckets.delete(actor);
    buckets.set(actor, { left: left < 1 ? left : left - 1, at: now });
    for (const oldest of buckets.keys()) {
      if (buckets.size <= remembered) break;
      buckets.delete(oldest);
    }
    return left >= 1;
  };
  return {
    spend,
    take(actor) {
      if (!spend(actor)) throw new Fault('RATE_LIMITED', { perSecond });
    },
  };
}
