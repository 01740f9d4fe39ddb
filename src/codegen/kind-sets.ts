/** Which JSON types the values of a schema can have. */
import { active, type Keyword } from '../schema/dialect.ts';
import { isArray, isObject, type Json, type JsonObject } from '../schema/json.ts';
import type { SchemaLocation } from '../schema/reference.ts';
import { allKinds, type KindSet, kindOfValue, kinds, noKinds } from './type.ts';

const typeKinds: ReadonlyMap<Json, KindSet> = new Map<Json, KindSet>([
  ...Object.entries(kinds),
  ['integer', kinds.number],
]);

/** What `type` alone says. */
export function statedKinds(schema: JsonObject, place: SchemaLocation): KindSet {
  const type = active(schema, 'type', place.resource.dialect);
  if (type === undefined) return allKinds;
  return (isArray(type) ? type : [type]).reduce<KindSet>(
    (set, name) => set | (typeKinds.get(name) ?? noKinds),
    noKinds,
  );
}

/** A schema that meets the same value as the one that holds it: a reference's target or a branch of a combinator. */
export interface Part {
  /** `$ref` for any reference. */
  readonly keyword: string;
  readonly place: SchemaLocation;
}

interface KindSets {
  kindsAt(place: SchemaLocation): KindSet;
  intendedKinds(place: SchemaLocation): KindSet;
}

/** Each place is looked at once, its parts before it and without recursion: references chain as long as documents are. */
export function kindSetsOf(
  partsOf: (place: SchemaLocation) => readonly Part[],
  idOf: (place: SchemaLocation) => string,
): KindSets {
  const kindsAt = postorder(idOf, partsOf, statedAndCombined);
  const intendedKinds = postorder(idOf, partsOf, (place, parts, of) => intended(place, parts, kindsAt, of));
  return { kindsAt, intendedKinds };
}

type KindsOf = (place: SchemaLocation) => KindSet;

/** `make` for a place, after its parts; a part that leads back to the place counts as everything. */
function postorder(
  idOf: (place: SchemaLocation) => string,
  partsOf: (place: SchemaLocation) => readonly Part[],
  make: (place: SchemaLocation, parts: readonly Part[], of: KindsOf) => KindSet,
): KindsOf {
  const made = new Map<string, KindSet>();
  const of: KindsOf = (place) => made.get(idOf(place)) ?? allKinds;
  return (root) => {
    const entered = new Set<string>();
    const stack = [root];
    for (let at = stack.at(-1); at !== undefined; at = stack.at(-1)) {
      const id = idOf(at);
      if (made.has(id) || entered.has(id)) {
        if (!made.has(id)) made.set(id, make(at, partsOf(at), of));
        stack.pop();
        continue;
      }
      entered.add(id);
      for (const { place } of partsOf(at)) if (!entered.has(idOf(place)) && !made.has(idOf(place))) stack.push(place);
    }
    return of(root);
  };
}

function statedAndCombined(place: SchemaLocation, parts: readonly Part[], of: KindsOf): KindSet {
  const { schema } = place;
  if (!isObject(schema)) return schema === false ? noKinds : allKinds;
  const { dialect } = place.resource;
  let set = statedKinds(schema, place);
  const members = active(schema, 'enum', dialect);
  if (isArray(members)) set &= members.reduce<KindSet>((all, value) => all | kindOfValue(value), noKinds);
  const constant = active(schema, 'const', dialect);
  if (constant !== undefined) set &= kindOfValue(constant);
  const choices = new Map<string, KindSet>();
  for (const part of parts) {
    if (part.keyword === '$ref' || part.keyword === 'allOf') set &= of(part.place);
    else if (part.keyword === 'anyOf' || part.keyword === 'oneOf')
      choices.set(part.keyword, (choices.get(part.keyword) ?? noKinds) | of(part.place));
  }
  return [...choices.values()].reduce((all, choice) => all & choice, set);
}

function intended(place: SchemaLocation, parts: readonly Part[], stated: KindsOf, of: KindsOf): KindSet {
  const { schema } = place;
  const known = stated(place);
  if (known !== allKinds || !isObject(schema)) return known;
  const own = keywordKinds(schema, place);
  if (own !== noKinds) return own;
  const meant = parts.filter((part) => stated(part.place) === allKinds && of(part.place) !== allKinds);
  if (meant.length === 0) return allKinds;
  const outer = meant.filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'oneOf');
  // a branch that says nothing allows what the others are about
  const counted = outer.length > 0 ? outer : parts.filter((part) => of(part.place) !== allKinds);
  return counted.reduce<KindSet>((set, part) => set | of(part.place), noKinds);
}

const objectWords = [
  'properties',
  'patternProperties',
  'additionalProperties',
  'unevaluatedProperties',
  'required',
  'propertyNames',
  'dependentSchemas',
  'dependentRequired',
  'dependencies',
] as const;
const arrayWords = ['items', 'prefixItems', 'additionalItems', 'unevaluatedItems', 'contains'] as const;

/** The JSON types whose own keywords `schema` has. */
function keywordKinds(schema: JsonObject, { resource }: SchemaLocation): KindSet {
  const has = (words: readonly Keyword[]) => words.some((word) => active(schema, word, resource.dialect) !== undefined);
  return (has(objectWords) ? kinds.object : noKinds) | (has(arrayWords) ? kinds.array : noKinds);
}
