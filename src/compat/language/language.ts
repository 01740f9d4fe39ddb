/**
 * Sets of strings, as the engine asks about them: which words satisfy these patterns, formats and lengths together, and is there one?
 *
 * A string is a sequence of Unicode code points, as JSON Schema counts them. Searches only ever produce and count well-formed strings
 * (no lone surrogates: JSON text that travels cannot carry them); `matches` answers for any JavaScript string.
 */

/** A set of strings inside one pool. The same id in the same pool is the same set; different ids may still be equal sets. */
export interface Language {
  readonly id: number;
}

/** Lengths in code points, both ends included; `max` may be Infinity. */
export interface Window {
  readonly min: number;
  readonly max: number;
}

/** 'unknown': the budget ended first. 'empty' is a proof, a word has been found by construction. */
export type Search = { readonly word: string } | 'empty' | 'unknown';

/** Distinct words. `more`: false is a proof that these are all there are. */
export interface Words {
  readonly words: readonly string[];
  readonly more: boolean | 'unknown';
}

export type Ternary = boolean | 'unknown';

/** Whether one string is accepted; 'unknown' only where a backtracking pattern exhausts its steps. */
export type Predicate = (text: string) => Ternary;

/** What a `pattern` or a `format` means. */
export type Definition =
  /** Exactly these strings. `hints`: accepted strings a person would write, best first; may be empty. */
  | { readonly kind: 'exact'; readonly language: Language; readonly hints: readonly string[] }
  /** under ⊆ the accepted strings ⊆ over; `test` decides a single one. */
  | {
      readonly kind: 'approximate';
      readonly over: Language;
      readonly under: Language;
      readonly test: Predicate;
      readonly hints: readonly string[];
      readonly reason: Opaque;
    }
  /** Nothing is known but how to test, and a few strings to try, accepted ones and rejected ones. The same only by source. */
  | { readonly kind: 'opaque'; readonly test: Predicate; readonly samples: readonly string[]; readonly reason: Opaque };

/** Why a definition is not exact; `code` is an UNDECIDED_* reason. */
export interface Opaque {
  readonly code: 'regex-feature' | 'regex-invalid' | 'regex-budget' | 'opaque-format';
  readonly detail: string;
}

export interface SearchOptions {
  /** Default: any length. */
  readonly window?: Window;
  /** States this search may visit before it answers 'unknown'. Default 20,000. */
  readonly states?: number;
}

export interface PlausibleOptions extends SearchOptions {
  /** Words to prefer where they belong, best first: examples, defaults. A format's usual values are tried unasked, after these. */
  readonly hints?: readonly string[];
}

/** How one language lies to another. */
export type Relation = 'equal' | 'narrower' | 'wider' | 'overlapping' | 'disjoint' | 'unknown';

/**
 * Languages of one check. Creating a pool costs nothing; what is built in it is shared, and dropped with it.
 * All answers depend only on what was asked before: budgets count states, never time.
 */
export interface Pool {
  readonly none: Language;
  readonly all: Language;
  word(text: string): Language;
  /** A finite set; 10,000 members are fine. */
  words(texts: Iterable<string>): Language;
  union(languages: readonly Language[]): Language;
  intersection(languages: readonly Language[]): Language;
  complement(language: Language): Language;
  difference(language: Language, without: Language): Language;
  /** All strings whose length is in the window. Prefer `window` in a search: it does not build states. */
  lengths(window: Window): Language;

  /** The strings in which the ECMA-262 pattern finds a match (unanchored), as `pattern` means it. */
  pattern(source: string): Definition;
  /** undefined: no format that is asserted; an annotation. */
  format(name: string): Definition | undefined;

  matches(language: Language, text: string): boolean;
  /** A shortest word. */
  shortest(language: Language, options?: SearchOptions): Search;
  /** A word a person would write: hints first, then letters and digits, not the empty string where another will do. */
  plausible(language: Language, options?: PlausibleOptions): Search;
  /** Up to `count` distinct words, shortest first. */
  enumerate(language: Language, count: number, options?: SearchOptions): Words;
  isEmpty(language: Language, options?: SearchOptions): Ternary;
  isSubset(language: Language, of: Language, options?: SearchOptions): Ternary;
  relation(left: Language, right: Language, options?: SearchOptions): Relation;
  /** The members, sorted, where the language was built as a finite set; undefined says nothing. */
  listed(language: Language): readonly string[] | undefined;
  /** Lengths of the words, a superset: a cheap bound before any search. */
  bounds(language: Language): Window;
  /** Work done so far, in parts put together; past 1,000,000 every search answers 'unknown', one question may take 200,000. */
  readonly spent: number;
}
