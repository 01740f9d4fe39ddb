import type fc from 'fast-check';

/**
 * How much the fuzz suites try. In CI a fixed seed and few runs (about 20 s in all); `FUZZ_RUNS=50 FUZZ_SEED=$RANDOM npx vitest run
 * --config test/vitest.config.ts test/compat.property.test.ts` tries fifty times as many from another seed.
 */
const factor = Number(process.env.FUZZ_RUNS ?? 1);
const seed = Number(process.env.FUZZ_SEED ?? 20_260_101);

export function run<T>(runs: number): fc.Parameters<T> {
  return { numRuns: runs * factor, seed, endOnFailure: factor > 1 };
}

export const timeoutMs = 20_000 * Math.max(1, factor);
