/** A set of files, wherever it comes from: the working folder, another folder, a commit. Paths use `/` and are relative to one root. */
import type { Decoded } from './decode.ts';
import type { Snapshot } from './snapshot.ts';

export interface Tree {
  /** What it is called in messages: `the working folder`, `main (1a2b3c4)`. */
  readonly name: string;
  /** Every file at or below one of `paths`, sorted. */
  list(paths: readonly string[]): Promise<readonly string[]>;
  /** The text of each path that exists. */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, Decoded>>;
  /** Its code as a whole, for modules to import. */
  snapshot(): Promise<Snapshot>;
}

const skipped: ReadonlySet<string> = new Set(['node_modules', 'dist']);

/** Folders in which no walk looks for schemas, whichever tree it walks. */
export function isSkipped(folder: string): boolean {
  return skipped.has(folder) || folder.startsWith('.');
}
