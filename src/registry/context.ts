/** What every verb is given: the ports, who asks, and the limits in force. */
import type { Limits } from '../schema/limits.ts';
import type { Caller } from './caller.ts';
import type { Mappings } from './deprecation/mappings.ts';
import type { CatalogFields } from './fields.ts';
import type { Clock, Store } from './ports.ts';
import type { RefusalQuota } from './refusal-quota.ts';
import type { Seal } from './transfer/seal.ts';
import type { Validations } from './validation/validations.ts';
import type { ArtifactCache } from './versions/artifacts.ts';
import type { Checks } from './versions/checks.ts';
import type { Generation } from './versions/generation.ts';

export interface Context {
  readonly store: Store;
  readonly clock: Clock;
  readonly caller: Caller;
  readonly limits: Limits;
  readonly checks: Checks;
  readonly mappings: Mappings;
  readonly generation: Generation;
  readonly artifacts: ArtifactCache;
  readonly validations: Validations;
  readonly fields: CatalogFields;
  readonly refusals: RefusalQuota;
  /** Signs exports, and holds imports against it; absent where no key is configured. */
  readonly seal?: Seal;
}

/** The calendar date, UTC. */
export function today(clock: Clock): string {
  return new Date(clock.now()).toISOString().slice(0, 10);
}

/** The calendar date so many days from now, UTC; before today where they are negative. */
export function dayAfter(clock: Clock, days: number): string {
  return new Date(clock.now() + days * 86_400_000).toISOString().slice(0, 10);
}

export function timestamp(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
