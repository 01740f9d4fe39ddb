/** Bearer tokens to identities: those of the configuration, those the registry made, and JWTs. */
import type { Clock } from '../registry/ports.ts';
import { type ApiToken, configuredTokens, type StoredTokens, storedTokens } from './api-tokens.ts';
import { type Identity, localAdmin } from './identity.ts';
import { type JwtSettings, jwtVerifier } from './jwt.ts';
import { type Prove, unauthenticated } from './proof.ts';

export interface AuthSettings {
  readonly tokens: readonly ApiToken[];
  readonly jwt?: JwtSettings;
}

export type Authenticate = (authorization: string | null) => Promise<Identity>;

/** Without settings everybody is the local administrator: config.ts allows that on loopback alone. */
export function authenticator(settings: AuthSettings | undefined, clock: Clock, stored?: StoredTokens): Authenticate {
  if (!settings) return async () => localAdmin;
  const ways: readonly Prove[] = [
    configuredTokens(settings.tokens, clock),
    ...(stored ? [storedTokens(stored, clock)] : []),
    ...(settings.jwt ? [jwtVerifier(settings.jwt, clock)] : []),
  ];
  return async (authorization) => {
    if (authorization === null) throw unauthenticated({ reason: 'missing' });
    const token = /^Bearer ([\x21-\x7e]{1,8192})$/i.exec(authorization)?.[1];
    if (token === undefined) throw unauthenticated({ reason: 'malformed' });
    for (const prove of ways) {
      const proof = await prove(token);
      if (proof && 'identity' in proof) return proof.identity;
      if (proof) throw unauthenticated(proof);
    }
    throw unauthenticated({ reason: 'unknown' });
  };
}
