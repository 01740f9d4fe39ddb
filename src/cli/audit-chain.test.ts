import { expect, test } from 'vitest';
import { canonicalize, sha256 } from '../schema/canonical.ts';
import type { JsonObject } from '../schema/json.ts';
import { brokenRow } from './audit-chain.ts';

function chain(entries: readonly JsonObject[]): JsonObject[] {
  let previousHash = '0'.repeat(64);
  return entries.map((entry, index) => {
    const sequence = index + 1;
    const hash = sha256(canonicalize({ entry, previousHash, sequence }));
    const row = { ...entry, sequence, previousHash, hash };
    previousHash = hash;
    return row;
  });
}

const whole = chain([{ actor: 'a' }, { actor: 'b' }, { actor: 'c' }]);

test('a whole chain has no broken row', () => {
  expect(brokenRow(whole)).toBeUndefined();
  expect(brokenRow([])).toBeUndefined();
});

test('a changed row is named', () => {
  const changed = whole.with(1, { ...whole[1], actor: 'mallory' });
  expect(brokenRow(changed)).toMatchObject({ sequence: 2, what: expect.stringContaining('changed') });
});

test('a changed row with its hash made right again is caught by the row after it', () => {
  const entry = { actor: 'mallory' };
  const previousHash = String(whole[1]?.previousHash);
  const hash = sha256(canonicalize({ entry, previousHash, sequence: 2 }));
  expect(brokenRow(whole.with(1, { ...entry, previousHash, hash, sequence: 2 }))).toMatchObject({ sequence: 3 });
});

test('a missing row is named', () => {
  expect(brokenRow(whole.toSpliced(1, 1))).toMatchObject({ sequence: 2, what: 'is missing' });
});

test('two rows that changed places are named', () => {
  const [first, second, third] = whole as [JsonObject, JsonObject, JsonObject];
  const swapped = [first, { ...third, sequence: 2 }, { ...second, sequence: 3 }];
  expect(brokenRow(swapped)).toMatchObject({ sequence: 2 });
});
