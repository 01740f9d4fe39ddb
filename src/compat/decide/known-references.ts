/**
 * Documents with what their references lead to although no keyword of their dialect holds it: official meta-schemas, and up to
 * draft-07 schemas that are identified below `$defs`, a word those dialects do not know and authors use all the same.
 */
import { refReplaces } from '../../schema/dialect.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { isObject, type Json, type JsonObject, member } from '../../schema/json.ts';
import { locations, referencesIn } from '../../schema/locations.ts';
import { officialDocument } from '../../schema/official.ts';
import { references, type SchemaLocation } from '../../schema/reference.ts';
import { resolveUri, splitFragment } from '../../schema/uri.ts';

const extended = new WeakMap<SchemaDocument, SchemaDocument>();

/** The same document where there is nothing to add. */
export function withKnownReferences(document: SchemaDocument): SchemaDocument {
  const known = extended.get(document) ?? extend(document);
  extended.set(document, known);
  return known;
}

function extend(document: SchemaDocument): SchemaDocument {
  const refs = references(document);
  const found = new Map<string, SchemaDocument>();
  for (const location of locations(document)) {
    for (const [, reference] of referencesIn(location)) {
      if (refs.resolve(location, reference) !== undefined) continue;
      const uri = resolveUri(location.resource.uri, splitFragment(reference).uri);
      const target = officialDocument(uri) ?? identified(document, location, uri);
      if (target !== undefined) found.set(uri, target);
    }
  }
  return found.size === 0 ? document : { ...document, bundle: new Map([...document.bundle, ...found]) };
}

function identified(document: SchemaDocument, { resource }: SchemaLocation, uri: string): SchemaDocument | undefined {
  if (uri === '' || !refReplaces(document.dialect)) return undefined;
  const keyword = document.dialect === 'draft-04' ? 'id' : '$id';
  const root = definitions(document.root).find((schema) => {
    const id = member(schema, keyword);
    return typeof id === 'string' && resolveUri(resource.uri, splitFragment(id).uri) === uri;
  });
  return root === undefined ? undefined : { root, dialect: document.dialect, bundle: document.bundle };
}

/** The schemas in every `$defs`, wherever it is. */
function definitions(root: Json): readonly JsonObject[] {
  const found: JsonObject[] = [];
  const waiting: Json[] = [root];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (typeof at !== 'object' || at === null) continue;
    const own = isObject(at) ? member(at, '$defs') : undefined;
    if (isObject(own)) found.push(...Object.values(own).filter(isObject));
    waiting.push(...Object.values(at));
  }
  return found;
}
