/** Schema → type model. A keyword constrains one JSON type and lets the others pass, so a type is a union by JSON type. */
import { active } from '../schema/dialect.ts';
import type { SchemaDocument } from '../schema/document.ts';
import { isArray, isObject, type Json, type JsonObject } from '../schema/json.ts';
import type { SchemaLocation } from '../schema/reference.ts';
import { intersect, ofKinds, union } from './algebra.ts';
import { arrayKeywords, arrayType } from './array.ts';
import { type Brands, brandReference, noBrands } from './brand.ts';
import { docOf } from './doc.ts';
import { withoutLoops } from './loops.ts';
import { objectKeywords, objectType } from './object.ts';
import { type Scope, scopeOf, statedKinds } from './scope.ts';
import {
  allKinds,
  type KindSet,
  kindOfValue,
  kinds,
  literal,
  type Model,
  neverType,
  noKinds,
  type ReferenceType,
  type Type,
  unknownType,
} from './type.ts';

/** The model of `document`; its root type is called `rootName`, and no other one has a `reserved` name. */
export function modelOf(
  document: SchemaDocument,
  rootName: string,
  reserved: readonly string[] = [],
  brands: Brands = noBrands,
): Model {
  const scope = scopeOf(document, rootName, reserved);
  const named = [{ name: rootName, place: scope.root }, ...scope.definitions];
  const met = new Map<string, KindSet>([[rootName, allKinds]]);
  const anywhere = { scope, brands, inlined: [], met, contexts: new Map() };
  for (const { place } of named) ownType(anywhere, place, allKinds);
  const at = { scope, brands, inlined: [], met: new Map(), contexts: met };
  const [root, ...definitions] = named.map(({ name, place }) => ({
    name,
    type: ownType(at, place, met.get(name) ?? allKinds),
    doc: docOf(place.schema, place.resource.dialect),
  }));
  return withoutLoops({ root: root!, definitions });
}

interface Conversion {
  readonly scope: Scope;
  readonly brands: Brands;
  /** Named places expanded where they are used, innermost last. */
  readonly inlined: readonly SchemaLocation[];
  /** Filled in: the kinds that can occur where a name is used. */
  readonly met: Map<string, KindSet>;
  /** The same, known from a first pass: a definition without `type` that is only used for objects is an object type. */
  readonly contexts: ReadonlyMap<string, KindSet>;
}

/** The type of a place whose values can only be of the kinds in `allowed`: its name where it has one, else what it says. */
function typeAt(at: Conversion, place: SchemaLocation, allowed: KindSet): Type {
  const name = at.scope.nameOf(place);
  if (name === undefined) return ownType(at, place, allowed);
  at.met.set(name, (at.met.get(name) ?? noKinds) | allowed);
  const kinds = at.scope.kindsAt(place) & (at.contexts.get(name) ?? allKinds);
  const reference: ReferenceType = { kind: 'reference', to: name, kinds };
  const isInlined = at.inlined.some(
    (known) => known.pointer === place.pointer && known.resource.document === place.resource.document,
  );
  if ((kinds & ~allowed) === 0 || isInlined) return reference;
  // it says nothing about kinds that cannot occur here: expanded, it reads as its author meant it
  return ownType({ ...at, inlined: [...at.inlined, place] }, place, allowed);
}

function ownType(at: Conversion, place: SchemaLocation, allowed: KindSet): Type {
  const { schema } = place;
  if (!isObject(schema)) return schema === false ? neverType : unknownType;
  const possible = allowed & at.scope.kindsAt(place);
  const own = stated(at, place, schema, possible);
  return combined(at, place, possible).reduce((type, part) => intersect(type, part), own);
}

/** What the place's own keywords say, without what it is combined with. */
function stated(at: Conversion, place: SchemaLocation, schema: JsonObject, possible: KindSet): Type {
  const listed = values(place, schema);
  if (listed !== undefined) return union(listed.filter((value) => kindOfValue(value) & possible).map(literal));
  const { dialect } = place.resource;
  const says = (keywords: readonly (typeof objectKeywords | typeof arrayKeywords)[number][]) =>
    keywords.some((keyword) => active(schema, keyword, dialect) !== undefined);
  const typeOf = (path: readonly string[], held: Json) => typeAt(at, at.scope.child(place, path, held), allKinds);
  const about = {
    object: (possible & kinds.object) !== 0 && says(objectKeywords),
    array: (possible & kinds.array) !== 0 && says(arrayKeywords),
  };
  const isTyped = active(schema, 'type', dialect) !== undefined;
  if (!isTyped && !about.object && !about.array) return excluded(place, schema, possible);
  // where no type is stated, the format of the strings among anything is not worth a name
  const brand = isTyped ? brandOf(at.brands, active(schema, 'format', dialect)) : undefined;
  const set = possible & statedKinds(schema, place);
  const branded = brand !== undefined && (set & kinds.string) !== 0;
  const parts: Type[] = [ofKinds(set & ~kinds.array & ~kinds.object & (branded ? ~kinds.string : allKinds))];
  if (branded) parts.push(brandReference(brand));
  if (set & kinds.array) parts.push(about.array ? arrayType(place, schema, typeOf) : ofKinds(kinds.array));
  if (set & kinds.object) parts.push(about.object ? objectType(place, schema, typeOf) : ofKinds(kinds.object));
  return set === allKinds && !about.object && !about.array && !branded ? unknownType : union(parts);
}

function brandOf(brands: Brands, format: Json | undefined): string | undefined {
  return typeof format === 'string' ? brands.get(format) : undefined;
}

/** `not` is out of a structural type's reach, but for `not: {}` and `not: {type}`. */
function excluded(place: SchemaLocation, schema: JsonObject, possible: KindSet): Type {
  const not = active(schema, 'not', place.resource.dialect);
  if (not === true || (isObject(not) && Object.keys(not).length === 0)) return neverType;
  if (!isObject(not) || Object.keys(not).join() !== 'type' || JSON.stringify(not).includes('integer'))
    return unknownType;
  return ofKinds(possible & ~statedKinds(not, place));
}

/** The values `const` and `enum` leave, or undefined where neither is there. */
function values(place: SchemaLocation, schema: JsonObject): readonly Json[] | undefined {
  const { dialect } = place.resource;
  const constant = active(schema, 'const', dialect);
  const members = active(schema, 'enum', dialect);
  if (constant === undefined && !isArray(members)) return undefined;
  const listed = constant === undefined ? (members as readonly Json[]) : [constant];
  const type = active(schema, 'type', dialect);
  const wholeOnly =
    (isArray(type) ? type : [type]).includes('integer') && !(isArray(type) ? type : [type]).includes('number');
  return listed.filter((value) => typeof value !== 'number' || !wholeOnly || Number.isInteger(value));
}

/** One type per reference and combinator that every value has to satisfy as well. */
function combined(at: Conversion, place: SchemaLocation, possible: KindSet): readonly Type[] {
  const parts: Type[] = at.scope
    .targets(place)
    .map((target) => (target === undefined ? unknownType : typeAt(at, target, possible)));
  const choices = new Map<string, Type[]>();
  for (const { held, place: child } of at.scope.below(place)) {
    if (held.keyword === 'allOf') parts.push(typeAt(at, child, possible));
    if (held.keyword !== 'anyOf' && held.keyword !== 'oneOf') continue;
    const types = choices.get(held.keyword) ?? [];
    choices.set(held.keyword, [...types, typeAt(at, child, possible)]);
  }
  for (const types of choices.values()) parts.push(union(types));
  const conditional = conditionalType(at, place, possible);
  return conditional === undefined ? parts : [...parts, conditional];
}

/** `if` holds and `then` with it, or `else` does: "not `if`" itself cannot be said. Without an `else` that says nothing. */
function conditionalType(at: Conversion, place: SchemaLocation, possible: KindSet): Type | undefined {
  const found = new Map(at.scope.below(place).map((child) => [child.held.keyword, child.place]));
  const [test, then, otherwise] = [found.get('if'), found.get('then'), found.get('else')];
  if (test === undefined || otherwise === undefined) return undefined;
  const holds = typeAt(at, test, possible);
  return union([
    then === undefined ? holds : intersect(holds, typeAt(at, then, possible)),
    typeAt(at, otherwise, possible),
  ]);
}
