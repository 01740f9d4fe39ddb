/**
 * Names of fields as the database keeps them. A name in JSON is any text; PostgreSQL's has neither NUL nor half a surrogate pair, and a
 * row of an index has some thousand bytes. Two names are one text only where they are one name.
 */
import { sha256 } from '../schema/canonical.ts';

const maxLength = 300;
/** No JSON text has this escape. */
const hashed = '\\#';

export function storedName(name: string): string {
  const text = JSON.stringify(name).slice(1, -1);
  return text.length <= maxLength ? text : hashed + sha256(text);
}

/** Of a very long name its hash: whoever asked about it knows it. */
export function nameOf(stored: string): string {
  return stored.startsWith(hashed) ? stored : JSON.parse(`"${stored}"`);
}
