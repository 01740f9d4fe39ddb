/**
 * The type model: what a schema says about structure, in the words of a structural type system. It keeps every valid value
 * assignable and drops what types cannot say (bounds, patterns, counts).
 */
import { isArray, type Json } from '../schema/json.ts';

/** The JSON types as bits, so that a set of them is a number. */
export const kinds = { null: 1, boolean: 2, number: 4, string: 8, array: 16, object: 32 } as const;
export type KindSet = number;
export const allKinds: KindSet = 63;
export const noKinds: KindSet = 0;

export interface Doc {
  readonly title?: string;
  readonly description?: string;
  readonly deprecated?: true | string;
  readonly format?: string;
  readonly default?: Json;
  readonly classification?: string;
  readonly tags?: readonly string[];
}

export interface Property {
  readonly name: string;
  readonly type: Type;
  readonly required: boolean;
  readonly doc: Doc;
}

/** Members whose names match a pattern. `prefix` is set where the pattern says "begins with" and nothing else. */
export interface PatternMember {
  readonly source: string;
  readonly prefix?: string;
  readonly type: Type;
}

export interface ObjectType {
  readonly kind: 'object';
  readonly properties: readonly Property[];
  readonly patterns: readonly PatternMember[];
  /** Type of all other members. `open`: nothing was said, so they may be there but are not part of the type. */
  readonly rest: Type | 'open';
}

export interface ArrayType {
  readonly kind: 'array';
  readonly items: Type;
}

export interface TupleType {
  readonly kind: 'tuple';
  readonly prefix: readonly Type[];
  /** How many elements are always there. */
  readonly required: number;
  readonly rest: Type | undefined;
}

export interface ReferenceType {
  readonly kind: 'reference';
  /** Name of a declaration. */
  readonly to: string;
  readonly kinds: KindSet;
}

export type Type =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'never' }
  | { readonly kind: 'primitive'; readonly name: 'null' | 'boolean' | 'number' | 'string' }
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | ArrayType
  | TupleType
  | ObjectType
  | ReferenceType
  | { readonly kind: 'union'; readonly members: readonly Type[] }
  | { readonly kind: 'intersection'; readonly members: readonly Type[] };

export interface Declaration {
  readonly name: string;
  readonly type: Type;
  readonly doc: Doc;
}

export interface Model {
  readonly root: Declaration;
  /** One per `$defs` entry and per other schema that a `$ref` names, in the order of the document. */
  readonly definitions: readonly Declaration[];
}

export const unknownType: Type = { kind: 'unknown' };
export const neverType: Type = { kind: 'never' };
export const nullType: Type = { kind: 'primitive', name: 'null' };
export const anyArray: ArrayType = { kind: 'array', items: unknownType };
/** Any object at all: the identity among object types. */
export const anyObject: ObjectType = { kind: 'object', properties: [], patterns: [], rest: 'open' };

export function kindOfValue(value: Json): KindSet {
  if (value === null) return kinds.null;
  if (isArray(value)) return kinds.array;
  return kinds[typeof value as 'boolean' | 'number' | 'string' | 'object'];
}

/** The type that has this one value. */
export function literal(value: Json): Type {
  if (value === null) return nullType;
  if (isArray(value)) return { kind: 'tuple', prefix: value.map(literal), required: value.length, rest: undefined };
  if (typeof value === 'object') {
    const properties = Object.entries(value).map(([name, of]) => ({
      name,
      type: literal(of),
      required: true,
      doc: {},
    }));
    return { kind: 'object', properties, patterns: [], rest: neverType };
  }
  return { kind: 'literal', value };
}

/** Which JSON types the values of `type` can have. */
export function kindsOf(type: Type): KindSet {
  switch (type.kind) {
    case 'unknown':
      return allKinds;
    case 'never':
      return noKinds;
    case 'primitive':
      return kinds[type.name];
    case 'literal':
      return kindOfValue(type.value);
    case 'array':
    case 'tuple':
      return kinds.array;
    case 'object':
      return kinds.object;
    case 'reference':
      return type.kinds;
    case 'union':
      return type.members.reduce((set, member) => set | kindsOf(member), noKinds);
    case 'intersection':
      return type.members.reduce((set, member) => set & kindsOf(member), allKinds);
  }
}

const keys = new WeakMap<Type, string>();

/** Equal for types that say the same in the same order; documentation does not count. Types are immutable, so a key is made once. */
export function keyOf(type: Type): string {
  const known = keys.get(type);
  if (known !== undefined) return known;
  const key = makeKey(type);
  keys.set(type, key);
  return key;
}

function makeKey(type: Type): string {
  switch (type.kind) {
    case 'unknown':
    case 'never':
      return type.kind;
    case 'primitive':
      return type.name;
    case 'literal':
      return JSON.stringify(type.value);
    case 'array':
      return `${keyOf(type.items)}[]`;
    case 'tuple':
      return `[${type.prefix.map(keyOf).join()};${type.required};${type.rest === undefined ? '' : keyOf(type.rest)}]`;
    case 'reference':
      return `@${type.to}`;
    case 'union':
      return `(${type.members.map(keyOf).sort().join('|')})`;
    case 'intersection':
      return `(${type.members.map(keyOf).join('&')})`;
    case 'object': {
      const own = type.properties.map(
        ({ name, required, type: of }) => JSON.stringify(name) + (required ? ':' : '?:') + keyOf(of),
      );
      const matching = type.patterns.map(({ source, type: of }) => `/${source}/:${keyOf(of)}`);
      return `{${[...own.sort(), ...matching].join()};${type.rest === 'open' ? '' : keyOf(type.rest)}}`;
    }
  }
}

const sizes = new WeakMap<Type, number>();

/** How many parts `type` has when it is written out. */
export function sizeOf(type: Type): number {
  const known = sizes.get(type);
  if (known !== undefined) return known;
  const size = partsOf(type).reduce((sum, part) => sum + sizeOf(part), 1);
  sizes.set(type, size);
  return size;
}

function partsOf(type: Type): readonly Type[] {
  switch (type.kind) {
    case 'array':
      return [type.items];
    case 'tuple':
      return type.rest === undefined ? type.prefix : [...type.prefix, type.rest];
    case 'object': {
      const rest = type.rest === 'open' ? [] : [type.rest];
      return [...type.properties.map((one) => one.type), ...type.patterns.map((one) => one.type), ...rest];
    }
    case 'union':
    case 'intersection':
      return type.members;
    default:
      return [];
  }
}

/** The names `type` mentions, at any depth. */
export function referencesIn(type: Type): readonly string[] {
  return type.kind === 'reference' ? [type.to] : partsOf(type).flatMap(referencesIn);
}
