/** Mappings in a process of their own, as built: what an expression of a stranger costs, it costs that process. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Work } from '../src/threads/work.ts';

const built = new URL('../dist/threads/work.js', import.meta.url).href;
const { startWork }: typeof import('../src/threads/work.ts') = await import(built);

const { processExecutor }: typeof import('../src/threads/executor.ts') = await import(
  new URL('../dist/threads/executor.js', import.meta.url).href
);

const someone = { queue: 'someone' };

let pool: Work;
beforeAll(() => {
  pool = startWork({ timeoutMs: 3_000 });
});
afterAll(() => pool.close());

const pairs = (backward: string, event: { readonly [name: string]: string | number } = {}) =>
  pool.comparePairs({ backward, pairs: [{ old: {}, new: event }] }, someone);

/** Whether this thread goes on while `work` is under way. */
async function beating<T>(work: Promise<T>): Promise<{ readonly beats: number; readonly result: T | unknown }> {
  let beats = 0;
  const heart = setInterval(() => {
    beats += 1;
  }, 10);
  const result = await work.catch((error: unknown) => error);
  clearInterval(heart);
  return { beats, result };
}

describe('a hostile expression', () => {
  test('whose pattern backtracks without end is ended by time, and the next one is served', async () => {
    const { beats, result } = await beating(pairs('$match(a, /^(a+)+$/)', { a: `${'a'.repeat(40)}!` }));
    expect(result).toMatchObject({ code: 'MAPPING_TOO_COSTLY', details: { reason: 'time' } });
    expect(beats).toBeGreaterThan(20);
    expect(await pairs('{}')).toEqual([{ differences: [] }]);
  }, 60_000);

  test('that fills the memory is ended, and the next one is served', async () => {
    const roomy = startWork({ timeoutMs: 60_000 });
    const task = { backward: '[1..9999].[1..9999]', pairs: [{ old: {}, new: {} }] };
    const { beats, result } = await beating(roomy.comparePairs(task, someone));
    expect(result).toMatchObject({ code: 'MAPPING_TOO_COSTLY', details: { reason: 'memory' } });
    expect(beats).toBeGreaterThan(20);
    expect(await roomy.comparePairs({ ...task, backward: '{}' }, someone)).toEqual([{ differences: [] }]);
    await roomy.close();
  }, 60_000);

  test.each([
    ['pads a text to half a gigabyte', '$length($pad("x", 500000000))'],
    [
      'doubles a text again and again',
      '($d := function($s, $n) {$n = 0 ? $s : $d($s & $s, $n - 1)}; $length($d("xxxx", 30)))',
    ],
    ['makes thousands of long texts', '$join([1..9000].$pad("x", 900000))'],
  ])('that %s is refused for its size', async (_, backward) => {
    expect(await pairs(backward)).toEqual([{ differences: [], failed: 'size' }]);
  });

  test.each(['function(){$$}', '$sum', '{"a": [$sum]}'])('that answers a function, %s, says so', async (backward) => {
    expect(await pairs(backward)).toEqual([{ differences: [], failed: 'function' }]);
  });

  test('that aborts the whole process it runs in is ended for its memory, and the next one is served', async () => {
    // what V8 does where one allocation is larger than the heap
    const aborting = startWork({
      process: processExecutor(new URL('./support/children/aborting.mjs', import.meta.url), 64),
    });
    const task = { backward: '$', pairs: [{ old: {}, new: {} }] };
    await expect(aborting.comparePairs(task, someone)).rejects.toMatchObject({ code: 'MAPPING_TOO_COSTLY' });
    await expect(aborting.comparePairs(task, someone)).rejects.toMatchObject({ details: { reason: 'memory' } });
    await aborting.close();
    expect(await pairs('{}')).toEqual([{ differences: [] }]);
  });

  test('that never ends runs out of steps', async () => {
    expect(await pairs('($f := function($x){$f($x)}; $f(1))')).toEqual([{ differences: [], failed: 'steps' }]);
  });

  test('sees nothing of the process it runs in', async () => {
    for (const text of [
      '$process',
      '$globalThis',
      '$require',
      '$lookup($, "constructor")',
      '$.constructor.constructor',
    ])
      expect(await pairs(`{"found": $exists(${text})}`)).toEqual([
        { differences: [{ pointer: '/found', kind: 'unexpected' }] },
      ]);
    expect(
      await pairs('{"a": $exists($process) or $exists($.constructor.constructor)} = {"a": false} ? {} : 1'),
    ).toEqual([{ differences: [] }]);
  });
});
