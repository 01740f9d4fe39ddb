/** A document as one self-contained JSON Schema: what its references reach in other documents is carried along. */
import { dialectUri } from '../schema/dialect.ts';
import type { SchemaDocument } from '../schema/document.ts';
import { isObject, type Json, type JsonObject, member } from '../schema/json.ts';

/** `document` with its bundle embedded under `$defs`, each document under its URI as `$id` (2020-12 core §9.3). */
export function bundled(document: SchemaDocument): Json {
  const reached = reachable(document);
  if (reached.size === 0 || !isObject(document.root)) return document.root;
  const keyword = document.dialect.startsWith('draft') ? 'definitions' : '$defs';
  const held = member(document.root, keyword);
  const embedded = [...reached.keys()]
    .sort()
    .map((uri) => [uri, identified(reached.get(uri)!, uri, document)] as const);
  return { ...document.root, [keyword]: { ...(isObject(held) ? held : {}), ...Object.fromEntries(embedded) } };
}

function identified(document: SchemaDocument, uri: string, host: SchemaDocument): Json {
  const { root, dialect } = document;
  if (!isObject(root)) return root;
  const body: JsonObject = Object.fromEntries(
    Object.entries(root).filter(([name]) => name !== '$schema' && name !== '$id' && name !== 'id'),
  );
  const schema: JsonObject = dialect === host.dialect ? {} : { $schema: dialectUri(dialect) };
  return { ...schema, [dialect === 'draft-04' ? 'id' : '$id']: uri, ...body };
}

function reachable(document: SchemaDocument): ReadonlyMap<string, SchemaDocument> {
  const found = new Map<string, SchemaDocument>();
  const queue = [document];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const [uri, other] of at.bundle) {
      if (found.has(uri)) continue;
      found.set(uri, other);
      queue.push(other);
    }
  }
  return found;
}
