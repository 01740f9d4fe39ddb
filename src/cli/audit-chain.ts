/**
 * Verifies an audit log from its rows alone, without trusting whoever keeps it: each row's hash is SHA-256 over the canonical JSON
 * of `{ entry, previousHash, sequence }`, and its `previousHash` is the hash of the row before (64 zeros for the first).
 */
import { canonicalize, sha256 } from '../schema/canonical.ts';
import type { JsonObject } from '../schema/json.ts';

export interface BrokenRow {
  readonly sequence: number;
  readonly what: string;
}

/** The first row that is wrong, given in the order of their sequence; undefined where the chain is whole. */
export function brokenRow(rows: readonly JsonObject[]): BrokenRow | undefined {
  let previousHash = '0'.repeat(64);
  for (const [index, row] of rows.entries()) {
    const expected = index + 1;
    const { sequence, previousHash: stated, hash, ...entry } = row;
    if (sequence !== expected) return { sequence: expected, what: 'is missing' };
    if (stated !== previousHash)
      return {
        sequence: expected,
        what: 'does not follow the row before it: one of the two was changed, or rows were moved',
      };
    if (hash !== sha256(canonicalize({ entry, previousHash: stated, sequence })))
      return { sequence: expected, what: 'was changed after it was written' };
    previousHash = hash;
  }
  return undefined;
}
