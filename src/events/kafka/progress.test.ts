import { describe, expect, test } from 'vitest';
import { isOpen, type Progress, progressOf, settledBeyond, textOf, track } from './progress.ts';

const fresh: Progress = { offset: 10, done: [], given: [], beat: 0 };

/** Through the commit, as the next member reads it. */
const reread = (progress: Progress) => progressOf(String(progress.offset), textOf(progress))!;

describe('what is settled of a partition', () => {
  test('is everything before the first that is not', () => {
    const tracked = track(fresh);
    for (const offset of [10, 11, 12, 13]) tracked.take(offset);
    tracked.settle(10);
    tracked.settle(12);
    tracked.settle(13);
    expect(tracked.state()).toEqual({ offset: 11, done: [[12, 14]], given: [13] });
  });

  test('is all of it where nothing is open, and then nobody is known to have been given it', () => {
    const tracked = track(fresh);
    for (const offset of [10, 11]) tracked.take(offset);
    for (const offset of [11, 10]) tracked.settle(offset);
    expect(tracked.state()).toEqual({ offset: 12, done: [], given: [] });
  });

  test('counts offsets that hold no message, such as marks of transactions, as settled', () => {
    const tracked = track(fresh);
    for (const offset of [10, 15]) tracked.take(offset);
    expect(tracked.state()).toEqual({ offset: 10, done: [[11, 15]], given: [15] });
    tracked.settle(15);
    expect(tracked.state().done).toEqual([[11, 16]]);
  });

  test('is not taken again by the member itself, nor by the next', () => {
    const first = track(fresh);
    for (const offset of [10, 11, 12]) first.take(offset);
    expect(first.take(11)).toBe(false);
    first.settle(11);
    const second = track(reread({ ...fresh, ...first.state() }));
    expect([10, 11, 12, 13].map((offset) => second.take(offset))).toEqual([true, false, true, true]);
  });

  test('is not forgotten by a member that has not come to it yet', () => {
    const before: Progress = { ...fresh, done: [[14, 20]] };
    const tracked = track(before);
    tracked.take(10);
    expect(tracked.state().done).toEqual([[14, 20]]);
    expect(settledBeyond({ ...before, ...tracked.state() })).toBe(6);
  });
});

describe('how often a message was given', () => {
  test('is once more for each member that was given it and did not settle it', () => {
    let progress = fresh;
    for (const last of [12, 11]) {
      const tracked = track(progress);
      for (let offset = 10; offset <= last; offset += 1) tracked.take(offset);
      progress = reread({ ...progress, ...tracked.state() });
    }
    const third = track(progress);
    expect([10, 11, 12, 13].map((offset) => third.attemptOf(offset))).toEqual([3, 3, 2, 1]);
    expect(isOpen(progress)).toBe(true);
  });

  test('is forgotten with what was settled', () => {
    const tracked = track({ ...fresh, given: [11, 12] });
    for (const offset of [10, 11, 12]) tracked.take(offset);
    for (const offset of [10, 11, 12]) tracked.settle(offset);
    expect(isOpen({ ...fresh, ...tracked.state() })).toBe(false);
  });
});

describe('the text beside the offset', () => {
  test('says all of it', () => {
    const progress: Progress = {
      offset: 1_000,
      done: [
        [1_001, 1_005],
        [1_010, 1_011],
      ],
      given: [1_200, 1_300],
      holder: 'a',
      beat: 3,
      addresses: ['x.y', 'z'],
    };
    expect(reread(progress)).toEqual(progress);
  });

  test('stays within what brokers take, and leaves out of what is settled the latest', () => {
    const done = Array.from({ length: 5_000 }, (_, index) => [10 + 2 * index + 1, 10 + 2 * index + 2] as const);
    const progress = {
      ...fresh,
      done,
      addresses: Array.from({ length: 200 }, (_, index) => `a.long.address.${index}`),
    };
    const text = textOf(progress);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4_000);
    const read = progressOf('10', text)!;
    expect(read.done.length).toBeGreaterThan(100);
    expect(read.done).toEqual(done.slice(0, read.done.length));
    expect(read.addresses).toEqual(['*']);
  });

  test('may be another program’s, or none', () => {
    expect(progressOf('7', 'something')).toEqual({ offset: 7, done: [], given: [], beat: 0 });
    expect(progressOf('7', null)).toEqual({ offset: 7, done: [], given: [], beat: 0 });
    expect(progressOf('-1', '')).toBeUndefined();
  });
});
