/**
 * Words of a wanted length without visiting states: `maxLength` 65,536 against 65,535 is a question about numbers. Works for terms without
 * ∩ and complement whose lengths are few intervals; for others `undefined`, and the automaton is searched.
 */

import { nth } from '../nth.ts';
import { choose } from './readable.ts';
import { type Term, times } from './term.ts';

/** Sorted, disjoint, non-adjacent, both ends included. */
type Lengths = readonly (readonly [number, number])[];

/** More intervals than this are not followed: the automaton may still answer. */
const limit = 64;

/** null: too many intervals. */
const known = new WeakMap<Term, Lengths | null>();

export function lengthsOf(term: Term): Lengths | undefined {
  if (term.kind === 'chars' || (term.kind === 'repeat' && term.of.kind === 'chars')) return compute(term);
  const found = known.get(term);
  if (found !== undefined) return found ?? undefined;
  const lengths = compute(term);
  known.set(term, lengths ?? null);
  return lengths;
}

function compute(term: Term): Lengths | undefined {
  switch (term.kind) {
    case 'none':
      return [];
    case 'epsilon':
      return [[0, 0]];
    case 'chars':
      return choose(term.set) ? [[1, 1]] : [];
    case 'concat': {
      const left = lengthsOf(term.left);
      const right = left && lengthsOf(term.right);
      return right && sum(left, right);
    }
    case 'union': {
      const parts: (readonly [number, number])[] = [];
      for (const part of term.parts) {
        const lengths = lengthsOf(part);
        if (!lengths) return undefined;
        parts.push(...lengths);
      }
      return tidy(parts);
    }
    case 'repeat': {
      const of = lengthsOf(term.of);
      return of && turns(of, term.from, term.to);
    }
    default:
      return undefined;
  }
}

function sum(left: Lengths, right: Lengths): Lengths | undefined {
  const [a, b] = [left[0], right[0]];
  // mostly each is one interval
  if (left.length === 1 && right.length === 1 && a && b) return [[a[0] + b[0], a[1] + b[1]]];
  return tidy(left.flatMap(([a, b]) => right.map(([c, d]) => [a + c, b + d] as const)));
}

function turns(of: Lengths, from: number, to: number): Lengths | undefined {
  if (of.length === 0) return from === 0 ? [[0, 0]] : [];
  const [low, high] = nth(of, 0);
  // With single characters to fill every gap, the longer turns add nothing.
  if (of.length > 1 && !(to === Number.POSITIVE_INFINITY && low <= 1 && high >= 1)) return undefined;
  const found: [number, number][] = [];
  for (let k = from; k <= to; k++) {
    // From here on the next interval always touches this one.
    if (times(low, k + 1) <= times(high, k) + 1) {
      found.push([times(low, k), times(high, to)]);
      return tidy(found);
    }
    found.push([times(low, k), times(high, k)]);
    if (found.length > limit) return undefined;
  }
  return tidy(found);
}

function tidy(intervals: readonly (readonly [number, number])[]): Lengths | undefined {
  const sorted = [...intervals].sort((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const [low, high] of sorted) {
    const end = joined.at(-1);
    if (end && low <= end[1] + 1) end[1] = Math.max(end[1], high);
    else joined.push([low, high]);
  }
  return joined.length > limit ? undefined : joined;
}

export function firstLength(lengths: Lengths, min: number, max: number): number | undefined {
  for (const [low, high] of lengths) {
    const length = Math.max(low, min);
    if (length <= high) return length <= max ? length : undefined;
  }
  return undefined;
}

/** A word of exactly this length, which `lengthsOf` says exists. */
export function wordOfLength(term: Term, length: number): string | undefined {
  switch (term.kind) {
    case 'epsilon':
      return length === 0 ? '' : undefined;
    case 'chars':
      return length === 1 ? String.fromCodePoint(choose(term.set)!.code) : undefined;
    case 'union': {
      const part = term.parts.find((candidate) => includes(lengthsOf(candidate), length));
      return part && wordOfLength(part, length);
    }
    case 'concat': {
      const split = share(lengthsOf(term.left), lengthsOf(term.right), length);
      if (split === undefined) return undefined;
      const left = wordOfLength(term.left, split);
      const right = wordOfLength(term.right, length - split);
      return left === undefined || right === undefined ? undefined : left + right;
    }
    case 'repeat':
      return repeated(term.of, term.from, term.to, length);
    default:
      return undefined;
  }
}

function includes(lengths: Lengths | undefined, length: number): boolean {
  return lengths?.some(([low, high]) => low <= length && length <= high) ?? false;
}

/** How much of `length` the left takes so that the right can have what is left. */
function share(left: Lengths | undefined, right: Lengths | undefined, length: number): number | undefined {
  for (const [a, b] of left ?? []) {
    for (const [c, d] of right ?? []) {
      const taken = Math.max(a, length - d);
      if (taken <= Math.min(b, length - c)) return taken;
    }
  }
  return undefined;
}

function repeated(of: Term, from: number, to: number, length: number): string | undefined {
  const lengths = lengthsOf(of);
  if (lengths?.length === 0) return length === 0 && from === 0 ? '' : undefined;
  const [low, high] = lengths?.[0] ?? [0, 0];
  if (length === 0 && (from === 0 || low === 0)) return '';
  const count = Math.max(from, 1, high === 0 ? 0 : Math.ceil(length / high));
  if (count > to || times(low, count) > length) return undefined;
  // Each turn the least it can, the first ones as much more as is needed: at most three different words, repeated.
  const spare = length - times(low, count);
  const room = high - low;
  const full = room === 0 ? 0 : room === Number.POSITIVE_INFINITY ? (spare > 0 ? 1 : 0) : Math.floor(spare / room);
  const part = room === Number.POSITIVE_INFINITY ? 0 : spare - full * room;
  const max = room === Number.POSITIVE_INFINITY ? low + spare : high;
  const pieces = [
    full > 0 ? wordOfLength(of, max)?.repeat(full) : '',
    part > 0 ? wordOfLength(of, low + part) : '',
    count - full - (part > 0 ? 1 : 0) > 0 ? wordOfLength(of, low)?.repeat(count - full - (part > 0 ? 1 : 0)) : '',
  ];
  return pieces.includes(undefined) ? undefined : pieces.join('');
}
