/** Whether one string is a word: one step per character, whatever the pattern. */
import { type CharSet, has } from './charset.ts';
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
      return inPlace(term, text) ?? walk(text.length > kept ? scratchStore(store) : store, term, text);
  }
}

const surrogate = /[\ud800-\udfff]/;

/**
 * Where each part but the last has one length, as in the pattern of a UUID, every character has one place and no state is needed.
 * undefined: this is not such a term, or the text holds characters of two units.
 */
function inPlace(term: Term, text: string): boolean | undefined {
  return surrogate.test(text) ? undefined : fits(term, text, 0, text.length);
}

function fits(term: Term, text: string, from: number, to: number): boolean | undefined {
  if (to - from < term.min || to - from > term.max) return false;
  switch (term.kind) {
    case 'epsilon':
      return true;
    case 'chars':
    case 'repeat': {
      const of = term.kind === 'repeat' ? term.of : term;
      return of.kind === 'chars' ? areIn(of.set, text, from, to) : undefined;
    }
    case 'concat': {
      const { left, right } = term;
      if (left.min !== left.max) return undefined;
      const first = fits(left, text, from, from + left.min);
      return first === true ? fits(right, text, from + left.min, to) : first;
    }
    default:
      return undefined;
  }
}

function areIn(set: CharSet, text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (!has(set, text.charCodeAt(at))) return false;
  return true;
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
