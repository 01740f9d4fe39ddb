/**
 * A schema that refers to itself without first stepping into a part of the instance has no meaning (core §9.4.1 leaves it
 * undefined; validators overflow). Found by colouring: grey is on the path from the root, black is done.
 */
import { refReplaces } from './dialect.ts';
import type { SchemaDocument } from './document.ts';
import { isObject, type Json, member } from './json.ts';
import { locations } from './locations.ts';
import type { Pointer } from './pointer.ts';
import { type References, references, type SchemaLocation } from './reference.ts';
import { subschemas } from './walk.ts';

interface Step {
  readonly place: SchemaLocation;
  readonly next: SchemaLocation[];
}

/** The pointers of schemas in `document` that lead back to themselves in place. */
export function illFounded(document: SchemaDocument): readonly Pointer[] {
  const refs = references(document);
  const done = new Set<string>();
  const found = new Set<Pointer>();
  for (const place of locations(document)) search(place, refs, document, done, found);
  return [...found].sort();
}

function search(
  start: SchemaLocation,
  refs: References,
  document: SchemaDocument,
  done: Set<string>,
  found: Set<Pointer>,
): void {
  const key = (place: SchemaLocation) => `${place.resource.uri} ${place.pointer}`;
  if (done.has(key(start))) return;
  const grey = new Set([key(start)]);
  const stack: Step[] = [{ place: start, next: inPlace(start, refs) }];
  for (let step = stack.at(-1); step; step = stack.at(-1)) {
    const next = step.next.pop();
    if (!next) {
      grey.delete(key(step.place));
      done.add(key(step.place));
      stack.pop();
    } else if (grey.has(key(next))) {
      if (step.place.resource.document === document) found.add(step.place.pointer);
    } else if (!done.has(key(next))) {
      grey.add(key(next));
      stack.push({ place: next, next: inPlace(next, refs) });
    }
  }
}

/** The schemas that meet the very instance `place` meets. Dynamic references count as their static target. */
function inPlace(place: SchemaLocation, refs: References): SchemaLocation[] {
  const { schema } = place;
  if (!isObject(schema)) return [];
  const next: SchemaLocation[] = [];
  for (const keyword of ['$ref', '$dynamicRef', '$recursiveRef']) {
    const reference: Json | undefined = member(schema, keyword);
    const target = typeof reference === 'string' ? refs.resolve(place, reference) : undefined;
    if (target) next.push(target);
  }
  if (next.length > 0 && refReplaces(place.resource.dialect)) return next;
  for (const child of subschemas(schema, place.resource.dialect))
    if (child.row.meets === 'same') next.push(refs.descend(place, child.path, child.schema));
  return next;
}
