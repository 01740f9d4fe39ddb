/** What people download when they import `herald-registry/client`: small, and free of anything a browser does not have. */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const budget = 12 * 1024;

async function bundle(
  external: readonly string[] = ['./default-validator.ts'],
): Promise<{ readonly text: string; readonly inputs: readonly string[] }> {
  const result = await build({
    entryPoints: [fileURLToPath(new URL('../src/client/index.ts', import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    external: [...external],
    write: false,
    metafile: true,
  });
  return { text: result.outputFiles[0]!.text, inputs: Object.keys(result.metafile.inputs) };
}

it('is at most 12 KB minified and compressed, without the validator', async () => {
  const { text, inputs } = await bundle();
  expect(gzipSync(text).length).toBeLessThanOrEqual(budget);
  expect(inputs.filter((file) => !/src\/(client\/|schema\/|lru\.ts)/.test(file))).toEqual([]);
});

it('runs in a browser with the validator too: nothing in it comes from Node', async () => {
  const { text, inputs } = await bundle([]);
  expect(inputs.some((file) => file.endsWith('default-validator.ts'))).toBe(true);
  expect(text).not.toMatch(/["']node:/);
});

it('imports nothing but the validator, and that only when it is needed', async () => {
  const { text } = await bundle();
  expect([...text.matchAll(/\bimport\b\s*\(?["']([^"']+)/g)].map((match) => match[1])).toEqual([
    './default-validator.ts',
  ]);
  expect(text).not.toMatch(/\b(process|Buffer|require)\b/);
});
