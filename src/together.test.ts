import { expect, test } from 'vitest';
import { together } from './together.ts';

const after = async (milliseconds: number, work: () => string) => {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return work();
};
const failing = (why: string) => () => {
  throw new Error(why);
};

test('answers come in the order of the questions', async () => {
  expect(await together([after(20, () => 'slow'), after(0, () => 'quick')])).toEqual(['slow', 'quick']);
});

test('a failure is thrown once nothing runs any more: what would still write has ended', async () => {
  let ended = false;
  const running = after(50, () => {
    ended = true;
    return '';
  });
  await expect(together([after(0, failing('refused')), running])).rejects.toThrow('refused');
  expect(ended).toBe(true);
});

test('of several failures the first in time is thrown: those after it say only that the transaction is over', async () => {
  await expect(together([after(40, failing('aborted')), after(0, failing('the reason'))])).rejects.toThrow(
    'the reason',
  );
});
