/**
 * Version markers: places that a comparison takes as `true` on both sides, named by pointer or marked in a schema with
 * `"x-compat": "ignore"`. A mark in one of the two documents is enough: it says that the place does not matter, and the version
 * before it could not have known.
 */
import type { SchemaDocument } from '../../schema/document.ts';
import { isArray, isObject, type Json, member } from '../../schema/json.ts';
import { type Pointer, segments } from '../../schema/pointer.ts';
import { walk } from '../../schema/walk.ts';

const marks = new WeakMap<SchemaDocument, readonly Pointer[]>();
const masked = new WeakMap<SchemaDocument, Map<string, SchemaDocument>>();

export function ignoredPlaces(documents: readonly SchemaDocument[], ignore: readonly Pointer[]): ReadonlySet<Pointer> {
  return new Set([...ignore, ...documents.flatMap(marked)]);
}

function marked(document: SchemaDocument): readonly Pointer[] {
  let known = marks.get(document);
  if (known === undefined) {
    const found: Pointer[] = [];
    for (const { schema, pointer } of walk(document.root, document.dialect)) {
      if (isObject(schema) && member(schema, 'x-compat') === 'ignore') found.push(pointer);
    }
    known = found;
    marks.set(document, known);
  }
  return known;
}

/** The document as the comparison reads it, for a validator that knows nothing of ignored places. */
export function withoutIgnored(document: SchemaDocument, places: ReadonlySet<Pointer>): SchemaDocument {
  if (places.size === 0) return document;
  const known = masked.get(document) ?? new Map<string, SchemaDocument>();
  masked.set(document, known);
  const key = [...places].sort().join('\n');
  let made = known.get(key);
  if (made === undefined) {
    let { root } = document;
    for (const place of places) root = taken(root, segments(place));
    made = { ...document, root };
    known.set(key, made);
  }
  return made;
}

/** `{}` and not `true`: draft-04 has no boolean schemas. */
function taken(value: Json, path: readonly string[]): Json {
  const [first, ...rest] = path;
  if (first === undefined) return {};
  if (isArray(value)) return value.map((item, index) => (String(index) === first ? taken(item, rest) : item));
  if (!isObject(value) || !Object.hasOwn(value, first)) return value;
  const entries = Object.entries(value).map(([name, part]): [string, Json] => [
    name,
    name === first ? taken(part, rest) : part,
  ]);
  return Object.fromEntries(entries);
}
