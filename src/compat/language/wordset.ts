/**
 * Finite sets of words as one term: a sorted list, read as a trie, since words that share a beginning are neighbours. 10,000 enum members
 * are one term and not 10,000.
 */

import { nth } from '../nth.ts';
import { matches } from './match.ts';
import { epsilon, intern, type Kind, none, type Store, type Term } from './term.ts';

export function words(store: Store, texts: Iterable<string>): Term {
  const list = [...new Set(texts)].sort();
  if (list.length === 0) return none;
  if (list.length === 1 && list[0] === '') return epsilon;
  return intern(store, `w${JSON.stringify(list)}`, (id) => make(id, id, list, 0, list.length, 0));
}

/** What is left of words low…high of `of` after their first `at` units, which they share. */
export function rests(store: Store, of: Kind<'words'>, low: number, high: number, at: number): Term {
  if (high - low === 1 && nth(of.list, low).length === at) return epsilon;
  return intern(store, `v${of.root},${low},${high},${at}`, (id) => make(id, of.root, of.list, low, high, at));
}

function make(id: number, root: number, list: readonly string[], low: number, high: number, at: number): Term {
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  for (let i = low; i < high; i++) {
    const length = codePoints(nth(list, i), at);
    if (length < min) min = length;
    if (length > max) max = length;
  }
  return { id, kind: 'words', root, list, low, high, at, nullable: nth(list, low).length === at, min, max };
}

/** Length in code points, from UTF-16 unit `at` on. */
export function codePoints(text: string, at = 0): number {
  let length = 0;
  for (let i = at; i < text.length; i++) {
    if (text.codePointAt(i)! > 0xffff) i++;
    length++;
  }
  return length;
}

export function isWords(term: Term): term is Kind<'words'> {
  return term.kind === 'words';
}

export function members(term: Kind<'words'>): string[] {
  return term.list.slice(term.low, term.high).map((word) => word.slice(term.at));
}

/** The members, where the term visibly is a finite set. */
export function finite(term: Term): string[] | undefined {
  if (term === none) return [];
  if (term === epsilon) return [''];
  return term.kind === 'words' ? members(term) : undefined;
}

/** Words ∩ others, decided word by word. */
export function keep(store: Store, listed: Kind<'words'>, others: readonly Term[]): Term {
  const all = members(listed);
  const kept = all.filter((word) => others.every((other) => matches(store, other, word)));
  return kept.length === all.length ? listed : words(store, kept);
}

/** All finite parts of a union as one. */
export function merge(store: Store, parts: readonly Term[]): readonly Term[] {
  const listed = parts.filter(isWords);
  if (listed.length === 0 || (listed.length === 1 && !parts.includes(epsilon))) return parts;
  const joined = words(
    store,
    parts.flatMap((part) => (isWords(part) || part === epsilon ? finite(part)! : [])),
  );
  return [...parts.filter((part) => !isWords(part) && part !== epsilon), joined];
}

/** Binary search; the list is sorted from `at` on, since all share what is before. */
export function isMember(term: Kind<'words'>, text: string): boolean {
  let low = term.low;
  let high = term.high;
  while (low < high) {
    const middle = (low + high) >> 1;
    const word = nth(term.list, middle).slice(term.at);
    if (word === text) return true;
    if (word < text) low = middle + 1;
    else high = middle;
  }
  return false;
}
