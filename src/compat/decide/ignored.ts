/**
 * Version markers: places that a comparison takes as `true` on both sides, named by pointer or marked in a schema with
 * `"x-compat": "ignore"`. A mark in one of the two documents is enough: it says that the place does not matter, and the version
 * before it could not have known.
 */
import type { SchemaDocument } from '../../schema/document.ts';
import { isArray, isObject, type Json, member } from '../../schema/json.ts';
import { locations } from '../../schema/locations.ts';
import { type Pointer, segments } from '../../schema/pointer.ts';

const marks = new WeakMap<SchemaDocument, readonly Pointer[]>();
const masked = new WeakMap<SchemaDocument, Map<string, SchemaDocument>>();

export function ignoredPlaces(documents: readonly SchemaDocument[], ignore: readonly Pointer[]): ReadonlySet<Pointer> {
  return new Set([...ignore, ...documents.flatMap(marked)]);
}

function marked(document: SchemaDocument): readonly Pointer[] {
  let known = marks.get(document);
  if (known === undefined) {
    known = locations(document).flatMap(({ schema, pointer }) =>
      isObject(schema) && member(schema, 'x-compat') === 'ignore' ? [pointer] : [],
    );
    marks.set(document, known);
  }
  return known;
}

/**
 * The document as the comparison reads it, for a validator that knows nothing of ignored places: there a schema says nothing,
 * but what refers to it or to its definitions still finds them.
 */
export function withoutIgnored(document: SchemaDocument, places: ReadonlySet<Pointer>): SchemaDocument {
  if (places.size === 0) return document;
  const known = masked.get(document) ?? new Map<string, SchemaDocument>();
  masked.set(document, known);
  const key = [...places].sort().join('\n');
  const made = known.get(key) ?? maskedDocument(document, places);
  known.set(key, made);
  return made;
}

function maskedDocument(document: SchemaDocument, places: ReadonlySet<Pointer>): SchemaDocument {
  const schemas = locations(document).filter(({ pointer }) => places.has(pointer));
  // the innermost first, so that what is kept of an outer one holds what was made of those inside
  const inner = schemas.map(({ pointer }) => segments(pointer)).sort((left, right) => right.length - left.length);
  return { ...document, root: inner.reduce(replaced, document.root) };
}

/** Keywords that constrain nothing and that references lead to or through. */
const kept = new Set(['$schema', '$id', 'id', '$anchor', '$dynamicAnchor', '$recursiveAnchor', '$defs', 'definitions']);

/** `{}` and not `true`: draft-04 has no boolean schemas. */
function replaced(value: Json, path: readonly string[]): Json {
  const [first, ...rest] = path;
  if (first === undefined)
    return isObject(value) ? Object.fromEntries(Object.entries(value).filter(([keyword]) => kept.has(keyword))) : {};
  if (isArray(value)) return value.map((item, index) => (String(index) === first ? replaced(item, rest) : item));
  if (!isObject(value) || !Object.hasOwn(value, first)) return value;
  const entries = Object.entries(value).map(([name, part]): [string, Json] => [
    name,
    name === first ? replaced(part, rest) : part,
  ]);
  return Object.fromEntries(entries);
}
