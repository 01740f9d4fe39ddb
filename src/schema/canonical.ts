/** The canonical form of JSON (RFC 8785) and the fingerprint of content: SHA-256 over its UTF-8 bytes, in hex. */
import { createHash } from 'node:crypto';
import { canonicalize } from './canonical-form.ts';
import type { Json } from './json.ts';

export { canonicalize };

/** By identity: values are immutable, and one check asks for the fingerprint of one document several times. */
const fingerprints = new WeakMap<object, string>();

/** The one recipe for documents, findings, waivers and audit rows: SHA-256 over the canonical form, in lower-case hex. */
export function fingerprint(value: Json): string {
  if (typeof value !== 'object' || value === null) return sha256(canonicalize(value));
  const found = fingerprints.get(value) ?? sha256(canonicalize(value));
  fingerprints.set(value, found);
  return found;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

export const fingerprintPattern = /^[0-9a-f]{64}$/;
