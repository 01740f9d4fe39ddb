/** Schema → type model. A keyword constrains one JSON type and lets the others pass, so a type is a union by JSON type. */
import { active } from '../schema/dialect.ts';
import type { SchemaDocument } from '../schema/document.ts';
import { isArray, isObject, type Json, type JsonObject } from '../schema/json.ts';
import type { SchemaLocation } from '../schema/reference.ts';
import { intersect, ofKinds, union } from './algebra.ts';
import { arrayKeywords, arrayType } from './array.ts';
import { type Brands, brandReference, noBrands } from './brand.ts';
import type { Lookup } from './complement.ts';
import { conditionTypes } from './conditions.ts';
import { docOf } from './doc.ts';
import { statedKinds } from './kind-sets.ts';
import { withoutLoops } from './loops.ts';
import { objectKeywords, objectType } from './object.ts';
import { optionalMembers } from './optional.ts';
import { type ImportedName, type Scope, scopeOf } from './scope.ts';
import {
  allKinds,
  anyArray,
  anyObject,
  type KindSet,
  keyOf,
  kindOfValue,
  kinds,
  kindsOf,
  literal,
  type Model,
  neverType,
  noKinds,
  type ReferenceType,
  sizeOf,
  type Type,
  unknownType,
} from './type.ts';
import { closedElements, openMembers } from './unevaluated.ts';

/** The model of `document`; its root type is called `rootName`, and no other one has a `reserved` name. */
export function modelOf(
  document: SchemaDocument,
  rootName: string,
  reserved: readonly string[] = [],
  brands: Brands = noBrands,
  imported?: ImportedName,
): Model & Pick<Scope, 'imports'> {
  const scope = scopeOf(document, rootName, reserved, imported);
  const named = [{ name: rootName, place: scope.root }, ...scope.definitions];
  const met = new Map<string, KindSet>([[rootName, allKinds]]);
  const anywhere = conversion({ scope, brands, met, contexts: new Map() });
  for (const { place } of named) ownType(anywhere, place, allKinds);
  const at = conversion({ scope, brands, met: new Map(), contexts: met });
  const [root, ...definitions] = named.map(({ name, place }) => ({
    name,
    type: ownType(at, place, met.get(name) ?? allKinds),
    doc: docOf(place.schema, place.resource.dialect),
  }));
  return { ...withoutLoops({ root: root!, definitions }), imports: scope.imports };
}

interface Conversion extends Lookup {
  readonly scope: Scope;
  readonly brands: Brands;
  /** Filled in: the kinds that can occur where a name is used. */
  readonly met: Map<string, KindSet>;
  /** The same, known from a first pass: a definition without `type` that is only used for objects is an object type. */
  readonly contexts: ReadonlyMap<string, KindSet>;
  /** Types that are made or, as undefined, in the making, by place and kinds: a graph of schemas costs what it has nodes. */
  readonly made: Map<string, Type | undefined>;
}

function conversion(given: Pick<Conversion, 'scope' | 'brands' | 'met' | 'contexts'>): Conversion {
  const at: Conversion = { ...given, made: new Map(), expand: (type) => expanded(at, type) };
  return at;
}

/** What a name stands for. */
function expanded(at: Conversion, type: Type): Type {
  if (type.kind !== 'reference') return type;
  const place = at.scope.placeOf(type.to);
  return place === undefined ? type : ownType(at, place, at.contexts.get(type.to) ?? allKinds);
}

/** Larger types keep their name also where they are met by kinds of values that cannot occur there. */
const maxInlined = 2_000;

/** The type of a place whose values can only be of the kinds in `allowed`: its name where it has one, else what it says. */
function typeAt(at: Conversion, place: SchemaLocation, allowed: KindSet): Type {
  const name = at.scope.nameOf(place);
  if (name === undefined) return ownType(at, place, allowed);
  at.met.set(name, (at.met.get(name) ?? noKinds) | allowed);
  const known = at.scope.kindsAt(place) & (at.contexts.get(name) ?? allKinds);
  const possible = known === allKinds ? at.scope.intendedKinds(place) : known;
  const reference: ReferenceType = { kind: 'reference', to: name, kinds: possible };
  if ((possible & ~allowed) === 0) return reference;
  // it says nothing about kinds that cannot occur here: expanded, it reads as its author meant it
  const type = ownType(at, place, allowed, reference);
  return sizeOf(type) > maxInlined ? reference : type;
}

/** `within`: what stands for the type where it is met again while it is made. */
function ownType(at: Conversion, place: SchemaLocation, allowed: KindSet, within: Type = unknownType): Type {
  if (!isObject(place.schema)) return place.schema === false ? neverType : unknownType;
  const key = `${at.scope.idOf(place)} ${allowed}`;
  if (at.made.has(key)) return at.made.get(key) ?? within;
  at.made.set(key, undefined);
  const type = madeType(at, place, allowed);
  at.made.set(key, type);
  return type;
}

function madeType(at: Conversion, place: SchemaLocation, allowed: KindSet): Type {
  const known = allowed & at.scope.kindsAt(place);
  const possible = known === allKinds ? at.scope.intendedKinds(place) : known;
  const together = conjuncts(at, place);
  const own = together.flatMap((each) => [stated(at, each, possible), ...demanded(at, each, possible)]);
  const base = own.reduce((type, part) => intersect(type, part), unknownType);
  const chosen = together.flatMap((each) => choices(at, each, possible, base));
  const whole = chosen.reduce((type, part) => intersect(type, part), base);
  return unevaluated(at, together, conditional(at, together, possible, whole));
}

/** `place` and what is the same schema written apart: unnamed branches of `allOf`, and definitions that only state a condition. */
function conjuncts(at: Conversion, place: SchemaLocation): readonly SchemaLocation[] {
  const found = new Map([[at.scope.idOf(place), place]]);
  for (const each of found.values()) {
    for (const { held, place: child } of at.scope.below(each)) {
      if (held.keyword !== 'allOf' || !isObject(child.schema)) continue;
      const target = conditionOnly(at, child);
      if (at.scope.nameOf(child) === undefined || target !== undefined)
        found.set(at.scope.idOf(target ?? child), target ?? child);
    }
  }
  return [...found.values()];
}

const conditionWords = new Set(['if', 'then', 'else', 'not', 'dependentSchemas', 'dependentRequired', 'dependencies']);
const silentWords = new Set(['title', 'description', '$comment', '$id', '$anchor']);

/** The definition behind a bare reference, where it holds a condition on the value around it and nothing else. */
function conditionOnly(at: Conversion, place: SchemaLocation): SchemaLocation | undefined {
  const [target, ...more] = at.scope.targets(place);
  const at1 =
    isObject(place.schema) && Object.keys(place.schema).length === 1 && more.length === 0 ? target : undefined;
  if (at1 === undefined || !isObject(at1.schema)) return undefined;
  const words = Object.keys(at1.schema).filter((word) => !silentWords.has(word));
  return words.length > 0 && words.every((word) => conditionWords.has(word)) ? at1 : undefined;
}

/** References, and branches of `allOf` that have a name: types that every value has as well. */
function demanded(at: Conversion, place: SchemaLocation, possible: KindSet): readonly Type[] {
  const referred = at.scope
    .targets(place)
    .map((target) => (target === undefined ? unknownType : typeAt(at, target, possible)));
  const branches = at.scope.below(place).filter(({ held, place: child }) => {
    const isNamed = at.scope.nameOf(child) !== undefined || !isObject(child.schema);
    return held.keyword === 'allOf' && isNamed && conditionOnly(at, child) === undefined;
  });
  return [...referred, ...branches.map((child) => typeAt(at, child.place, possible))];
}

/** `anyOf` and `oneOf`: a union each. A branch that says nothing about objects makes what the others declare optional. */
function choices(at: Conversion, place: SchemaLocation, possible: KindSet, base: Type): readonly Type[] {
  return (['anyOf', 'oneOf'] as const).flatMap((keyword) => {
    const branches = at.scope.below(place).filter(({ held }) => held.keyword === keyword);
    if (branches.length === 0) return [];
    const types = branches.map((branch) => typeAt(at, branch.place, possible));
    const silent = types.filter((type) => saysNothingOf(type, kinds.object));
    if ((possible & kinds.object) === 0 || silent.length === 0 || silent.length === types.length) return [union(types)];
    const others = types.map((type) => withoutObjects(type, possible));
    return [union([...others, optionalMembers(types, base, at)])];
  });
}

/** Whether objects of any members are among the values of `type`. */
function saysNothingOf(type: Type, set: KindSet): boolean {
  if (type.kind === 'unknown') return (set & kinds.object) !== 0;
  return type.kind === 'union'
    ? type.members.some((member) => saysNothingOf(member, set))
    : keyOf(type) === keyOf(anyObject);
}

function withoutObjects(type: Type, possible: KindSet): Type {
  if (type.kind === 'unknown') return ofKinds(possible & ~kinds.object);
  const members = type.kind === 'union' ? type.members : [type];
  return union(members.filter((member) => (kindsOf(member) & kinds.object) === 0));
}

/** `type` with what conditions say about objects; other values pass them, but for an `if` that tells kinds of values apart. */
function conditional(at: Conversion, places: readonly SchemaLocation[], possible: KindSet, type: Type): Type {
  if ((possible & kinds.object) === 0)
    return places.map((place) => byKind(at, place, possible)).reduce(intersect, type);
  const holding = (place: SchemaLocation) => typeAt(at, place, kinds.object);
  const found = conditionTypes({ scope: at.scope, expand: at.expand, holding }, places, objectsOf(type));
  const others = ofKinds(possible & ~kinds.object);
  return found.map((part) => union([others, part])).reduce(intersect, type);
}

/** `type` without values that are no objects, as far as it is a union. */
function objectsOf(type: Type): Type {
  if (type.kind !== 'union') return type;
  return union(type.members.filter((member) => (kindsOf(member) & kinds.object) !== 0));
}

function byKind(at: Conversion, place: SchemaLocation, possible: KindSet): Type {
  const found = new Map(at.scope.below(place).map((child) => [child.held.keyword, child.place]));
  const [test, then, otherwise] = [found.get('if'), found.get('then'), found.get('else')];
  if (test === undefined || otherwise === undefined) return unknownType;
  const holds = typeAt(at, test, possible);
  return union([
    then === undefined ? holds : intersect(holds, typeAt(at, then, possible)),
    typeAt(at, otherwise, possible),
  ]);
}

/** `unevaluatedProperties` and `unevaluatedItems` beside combinators, when everything they look at is known. */
function unevaluated(at: Conversion, places: readonly SchemaLocation[], type: Type): Type {
  let result = type;
  for (const place of places) {
    if (!isObject(place.schema)) continue;
    const { dialect } = place.resource;
    if (active(place.schema, 'unevaluatedItems', dialect) === false && isLastWord(at, place))
      result = closedElements(result, at);
    const members = active(place.schema, 'unevaluatedProperties', dialect);
    if (members === undefined || members === false) continue;
    const rest = typeAt(at, at.scope.child(place, ['unevaluatedProperties'], members), allKinds);
    result = openMembers(result, rest, at);
  }
  return result;
}

const evaluatingRest = ['items', 'additionalItems', 'unevaluatedItems', 'contains'] as const;

/** Whether nothing that meets the same value evaluates elements beyond a tuple's, as `items` does. */
function isLastWord(at: Conversion, root: SchemaLocation): boolean {
  const seen = new Map([[at.scope.idOf(root), root]]);
  for (const place of seen.values()) {
    const { schema, resource } = place;
    if (!isObject(schema)) continue;
    const says = evaluatingRest.some((word) => {
      const held = active(schema, word, resource.dialect);
      return held !== undefined && !isArray(held) && !(place === root && word === 'unevaluatedItems');
    });
    if (says || seen.size > maxInlined) return false;
    const same = at.scope.below(place).filter(({ held }) => held.row.meets === 'same');
    for (const part of [...same.map((child) => child.place), ...at.scope.targets(place)])
      if (part !== undefined) seen.set(at.scope.idOf(part), part);
  }
  return true;
}

/** What the place's own keywords say, without what it is combined with. */
function stated(at: Conversion, place: SchemaLocation, possible: KindSet): Type {
  const { schema } = place;
  if (!isObject(schema)) return unknownType;
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
  if (set & kinds.array) parts.push(about.array ? arrayType(place, schema, typeOf) : anyArray);
  if (set & kinds.object) parts.push(about.object ? objectType(at.scope, place, schema, typeOf) : anyObject);
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
