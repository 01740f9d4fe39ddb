import { afterEach, expect, test, vi } from 'vitest';
import { createLine } from './line.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('those of one key are served in their order, whoever waits together, whatever comes of it; other keys do not wait', async () => {
  const seen: string[] = [];
  const line = createLine<string, string>(2, async (items) => {
    seen.push(`${items.join(' ')} begin`);
    await turn();
    return items.map((item) => async () => {
      await turn();
      seen.push(`${item} ends`);
      if (item === 'a2') throw new Error(item);
      return item;
    });
  });
  const all = ['a1', 'a2', 'a3', 'a4', 'b1'].map((item) => line.join(item.slice(0, 1), item));
  expect(line.has('a')).toBe(true);
  const settled = await Promise.allSettled(all);
  expect(settled.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason)))).toEqual([
    'a1',
    'Error: a2',
    'a3',
    'a4',
    'b1',
  ]);
  const ofA = ['a1 begin', 'a1 ends', 'a2 a3 begin', 'a2 ends', 'a3 ends', 'a4 begin', 'a4 ends'];
  expect(seen.filter((each) => each.startsWith('a'))).toEqual(ofA);
  expect(seen.indexOf('b1 begin')).toBeLessThan(seen.indexOf('a2 a3 begin'));
});

afterEach(() => {
  vi.useRealTimers();
});

test('a line stays for a while after the last of it was served, and is gone then', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const seen: string[] = [];
  const line = createLine<string, string>(8, async (items) => {
    seen.push(items.join(' '));
    await turn();
    return items.map((item) => async () => item);
  });
  expect(await line.join('a', 'a1')).toBe('a1');
  await turn();
  vi.advanceTimersByTime(80);
  expect(line.has('a')).toBe(true);
  const all = ['a2', 'a3', 'a4'].map((item) => line.join('a', item));
  vi.advanceTimersByTime(80);
  expect(await Promise.all(all)).toEqual(['a2', 'a3', 'a4']);
  expect(seen).toEqual(['a1', 'a2', 'a3 a4']);
  await turn();
  vi.advanceTimersByTime(80);
  expect(line.has('a')).toBe(true);
  vi.advanceTimersByTime(80);
  expect(line.has('a')).toBe(false);
});

test('those who were served together are waited for, by a quarter of what serving them took and no longer than 25 ms', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const seen: string[] = [];
  let tookMs = 40;
  const line = createLine<string, string>(8, async (items) => {
    seen.push(items.join(' '));
    await turn();
    vi.advanceTimersByTime(tookMs);
    return items.map((item) => async () => item);
  });
  const join = (...items: readonly string[]) => Promise.all(items.map((item) => line.join('a', item)));
  await join('a1', 'a2', 'a3', 'a4');
  expect(seen).toEqual(['a1', 'a2 a3 a4']);
  const early = join('a5', 'a6');
  await turn();
  expect(seen).toHaveLength(2);
  await Promise.all([early, join('a7')]);
  expect(seen.at(-1)).toBe('a5 a6 a7');
  const late = async (item: string, waitMs: number) => {
    const joined = join(item);
    await turn();
    vi.advanceTimersByTime(waitMs - 1);
    await turn();
    expect(seen.at(-1)).not.toBe(item);
    vi.advanceTimersByTime(1);
    await joined;
    expect(seen.at(-1)).toBe(item);
  };
  await late('a8', 10);
  tookMs = 1_000;
  await join('a9');
  await join('b1', 'b2', 'b3');
  await late('b4', 25);
});

test('where serving fails, all that were to be served hear of it, and the next are served', async () => {
  let isFailing = true;
  const line = createLine<string, string>(8, async (items) => {
    await turn();
    if (isFailing) throw new Error('out of order');
    return items.map((item) => async () => item);
  });
  await expect(line.join('a', 'a1')).rejects.toThrow('out of order');
  isFailing = false;
  expect(await line.join('a', 'a2')).toBe('a2');
});
