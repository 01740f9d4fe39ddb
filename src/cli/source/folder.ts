import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../errors.ts';
import { type Decoded, decode } from './decode.ts';
import { isCode, type Snapshot } from './snapshot.ts';
import { isSkipped, type Tree } from './tree.ts';

/** Files read at a time: enough to keep the disk busy, few enough for the limit of open files. */
const atOnce = 64;

/**
 * The files of a folder. Links are followed for what is named, not for what is found, so that no walk goes round. `pastOf` is the
 * folder that it is a copy of.
 */
export function folderTree(root: string, name: string, pastOf = root): Tree {
  return {
    name,
    async list(paths) {
      const found: string[] = [];
      for (const path of paths) await collect(root, path, found);
      return [...new Set(found)].sort();
    },
    async read(paths) {
      const texts = new Map<string, Decoded>();
      for (let at = 0; at < paths.length; at += atOnce) {
        const batch = paths.slice(at, at + atOnce);
        const bytes = await Promise.all(batch.map((path) => readBytes(join(root, path))));
        for (const [index, path] of batch.entries()) {
          const content = bytes[index];
          if (content) texts.set(path, decode(content));
        }
      }
      return texts;
    },
    snapshot: () => snapshotOf(root, pastOf),
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
    if (entry.isDirectory() && !isSkipped(entry.name)) await collect(root, below, found);
    else if (entry.isFile()) found.push(below);
  }
}

async function snapshotOf(root: string, pastOf: string): Promise<Snapshot> {
  const found: string[] = [];
  await collect(root, '.', found);
  const files = new Map<string, string>();
  for (const path of found.filter(isCode)) {
    const bytes = await readBytes(join(root, path));
    const decoded = bytes && decode(bytes);
    if (decoded && 'text' in decoded) files.set(path, decoded.text);
  }
  const hasPackages = (await stat(join(root, 'node_modules')).catch(() => undefined))?.isDirectory() ?? false;
  return { root: await realpath(pastOf), prefix: '', files, ...(hasPackages && { installed: await realpath(root) }) };
}

async function readBytes(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Fault(
      'INPUT_UNREADABLE',
      { path },
      { message: `${path} cannot be read (${String(code)}).`, cause: error },
    );
  }
}
