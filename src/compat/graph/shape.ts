/**
 * A schema as compiled: the literal that says what it accepts, and still the parts it was written in, so that declarations can be
 * collected (closed world), a rejection can name its keyword, and violated constraints can be listed one by one.
 */

import type { Pointer } from '../../schema/pointer.ts';
import type { SchemaLocation } from '../../schema/reference.ts';
import type { KeySet } from './keyset.ts';
import type { EvaluatedItems, EvaluatedKeys, Lit } from './node.ts';

/** From a schema to one of its subschemas, in terms of the instance. */
export type Step =
  /** The same value, where `when` holds. `lends`: its declarations count (not through `not`). */
  | { readonly kind: 'same'; readonly when: Lit; readonly lends: boolean; readonly must: boolean }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'keys'; readonly keys: KeySet }
  | { readonly kind: 'unevaluatedKeys'; readonly but: readonly EvaluatedKeys[] }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'indexes'; readonly from: number }
  | { readonly kind: 'unevaluatedItems'; readonly but: readonly EvaluatedItems[] }
  /** `contains` and `propertyNames`: neither lends declarations. */
  | { readonly kind: 'counted' }
  | { readonly kind: 'name' };

export interface Part {
  readonly step: Step;
  readonly shape: Shape;
}

/** One keyword, or one member of a keyword that lists (`required`). */
export interface Constraint {
  readonly keyword: string;
  /** In the document of the shape's place. */
  readonly pointer: Pointer;
  readonly lit: Lit;
  readonly parts: readonly Part[];
}

export interface Shape {
  readonly id: number;
  readonly place: SchemaLocation;
  lit: Lit;
  readonly constraints: Constraint[];
  /** Names of its properties, patterns and requirements (engine law: decl). */
  declared: KeySet;
  /** It has `additionalProperties` or `unevaluatedProperties` other than `false`. */
  open: boolean;
  /** Positions of its tuple, if it has one. */
  tuple: number | undefined;
  /** It says what follows a tuple. */
  tail: boolean;
  /** A keyword that evaluates all properties (items) that are left. */
  evaluatesAllKeys: boolean;
  evaluatesAllItems: boolean;
  /** 2020-12: items that `contains` matched are evaluated. */
  matching: Lit | undefined;
  /** Its parts by what they apply to, once they were asked for: see `partsOf`. */
  parts: Parts | undefined;
}

export interface Parts {
  /** Subschemas for the same value whose declarations count. */
  readonly inPlace: readonly Part[];
  readonly byKey: ReadonlyMap<string, readonly Part[]>;
  /** Parts that may apply to any key or item. */
  readonly rest: readonly Part[];
}
