/**
 * What became of a bearer token. Whoever sent one that does not prove anything learns only that; why is for the log, so that an
 * operator can tell an expired token from a forged one.
 */
import { Fault } from '../errors.ts';
import type { Identity } from './identity.ts';

export type Unproved =
  | 'missing'
  | 'malformed'
  | 'unknown'
  | 'expired'
  | 'revoked'
  | 'forged'
  | 'claims'
  | 'algorithm'
  | 'key-unknown';

export interface Refusal {
  readonly reason: Unproved;
  /** The name of the token, where it is one of ours. Never the token. */
  readonly credential?: string;
}

export type Proof = { readonly identity: Identity } | Refusal;

/** One way of proving who somebody is; undefined where the token is none of its kind. */
export type Prove = (token: string) => Promise<Proof | undefined>;

export function unauthenticated(refusal: Refusal): Fault {
  const message =
    refusal.reason === 'missing'
      ? 'Send the header "Authorization: Bearer <token>".'
      : 'The token is unknown, malformed, expired or revoked.';
  return new Fault('UNAUTHENTICATED', {}, { message, cause: refusal });
}

/** Why `fault` refused a token, for the log. */
export function refusalIn(fault: Fault): Refusal | undefined {
  return fault.code === 'UNAUTHENTICATED' ? (fault.cause as Refusal | undefined) : undefined;
}
