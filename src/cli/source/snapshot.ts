/** The code of a baseline as a whole: what modules import, wherever it lies in the repository. */
import { basename } from 'node:path';

export interface Snapshot {
  /** The folder it is the past of: a repository's root. Absolute, links followed. */
  readonly root: string;
  /** From `root` to the folder the command runs in, with `/`; empty where it is the root. */
  readonly prefix: string;
  /** By path from `root`. */
  readonly files: ReadonlyMap<string, string>;
  /** Symbolic links: what each holds, by path from `root`. */
  readonly links: ReadonlyMap<string, string>;
  /** Where the packages of the baseline are installed; undefined where only those of now are. */
  readonly installed?: string;
}

export const lockNames = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'];

/** Whether a module may import a file, or depends on it otherwise. */
export function isCode(path: string): boolean {
  return /\.([cm]?[jt]sx?|json)$/.test(path) || lockNames.includes(basename(path));
}
