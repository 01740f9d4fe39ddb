/**
 * The graph in which both schemas of a comparison live. Equal constraints are the same node, so what did not change costs nothing.
 * A literal is a node or its negation: `node id × 2 + (negated ? 1 : 0)`.
 */
import type { Json } from '../../schema/json.ts';
import type { KeySet } from './keyset.ts';

export type Lit = number;

export const TRUE: Lit = 0;
export const FALSE: Lit = 1;

export function negate(lit: Lit): Lit {
  return lit ^ 1;
}

export function nodeOf(lit: Lit): number {
  return lit >> 1;
}

export function isNegated(lit: Lit): boolean {
  return (lit & 1) === 1;
}

/** JSON types as bits. Integers and other numbers are apart: `integer` is a type. */
export const T = { null: 1, boolean: 2, integer: 4, fraction: 8, string: 16, array: 32, object: 64 } as const;
export const NUMBER = T.integer | T.fraction;
export const ANY = 127;
export type Mask = number;

/** Sets of adjacent locations that an applicator evaluates while all of `when` hold; what `unevaluated*` asks for. */
export interface EvaluatedKeys {
  readonly when: readonly Lit[];
  /** `all`: nothing is left unevaluated. */
  readonly keys: KeySet | 'all';
}

export interface EvaluatedItems {
  readonly when: readonly Lit[];
  /** Positions below this are evaluated; Infinity: all. */
  readonly prefix: number;
  /** Items that satisfy this are evaluated wherever they stand (2020-12 `contains`). */
  readonly matching?: Lit;
}

/** Constraints on one type of value hold vacuously for all other types. */
export type Body =
  | { readonly kind: 'true' }
  | { readonly kind: 'and'; readonly of: readonly Lit[] }
  /** Exactly one of them. */
  | { readonly kind: 'one'; readonly of: readonly Lit[] }
  | { readonly kind: 'type'; readonly mask: Mask }
  | { readonly kind: 'enum'; readonly values: ReadonlyMap<string, Json> }
  | { readonly kind: 'min'; readonly bound: number; readonly exclusive: boolean }
  | { readonly kind: 'max'; readonly bound: number; readonly exclusive: boolean }
  | { readonly kind: 'multiple'; readonly of: number }
  | { readonly kind: 'minLength'; readonly count: number }
  | { readonly kind: 'maxLength'; readonly count: number }
  | { readonly kind: 'pattern'; readonly source: string }
  | { readonly kind: 'format'; readonly name: string }
  | { readonly kind: 'minItems'; readonly count: number }
  | { readonly kind: 'maxItems'; readonly count: number }
  | { readonly kind: 'unique' }
  | { readonly kind: 'item'; readonly index: number; readonly lit: Lit }
  | { readonly kind: 'items'; readonly from: number; readonly lit: Lit }
  | { readonly kind: 'atLeast'; readonly count: number; readonly lit: Lit }
  | { readonly kind: 'atMost'; readonly count: number; readonly lit: Lit }
  | { readonly kind: 'has'; readonly key: string }
  | { readonly kind: 'prop'; readonly key: string; readonly lit: Lit }
  | { readonly kind: 'pprop'; readonly keys: KeySet; readonly lit: Lit }
  | { readonly kind: 'minProps'; readonly count: number }
  | { readonly kind: 'maxProps'; readonly count: number }
  | { readonly kind: 'unevaluatedKeys'; readonly lit: Lit; readonly but: readonly EvaluatedKeys[] }
  | { readonly kind: 'unevaluatedItems'; readonly lit: Lit; readonly but: readonly EvaluatedItems[] }
  /** A schema whose meaning is not known, such as an unresolved reference: equal only to itself. */
  | { readonly kind: 'opaque'; readonly key: string; readonly reason: string }
  /** A schema met again below itself, while it is being compiled; `links` of the arena say which. */
  | { readonly kind: 'link'; readonly key: string };

export interface Node {
  readonly id: number;
  readonly body: Body;
  /** Types of which some value may satisfy it, a superset. */
  readonly can: Mask;
  /** Types of which some value may violate it, a superset. */
  readonly cannot: Mask;
}

export function maskOf(value: Json): Mask {
  switch (typeof value) {
    case 'string':
      return T.string;
    case 'number':
      return Number.isInteger(value) ? T.integer : T.fraction;
    case 'boolean':
      return T.boolean;
    default:
      return value === null ? T.null : Array.isArray(value) ? T.array : T.object;
  }
}

/** Literals of the parts of a value that a node speaks about, in a fixed order. */
export function childrenOf(body: Body): readonly Lit[] {
  switch (body.kind) {
    case 'and':
    case 'one':
      return body.of;
    case 'item':
    case 'items':
    case 'atLeast':
    case 'atMost':
    case 'prop':
      return [body.lit];
    case 'pprop':
      return [body.lit, ...body.keys.schemas];
    case 'unevaluatedKeys':
      return [
        body.lit,
        ...body.but.flatMap((group) => [...group.when, ...(group.keys === 'all' ? [] : group.keys.schemas)]),
      ];
    case 'unevaluatedItems':
      return [
        body.lit,
        ...body.but.flatMap((group) => [...group.when, ...(group.matching === undefined ? [] : [group.matching])]),
      ];
    default:
      return [];
  }
}
