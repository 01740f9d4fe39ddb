import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { Fault } from '../../errors.ts';
import { type Decoded, decode } from './decode.ts';
import { isCode, type Snapshot } from './snapshot.ts';
import { isSkipped, type Tree } from './tree.ts';

export interface FolderOptions {
  /** The folder that it is a copy of. */
  readonly pastOf?: string;
  /** Takes in the text of each file that is read, by the id that git gives its content. */
  readonly blobs?: Map<string, Decoded>;
}

/**
 * The files of a folder. Symbolic links are followed within the repository and refused where they leave it: what is skipped in
 * silence looks as if nothing were wrong with it.
 */
export function folderTree(root: string, name: string, { pastOf = root, blobs }: FolderOptions = {}): Tree {
  return {
    name,
    async list(paths) {
      const found: string[] = [];
      const walk = { root, inside: await repositoryOf(root), found };
      for (const path of paths) await collect(walk, path, []);
      return [...new Set(found)].sort();
    },
    async read(paths) {
      const texts = new Map<string, Decoded>();
      for (const path of paths) {
        const bytes = readBytes(join(root, path));
        if (!bytes) continue;
        const content = decode(bytes);
        texts.set(path, content);
        blobs?.set(gitId(bytes), content);
      }
      return texts;
    },
    snapshot: () => snapshotOf(root, pastOf),
  };
}

/** As git names the content of a file; in a repository of SHA-256 it never is, and everything is read from git. */
function gitId(bytes: Uint8Array): string {
  return hash('sha1', Buffer.concat([Buffer.from(`blob ${bytes.length}\0`), bytes]));
}

interface Walk {
  readonly root: string;
  /** Links may lead anywhere in here. */
  readonly inside: string;
  readonly found: string[];
}

/** `around`: the real folders that the walk is in, so that a link to one of them does not make it go round. */
async function collect(walk: Walk, path: string, around: readonly string[]): Promise<void> {
  const full = join(walk.root, path);
  const kind = await stat(full).catch((cause: unknown) => {
    throw new Fault('INPUT_UNREADABLE', { path }, { message: `There is no file or folder "${path}".`, cause });
  });
  if (kind.isFile()) walk.found.push(path);
  if (!kind.isDirectory()) return;
  const real = await realpath(full);
  if (around.includes(real)) return;
  for (const entry of (await readdir(full, { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const below = path === '.' ? entry.name : `${path}/${entry.name}`;
    if (isSkipped(entry.name)) continue;
    if (entry.isSymbolicLink()) await refuseOutside(walk, below);
    if (entry.isFile()) walk.found.push(below);
    else if (entry.isDirectory() || entry.isSymbolicLink()) await collect(walk, below, [...around, real]);
  }
}

async function refuseOutside({ root, inside }: Walk, path: string): Promise<void> {
  const target = await realpath(join(root, path)).catch((cause: unknown) => {
    throw new Fault(
      'INPUT_UNREADABLE',
      { path },
      { message: `"${path}" is a symbolic link that leads nowhere. Remove it, or bring back what it leads to.`, cause },
    );
  });
  if (target !== inside && !target.startsWith(`${inside}${sep}`))
    throw new Fault(
      'INPUT_UNREADABLE',
      { path },
      {
        message: `"${path}" is a symbolic link to ${target}, outside of ${inside}: no baseline has it. Copy it, or name the folder it leads to.`,
      },
    );
}

/** The repository a folder is in, known by its `.git`; else the folder itself. */
async function repositoryOf(folder: string): Promise<string> {
  const real = await realpath(folder).catch(() => folder);
  for (let at = real; ; at = dirname(at)) {
    if (await stat(join(at, '.git')).catch(() => undefined)) return at;
    if (at === dirname(at)) return real;
  }
}

async function snapshotOf(root: string, pastOf: string): Promise<Snapshot> {
  const found: string[] = [];
  await collect({ root, inside: await repositoryOf(root), found }, '.', []);
  const files = new Map<string, string>();
  for (const path of found.filter(isCode)) {
    const bytes = readBytes(join(root, path));
    const decoded = bytes && decode(bytes);
    if (decoded && 'text' in decoded) files.set(path, decoded.text);
  }
  const hasPackages = (await stat(join(root, 'node_modules')).catch(() => undefined))?.isDirectory() ?? false;
  return {
    root: await realpath(pastOf),
    prefix: '',
    files,
    links: new Map(),
    ...(hasPackages && { installed: await realpath(root) }),
  };
}

/** One call after the other: several at a time cost more than they save where the disk is near. */
function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
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
