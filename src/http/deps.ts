/** What handlers get beside the request: made once by the composition root. */

import type { Mappings } from '../registry/deprecation/mappings.ts';
import type { CatalogFields } from '../registry/fields.ts';
import type { Freshness } from '../registry/freshness.ts';
import type { Clock, Deliveries, Store } from '../registry/ports.ts';
import type { RefusalQuota } from '../registry/refusal-quota.ts';
import type { Seal } from '../registry/transfer/seal.ts';
import type { EnvelopeValidators } from '../registry/validation/envelope-validators.ts';
import type { Meter } from '../registry/validation/meter.ts';
import type { Validations } from '../registry/validation/validations.ts';
import type { VersionValidators } from '../registry/validation/version-validators.ts';
import type { WireTypes } from '../registry/validation/wire-types.ts';
import type { ArtifactCache } from '../registry/versions/artifacts.ts';
import type { Checks } from '../registry/versions/checks.ts';
import type { Generation } from '../registry/versions/generation.ts';
import type { Limits } from '../schema/limits.ts';
import type { Feeds } from './feeds.ts';
import type { Metrics } from './metrics.ts';
import type { ReplyCache } from './reply-cache.ts';
import type { ValidationTargets } from './validation-shortcut.ts';

export interface Deps {
  readonly store: Store & Deliveries;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly checks: Checks;
  readonly mappings: Mappings;
  readonly generation: Generation;
  readonly artifacts: ArtifactCache;
  readonly validations: Validations;
  readonly fields: CatalogFields;
  readonly refusals: RefusalQuota;
  readonly seal?: Seal;
  readonly versionValidators: VersionValidators;
  readonly envelopes: EnvelopeValidators;
  readonly validationTargets: ValidationTargets;
  readonly meter: Meter;
  readonly wireTypes: WireTypes;
  readonly replies: ReplyCache;
  readonly freshness: Freshness;
  readonly metrics: Metrics;
  /** Absent where no key for signed addresses is configured. */
  readonly feeds?: Feeds;
  /** True once a shutdown has begun: requests in flight are finished, new ones should go elsewhere. */
  readonly closing: () => boolean;
}
