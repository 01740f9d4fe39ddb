/**
 * Identities that were proved within the last second, so that a look-up from memory need not wait for a proof. An expiry is noticed
 * within that second, a revocation at once.
 */
import { lru } from '../lru.ts';
import type { Clock, Store } from '../registry/ports.ts';
import type { Authenticate } from './auth.ts';
import type { Identity } from './identity.ts';

export interface RecentProofs {
  /** The given one; its results are kept for a second. */
  readonly authenticate: Authenticate;
  /** Undefined where it was not proved within the last second. */
  find(authorization: string | null): Identity | undefined;
}

const recentMs = 1_000;
const maxCallers = 1_000;

export function recentProofs(authenticate: Authenticate, store: Pick<Store, 'onChange'>, clock: Clock): RecentProofs {
  const recent = lru<{ readonly identity: Identity; readonly expiresAt: number }, string | null>(maxCallers);
  let changes = 0;
  store.onChange(({ catalog }) => {
    if (catalog !== '') return;
    recent.clear();
    changes += 1;
  });
  return {
    authenticate: async (authorization) => {
      const before = changes;
      const expiresAt = clock.now() + recentMs;
      const identity = await authenticate(authorization);
      // what was proved before a revocation is not kept after it
      if (before === changes) recent.set(authorization, { identity, expiresAt });
      return identity;
    },
    find(authorization) {
      const held = recent.get(authorization);
      return held && clock.now() < held.expiresAt ? held.identity : undefined;
    },
  };
}
