/** Unions and intersections of types, simplified the way a person would have written them. */
import {
  type ArrayType,
  allKinds,
  anyArray,
  anyObject,
  type KindSet,
  keyOf,
  kinds,
  kindsOf,
  neverType,
  type ObjectType,
  type Property,
  type TupleType,
  type Type,
  unknownType,
} from './type.ts';

/** Any of `types`: flat, without repetition, literals absorbed by their type, `null` last. */
export function union(types: readonly Type[]): Type {
  const flat = types.flatMap((type) => (type.kind === 'union' ? type.members : [type]));
  if (flat.some((type) => type.kind === 'unknown')) return unknownType;
  const wide = new Set(flat.map((type) => (type.kind === 'primitive' ? type.name : undefined)));
  if (wholeBoolean(flat)) wide.add('boolean');
  const members = new Map<string, Type>();
  for (const type of flat) {
    if (type.kind === 'never') continue;
    const absorbed = type.kind === 'literal' && wide.has(typeof type.value as 'string' | 'number' | 'boolean');
    const kept: Type = absorbed ? { kind: 'primitive', name: typeof type.value as 'boolean' } : type;
    if (!members.has(keyOf(kept))) members.set(keyOf(kept), kept);
  }
  const isNull = (type: Type) => type.kind === 'primitive' && type.name === 'null';
  const ordered = [...members.values()].filter((type) => !isNull(type));
  ordered.push(...[...members.values()].filter(isNull));
  if (ordered.length === 0) return neverType;
  return ordered.length === 1 ? ordered[0]! : { kind: 'union', members: ordered };
}

function wholeBoolean(types: readonly Type[]): boolean {
  const has = (value: boolean) => types.some((type) => type.kind === 'literal' && type.value === value);
  return has(true) && has(false);
}

/** Both `a` and `b`. Object types merge into one; unions meet kind by kind; what cannot be merged stays `A & B`. */
export function intersect(a: Type, b: Type): Type {
  if (a.kind === 'unknown' || b.kind === 'never') return b;
  if (b.kind === 'unknown' || a.kind === 'never') return a;
  if (keyOf(a) === keyOf(b)) return a;
  if ((kindsOf(a) & kindsOf(b)) === 0) return neverType;
  const left = members(a);
  const right = members(b);
  if (![...left, ...right].every(isOfOneKind)) return conjunction([a, b]);
  return union(Object.values(kinds).map((kind) => intersectKind(ofKind(left, kind), ofKind(right, kind), kind)));
}

function members(type: Type): readonly Type[] {
  return type.kind === 'union' ? type.members : [type];
}

function isOfOneKind(type: Type): boolean {
  const set = kindsOf(type);
  return (set & (set - 1)) === 0;
}

function ofKind(types: readonly Type[], kind: KindSet): readonly Type[] {
  return types.filter((type) => kindsOf(type) === kind);
}

function intersectKind(left: readonly Type[], right: readonly Type[], kind: KindSet): Type {
  if (left.length === 0 || right.length === 0) return neverType;
  if (kind !== kinds.array && kind !== kinds.object) return intersectScalars(left, right);
  if (left.some(isWhole)) return union(right);
  if (right.some(isWhole)) return union(left);
  if (left.length === 1 && right.length === 1) return intersectPair(left[0]!, right[0]!);
  return conjunction([union(left), union(right)]);
}

function isWhole(type: Type): boolean {
  return keyOf(type) === keyOf(anyArray) || keyOf(type) === keyOf(anyObject);
}

function intersectScalars(left: readonly Type[], right: readonly Type[]): Type {
  const opaque = [...left, ...right].some((type) => type.kind !== 'primitive' && type.kind !== 'literal');
  if (opaque) {
    if (left.some((type) => type.kind === 'primitive')) return union(right);
    if (right.some((type) => type.kind === 'primitive')) return union(left);
    return conjunction([union(left), union(right)]);
  }
  if (left.some((type) => type.kind === 'primitive')) return union(right);
  if (right.some((type) => type.kind === 'primitive')) return union(left);
  const allowed = new Set(right.map(keyOf));
  return union(left.filter((type) => allowed.has(keyOf(type))));
}

function intersectPair(a: Type, b: Type): Type {
  if (a.kind === 'object' && b.kind === 'object') return mergeObjects(a, b);
  if (a.kind === 'array' && b.kind === 'array') return { kind: 'array', items: intersect(a.items, b.items) };
  if (isList(a) && isList(b)) return mergeTuples(asTuple(a), asTuple(b));
  return conjunction([a, b]);
}

function isList(type: Type): type is ArrayType | TupleType {
  return type.kind === 'array' || type.kind === 'tuple';
}

function asTuple(type: ArrayType | TupleType): TupleType {
  return type.kind === 'tuple' ? type : { kind: 'tuple', prefix: [], required: 0, rest: type.items };
}

function mergeTuples(a: TupleType, b: TupleType): Type {
  const length = Math.max(a.prefix.length, b.prefix.length);
  const prefix: Type[] = [];
  for (let at = 0; at < length; at++) {
    const type = intersect(a.prefix[at] ?? a.rest ?? neverType, b.prefix[at] ?? b.rest ?? neverType);
    if (type.kind === 'never') break;
    prefix.push(type);
  }
  const required = Math.max(a.required, b.required);
  if (required > prefix.length && prefix.length < length) return neverType;
  const isCut = prefix.length < length || a.rest === undefined || b.rest === undefined;
  return { kind: 'tuple', prefix, required, rest: isCut ? undefined : intersect(a.rest!, b.rest!) };
}

/** `A & B` where nothing better is known: flat, names first, plain object types merged into one, choices last. */
function conjunction(types: readonly Type[]): Type {
  const flat = types.flatMap((type) => (type.kind === 'intersection' ? type.members : [type]));
  const others = new Map<string, Type>();
  let object: Type | undefined;
  for (const type of flat) {
    if (type.kind !== 'object') others.set(keyOf(type), type);
    else object = object?.kind === 'object' ? mergeObjects(object, type) : type;
  }
  if (object?.kind === 'never') return object;
  const rest = [...others.values()];
  const isImplied = object !== undefined && isWhole(object) && rest.some((type) => kindsOf(type) === kinds.object);
  const own = object === undefined || isImplied ? [] : [object];
  const choices = rest.filter((type) => type.kind === 'union').map((type) => informed(type, object));
  const all = [...rest.filter((type) => type.kind !== 'union'), ...own, ...choices];
  return all.length === 1 ? all[0]! : { kind: 'intersection', members: all };
}

/** A branch that only requires a member says `unknown` about it; beside its base type it may as well say what that says. */
function informed(type: Type, base: Type | undefined): Type {
  if (base?.kind !== 'object') return type;
  if (type.kind === 'union') return { ...type, members: type.members.map((member) => informed(member, base)) };
  if (type.kind !== 'object') return type;
  const known = byName(base);
  return { ...type, properties: type.properties.map((property) => knowing(property, known.get(property.name))) };
}

function knowing(property: Property, known: Property | undefined): Property {
  return known === undefined || property.type.kind !== 'unknown' ? property : { ...property, type: known.type };
}

function mergeObjects(a: ObjectType, b: ObjectType): Type {
  const [left, right] = [byName(a), byName(b)];
  const properties: Property[] = [];
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    const merged = mergeProperty(name, left.get(name), right.get(name), [a, b]);
    if (merged.type.kind === 'never' && merged.required) return neverType;
    properties.push(merged);
  }
  const patterns = [...a.patterns, ...b.patterns];
  return { kind: 'object', properties, patterns, rest: mergeRest(a.rest, b.rest) };
}

function byName({ properties }: ObjectType): ReadonlyMap<string, Property> {
  return new Map(properties.map((property) => [property.name, property]));
}

function mergeRest(a: Type | 'open', b: Type | 'open'): Type | 'open' {
  if (a === 'open') return b;
  return b === 'open' ? a : intersect(a, b);
}

function mergeProperty(
  name: string,
  left: Property | undefined,
  right: Property | undefined,
  [a, b]: readonly [ObjectType, ObjectType],
): Property {
  const type = intersect(left?.type ?? elsewhere(a), right?.type ?? elsewhere(b));
  const required = (left?.required ?? false) || (right?.required ?? false);
  return { name, type, required, doc: { ...right?.doc, ...left?.doc } };
}

/** What an object type says about a member it does not list. A pattern may match the name or not: then nothing is known. */
function elsewhere(type: ObjectType): Type {
  return type.rest === 'open' || type.patterns.length > 0 ? unknownType : type.rest;
}

/** Every value of the kinds in `set`. */
export function ofKinds(set: KindSet): Type {
  if (set === allKinds) return unknownType;
  const scalars = (['string', 'number', 'boolean'] as const).filter((name) => set & kinds[name]);
  const parts: Type[] = scalars.map((name) => ({ kind: 'primitive', name }));
  if (set & kinds.array) parts.push(anyArray);
  if (set & kinds.object) parts.push(anyObject);
  if (set & kinds.null) parts.push({ kind: 'primitive', name: 'null' });
  return union(parts);
}
