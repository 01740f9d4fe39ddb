/**
 * The result of verifying a bearer token. The sender of an invalid one learns only that it is invalid; the reason goes to the log,
 * so that an operator can distinguish an expired token from a forged one.
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

/** One way of verifying a token; undefined where the token is of another kind. */
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
