/**
 * Extended regular expressions over code points, hash-consed: within one store, terms made by the constructors with equal parts are the
 * same object. Terms are immutable; the store owns the table and the memo of derivatives, and is dropped as a whole.
 */
import type { CharSet } from './charset.ts';
import { everything } from './charset.ts';

interface Facts {
  readonly id: number;
  /** Does it contain the empty word? Exact. */
  readonly nullable: boolean;
  /** Every word is at least this long, in code points (a bound, not always reached). */
  readonly min: number;
  /** No word is longer than this. */
  readonly max: number;
}

export type Shape =
  | { readonly kind: 'none' }
  | { readonly kind: 'epsilon' }
  | { readonly kind: 'chars'; readonly set: CharSet }
  | { readonly kind: 'concat'; readonly left: Term; readonly right: Term }
  | { readonly kind: 'repeat'; readonly of: Term; readonly from: number; readonly to: number }
  | { readonly kind: 'union'; readonly parts: readonly Term[] }
  | { readonly kind: 'intersection'; readonly parts: readonly Term[] }
  | { readonly kind: 'complement'; readonly of: Term }
  /** The rests, after `at` UTF-16 units, of the words list[low..high): they share those units. */
  | {
      readonly kind: 'words';
      /** Id of the term for the whole list. */
      readonly root: number;
      readonly list: readonly string[];
      readonly low: number;
      readonly high: number;
      readonly at: number;
    }
  /** The strings whose UTF-16 units, read as symbols, are in `of`: patterns that only parse without the u flag. */
  | { readonly kind: 'units'; readonly of: Term }
  /** A repetition whose body looks around itself: means what it unfolds to; every turn consumes. */
  | { readonly kind: 'loop'; readonly unfold: (store: Store) => Term };

export type Term = Facts & Shape;
export type Kind<K extends Shape['kind']> = Facts & Extract<Shape, { kind: K }>;

/** A word that starts with a character of a move's set goes on in `next`; with any other character, in `rest`. */
export interface Moves {
  /** Pairwise disjoint sets, distinct targets. */
  readonly list: readonly Move[];
  readonly rest: Term;
}
export interface Move {
  readonly set: CharSet;
  readonly next: Term;
}

export interface Store {
  readonly table: Map<string, Term>;
  readonly moves: Map<Term, Moves>;
  readonly unfolded: Map<Term, Term>;
  /** Whether a term's words are all words of another. */
  readonly inside: Map<Term, Map<Term, boolean>>;
  /** The same as far as their parts tell, by both ids. */
  readonly contained: Map<number, boolean>;
  /** Shared with scratch stores, so that an id never means two things. */
  readonly ids: { next: number };
  /** Work done: parts put together, states and classes made. */
  readonly meter: { spent: number };
}

export const none: Kind<'none'> = { id: 0, kind: 'none', nullable: false, min: Number.POSITIVE_INFINITY, max: -1 };
export const epsilon: Kind<'epsilon'> = { id: 1, kind: 'epsilon', nullable: true, min: 0, max: 0 };
export const any: Kind<'chars'> = { id: 2, kind: 'chars', nullable: false, min: 1, max: 1, set: everything };
export const all: Kind<'repeat'> = {
  id: 3,
  kind: 'repeat',
  nullable: true,
  min: 0,
  max: Number.POSITIVE_INFINITY,
  of: any,
  from: 0,
  to: Number.POSITIVE_INFINITY,
};

/** Numbers that a format's terms have in every pool. */
export function formatIds(index: number): number {
  return 1_000 + index * perFormat;
}

const perFormat = 20_000;
const poolIds = 1_000_000;

export function newStore(firstId = poolIds): Store {
  return emptyStore({ next: firstId });
}

/** For work whose terms need not be kept. What it makes may be used beside the terms of `store`. */
export function scratchStore(store: Store): Store {
  return emptyStore(store.ids);
}

function emptyStore(ids: Store['ids']): Store {
  return {
    table: new Map(),
    moves: new Map(),
    unfolded: new Map(),
    inside: new Map(),
    contained: new Map(),
    ids,
    meter: { spent: 0 },
  };
}

export function intern(store: Store, key: string, make: (id: number) => Term): Term {
  const known = store.table.get(key);
  if (known) return known;
  const term = make(store.ids.next++);
  store.table.set(key, term);
  return term;
}

/** 0 × Infinity is 0 here: no turns of anything are no characters. */
export function times(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b;
}
