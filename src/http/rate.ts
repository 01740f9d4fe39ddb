/** A token bucket for each caller: a number of requests a second, with bursts of twice that. */
import { Fault } from '../errors.ts';
import { lru } from '../lru.ts';
import type { Clock } from '../registry/ports.ts';

export interface RateLimit {
  /** Whether the caller has a request left. */
  has(actor: string): boolean;
  /** Whether the caller had a request left; then there is one less. */
  spend(actor: string): boolean;
  /** Throws Fault RATE_LIMITED where the caller has no request left. */
  take(actor: string): void;
}

interface Bucket {
  readonly left: number;
  readonly at: number;
}

const maxCallers = 10_000;

export function rateLimit(perSecond: number, clock: Clock): RateLimit {
  const burst = perSecond * 2;
  const buckets = lru<Bucket>(maxCallers);
  const leftOf = (actor: string, now: number) => {
    const bucket = buckets.get(actor) ?? { left: burst, at: now };
    return Math.min(burst, bucket.left + (Math.max(0, now - bucket.at) / 1_000) * perSecond);
  };
  const spend = (actor: string) => {
    const now = clock.now();
    const left = leftOf(actor, now);
    buckets.set(actor, { left: left < 1 ? left : left - 1, at: now });
    return left >= 1;
  };
  return {
    has: (actor) => leftOf(actor, clock.now()) >= 1,
    spend,
    take(actor) {
      if (!spend(actor)) throw new Fault('RATE_LIMITED', { perSecond });
    },
  };
}
