/** Mappings in threads, as built: what an expression of a stranger costs, it costs its own thread. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MappingPool } from '../src/threads/mapping-pool.ts';

const built = new URL('../dist/threads/mapping-pool.js', import.meta.url).href;
const { mappingPool }: typeof import('../src/threads/mapping-pool.ts') = await import(built);

let pool: MappingPool;
beforeAll(() => {
  pool = mappingPool({ timeoutMs: 3_000 });
});
afterAll(() => pool.close());

const pairs = (backward: string, event: { readonly [name: string]: string | number } = {}) =>
  pool.comparePairs({ backward, pairs: [{ old: {}, new: event }] });

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
    expect(result).toMatchObject({ code: 'MAPPING_TOO_COSTLY', details: { what: 'time' } });
    expect(beats).toBeGreaterThan(20);
    expect(await pairs('{}')).toEqual([{ differences: [] }]);
  }, 60_000);

  test('that fills the memory is ended, and the next one is served', async () => {
    const roomy = mappingPool({ timeoutMs: 60_000 });
    const task = { backward: '[1..9999].[1..9999]', pairs: [{ old: {}, new: {} }] };
    const { beats, result } = await beating(roomy.comparePairs(task));
    expect(result).toMatchObject({ code: 'MAPPING_TOO_COSTLY', details: { what: 'memory' } });
    expect(beats).toBeGreaterThan(20);
    expect(await roomy.comparePairs({ ...task, backward: '{}' })).toEqual([{ differences: [] }]);
    await roomy.close();
  }, 60_000);

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
