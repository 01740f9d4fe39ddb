/** Whether one string is a word: one step per character, whatever the pattern. */
import { has } from './charset.ts';
import { moves } from './moves.ts';
import { all, none, type Store, scratchStore, type Term } from './term.ts';
import { isMember } from './wordset.ts';

/** Longer strings leave nothing behind in the store. */
const kept = 1000;
/** Terms a scratch store may hold before it is thrown away: bounds the memory of one match. */
const scratchTerms = 20_000;

export function matches(store: Store, term: Term, text: string): boolean {
  switch (term.kind) {
    // Each part of a boolean term walks alone: its states are few, their products may be many.
    case 'union':
      return term.parts.some((part) => matches(store, part, text));
    case 'intersection':
      return term.parts.every((part) => matches(store, part, text));
    case 'complement':
      return !matches(store, term.of, text);
    case 'words':
      return isMember(term, text);
    default:
      return walk(text.length > kept ? scratchStore(store) : store, term, text);
  }
}

function walk(store: Store, start: Term, text: string): boolean {
  let scratch = store;
  let term = start;
  for (let i = 0; i < text.length; i++) {
    if (term === none) return false;
    if (term === all) return true;
    const code = text.codePointAt(i)!;
    if (code > 0xffff) i++;
    term = step(scratch, term, code);
    if (text.length > kept && scratch.table.size > scratchTerms) scratch = scratchStore(store);
  }
  return term.nullable;
}

function step(store: Store, term: Term, code: number): Term {
  const { list, rest } = moves(store, term);
  for (const { set, next } of list) if (has(set, code)) return next;
  return rest;
}
