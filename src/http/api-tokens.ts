/** API tokens by their SHA-256: those of the configuration, to begin with, and those made over HTTP. */
import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { today } from '../registry/context.ts';
import { tokenPrefix } from '../registry/governance/tokens.ts';
import type { Clock, Store } from '../registry/ports.ts';
import { roles, type TokenRecord } from '../registry/records.ts';
import type { Proof, Prove } from './proof.ts';

/** One hashed API token of the configuration. The token itself is known to its holder alone. */
export const apiTokenShape = z.strictObject({
  name: z.string().min(1).max(100),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in lower-case hex'),
  role: z.enum(roles),
  services: z.array(z.string().min(1).max(200)).max(500).default([]),
  subjects: z.array(z.string().min(1).max(300)).max(500).default([]),
  /** The first moment it holds no more. */
  expires: z.iso.datetime({ offset: true }).optional(),
});
export type ApiToken = z.output<typeof apiTokenShape>;

/** Every row is compared, in the same time, so that neither the count nor the place of a match can be measured. */
export function configuredTokens(tokens: readonly ApiToken[], clock: Clock): Prove {
  return async (token) => {
    const given = createHash('sha256').update(token).digest();
    const matching = tokens.filter((row) => timingSafeEqual(Buffer.from(row.sha256, 'hex'), given));
    const live = matching.find((row) => row.expires === undefined || clock.now() < Date.parse(row.expires));
    if (live) return { identity: identityOf(live) };
    const [dead] = matching;
    return dead && { reason: 'expired', credential: dead.name };
  };
}

export type StoredTokens = Pick<Store, 'tokenByHash' | 'markTokenUsed' | 'onChange'>;

const remembered = 1_000;
/** For how long a token is taken without asking the store again, should word of its revocation be lost. */
const freshFor = 5_000;

/**
 * The store finds a token by its hash, which whoever guesses cannot steer: how long that takes tells nothing of the token. A
 * revocation is heard of at once, in every process.
 */
export function storedTokens(store: StoredTokens, clock: Clock): Prove {
  const held = new Map<string, { readonly token: TokenRecord; readonly until: number }>();
  let changes = 0;
  store.onChange(({ catalog }) => {
    if (catalog !== '') return;
    held.clear();
    changes += 1;
  });
  const find = async (sha256: string): Promise<TokenRecord | undefined> => {
    const known = held.get(sha256);
    if (known && clock.now() < known.until) return known.token;
    held.delete(sha256);
    const before = changes;
    const token = await store.tokenByHash(sha256);
    // what was read before a revocation is not remembered after it
    if (token && before === changes) held.set(sha256, { token, until: clock.now() + freshFor });
    for (const oldest of held.keys()) {
      if (held.size <= remembered) break;
      held.delete(oldest);
    }
    return token;
  };
  return async (secret) => {
    if (!secret.startsWith(tokenPrefix)) return undefined;
    const sha256 = createHash('sha256').update(secret).digest('hex');
    const token = await find(sha256);
    if (!token) return undefined;
    const day = today(clock);
    const proof = standing(token, day);
    if ('identity' in proof && (token.lastUsed === undefined || token.lastUsed < day)) {
      await store.markTokenUsed(token.id, day);
      held.delete(sha256);
    }
    return proof;
  };
}

function standing(token: TokenRecord, day: string): Proof {
  if (token.revokedAt !== undefined) return { reason: 'revoked', credential: token.name };
  if (token.expires < day) return { reason: 'expired', credential: token.name };
  return { identity: identityOf(token) };
}

function identityOf({ name, role, services, subjects }: Pick<TokenRecord, 'name' | 'role' | 'services' | 'subjects'>) {
  return { actor: name, roles: [role], services, subjects };
}
