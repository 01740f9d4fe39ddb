/** Every schema an event's parts meet, with the part: through properties, items, combinators and references, also into other subjects. */
import type { SchemaDocument } from './document.ts';
import { isArray, isObject, type Json, member } from './json.ts';
import { append, type Pointer } from './pointer.ts';
import { type References, referenceOf, references, type SchemaLocation } from './reference.ts';
import { type Subschema, subschemas } from './walk.ts';

export interface Reached {
  readonly place: SchemaLocation;
  /** The part of the event it applies to; `*` stands for any element and any further property. */
  readonly instance: Pointer;
  /** The property's name, where the place is what a property holds. */
  readonly name?: string;
}

interface Step extends Reached {
  readonly above?: Step;
  readonly depth: number;
}

/** Past these a shared definition is visited once and no longer at each of its uses: references fan out exponentially. */
const maxVisits = 20_000;
const maxDepth = 256;
/** More schemas than these in one place are not looked at: no one writes them, and asking for each field would be quadratic. */
const maxInPlace = 256;

/** In document order, parents before children; a reference that leads back into itself is not followed again. */
export function* reach(document: SchemaDocument): Generator<Reached> {
  const refs = references(document);
  const seen: Seen = new Map();
  let visits = 0;
  const stack: Step[] = [{ place: refs.root, instance: '', depth: 0 }];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const isNew = enter(seen, at.place);
    if (!isNew && (visits >= maxVisits || at.depth >= maxDepth || isAbove(at, at.place))) continue;
    visits += 1;
    yield at;
    stack.push(...stepsBelow(at, refs).toReversed());
  }
}

type Seen = Map<SchemaDocument, Set<Pointer>>;

/** Enters `place`; whether it was not in `seen` before. */
function enter(seen: Seen, { resource, pointer }: SchemaLocation): boolean {
  const known = seen.get(resource.document) ?? new Set<Pointer>();
  seen.set(resource.document, known);
  return known.size < known.add(pointer).size;
}

function isAbove(step: Step, place: SchemaLocation): boolean {
  for (let at = step.above; at !== undefined; at = at.above)
    if (at.place.pointer === place.pointer && at.place.resource.document === place.resource.document) return true;
  return false;
}

function stepsBelow(at: Step, refs: References): Step[] {
  const { place } = at;
  const reference = referenceOf(place.schema) ?? dynamicReferenceOf(place.schema);
  const target = reference === undefined ? undefined : refs.resolve(place, reference);
  const held = subschemas(place.schema, place.resource.dialect)
    .filter(({ row, keyword }) => row.meets !== 'none' && keyword !== 'not' && keyword !== 'propertyNames')
    .map(
      (child): Step => ({
        place: refs.descend(place, child.path, child.schema),
        ...part(at, child),
        above: at,
        depth: at.depth + 1,
      }),
    );
  return target ? [{ place: target, instance: at.instance, above: at, depth: at.depth + 1 }, ...held] : held;
}

function part(at: Step, { keyword, path, row }: Subschema): { instance: Pointer; name?: string } {
  if (row.meets === 'same') return { instance: at.instance };
  const name = keyword === 'properties' ? path[1] : undefined;
  return name === undefined ? { instance: append(at.instance, '*') } : { instance: append(at.instance, name), name };
}

function dynamicReferenceOf(schema: Json): string | undefined {
  const reference = isObject(schema) ? (member(schema, '$dynamicRef') ?? member(schema, '$recursiveRef')) : undefined;
  return typeof reference === 'string' ? reference : undefined;
}

/** The properties among what is reached in the document itself: each place once. */
export function ownFields(document: SchemaDocument): readonly (Reached & { readonly name: string })[] {
  const found = new Map<Pointer, Reached & { readonly name: string }>();
  for (const { place, instance, name } of reach(document))
    if (name !== undefined && place.resource.document === document && !found.has(place.pointer))
      found.set(place.pointer, { place, instance, name });
  return [...found.values()];
}

/** The schemas of one part of an event that stand in one place: the schema itself and what it refers to or combines. */
export function inPlace(from: Reached, document: SchemaDocument): readonly Json[] {
  const refs = references(document);
  const seen: Seen = new Map();
  const found: Json[] = [];
  const stack: Step[] = [{ ...from, depth: 0 }];
  for (let at = stack.pop(); at !== undefined && found.length < maxInPlace; at = stack.pop()) {
    if (!enter(seen, at.place)) continue;
    found.push(at.place.schema);
    stack.push(...stepsBelow(at, refs).filter((step) => step.instance === from.instance));
  }
  return found;
}

/** Whether whatever the place accepts meets `holds`: by the schema itself, what it refers to, one of `allOf` or all of `anyOf`. */
export function holdsThroughout(
  place: SchemaLocation,
  document: SchemaDocument,
  holds: (schema: Json) => boolean,
): boolean {
  return holdsAt(references(document), place, holds, 0);
}

function holdsAt(refs: References, place: SchemaLocation, holds: (schema: Json) => boolean, depth: number): boolean {
  const { schema } = place;
  if (holds(schema)) return true;
  if (!isObject(schema) || depth >= maxDepth) return false;
  const reference = referenceOf(schema);
  const target = reference === undefined ? undefined : refs.resolve(place, reference);
  if (target && holdsAt(refs, target, holds, depth + 1)) return true;
  const branches = (keyword: string) => {
    const listed = member(schema, keyword);
    return isArray(listed) ? listed.map((one, index) => refs.descend(place, [keyword, String(index)], one)) : [];
  };
  const below = (branch: SchemaLocation) => holdsAt(refs, branch, holds, depth + 1);
  if (branches('allOf').some(below)) return true;
  return ['anyOf', 'oneOf'].some((keyword) => {
    const all = branches(keyword);
    return all.length > 0 && all.every(below);
  });
}
