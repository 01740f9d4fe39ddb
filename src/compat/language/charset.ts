/** Sets of code points: sorted, disjoint, non-adjacent intervals, flat as [low, high, low, high, …]. Immutable. */
import { nth } from '../nth.ts';
export type CharSet = readonly number[];

export const last = 0x10ffff;
export const nothing: CharSet = [];
export const everything: CharSet = [0, last];
export const surrogates: CharSet = [0xd800, 0xdfff];

export function has(set: CharSet, code: number): boolean {
  let low = 0;
  let high = set.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (code > nth(set, 2 * middle + 1)) low = middle + 1;
    else high = middle;
  }
  return 2 * low < set.length && nth(set, 2 * low) <= code;
}

/** Any intervals, in any order. */
export function fromIntervals(intervals: readonly (readonly [number, number])[]): CharSet {
  const sorted = [...intervals].sort((a, b) => a[0] - b[0]);
  const set: number[] = [];
  for (const [low, high] of sorted) append(set, low, high);
  return set;
}

function append(set: number[], low: number, high: number): void {
  const end = set.length - 1;
  if (end > 0 && low <= nth(set, end) + 1) {
    if (high > nth(set, end)) set[end] = high;
  } else set.push(low, high);
}

export function unite(a: CharSet, b: CharSet): CharSet {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const set: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (j >= b.length || (i < a.length && nth(a, i) <= nth(b, j))) {
      append(set, nth(a, i), nth(a, i + 1));
      i += 2;
    } else {
      append(set, nth(b, j), nth(b, j + 1));
      j += 2;
    }
  }
  return set;
}

export function intersect(a: CharSet, b: CharSet): CharSet {
  const set: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const low = Math.max(nth(a, i), nth(b, j));
    const high = Math.min(nth(a, i + 1), nth(b, j + 1));
    if (low <= high) set.push(low, high);
    if (nth(a, i + 1) < nth(b, j + 1)) i += 2;
    else j += 2;
  }
  return set;
}

export function negate(set: CharSet): CharSet {
  const rest: number[] = [];
  let from = 0;
  for (let i = 0; i < set.length; i += 2) {
    if (nth(set, i) > from) rest.push(from, nth(set, i) - 1);
    from = nth(set, i + 1) + 1;
  }
  if (from <= last) rest.push(from, last);
  return rest;
}

export function subtract(a: CharSet, b: CharSet): CharSet {
  if (a.length === 0 || b.length === 0) return a;
  const set: number[] = [];
  let j = 0;
  for (let i = 0; i < a.length; i += 2) {
    let low = nth(a, i);
    const high = nth(a, i + 1);
    while (j < b.length && nth(b, j + 1) < low) j += 2;
    for (let k = j; k < b.length && nth(b, k) <= high; k += 2) {
      if (nth(b, k) > low) set.push(low, nth(b, k) - 1);
      low = nth(b, k + 1) + 1;
    }
    if (low <= high) set.push(low, high);
  }
  return set;
}

export function isSubset(a: CharSet, b: CharSet): boolean {
  return subtract(a, b).length === 0;
}

export function isEverything(set: CharSet): boolean {
  return set.length === 2 && set[0] === 0 && set[1] === last;
}

export function meets(a: CharSet, b: CharSet): boolean {
  return intersect(a, b).length > 0;
}
