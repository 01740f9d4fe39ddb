/** What `--against` names: a folder, or a git ref. */
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Fault } from '../../errors.ts';
import type { Baseline } from '../check/checking.ts';
import type { Io } from '../io.ts';
import { folderTree } from './folder.ts';
import { gitTree } from './git.ts';
import { isCommit } from './git-ref.ts';
import { pastModules } from './past-module.ts';
import type { Tree } from './tree.ts';
import { surveyWorkspace } from './workspace.ts';

export async function readBaseline(io: Io, against: string, paths: readonly string[]): Promise<Baseline> {
  const { tree, named } = (await isFolder(io, against))
    ? await folder(io, against, paths)
    : { tree: await gitTree(io, against), named: paths };
  const modules = pastModules(tree);
  try {
    return { name: tree.name, collections: await surveyWorkspace(tree, named, modules.run) };
  } finally {
    await modules.close();
  }
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
  const tree: Tree = folderTree(root, against, io.cwd);
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
