/** The canonical form of JSON (RFC 8785) and the fingerprint of content: SHA-256 over its UTF-8 bytes, in hex. */
import { createHash } from 'node:crypto';
import { isArray, isObject, type Json } from './json.ts';

/** `value` as canonical JSON: names sorted by UTF-16 code units, numbers as ECMAScript prints them, no white space. */
export function canonicalize(value: Json): string {
  if (isArray(value)) return `[${value.map(canonicalize).join(',')}]`;
  if (isObject(value)) {
    const members = Object.keys(value)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${canonicalize(value[name]!)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}

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
