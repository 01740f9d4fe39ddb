/** What `--against` names: a folder, or a git ref. */
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Fault } from '../../errors.ts';
import type { Io } from '../io.ts';
import type { Decoded } from './decode.ts';
import { folderTree } from './folder.ts';
import { gitTree } from './git.ts';
import { isCommit } from './git-ref.ts';
import type { Tree } from './tree.ts';

export interface OpenBaseline {
  readonly tree: Tree;
  /** Where in it the paths that are checked lie. */
  readonly named: readonly string[];
  /** From the repository's root to the folder the command runs in, where git was asked. */
  readonly prefix?: string;
}

/** `blobs`: contents that are at hand when it is read, by the ids git gives them. */
export async function openBaseline(
  io: Io,
  against: string,
  { paths, blobs }: { readonly paths: readonly string[]; readonly blobs: ReadonlyMap<string, Decoded> },
): Promise<OpenBaseline> {
  if (await isFolder(io, against)) return folder(io, against, paths);
  const { tree, prefix } = await gitTree(io, against, blobs);
  await tree.list(paths);
  return { tree, named: paths, prefix };
}

/** What looks like a path is one; a name that is both is asked about. */
async function isFolder(io: Io, against: string): Promise<boolean> {
  const there = await stat(resolve(io.cwd, against)).catch(() => undefined);
  const isPath = /^\.{0,2}\/|^\.{1,2}$|\/$/.test(against);
  if (!there?.isDirectory()) {
    if (isPath) throw new Fault('INPUT_UNREADABLE', {}, { message: `There is no folder "${against}".` });
    return false;
  }
  if (!isPath && (await isCommit(io, against)))
    throw new Fault(
      'USAGE_INVALID',
      {},
      {
        message: `"${against}" is a folder and a git ref. Write "./${against}" for the folder, "refs/heads/${against}" for the branch.`,
      },
    );
  return true;
}

/** A copy of the whole working folder, or of the one folder that is checked. */
async function folder(io: Io, against: string, paths: readonly string[]) {
  const root = resolve(io.cwd, against);
  const tree: Tree = folderTree(root, against, { pastOf: io.cwd });
  const named: string[] = [];
  for (const path of paths) {
    const found = await firstThere(root, [path, ...((await isDirectory(io.cwd, path)) ? ['.'] : [basename(path)])]);
    if (found !== undefined) named.push(found);
  }
  return { tree, named };
}

async function firstThere(root: string, paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await stat(resolve(root, path)).catch(() => undefined)) return path;
  return undefined;
}

async function isDirectory(root: string, path: string): Promise<boolean> {
  return (await stat(resolve(root, path)).catch(() => undefined))?.isDirectory() ?? false;
}
