/** What handlers are given beside the request: the composition root fills it once. */

import type { Mappings } from '../registry/deprecation/mappings.ts';
import type { CatalogFields } from '../registry/fields.ts';
import type { Freshness } from '../registry/freshness.ts';
import type { Clock, Deliveries, Store } from '../registry/ports.ts';
import type { Judges } from '../registry/validation/judges.ts';
import type { Meter } from '../registry/validation/meter.ts';
import type { WireTypes } from '../registry/validation/wire-types.ts';
import type { Checks } from '../registry/versions/checks.ts';
import type { Limits } from '../schema/limits.ts';
import type { Answers } from './answers.ts';
import type { Metrics } from './metrics.ts';

export interface Deps {
  readonly store: Store & Deliveries;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly checks: Checks;
  readonly mappings: Mappings;
  readonly fields: CatalogFields;
  readonly judges: Judges;
  readonly meter: Meter;
  readonly wireTypes: WireTypes;
  readonly answers: Answers;
  readonly freshness: Freshness;
  readonly metrics: Metrics;
  /** True once a shutdown has begun: requests in flight are finished, new ones should go elsewhere. */
  readonly closing: () => boolean;
}
