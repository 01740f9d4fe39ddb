/** JSON Web Tokens: signed by a key of the JWKS or the shared one, algorithms pinned, `exp`, `aud` and `sub` required. */
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import * as z from 'zod';
import { Fault } from '../errors.ts';
import { lru } from '../lru.ts';
import type { Clock } from '../registry/ports.ts';
import { roles } from '../registry/records.ts';
import { qualifiedPatternProblem } from '../schema/subject.ts';
import type { Identity } from './identity.ts';
import type { Proof, Prove, Unproved } from './proof.ts';

/** Where a token states what its bearer may do: names of claims, or paths into nested ones such as `realm_access.roles`. */
export interface JwtClaims {
  /** Default `roles`. A list of strings, or one text with spaces between them, as `scope` has it. */
  readonly roles: string;
  /** Where it is stated, only roles that begin with it count, without it: `herald:` makes `herald:reader` a reader. */
  readonly rolePrefix: string;
  readonly services: string;
  readonly subjects: string;
}

export const usualClaims: JwtClaims = { roles: 'roles', rolePrefix: '', services: 'services', subjects: 'subjects' };

export interface JwtSettings {
  readonly key: { readonly jwks: string } | { readonly secret: string };
  readonly algorithms: readonly string[];
  readonly audience: string;
  readonly issuer?: string;
  readonly claims?: JwtClaims;
  /** The least time between two fetches of the key set, however many unknown key ids arrive. Default 30,000. */
  readonly refetchAfterMs?: number;
}

const subjectShape = z.string().min(1).max(200);
const listShape = z.union([
  z.array(z.string()),
  z.string().transform((text) => text.split(' ').filter((word) => word !== '')),
  z.undefined().transform((): string[] => []),
]);

const maxVerified = 1_000;
export const jwtActorPrefix = 'jwt:';

export function jwtVerifier(settings: JwtSettings, clock: Clock): Prove {
  const key = keyOf(settings);
  const verified = lru<Verified>(maxVerified);
  return async (token) => {
    if (token.split('.').length !== 3) return undefined;
    const held = verified.get(token);
    if (held && clock.now() < held.expiresAt) return held;
    verified.delete(token);
    const proof = await verify(token, key, settings, clock);
    if (!('expiresAt' in proof)) return proof;
    verified.set(token, proof);
    return proof;
  };
}

/** A key id that is not in the set makes it fetched again: that is how rotated keys are found. */
function keyOf({ key, refetchAfterMs }: JwtSettings): JWTVerifyGetKey | Uint8Array {
  if ('secret' in key) return new TextEncoder().encode(key.secret);
  return createRemoteJWKSet(new URL(key.jwks), {
    cacheMaxAge: keySetForMs,
    ...(refetchAfterMs !== undefined && { cooldownDuration: refetchAfterMs }),
  });
}

/** A key that left its set is refused a minute later at the latest: so long both together may be remembered. */
const keySetForMs = 30_000;
const verifiedForMs = 30_000;

/** Until when a verified token is taken without being verified again; undefined where `exp` is no date. */
function expiryOf({ exp }: JWTPayload, clock: Clock): number | undefined {
  if (!Number.isSafeInteger(Math.floor((exp ?? Number.NaN) * 1_000))) return undefined;
  return Math.min((exp ?? 0) * 1_000, clock.now() + verifiedForMs);
}

type Verified = { readonly identity: Identity; readonly expiresAt: number };

async function verify(
  token: string,
  key: JWTVerifyGetKey | Uint8Array,
  settings: JwtSettings,
  clock: Clock,
): Promise<Verified | Exclude<Proof, { identity: unknown }>> {
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
    const identity = identityOfClaims(payload, settings.claims ?? usualClaims);
    const expiresAt = expiryOf(payload, clock);
    return identity && expiresAt !== undefined ? { identity, expiresAt } : { reason: 'claims' };
  } catch (cause) {
    const reason = reasonOf(cause);
    if (reason === undefined) throw new Fault('KEYS_UNAVAILABLE', {}, { cause });
    return { reason };
  }
}

/** A row is an error that the token itself causes. An error that is not here means that the keys could not be fetched. */
const reasons: Readonly<Record<string, Unproved>> = {
  ERR_JWT_EXPIRED: 'expired',
  ERR_JWT_CLAIM_VALIDATION_FAILED: 'claims',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'forged',
  ERR_JOSE_ALG_NOT_ALLOWED: 'algorithm',
  ERR_JWKS_NO_MATCHING_KEY: 'key-unknown',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'key-unknown',
};

function reasonOf(error: unknown): Unproved | undefined {
  if (!(error instanceof errors.JOSEError)) return undefined;
  if (['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC'].includes(error.code)) return undefined;
  return reasons[error.code] ?? 'malformed';
}

/** Undefined where a claim does not have the form it must have. */
export function identityOfClaims(payload: JWTPayload, claims: JwtClaims): Identity | undefined {
  const actor = subjectShape.safeParse(payload.sub);
  const stated = listShape.safeParse(claimAt(payload, claims.roles));
  const services = listShape.safeParse(claimAt(payload, claims.services));
  const subjects = listShape.safeParse(claimAt(payload, claims.subjects));
  if (!actor.success || !stated.success || !services.success || !subjects.success) return undefined;
  if (subjects.data.some((pattern) => qualifiedPatternProblem(pattern) !== undefined)) return undefined;
  const named = new Set(stated.data);
  return {
    // a name space of its own: a subject may be called like a token of ours, or `local`
    actor: `${jwtActorPrefix}${actor.data}`,
    roles: roles.filter((role) => named.has(`${claims.rolePrefix}${role}`)),
    services: services.data,
    subjects: subjects.data,
  };
}

/** A claim of that very name comes first: names may be URLs, which have dots in them. */
function claimAt(payload: JWTPayload, path: string): unknown {
  if (Object.hasOwn(payload, path)) return payload[path];
  let value: unknown = payload;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}
