/**
 * Bearer tokens to identities: API tokens by their SHA-256, and JWTs with pinned algorithms, `exp` and `aud` required. What
 * was wrong with a token is never told to whoever sent it.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import * as z from 'zod';
import { Fault } from '../errors.ts';
import type { Clock } from '../registry/ports.ts';
import { type Identity, localAdmin, roles } from './identity.ts';

/** One hashed API token. The token itself is known to its holder alone. */
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

export interface JwtSettings {
  readonly key: { readonly jwks: string } | { readonly secret: string };
  readonly algorithms: readonly string[];
  readonly audience: string;
  readonly issuer?: string;
}

export interface AuthSettings {
  readonly tokens: readonly ApiToken[];
  readonly jwt?: JwtSettings;
}

export type Authenticate = (authorization: string | null) => Promise<Identity>;

/** Without settings everybody is the local administrator: config.ts allows that on loopback alone. */
export function authenticator(settings: AuthSettings | undefined, clock: Clock): Authenticate {
  if (!settings) return async () => localAdmin;
  const verify = settings.jwt && jwtVerifier(settings.jwt, clock);
  return async (authorization) => {
    const token = /^Bearer ([\x21-\x7e]{1,8192})$/i.exec(authorization ?? '')?.[1];
    if (token === undefined)
      throw new Fault('UNAUTHENTICATED', {}, { message: 'Send the header "Authorization: Bearer <token>".' });
    const known = apiToken(settings.tokens, token, clock);
    if (known) return known;
    const claimed = verify && token.split('.').length === 3 ? await verify(token) : undefined;
    if (claimed) return claimed;
    throw new Fault('UNAUTHENTICATED', {}, { message: 'The token is unknown, malformed or expired.' });
  };
}

/** Every row is compared, in the same time, so that neither the count nor the place of a match can be measured. */
function apiToken(tokens: readonly ApiToken[], token: string, clock: Clock): Identity | undefined {
  const given = createHash('sha256').update(token).digest();
  const matching = tokens.filter((row) => timingSafeEqual(Buffer.from(row.sha256, 'hex'), given));
  const live = matching.find((row) => row.expires === undefined || clock.now() < Date.parse(row.expires));
  return live && { actor: live.name, roles: [live.role], services: live.services, subjects: live.subjects };
}

const claimsShape = z.object({
  sub: z.string().min(1).max(200),
  roles: z.array(z.string()).default([]),
  services: z.array(z.string()).default([]),
  subjects: z.array(z.string()).default([]),
});

const remembered = 1_000;

function jwtVerifier(settings: JwtSettings, clock: Clock): (token: string) => Promise<Identity | undefined> {
  const key: JWTVerifyGetKey | Uint8Array =
    'jwks' in settings.key
      ? createRemoteJWKSet(new URL(settings.key.jwks))
      : new TextEncoder().encode(settings.key.secret);
  const verified = new Map<string, { readonly identity: Identity; readonly until: number }>();
  return async (token) => {
    const held = verified.get(token);
    if (held && clock.now() < held.until) return held.identity;
    verified.delete(token);
    const payload = await claims(token, key, settings, clock);
    const identity = payload && identityOf(payload);
    if (identity && payload.exp !== undefined) {
      verified.set(token, { identity, until: payload.exp * 1_000 });
      for (const oldest of verified.keys()) {
        if (verified.size <= remembered) break;
        verified.delete(oldest);
      }
    }
    return identity;
  };
}

async function claims(
  token: string,
  key: JWTVerifyGetKey | Uint8Array,
  settings: JwtSettings,
  clock: Clock,
): Promise<JWTPayload | undefined> {
  const options = {
    algorithms: [...settings.algorithms],
    audience: settings.audience,
    ...(settings.issuer === undefined ? {} : { issuer: settings.issuer }),
    requiredClaims: ['exp', 'aud', 'sub'],
    currentDate: new Date(clock.now()),
  };
  try {
    const { payload } =
      typeof key === 'function' ? await jwtVerify(token, key, options) : await jwtVerify(token, key, options);
    return payload;
  } catch (cause) {
    if (isAboutTheToken(cause)) return undefined;
    throw new Fault('KEYS_UNAVAILABLE', {}, { cause });
  }
}

/** Forged, expired, for somebody else: to the caller all of it is one answer. Keys that cannot be fetched are no fault of the token. */
function isAboutTheToken(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return false;
  return !['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC'].includes(error.code);
}

function identityOf(payload: JWTPayload): Identity | undefined {
  const parsed = claimsShape.safeParse(payload);
  if (!parsed.success) return undefined;
  const { sub, roles: stated, services, subjects } = parsed.data;
  return { actor: sub, roles: roles.filter((role) => stated.includes(role)), services, subjects };
}
