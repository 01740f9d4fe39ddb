/** API tokens by their SHA-256: those of the configuration, for a start, and those made over HTTP. */
import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { lru } from '../lru.ts';
import { today } from '../registry/context.ts';
import { latestFreshMs } from '../registry/freshness.ts';
import { tokenName, tokenPrefix } from '../registry/governance/tokens.ts';
import type { Clock, Store } from '../registry/ports.ts';
import { roles, type TokenRecord } from '../registry/records.ts';
import { qualifiedPatternProblem } from '../schema/subject.ts';
import type { Proof, Prove } from './proof.ts';

/** One that can never match would open nothing, or what its writer did not mean. */
export const subjectPattern = z
  .string()
  .min(1)
  .max(300)
  .superRefine((pattern, context) => {
    const message = qualifiedPatternProblem(pattern);
    if (message !== undefined) context.addIssue({ code: 'custom', message: `is no pattern of subjects: ${message}` });
  });

/** One hashed API token of the configuration. The token itself is known to its holder alone. */
export const apiTokenShape = z.strictObject({
  name: z.string().min(1).max(100).regex(tokenName, 'is the name of another kind of caller'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in lower-case hex'),
  role: z.enum(roles),
  services: z.array(z.string().min(1).max(200)).max(500).default([]),
  subjects: z.array(subjectPattern).max(500).default([]),
  /** The instant from which it is refused. */
  expires: z.iso.datetime({ offset: true }).optional(),
});
export type ApiToken = z.output<typeof apiTokenShape>;

/** Every row is compared, in the same time, so that neither the number of tokens nor the position of a match can be measured. */
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

const maxTokens = 1_000;

/**
 * The store finds a token by its hash, which a guesser cannot control: the time it takes reveals nothing about the token. Every
 * process learns of a revocation at once.
 */
export function storedTokens(store: StoredTokens, clock: Clock): Prove {
  const recent = lru<{ readonly token: TokenRecord; readonly expiresAt: number }>(maxTokens);
  let changes = 0;
  store.onChange(({ catalog }) => {
    if (catalog !== '') return;
    recent.clear();
    changes += 1;
  });
  const find = async (sha256: string): Promise<TokenRecord | undefined> => {
    const held = recent.get(sha256);
    if (held && clock.now() < held.expiresAt) return held.token;
    recent.delete(sha256);
    const before = changes;
    const token = await store.tokenByHash(sha256);
    // what was read before a revocation is not kept after it
    if (token && before === changes) recent.set(sha256, { token, expiresAt: clock.now() + latestFreshMs });
    return token;
  };
  return async (secret) => {
    if (!secret.startsWith(tokenPrefix)) return undefined;
    const sha256 = createHash('sha256').update(secret).digest('hex');
    const token = await find(sha256);
    if (!token) return undefined;
    const day = today(clock);
    const proof = proofOf(token, day);
    if ('identity' in proof && (token.lastUsed === undefined || token.lastUsed < day)) {
      await store.markTokenUsed(token.id, day);
      recent.delete(sha256);
    }
    return proof;
  };
}

function proofOf(token: TokenRecord, day: string): Proof {
  if (token.revokedAt !== undefined) return { reason: 'revoked', credential: token.name };
  if (token.expires < day) return { reason: 'expired', credential: token.name };
  return { identity: identityOf(token) };
}

function identityOf({ name, role, services, subjects }: Pick<TokenRecord, 'name' | 'role' | 'services' | 'subjects'>) {
  return { actor: name, roles: [role], services, subjects };
}
