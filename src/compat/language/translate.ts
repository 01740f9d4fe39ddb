/**
 * From a pattern to the language of the strings it finds a match in. What looks at its surroundings (^ $ \b and look-ahead) is read with
 * its continuation: the language of what may follow. (?=y)k is yΣ* ∩ k, (?!y)k is ¬(yΣ*) ∩ k, $k is ε ∩ k, and ^k is k at the start.
 */
import type { AST } from '@eslint-community/regexpp';
import { nth } from '../nth.ts';
import { separate } from './behind.ts';
import { complement, intersection, union } from './boolean.ts';
import { chars, concat, repeat, sequence } from './build.ts';
import { negate } from './charset.ts';
import { wordCharacters } from './class.ts';
import { beyond, type Parsed } from './pattern.ts';
import { type Reader, regular } from './regular.ts';
import { all, any, epsilon, none, type Store, type Term } from './term.ts';
import { units } from './units.ts';

/** What lies before a position: nothing, a word character, another; and whether the innermost repetition's turn has consumed. */
interface Position {
  readonly before: 'start' | 'word' | 'other';
  readonly moved: boolean;
}

/** The language of what may follow a position. */
type Continuation = (position: Position) => Term;

export function translate(store: Store, parsed: Parsed, ignoreCase = false): Term {
  const { pattern, unicode } = parsed;
  const boundaries = /\\[bB]/.test(pattern.raw);
  const anchored = pattern.raw.includes('^');
  const reader: Reader = { store, flags: { unicode, ignoreCase }, boundaries, anchored, regular: new Map() };
  const found = search(reader, pattern.alternatives, all);
  return unicode ? found : units(store, found);
}

/** Strings in which one of the alternatives matches somewhere, and `end` is what follows the match. */
function search(reader: Reader, alternatives: readonly AST.Alternative[], end: Term): Term {
  return union(
    reader.store,
    alternatives.map(({ elements }) => searchFor(reader, elements, end)),
  );
}

function searchFor(reader: Reader, elements: readonly AST.Element[], end: Term): Term {
  const { store } = reader;
  const separated = separate(elements);
  if (!separated) return anywhere(reader, (position) => series(reader, elements, 0, position, () => end));
  const { before, behind, after } = separated;
  const matched = search(reader, behind.alternatives, epsilon);
  const read = intersection(store, [
    searchFor(reader, before, epsilon),
    behind.negate ? complement(store, matched) : matched,
  ]);
  return follow(
    reader,
    read,
    { before: 'start', moved: true },
    remember((position) => series(reader, after, 0, position, () => end)),
  );
}

/** Matches that begin at the start, and those that begin further on. */
function anywhere(reader: Reader, begin: Continuation): Term {
  const { store } = reader;
  const from = (before: Position['before']) => begin({ before, moved: true });
  const start = from('start');
  if (start === all) return all;
  // Only ^ and \b tell the start from elsewhere.
  const other = reader.boundaries || reader.anchored ? from('other') : start;
  const word = reader.boundaries ? from('word') : other;
  if (word === other) {
    if (start === other) return concat(store, all, other);
    return union(store, [start, sequence(store, [any, all, other])]);
  }
  const { wordEnd, otherEnd } = ends(store);
  return union(store, [start, sequence(store, [wordEnd, word]), sequence(store, [otherEnd, other])]);
}

/** Strings that end in a word character, and in another. */
function ends(store: Store): { readonly wordEnd: Term; readonly otherEnd: Term } {
  return {
    wordEnd: concat(store, all, chars(store, wordCharacters)),
    otherEnd: concat(store, all, chars(store, negate(wordCharacters))),
  };
}

function choice(
  reader: Reader,
  alternatives: readonly AST.Alternative[],
  position: Position,
  next: Continuation,
): Term {
  return union(
    reader.store,
    alternatives.map((alternative) => series(reader, alternative.elements, 0, position, next)),
  );
}

/** Elements from `from` on; neighbours that look nowhere are one term. */
function series(
  reader: Reader,
  elements: readonly AST.Element[],
  from: number,
  position: Position,
  next: Continuation,
): Term {
  if (from >= elements.length) return next(position);
  let to = from;
  const plain: Term[] = [];
  for (; to < elements.length; to++) {
    const term = regular(reader, nth(elements, to));
    if (!term) break;
    plain.push(term);
  }
  if (to > from) {
    const rest = to < elements.length ? remember((then) => series(reader, elements, to, then, next)) : next;
    return follow(reader, sequence(reader.store, plain), position, rest);
  }
  const rest = remember((then) => series(reader, elements, from + 1, then, next));
  return element(reader, nth(elements, from), position, rest);
}

/** A continuation is asked for few places but from many sides. */
function remember(next: Continuation): Continuation {
  const known = new Map<string, Term>();
  return (position) => {
    const key = `${position.before}${position.moved}`;
    const found = known.get(key) ?? next(position);
    known.set(key, found);
    return found;
  };
}

/** r·k, where k may depend on whether r consumed and what it ended in. */
function follow(reader: Reader, term: Term, position: Position, next: Continuation): Term {
  const { store } = reader;
  const other = next({ before: 'other', moved: true });
  const word = reader.boundaries ? next({ before: 'word', moved: true }) : other;
  const still = term.nullable ? next(position) : none;
  if (word === other) {
    if (!term.nullable || still === other) return concat(store, term, other);
    return union(store, [still, concat(store, consuming(store, term), other)]);
  }
  const { wordEnd, otherEnd } = ends(store);
  return union(store, [
    still,
    concat(store, intersection(store, [term, wordEnd]), word),
    concat(store, intersection(store, [term, otherEnd]), other),
  ]);
}

function consuming(store: Store, term: Term): Term {
  return intersection(store, [term, repeat(store, any, 1, Number.POSITIVE_INFINITY)]);
}

function element(reader: Reader, node: AST.Element, position: Position, next: Continuation): Term {
  switch (node.type) {
    case 'Group':
    case 'CapturingGroup':
      return choice(reader, node.alternatives, position, next);
    case 'Quantifier':
      return quantified(reader, node, position, next);
    case 'Assertion':
      return assertion(reader, node, position, next);
    default:
      // All others are regular and were taken by `series`; one that is not (a set of the v flag) matches anything it likes.
      return follow(reader, all, position, next);
  }
}

function assertion(reader: Reader, node: AST.Assertion, position: Position, next: Continuation): Term {
  const { store } = reader;
  switch (node.kind) {
    case 'start':
      return position.before === 'start' ? next(position) : none;
    case 'end':
      return next(position).nullable ? epsilon : none;
    case 'word': {
      const wordNext = concat(store, chars(store, wordCharacters), all);
      const differs = (position.before === 'word') !== node.negate;
      return intersection(store, [differs ? complement(store, wordNext) : wordNext, next(position)]);
    }
    case 'lookahead': {
      // Refuting a superset would cut too much.
      if (node.negate && beyond(node) !== undefined) return next(position);
      const ahead = choice(reader, node.alternatives, { before: position.before, moved: true }, () => all);
      return intersection(store, [node.negate ? complement(store, ahead) : ahead, next(position)]);
    }
    case 'lookbehind':
      // One that could not be separated. A superset: see Parsed.beyond.
      return next(position);
  }
}

function quantified(reader: Reader, node: AST.Quantifier, position: Position, next: Continuation): Term {
  // Turn after turn from the last: X_min is k ∪ body·X_min+1, and below min the body must come.
  let then = next;
  if (node.max === Number.POSITIVE_INFINITY) then = loop(reader, node.element, next);
  else {
    for (let turn = node.max; turn > node.min; turn--) {
      const after = then;
      then = remember((at) => union(reader.store, [next(at), oneTurn(reader, node.element, at, after)]));
    }
  }
  for (let turn = 0; turn < node.min; turn++) {
    const after = then;
    then = remember((at) => oneTurn(reader, node.element, at, after));
  }
  return then(position);
}

function oneTurn(reader: Reader, node: AST.Element, position: Position, next: Continuation): Term {
  return series(reader, [node], 0, position, next);
}

/** k ∪ body·(itself), for turns that consume: one that does not adds no string. */
function loop(reader: Reader, body: AST.Element, next: Continuation): Continuation {
  const { store } = reader;
  const again: Continuation = remember((position) => {
    const exit = next(position);
    const turn: Position = { before: position.before, moved: false };
    const unfold = (): Term => {
      const onward: Continuation = (at) => (at.moved ? again(at) : none);
      return union(store, [exit, oneTurn(reader, body, turn, onward)]);
    };
    const id = store.ids.next++;
    return { id, kind: 'loop', unfold, nullable: exit.nullable, min: 0, max: Number.POSITIVE_INFINITY };
  });
  return again;
}
