/** Which character to show where several would do, and in which order to try them. */

import { nth } from '../nth.ts';
import { type CharSet, fromIntervals, intersect, last, subtract } from './charset.ts';

/** Best first: what a person would type, then print, then the rest. Surrogates are in none: no witness contains them. */
const tiers: readonly CharSet[] = [
  [97, 122],
  [65, 90],
  [48, 57],
  [45, 45],
  [95, 95],
  [32, 32],
  [33, 126],
  [9, 10],
  [0xa1, 0x24f],
  [0x250, 0xd7ff, 0xf900, 0xfdcf],
  [0x10000, last],
  [0, 0xd7ff, 0xe000, 0xffff],
];

/** Well-formed text is made of these. */
export const scalars: CharSet = [0, 0xd7ff, 0xe000, last];

/** What an identifier, a path, an address or a title is made of. */
export const plain: CharSet = fromIntervals([
  [97, 122],
  [65, 90],
  [48, 57],
  [32, 32],
  [45, 47],
  [58, 58],
  [64, 64],
  [95, 95],
]);

export interface Choice {
  readonly code: number;
  /** Lower is more readable. */
  readonly rank: number;
}

/** The most readable character of a set, unless it has none but surrogates. */
export function choose(set: CharSet): Choice | undefined {
  for (const [rank, tier] of tiers.entries()) {
    const code = first(set, tier);
    if (code !== undefined) return { code, rank };
  }
  return undefined;
}

function first(set: CharSet, tier: CharSet): number | undefined {
  for (let i = 0; i < set.length; i += 2) {
    for (let j = 0; j < tier.length; j += 2) {
      const low = Math.max(nth(set, i), nth(tier, j));
      if (low <= Math.min(nth(set, i + 1), nth(tier, j + 1))) return low;
    }
  }
  return undefined;
}

/** All characters of a set, most readable tier first; lazily, for the set may hold a million. */
export function* characters(set: CharSet): Generator<number> {
  let left = set;
  for (const tier of tiers) {
    const met = intersect(left, tier);
    for (let i = 0; i < met.length; i += 2) {
      for (let code = nth(met, i); code <= nth(met, i + 1); code++) yield code;
    }
    left = subtract(left, tier);
  }
}
