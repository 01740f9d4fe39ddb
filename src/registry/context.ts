/** What every verb is given: the ports, who asks, and the limits in force. */
import type { Limits } from '../schema/limits.ts';
import type { CatalogFields } from './catalog-fields.ts';
import type { Checks } from './checks.ts';
import type { Mappings } from './mappings.ts';
import type { Caller, Clock, Store } from './ports.ts';

export interface Context {
  readonly store: Store;
  readonly clock: Clock;
  readonly caller: Caller;
  readonly limits: Limits;
  readonly checks: Checks;
  readonly mappings: Mappings;
  readonly fields: CatalogFields;
}

/** The calendar date, UTC. */
export function today(clock: Clock): string {
  return new Date(clock.now()).toISOString().slice(0, 10);
}

export function timestamp(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
