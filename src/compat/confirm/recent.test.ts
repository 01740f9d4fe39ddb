import { expect, test } from 'vitest';
import { recent } from './recent.ts';

/** Keys weigh their length; `made` lists what was made, in order. */
function observed(maxWeight: number) {
  const made: string[] = [];
  const store = recent<string>(maxWeight, (key) => key.length);
  return { made, ask: (key: string) => store.of(key, () => `${key}${made.push(key)}`) };
}

test('what is kept is made once', () => {
  const { made, ask } = observed(10);
  expect([ask('aa'), ask('bb'), ask('aa')]).toEqual(['aa1', 'bb2', 'aa1']);
  expect(made).toEqual(['aa', 'bb']);
});

test('what was not used longest goes first, as much of it as the weight asks for', () => {
  const { made, ask } = observed(6);
  for (const key of ['aa', 'bb', 'cc', 'aa', 'ddd', 'aa', 'ddd', 'cc', 'bb']) ask(key);
  expect(made).toEqual(['aa', 'bb', 'cc', 'ddd', 'cc', 'bb']);
});

test('one that weighs too much is kept until the next', () => {
  const { made, ask } = observed(3);
  for (const key of ['long', 'long', 'a', 'long']) ask(key);
  expect(made).toEqual(['long', 'a', 'long']);
});

test('a value that is undefined is kept like any other', () => {
  let made = 0;
  const store = recent<undefined>(10, () => 1);
  const make = () => {
    made++;
    return undefined;
  };
  store.of('a', make);
  store.of('a', make);
  expect(made).toBe(1);
});
