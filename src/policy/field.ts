/** A field of the payload by its place in the event, seen through references and combinators. */
import type { SchemaDocument } from '../schema/document.ts';
import { isArray, isObject, type Json, member } from '../schema/json.ts';
import { type Pointer, segments } from '../schema/pointer.ts';
import { type References, referenceOf, references, type SchemaLocation } from '../schema/reference.ts';

export interface Field {
  /** Every schema that describes it. */
  readonly places: readonly SchemaLocation[];
  /** Whether every event has it. */
  readonly required: boolean;
}

const maxDepth = 64;

/** The field at `instance`, or undefined where no schema names one there. */
export function lookUp(document: SchemaDocument, instance: Pointer): Field | undefined {
  const refs = references(document);
  let field: Field = { places: [refs.root], required: true };
  for (const segment of segments(instance)) {
    const found = field.places.map((place) => below(refs, place, segment, 0));
    const places = found.flatMap((each) => each.places);
    if (places.length === 0) return undefined;
    field = { places, required: field.required && found.some((each) => each.required) };
  }
  return field;
}

function below(refs: References, place: SchemaLocation, name: string, depth: number): Field {
  const { schema } = place;
  if (!isObject(schema) || depth > maxDepth) return { places: [], required: false };
  const properties = member(schema, 'properties');
  const own = isObject(properties) ? member(properties, name) : undefined;
  const required = member(schema, 'required');
  const all: Field[] = [
    {
      places: own === undefined ? [] : [refs.descend(place, ['properties', name], own)],
      required: isArray(required) && required.includes(name),
    },
  ];
  const reference = referenceOf(schema);
  const target = reference === undefined ? undefined : refs.resolve(place, reference);
  if (target) all.push(below(refs, target, name, depth + 1));
  all.push(...branches(refs, place, 'allOf', name, depth));
  for (const keyword of ['anyOf', 'oneOf']) {
    const each = branches(refs, place, keyword, name, depth);
    if (each.length === 0) continue;
    all.push({ places: each.flatMap((field) => field.places), required: each.every((field) => field.required) });
  }
  return { places: all.flatMap((field) => field.places), required: all.some((field) => field.required) };
}

function branches(refs: References, place: SchemaLocation, keyword: string, name: string, depth: number): Field[] {
  const listed: Json | undefined = isObject(place.schema) ? member(place.schema, keyword) : undefined;
  if (!isArray(listed)) return [];
  return listed.map((branch, index) =>
    below(refs, refs.descend(place, [keyword, String(index)], branch), name, depth + 1),
  );
}
