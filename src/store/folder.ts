/** The folder of the embedded database: made where it is missing, and refused in words where it cannot be used. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Fault } from '../errors.ts';

/** A row is an error of the file system, and what an operator should know about it. */
const problems: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there, or the file system has no hard links',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  ENOTDIR: 'a part of the path is a file, not a folder',
  ENOENT: 'the file system takes no folders there',
  ENAMETOOLONG: 'the path is too long',
  ELOOP: 'its links lead in a circle',
  EIO: 'the disk reports an error',
  EMFILE: 'too many files are open',
};

/**
 * Makes the folder and those above it. One level at a time: Node's own recursion never ends where the file system takes no folders,
 * such as /proc.
 */
export async function makeFolder(folder: string): Promise<void> {
  const missing: string[] = [];
  for (let at = resolve(folder); ; at = dirname(at)) {
    const found = await stat(at).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (found && !found.isDirectory())
      throw unusable(folder, at === resolve(folder) ? 'it is a file, not a folder' : `${at} is a file, not a folder`);
    if (found || dirname(at) === at) break;
    missing.unshift(at);
  }
  for (const path of missing)
    await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
      // another process was faster
      if (codeOf(error) !== 'EEXIST') throw error;
    });
}

/** Runs `work` on the folder; an error of the file system becomes Fault DATA_FOLDER_UNUSABLE. */
export async function onFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const problem = problems[codeOf(error) ?? ''];
    throw problem === undefined ? error : unusable(folder, problem, error);
  }
}

export function unusable(
  folder: string,
  problem: string,
  cause?: unknown,
  remedy = 'Choose another one with --data or HERALD_DATA.',
): Fault {
  return new Fault(
    'DATA_FOLDER_UNUSABLE',
    { folder, problem },
    {
      message: `The data folder ${folder} cannot be used: ${problem}. ${remedy}`,
      cause,
    },
  );
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
