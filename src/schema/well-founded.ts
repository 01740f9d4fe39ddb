/**
 * A schema that refers to itself without first stepping into a part of the instance has no meaning (core §9.4.1 leaves it
 * undefined; validators overflow). Found by colouring: grey is on the path from the root, black is done. The same search measures
 * chains: generated code needs a frame of the stack for each schema of one.
 */
import { refReplaces } from './dialect.ts';
import type { SchemaDocument } from './document.ts';
import { isObject, type Json, member } from './json.ts';
import { locations } from './locations.ts';
import type { Pointer } from './pointer.ts';
import { type References, type Resource, references, type SchemaLocation } from './reference.ts';
import { subschemas } from './walk.ts';

interface Step {
  readonly location: SchemaLocation;
  readonly next: SchemaLocation[];
  /** Schemas in the longest chain that begins here, as far as it is known. */
  length: number;
}

export interface Chains {
  /** The pointers of schemas in the document that lead back to themselves in place. */
  readonly illFounded: readonly Pointer[];
  /** Where the longest chain of schemas that meet one and the same part of an event begins, and how many they are. */
  readonly longest: { readonly pointer: Pointer; readonly length: number };
}

export function chainsOf(document: SchemaDocument): Chains {
  const search: Search = { refs: references(document), document, seen: new Map(), illFounded: new Set() };
  let longest = { pointer: '', length: 0 };
  for (const location of locations(document)) {
    const length = chainFrom(location, search);
    if (length > longest.length) longest = { pointer: location.pointer, length };
  }
  return { illFounded: [...search.illFounded].sort(), longest };
}

interface Search {
  readonly refs: References;
  readonly document: SchemaDocument;
  readonly seen: Seen;
  readonly illFounded: Set<Pointer>;
}

/** By resource and pointer: the length of the chain from a schema that is done, or that it is on the path. */
type Seen = Map<Resource, Map<Pointer, number | 'grey'>>;

function seenOf(seen: Seen, { resource, pointer }: SchemaLocation): number | 'grey' | undefined {
  return seen.get(resource)?.get(pointer);
}

function mark(seen: Seen, { resource, pointer }: SchemaLocation, as: number | 'grey'): void {
  const own = seen.get(resource) ?? new Map<Pointer, number | 'grey'>();
  seen.set(resource, own);
  own.set(pointer, as);
}

function chainFrom(start: SchemaLocation, { refs, document, seen, illFounded }: Search): number {
  const known = seenOf(seen, start);
  if (typeof known === 'number') return known;
  const stack: Step[] = [];
  const begin = (location: SchemaLocation): Step => {
    const step = { location, next: inPlace(location, refs), length: 1 };
    // where nothing follows, the schema is done and never on the path
    mark(seen, location, step.next.length === 0 ? 1 : 'grey');
    return step;
  };
  const first = begin(start);
  if (first.next.length > 0) stack.push(first);
  for (let step = stack.at(-1); step; step = stack.at(-1)) {
    const next = step.next.pop();
    if (next === undefined) {
      stack.pop();
      mark(seen, step.location, step.length);
      const above = stack.at(-1);
      if (above !== undefined) above.length = Math.max(above.length, 1 + step.length);
      continue;
    }
    const length = seenOf(seen, next);
    if (typeof length === 'number') step.length = Math.max(step.length, 1 + length);
    else if (length === undefined) stack.push(begin(next));
    else if (step.location.resource.document === document) illFounded.add(step.location.pointer);
  }
  const own = seenOf(seen, start);
  return typeof own === 'number' ? own : 0;
}

/** The schemas that apply to the same part of an event as the one at `place`. Dynamic references count as their static target. */
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
