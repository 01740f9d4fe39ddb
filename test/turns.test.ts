import { expect, test } from 'vitest';
import { inTurns } from '../src/registry/turns.ts';

function busy(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

test('long work on many items leaves the thread to others in between, and keeps the order', async () => {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  const results = await inTurns(
    Array.from({ length: 40 }, (_, index) => index),
    (item) => {
      busy(10);
      return item * 2;
    },
  );
  clearInterval(timer);
  expect(results).toEqual(Array.from({ length: 40 }, (_, index) => index * 2));
  expect(turns).toBeGreaterThanOrEqual(8);
});

test('work that waits is waited for', async () => {
  expect(await inTurns([1, 2], async (item) => item + 1)).toEqual([2, 3]);
});
