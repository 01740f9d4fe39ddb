import { expect, test } from 'vitest';
import { createLine } from './line.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('work of one key runs in its order, one at a time, whatever comes of it; other keys do not wait', async () => {
  const line = createLine();
  const seen: string[] = [];
  const work =
    (name: string, fails = false) =>
    async () => {
      seen.push(`${name} begins`);
      await turn();
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  const all = [line.run('a', work('a1', true)), line.run('a', work('a2')), line.run('b', work('b1'))];
  expect(line.has('a')).toBe(true);
  expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(seen.filter((each) => each.startsWith('a'))).toEqual(['a1 begins', 'a1 ends', 'a2 begins', 'a2 ends']);
  expect(seen.indexOf('b1 begins')).toBeLessThan(seen.indexOf('a2 begins'));
  expect(line.has('a')).toBe(false);
});
