/** Compiles generated TypeScript the way its users would: with the `tsc` binary, strictly, in a folder of its own. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const compiler = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

const settings = {
  compilerOptions: {
    target: 'es2022',
    lib: ['es2022'],
    module: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    types: [],
  },
  include: ['**/*.ts'],
};

/** The compiler's complaints about `files` (path → text), one a line; empty when it has none. */
export async function compile(files: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'herald-tsc-'));
  try {
    await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify(settings));
    for (const [name, text] of files) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(folder: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], { cwd: folder }, (error, out, err) => {
      const lines = out.split('\n').filter((line) => line !== '');
      if (error !== null && lines.length === 0) reject(new Error(`the compiler did not run: ${err}`, { cause: error }));
      else resolve(lines);
    });
  });
}
