/** References to other registered subjects at pinned versions: `herald://<catalog>/<subject>/<number>`. */
import { isArray, isObject, type Json } from './json.ts';

export interface RegisteredReference {
  readonly catalog: string;
  readonly subject: string;
  readonly number: number;
}

const form = /^herald:\/\/([a-z][a-z0-9-]{0,62})\/([A-Za-z][A-Za-z0-9._-]{0,199})\/([1-9]\d{0,8})$/;

export function registeredUri(reference: RegisteredReference): string {
  return `herald://${reference.catalog}/${reference.subject}/${reference.number}`;
}

/** The subject version that `uri` names, its fragment left aside; undefined for any other URI. */
export function parseRegisteredUri(uri: string): RegisteredReference | undefined {
  const [bare = ''] = uri.split('#');
  const match = form.exec(bare);
  return match ? { catalog: match[1]!, subject: match[2]!, number: Number(match[3]) } : undefined;
}

/** Every registered version `value` names in a `$ref`, each once, by URI. Reads any JSON: what it names is loaded before the document is parsed. */
export function registeredReferences(value: Json): ReadonlyMap<string, RegisteredReference> {
  const found = new Map<string, RegisteredReference>();
  const stack: Json[] = [value];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (isArray(at)) stack.push(...at);
    else if (isObject(at)) {
      const reference = Object.hasOwn(at, '$ref') ? at.$ref : undefined;
      const named = typeof reference === 'string' ? parseRegisteredUri(reference) : undefined;
      if (named) found.set(registeredUri(named), named);
      stack.push(...Object.values(at));
    }
  }
  return found;
}
