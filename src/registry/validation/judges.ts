/**
 * Who judges the payloads of a place: its version, the plan that deprecates it, and the compiled validator. Found once and
 * remembered until the subject or its catalog changes; `latest` for seconds only, should word of a change get lost.
 */

import type { EventValidator } from '../../schema/validator.ts';
import type { Context } from '../context.ts';
import type { Freshness } from '../freshness.ts';
import type { DeprecationRecord } from '../records.ts';
import { catalogOf, lookUp, type Place } from '../versions/look-up.ts';
import type { Validators } from './validators.ts';

export interface Judge extends Place {
  readonly number: number;
  /** Present while the subject is deprecated. */
  readonly plan?: DeprecationRecord;
  readonly validator: EventValidator;
}

export interface Judges {
  /** Faults: as a look-up's, and SCHEMA_INVALID where the version cannot be compiled. */
  of(context: Pick<Context, 'store' | 'clock'>, place: Place & { readonly version: number | 'latest' }): Promise<Judge>;
}

interface Held {
  readonly judge: Promise<Judge>;
  readonly stands: () => boolean;
  readonly until: number;
}

/** Milliseconds. */
const latestFor = 5_000;

export function judgeCache(validators: Validators, freshness: Freshness, most: number): Judges {
  const held = new Map<string, Held>();
  return {
    of(context, place) {
      const key = JSON.stringify([place.catalog, place.subject, place.version]);
      const now = context.clock.now();
      const known = held.get(key);
      held.delete(key);
      const entry =
        known && now < known.until && known.stands() ? known : appoint(context, validators, freshness, place);
      held.set(key, entry);
      // what could not be found now may be there the next time
      entry.judge.catch(() => {
        if (held.get(key) === entry) held.delete(key);
      });
      for (const oldest of held.keys()) {
        if (held.size <= most) break;
        held.delete(oldest);
      }
      return entry.judge;
    },
  };
}

function appoint(
  context: Pick<Context, 'store' | 'clock'>,
  validators: Validators,
  freshness: Freshness,
  place: Place & { readonly version: number | 'latest' },
): Held {
  return {
    stands: freshness.since(place.catalog, place.subject),
    until: place.version === 'latest' ? context.clock.now() + latestFor : Number.POSITIVE_INFINITY,
    judge: find(context, validators, place),
  };
}

async function find(
  { store }: Pick<Context, 'store'>,
  validators: Validators,
  place: Place & { readonly version: number | 'latest' },
): Promise<Judge> {
  const { rules } = await catalogOf(store, place.catalog);
  const { version, plan } = await lookUp({ store }, place);
  const { catalog, subject, number } = version;
  return {
    catalog,
    subject,
    number,
    ...(plan && { plan }),
    validator: await validators.of(store, version.schema, rules.formats),
  };
}
