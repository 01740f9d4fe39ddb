import { expect, test } from 'vitest';
import { waitAfter } from './backoff.ts';

const plan = { firstMs: 1_000, longestMs: 60_000, attempts: 10 };

test('waits double up to the longest, somewhere in their upper half', () => {
  const waits = [1, 2, 3, 6, 7, 50].map((failures) => waitAfter(failures, () => 1, plan));
  expect(waits).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000]);
  const least = [1, 2, 3].map((failures) => waitAfter(failures, () => 0, plan));
  expect(least).toEqual([500, 1_000, 2_000]);
});
