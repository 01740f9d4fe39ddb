/**
 * Patterns that only parse without the u flag see UTF-16 units, as Ajv then does: `^.$` does not match "😀". Their term reads units; this
 * reads it by code points, an astral one being two steps.
 */

import { nth } from '../nth.ts';
import { complement, intersection, union } from './boolean.ts';
import { type CharSet, intersect, nothing, surrogates } from './charset.ts';
import { moves, remainder } from './moves.ts';
import { all, epsilon, intern, type Move, none, type Store, type Term } from './term.ts';

const high: CharSet = [0xd800, 0xdbff];
const low: CharSet = [0xdc00, 0xdfff];
const singles: CharSet = [0, 0xffff];

export function units(store: Store, of: Term): Term {
  if (isUncut(of)) return of;
  // Strings and their units are two spellings of the same things: the boolean operators do not mind which.
  if (of.kind === 'complement') return complement(store, units(store, of.of));
  if (of.kind === 'union')
    return union(
      store,
      of.parts.map((part) => units(store, part)),
    );
  if (of.kind === 'intersection')
    return intersection(
      store,
      of.parts.map((part) => units(store, part)),
    );
  return intern(store, `x${of.id}`, (id) => ({
    id,
    kind: 'units',
    of,
    nullable: of.nullable,
    min: Math.ceil(of.min / 2),
    max: of.max,
  }));
}

/**
 * Surrogates occur in its words only where Σ* takes them, and what Σ* takes may end before or after a pair: no word depends on where a
 * pair is cut, so units and code points are the same to it.
 */
function isUncut(of: Term): boolean {
  if (of === none || of === epsilon || of === all) return true;
  switch (of.kind) {
    case 'chars':
      return of.set.at(-1)! <= 0xffff && intersect(of.set, surrogates).length === 0;
    case 'repeat':
      return isUncut(of.of);
    case 'concat':
      return isUncut(of.left) && isUncut(of.right);
    case 'union':
    case 'intersection':
      return of.parts.every(isUncut);
    default:
      return false;
  }
}

export function unitMoves(store: Store, of: Term): Move[] {
  const list: Move[] = [];
  for (const { set, next } of total(store, of)) {
    const single = intersect(set, singles);
    if (single.length > 0) list.push({ set: single, next: units(store, next) });
    const first = intersect(set, high);
    if (first.length === 0) continue;
    for (const second of total(store, next)) {
      const pairs = astral(first, intersect(second.set, low));
      if (pairs.length > 0) list.push({ set: pairs, next: units(store, second.next) });
    }
  }
  return list;
}

function total(store: Store, term: Term): readonly Move[] {
  const { list, rest } = moves(store, term);
  return [...list, { set: remainder(list), next: rest }];
}

/** The code points whose pair has its first unit in one set and its second in the other. */
function astral(first: CharSet, second: CharSet): CharSet {
  if (second.length === 0) return nothing;
  const set: number[] = [];
  const whole = second.length === 2 && second[0] === low[0] && second[1] === low[1];
  for (let i = 0; i < first.length; i += 2) {
    if (whole) set.push(codePoint(nth(first, i), 0xdc00), codePoint(nth(first, i + 1), 0xdfff));
    else {
      for (let unit = nth(first, i); unit <= nth(first, i + 1); unit++) {
        for (let j = 0; j < second.length; j += 2) {
          set.push(codePoint(unit, nth(second, j)), codePoint(unit, nth(second, j + 1)));
        }
      }
    }
  }
  return joined(set);
}

function codePoint(first: number, second: number): number {
  return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

/** Neighbouring intervals as one: the last of one block and the first of the next may touch. */
function joined(set: readonly number[]): CharSet {
  const result: number[] = [];
  for (let i = 0; i < set.length; i += 2) {
    if (result.length > 0 && result.at(-1)! + 1 === set[i]) result[result.length - 1] = nth(set, i + 1);
    else result.push(nth(set, i), nth(set, i + 1));
  }
  return result;
}
