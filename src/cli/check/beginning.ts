/**
 * What of a check waits for git or the disk, begun before the code that checks is loaded: that takes about as long. What goes wrong is
 * thrown where it is asked for, so that mistakes are told in one order however fast they are found.
 */
import { type Input, text } from '../command.ts';
import type { Io } from '../io.ts';
import type { Decoded } from '../source/decode.ts';
import { prefixInRepository } from '../source/git.ts';
import { type OpenBaseline, openBaseline } from '../source/open-baseline.ts';
import { namedPaths } from '../source/paths.ts';

export interface Beginning {
  readonly paths: () => Promise<readonly string[]>;
  /** Undefined where nothing is compared with a ref or a folder. */
  readonly baseline: (() => Promise<OpenBaseline>) | undefined;
  /** From the repository's root to the folder the command runs in, with a slash at its end; empty at the root. */
  readonly prefix: () => Promise<string>;
  /** For the texts of the working folder: what of the baseline is the same is not read from git. */
  readonly blobs: Map<string, Decoded>;
  /** Once nothing that was begun goes on, whatever became of it. */
  readonly ended: () => Promise<unknown>;
}

export function begin(input: Input, io: Io): Beginning {
  const against = text(input, 'against');
  const blobs = new Map<string, Decoded>();
  const paths = begun(async () => namedPaths(io, input.positionals));
  const baseline =
    against === undefined ? undefined : begun(async () => openBaseline(io, against, { paths: await paths(), blobs }));
  const prefix = begun(async () => (await baseline?.())?.prefix ?? prefixInRepository(io));
  return { paths, baseline, prefix, blobs, ended: () => Promise.allSettled([baseline?.(), prefix()]) };
}

function begun<T>(work: () => Promise<T>): () => Promise<T> {
  const done = work().then(
    (value) => () => value,
    (error: unknown) => () => {
      throw error;
    },
  );
  return async () => (await done)();
}
