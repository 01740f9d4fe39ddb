/** Every schema an event's parts meet, with the part: through properties, items, combinators and references, also into other subjects. */
import type { SchemaDocument } from '../schema/document.ts';
import { isObject, type Json, member } from '../schema/json.ts';
import { append, type Pointer } from '../schema/pointer.ts';
import { type Place, type References, referenceOf, references } from '../schema/reference.ts';
import { type Subschema, subschemas } from '../schema/walk.ts';

export interface Reached {
  readonly place: Place;
  /** The part of the event it applies to; `*` stands for any element and any further property. */
  readonly instance: Pointer;
  /** The property's name, where the place is what a property holds. */
  readonly name?: string;
}

interface Step extends Reached {
  readonly above?: Step;
}

/** Past this many a shared definition is visited once and no longer at each of its uses: references fan out exponentially. */
const maxVisits = 20_000;

/** In document order, parents before children; a reference that leads back into itself is not followed again. */
export function* reach(document: SchemaDocument): Generator<Reached> {
  const refs = references(document);
  const seen = new Set<string>();
  const documents = new Map<SchemaDocument, number>();
  const identity = ({ resource, pointer }: Place) => {
    if (!documents.has(resource.document)) documents.set(resource.document, documents.size);
    return `${documents.get(resource.document)} ${pointer}`;
  };
  let visits = 0;
  const stack: Step[] = [{ place: refs.root, instance: '' }];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const key = identity(at.place);
    if (isAbove(at, at.place) || (visits >= maxVisits && seen.has(key))) continue;
    seen.add(key);
    visits += 1;
    yield at;
    stack.push(...stepsBelow(at, refs).toReversed());
  }
}

function isAbove(step: Step, place: Place): boolean {
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
    .map((child): Step => ({ place: refs.descend(place, child.path, child.schema), ...part(at, child), above: at }));
  return target ? [{ place: target, instance: at.instance, above: at }, ...held] : held;
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
  const found: Json[] = [];
  const stack: Step[] = [from];
  for (let at = stack.pop(); at !== undefined && found.length < maxVisits; at = stack.pop()) {
    if (isAbove(at, at.place)) continue;
    found.push(at.place.schema);
    stack.push(...stepsBelow(at, refs).filter((step) => step.instance === from.instance));
  }
  return found;
}
