/**
 * Runs a definition as a baseline has it, with everything it imports from beside it as the baseline has that: a break may hide in
 * a file it imports. The texts are put into a folder of their own; packages are those installed now.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import type { SourceFile } from './file.ts';
import { moduleRunner, type RunModule } from './module.ts';
import type { Tree } from './tree.ts';

export interface PastModules {
  readonly run: RunModule;
  /** Takes the folder away. */
  close(): Promise<void>;
}

export function pastModules(cwd: string, tree: Tree): PastModules {
  let folder: string | undefined;
  let run: RunModule | undefined;
  const written = new Set<string>();
  const put = async (path: string, text: string) => {
    folder ??= await mkdtemp(join(tmpdir(), 'herald-past-'));
    const target = join(folder, resolve(cwd, path));
    written.add(path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
    await linkPackages(folder, dirname(resolve(cwd, path)));
  };
  return {
    async run(file) {
      for (const { path, text } of await imported(file, tree)) if (!written.has(path)) await put(path, text);
      run ??= moduleRunner(join(folder ?? '', cwd));
      return run(file);
    },
    async close() {
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

const specifier = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*["'](\.{1,2}\/[^"'\n]+)["']/g;
const endings = ['', '.ts', '.mts', '.js', '.mjs', '.json', '/index.ts', '/index.js'];

/** The file and what it imports by relative paths, directly or not. */
async function imported(file: SourceFile, tree: Tree): Promise<readonly SourceFile[]> {
  const found = new Map<string, string>([[file.path, file.text]]);
  const queue: SourceFile[] = [file];
  for (let at = queue.pop(); at; at = queue.pop()) {
    const wanted = [...at.text.matchAll(specifier)].flatMap((match) => candidates(dirname(at!.path), match[1] ?? ''));
    const texts = await tree.read(wanted.filter((path) => !found.has(path)));
    for (const [path, decoded] of texts) {
      if (!('text' in decoded)) continue;
      found.set(path, decoded.text);
      queue.push({ path, text: decoded.text });
    }
  }
  return [...found].map(([path, text]) => ({ path, text }));
}

/** `./money.js` may be spelled for `./money.ts`. */
function candidates(folder: string, named: string): readonly string[] {
  const path = join(folder, named).replaceAll('\\', '/');
  const typescript = path.replace(/\.([mc]?)js$/, '.$1ts');
  return [...new Set([...endings.map((ending) => path + ending), typescript])];
}

async function linkPackages(folder: string, from: string): Promise<void> {
  for (let at = from; ; at = dirname(at)) {
    const packages = join(at, 'node_modules');
    const link = join(folder, packages);
    if (existsSync(packages) && !existsSync(link)) {
      await mkdir(dirname(link), { recursive: true });
      await symlink(packages, link, 'dir');
    }
    if (relative(at, dirname(at)) === '') return;
  }
}
