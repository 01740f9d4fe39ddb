/**
 * Who was proved to be who, a moment ago: so that a look-up from memory needs no waiting. Expiry is noticed within that moment, a
 * revocation at once.
 */
import type { Clock, Store } from '../registry/ports.ts';
import type { Authenticate } from './auth.ts';
import type { Identity } from './identity.ts';

export interface RecentProofs {
  /** The given one; what it proves is remembered. */
  readonly authenticate: Authenticate;
  /** Undefined: not proved lately. */
  find(authorization: string | null): Identity | undefined;
}

/** Milliseconds. */
const moment = 1_000;
const most = 1_000;

export function recentProofs(authenticate: Authenticate, store: Pick<Store, 'onChange'>, clock: Clock): RecentProofs {
  const held = new Map<string | null, { readonly identity: Identity; readonly until: number }>();
  let changes = 0;
  store.onChange(({ catalog }) => {
    if (catalog !== '') return;
    held.clear();
    changes += 1;
  });
  return {
    authenticate: async (authorization) => {
      const before = changes;
      const until = clock.now() + moment;
      const identity = await authenticate(authorization);
      // what was proved before a revocation is not remembered after it
      if (before === changes) held.set(authorization, { identity, until });
      for (const oldest of held.keys()) {
        if (held.size <= most) break;
        held.delete(oldest);
      }
      return identity;
    },
    find(authorization) {
      const known = held.get(authorization);
      return known && clock.now() < known.until ? known.identity : undefined;
    },
  };
}
