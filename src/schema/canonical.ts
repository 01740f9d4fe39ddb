/** The canonical form of JSON (RFC 8785) and the fingerprint of content: SHA-256 over its UTF-8 bytes, in hex. */
import { createHash } from 'node:crypto';
import { canonicalize } from './canonical-form.ts';
import type { Json } from './json.ts';

export { canonicalize };

/** Documents are never changed, and one check asks for the same one several times. */
const known = new WeakMap<object, string>();

export function fingerprint(value: Json): string {
  if (typeof value !== 'object' || value === null) return sha256(canonicalize(value));
  const found = known.get(value) ?? sha256(canonicalize(value));
  known.set(value, found);
  return found;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

export const fingerprintPattern = /^[0-9a-f]{64}$/;
