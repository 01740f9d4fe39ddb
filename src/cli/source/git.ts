/** The files of a commit, read as blobs through the git binary: nothing is checked out, nothing in the repository changes. */
import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import type { Io } from '../io.ts';
import { once } from '../once.ts';
import type { Decoded } from './decode.ts';
import { type Asked, readBlobs } from './git-blobs.ts';
import { followed, isRegularFile, linksAmong } from './git-links.ts';
import { entriesBelow, isListed, type Listing, listingNear, listingOf } from './git-listing.ts';
import { findCommit, gitFault, quickBase } from './git-ref.ts';
import { isCode } from './snapshot.ts';
import type { Tree } from './tree.ts';

export interface GitTree {
  readonly tree: Tree;
  /** See `prefixInRepository`. */
  readonly prefix: string;
}

/**
 * The tree at the merge base of HEAD and `ref`: what the current branch changed is what it is compared with. `known`: contents that are
 * at hand, by the ids git gives them; git is not asked for those.
 */
export async function gitTree(io: Io, ref: string, known: ReadonlyMap<string, Decoded>): Promise<GitTree> {
  const [{ root, prefix }, quick] = await Promise.all([worktree(io), quickBase(io, ref)]);
  const { name, base } = quick ?? (await findCommit(io, ref));
  // the paths of a repository, whatever links lead to the folder the command runs in
  const here = prefix.replace(/\/$/, '');
  const inRoot = (path: string) => within(root, resolve(root, here, path), path);
  const below = (path: string) => relative(here, path).replaceAll('\\', '/') || '.';
  const all = once(() => entriesBelow(io, base, []));
  const textsOf = async (asked: readonly Asked[]) => {
    const blobs = await readBlobs(io, asked, known);
    return new Map([...blobs].flatMap(([path, blob]) => ('text' in blob ? [[path, blob.text] as const] : [])));
  };
  const links = once(async () => textsOf(linksAmong(await all())));
  /** By the path a file is listed with. */
  const reals = new Map<string, string>();
  let listing: Listing = listingOf([], []);
  const listOnce = onceFor(async (paths: readonly string[]) => {
    const asked = paths.map((path) => inRoot(path));
    const near = await listingNear(io, base, asked);
    listing = near ?? listingOf([''], await all());
    const targets = near ? new Map<string, string>() : await links();
    for (const [path, real] of followed([...listing.entries.values()], targets, asked, name)) reals.set(path, real);
    return [...reals.keys()].map(below).sort();
  });
  const tree: Tree = {
    name: `${name} (${base.slice(0, 7)})`,
    list: listOnce,
    read(paths) {
      const asked = paths.flatMap((path): readonly Asked[] => {
        const real = reals.get(inRoot(path)) ?? inRoot(path);
        const entry = listing.entries.get(real);
        if (entry) return [{ path, id: entry.id }];
        return isListed(listing, real) ? [] : [{ path, name: `${base}:${real}` }];
      });
      return readBlobs(io, asked, known);
    },
    async snapshot() {
      const code = (await all()).filter((entry) => isRegularFile(entry) && isCode(entry.path));
      return { root: await realpath(root), prefix: here, files: await textsOf(code), links: await links() };
    },
  };
  return { tree, prefix };
}

/** From the repository's root to the folder the command runs in, `services/orders/`; empty at the root and outside of git. */
export async function prefixInRepository(io: Io): Promise<string> {
  const { code, stdout } = await io.git(['rev-parse', '--show-prefix']);
  return code === 0 ? stdout.toString('utf8').trim() : '';
}

/** For the same paths the same again. */
function onceFor<T>(make: (paths: readonly string[]) => Promise<T>): (paths: readonly string[]) => Promise<T> {
  const made = new Map<string, Promise<T>>();
  return (paths) => {
    const key = paths.join('\0');
    const known = made.get(key) ?? make(paths);
    made.set(key, known);
    return known;
  };
}

interface Worktree {
  /** The repository's root. */
  readonly root: string;
  /** From there to the folder the command runs in; empty, or with a slash at its end. */
  readonly prefix: string;
}

async function worktree(io: Io): Promise<Worktree> {
  const { code, stdout, stderr } = await io.git(['rev-parse', '--show-toplevel', '--show-prefix']);
  const lines = stdout.toString('utf8').split('\n');
  if (code === 0) {
    const [root = '', prefix = ''] = lines;
    // of names with line breaks it is not clear which is which
    if (lines.length === 3) return { root, prefix };
    return { root: await gitOutput(io, ['rev-parse', '--show-toplevel']), prefix: await prefixInRepository(io) };
  }
  if (code === 127) throw gitFault('git cannot be run. Install it, or compare with a folder or --registry.');
  // a repository of somebody else's, as containers have it: git says which command helps
  if (stderr.includes('safe.directory')) throw gitFault(stderr.trim().replace(/^fatal: /, 'git says: '));
  if (stderr.includes('work tree'))
    throw gitFault(`${io.cwd} is a bare repository: it has no working files that could be checked.`);
  throw gitFault(
    `${io.cwd} is in no git repository, so --against cannot be a git ref. Give a folder, or use --registry.`,
  );
}

async function gitOutput(io: Io, args: readonly string[]): Promise<string> {
  return (await io.git(args)).stdout.toString('utf8').trim();
}

function within(root: string, full: string, named: string): string {
  const path = relative(root, full).replaceAll('\\', '/');
  if (path === '..' || path.startsWith('../') || isAbsolute(path))
    throw gitFault(
      `"${named}" lies outside of the git repository at ${root}, so no ref has it. Give --against a folder.`,
    );
  return path;
}
