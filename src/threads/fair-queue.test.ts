import { expect, test } from 'vitest';
import { fairQueue } from './fair-queue.ts';

const anybody = () => true;

function filled(entries: readonly (readonly [string, string])[]) {
  const queue = fairQueue<string>();
  for (const [caller, item] of entries) queue.push(caller, item);
  return queue;
}

function takeAll(queue: ReturnType<typeof filled>, isEligible: (caller: string) => boolean = anybody) {
  const taken: string[] = [];
  for (let item = queue.take(isEligible); item !== undefined; item = queue.take(isEligible)) taken.push(item);
  return taken;
}

test('callers take turns, and each is served in the order of arrival', () => {
  const queue = filled([
    ['a', 'a1'],
    ['a', 'a2'],
    ['a', 'a3'],
    ['b', 'b1'],
    ['c', 'c1'],
    ['c', 'c2'],
  ]);
  expect(takeAll(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
  expect(queue.size).toBe(0);
});

test('who comes back after an empty line has no advantage over who waits', () => {
  const queue = filled([
    ['a', 'a1'],
    ['a', 'a2'],
    ['b', 'b1'],
  ]);
  expect(queue.take(anybody)).toBe('a1');
  queue.push('b', 'b2');
  queue.push('c', 'c1');
  expect(takeAll(queue)).toEqual(['b1', 'a2', 'c1', 'b2']);
});

test('a caller that is not eligible keeps its place', () => {
  const queue = filled([
    ['a', 'a1'],
    ['b', 'b1'],
  ]);
  expect(queue.take((caller) => caller !== 'a')).toBe('b1');
  expect(queue.take((caller) => caller !== 'a')).toBeUndefined();
  expect(queue.waitingOf('a')).toBe(1);
  expect(queue.take(anybody)).toBe('a1');
});

test('what is removed is not served, and is removed once', () => {
  const queue = filled([
    ['a', 'a1'],
    ['a', 'a2'],
  ]);
  expect(queue.remove('a', 'a1')).toBe(true);
  expect(queue.remove('a', 'a1')).toBe(false);
  expect(queue.size).toBe(1);
  expect(queue.drain()).toEqual(['a2']);
  expect([queue.size, queue.waitingOf('a')]).toEqual([0, 0]);
});
