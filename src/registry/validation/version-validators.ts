/**
 * What the payloads of a version are validated with: the version's number, the plan that deprecates its subject, and the compiled
 * validator. Loaded once and kept until the subject or its catalog changes.
 */
import { lru } from '../../lru.ts';
import { type Binding, bindingsOf } from '../../schema/envelope-binding.ts';
import type { Context } from '../context.ts';
import { type Freshness, versionFreshness } from '../freshness.ts';
import type { DeprecationRecord } from '../records.ts';
import { catalogOf, lookUp, type SubjectKey, type VersionKey } from '../versions/look-up.ts';
import type { RegisteredValidator, Validators } from './validators.ts';

export interface VersionValidator extends SubjectKey {
  readonly number: number;
  /** Present while the subject is deprecated. */
  readonly plan?: DeprecationRecord;
  readonly validator: RegisteredValidator;
  /** What the contract says of the envelope around a payload. */
  readonly bindings: readonly Binding[];
  /** Whether it is still what the version is validated with. */
  readonly isFresh: () => boolean;
}

export interface VersionValidators {
  /** Faults: as a look-up's. */
  of(context: Pick<Context, 'store' | 'clock'>, key: VersionKey): Promise<VersionValidator>;
}

interface Entry {
  readonly loading: Promise<VersionValidator>;
  readonly isFresh: () => boolean;
}

export function versionValidatorCache(
  validators: Validators,
  freshness: Freshness,
  maxItems: number,
): VersionValidators {
  const cache = lru<Entry>(maxItems);
  const load = (context: Pick<Context, 'store' | 'clock'>, key: VersionKey, cacheKey: string): Entry => {
    // the test is taken before anything is read
    const isFresh = versionFreshness(freshness, context.clock, key);
    const entry = { isFresh, loading: find(context, validators, key, isFresh) };
    cache.set(cacheKey, entry);
    // what could not be found now may exist the next time
    entry.loading.catch(() => {
      if (cache.get(cacheKey) === entry) cache.delete(cacheKey);
    });
    return entry;
  };
  return {
    of(context, key) {
      const cacheKey = JSON.stringify([key.catalog, key.subject, key.version]);
      const held = cache.get(cacheKey);
      const entry = held?.isFresh() ? held : load(context, key, cacheKey);
      return entry.loading;
    },
  };
}

async function find(
  { store }: Pick<Context, 'store'>,
  validators: Validators,
  key: VersionKey,
  isFresh: () => boolean,
): Promise<VersionValidator> {
  const { rules } = await catalogOf(store, key.catalog);
  const { version, plan } = await lookUp({ store }, key);
  const { catalog, subject, number } = version;
  return {
    catalog,
    subject,
    number,
    ...(plan && { plan }),
    validator: await validators.of(store, version.schema, rules.formats),
    bindings: bindingsOf(rules, subject, version.contract),
    isFresh,
  };
}
