import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../errors.ts';
import type { Tree } from './tree.ts';

const skipped: ReadonlySet<string> = new Set(['node_modules', 'dist', '.git']);

/** The files of a folder. Links are followed for what is named, not for what is found, so that no walk goes round. */
export function folderTree(root: string, name: string): Tree {
  return {
    name,
    async list(paths) {
      const found: string[] = [];
      for (const path of paths) await collect(root, path, found);
      return [...new Set(found)].sort();
    },
    async read(paths) {
      const texts = new Map<string, string>();
      for (const path of paths) {
        const text = await readText(join(root, path));
        if (text !== undefined) texts.set(path, text);
      }
      return texts;
    },
  };
}

async function collect(root: string, path: string, found: string[]): Promise<void> {
  const full = join(root, path);
  const kind = await stat(full).catch((error: unknown) => {
    throw new Fault('INPUT_UNREADABLE', { path }, { message: `There is no file or folder "${path}".`, cause: error });
  });
  if (kind.isFile()) found.push(path);
  if (!kind.isDirectory()) return;
  for (const entry of (await readdir(full, { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const below = path === '.' ? entry.name : `${path}/${entry.name}`;
    if (entry.isDirectory() && !skipped.has(entry.name) && !entry.name.startsWith('.'))
      await collect(root, below, found);
    else if (entry.isFile()) found.push(below);
  }
}

async function readText(path: string): Promise<string | undefined> {
  const there = await lstat(path).catch(() => undefined);
  return there === undefined ? undefined : readFile(path, 'utf8');
}
