import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lru, madeOnce } from './lru.ts';

describe('a cache within a bound', () => {
  test('drops the least recently used entry first', () => {
    const cache = lru<number>(2);
    cache.set('a', 1);
    cache.set('b', 2);
    expect(cache.get('a')).toBe(1);
    cache.set('c', 3);
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3]);
  });

  test('does not keep what is heavier than all of it, nor what was there under that key', () => {
    const cache = lru<string>(10);
    cache.set('a', 'light', 4);
    cache.set('a', 'heavy', 11);
    expect(cache.get('a')).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  test('is empty after it was cleared', () => {
    const cache = lru<number>(10);
    cache.set('a', 1, 7);
    cache.clear();
    expect([cache.get('a'), cache.size]).toEqual([undefined, 0]);
    cache.set('b', 2, 10);
    expect(cache.get('b')).toBe(2);
  });

  const step = fc.oneof(
    fc.record({ does: fc.constant('set' as const), key: fc.nat(9), weight: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ does: fc.constantFrom('get' as const, 'delete' as const), key: fc.nat(9), weight: fc.constant(0) }),
  );

  test('holds what a list in the order of use would hold, and weighs what is in it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const cache = lru<number, number>(20);
        let model: readonly { readonly key: number; readonly weight: number; readonly value: number }[] = [];
        steps.forEach(({ does, key, weight }, value) => {
          const known = model.find((entry) => entry.key === key);
          const others = model.filter((entry) => entry.key !== key);
          if (does === 'get') {
            expect(cache.get(key)).toBe(known?.value);
            if (known) model = [...others, known];
          } else if (does === 'delete') {
            cache.delete(key);
            model = others;
          } else {
            cache.set(key, value, weight);
            model = [...others, { key, weight, value }];
            while (model.reduce((sum, entry) => sum + entry.weight, 0) > 20) model = model.slice(1);
          }
          expect(cache.size).toBe(model.reduce((sum, entry) => sum + entry.weight, 0));
        });
      }),
    );
  });
});

describe('a value made once', () => {
  test('is shared by all who ask while it is being made, and after', async () => {
    const cache = lru<Promise<number>>(5);
    let made = 0;
    const make = async () => {
      made += 1;
      return made;
    };
    expect(await Promise.all([madeOnce(cache, 'a', make), madeOnce(cache, 'a', make)])).toEqual([1, 1]);
    expect(await madeOnce(cache, 'a', make)).toBe(1);
  });

  test('is made again after a failure, and a later value is not dropped with an earlier failure', async () => {
    const cache = lru<Promise<number>>(5);
    const failing = madeOnce(cache, 'a', () => Promise.reject(new Error('no')));
    cache.set('a', Promise.resolve(2));
    await expect(failing).rejects.toThrow('no');
    expect(await madeOnce(cache, 'a', async () => 3)).toBe(2);
    cache.delete('a');
    await expect(madeOnce(cache, 'a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await madeOnce(cache, 'a', async () => 3)).toBe(3);
  });
});
