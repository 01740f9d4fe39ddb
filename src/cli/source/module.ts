/** Runs a definition written in TypeScript or JavaScript, from its text, so that an older text of the same file runs as well. */
import { resolve } from 'node:path';
import { createJiti } from 'jiti';
import { Fault } from '../../errors.ts';
import type { SourceFile } from './file.ts';

/** `herald-registry` resolves to this very installation: what the file imports and what reads it are one version. */
export function moduleRunner(cwd: string): (file: SourceFile) => Promise<unknown> {
  const authoring = new URL('../../index.js', import.meta.url).pathname;
  const jiti = createJiti(`${cwd}/`, {
    interopDefault: false,
    moduleCache: false,
    alias: { 'herald-registry': authoring },
  });
  return async (file) => {
    try {
      const exported: unknown = await jiti.evalModule(file.text, { filename: resolve(cwd, file.path), async: true });
      return (exported as { readonly default?: unknown }).default;
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      throw new Fault(
        'INPUT_UNREADABLE',
        { file: file.path },
        { message: `${file.path} cannot be run: ${what}`, cause: error },
      );
    }
  };
}
