/** The canonical form of JSON (RFC 8785), apart from what hashes it: the client has it too, and hashes as browsers do. */
import { isArray, isObject, type Json } from './json.ts';

/** `value` as canonical JSON: names sorted by UTF-16 code units, numbers as ECMAScript prints them, no white space. */
export function canonicalize(value: Json): string {
  if (typeof value === 'string') return quoted(value);
  if (isArray(value)) {
    let items = '';
    for (const item of value) items += items === '' ? canonicalize(item) : `,${canonicalize(item)}`;
    return `[${items}]`;
  }
  if (!isObject(value)) return JSON.stringify(value);
  let members = '';
  for (const name of Object.keys(value).sort()) {
    members += `${members === '' ? '' : ','}${quoted(name)}:${canonicalize(value[name]!)}`;
  }
  return `{${members}}`;
}

/** Nothing that JSON escapes: no quotes, backslashes, control characters or surrogates, which may stand alone. */
const plain = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

function quoted(text: string): string {
  return plain.test(text) ? `"${text}"` : JSON.stringify(text);
}
