/** A set of files, wherever it comes from: the working folder, another folder, a commit. Paths use `/` and are relative to one root. */

export interface Tree {
  /** What it is called in messages: `the working folder`, `main (1a2b3c4)`. */
  readonly name: string;
  /** Every file at or below one of `paths`, sorted. */
  list(paths: readonly string[]): Promise<readonly string[]>;
  /** The text of each path that exists. */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
}
