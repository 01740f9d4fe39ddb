/** The canonical form of JSON (RFC 8785), apart from what hashes it: the client has it too, and hashes as browsers do. */
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
