/** The files of a commit, read as blobs through the git binary: nothing is checked out, nothing in the repository changes. */
import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import type { Io } from '../io.ts';
import { type Decoded, decode } from './decode.ts';
import { type Entry, followed, isRegularFile, linksAmong } from './git-links.ts';
import { findCommit, gitFault } from './git-ref.ts';
import { isCode } from './snapshot.ts';
import type { Tree } from './tree.ts';

/** The tree at the merge base of HEAD and `ref`: what the current branch changed is what it is compared with. */
export async function gitTree(io: Io, ref: string): Promise<Tree> {
  const root = await worktreeRoot(io);
  const { name, base } = await findCommit(io, ref);
  // the paths of a repository, whatever links lead to the folder the command runs in
  const here = (await gitOutput(io, ['rev-parse', '--show-prefix'])).replace(/\/$/, '');
  const inRoot = (path: string) => within(root, resolve(root, here, path), path);
  const below = (path: string) => relative(here, path).replaceAll('\\', '/') || '.';
  const all = once(() => entries(io, base));
  const links = once(async () => linkTargets(await readBlobs(io, base, linksAmong(await all()), (path) => path)));
  /** By the path a file is listed with. */
  const reals = new Map<string, string>();
  const realPath = (path: string) => reals.get(inRoot(path)) ?? inRoot(path);
  return {
    name: `${name} (${base.slice(0, 7)})`,
    async list(paths) {
      const asked = paths.map((path) => inRoot(path));
      for (const [path, real] of followed(await all(), await links(), asked, name)) reals.set(path, real);
      return [...reals.keys()].map(below).sort();
    },
    read: (paths) => readBlobs(io, base, paths, realPath),
    async snapshot() {
      const code = (await all()).filter((entry) => isRegularFile(entry) && isCode(entry.path));
      const blobs = await readBlobs(
        io,
        base,
        code.map(({ path }) => path),
        (path) => path,
      );
      const texts = [...blobs].flatMap(([path, blob]) => ('text' in blob ? [[path, blob.text] as const] : []));
      return { root: await realpath(root), prefix: here, files: new Map(texts), links: await links() };
    },
  };
}

/** From the repository's root to the folder the command runs in, `services/orders/`; empty at the root and outside of git. */
export async function prefixInRepository(io: Io): Promise<string> {
  const { code, stdout } = await io.git(['rev-parse', '--show-prefix']);
  return code === 0 ? stdout.toString('utf8').trim() : '';
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function linkTargets(blobs: ReadonlyMap<string, Decoded>): ReadonlyMap<string, string> {
  return new Map([...blobs].flatMap(([path, blob]) => ('text' in blob ? [[path, blob.text] as const] : [])));
}

async function entries(io: Io, commit: string): Promise<readonly Entry[]> {
  const answer = await io.git(['ls-tree', '-r', '-z', '--full-tree', commit]);
  if (answer.code !== 0) throw gitFault(`git cannot list ${commit}: ${answer.stderr.trim()}`);
  return answer.stdout
    .toString('utf8')
    .split('\0')
    .filter(Boolean)
    .map((line) => ({ mode: line.slice(0, 6), path: line.slice(line.indexOf('\t') + 1) }));
}

async function readBlobs(
  io: Io,
  commit: string,
  paths: readonly string[],
  inRoot: (path: string) => string,
): Promise<ReadonlyMap<string, Decoded>> {
  const texts = new Map<string, Decoded>();
  // one request a line: a name with a line break in it cannot be asked for
  const askable = paths.filter((path) => !path.includes('\n'));
  if (askable.length === 0) return texts;
  const asked = askable.map((path) => `${commit}:${inRoot(path)}\n`).join('');
  const { code, stdout, stderr } = await io.git(['cat-file', '--batch'], asked);
  if (code !== 0) throw gitFault(`git cannot read ${commit}: ${stderr.trim()}`);
  let at = 0;
  for (const path of askable) {
    const end = stdout.indexOf(0x0a, at);
    const [, kind, size = '0'] = /^[0-9a-f]+ (\w+) (\d+)$/.exec(stdout.subarray(at, end).toString('utf8')) ?? [];
    at = end + 1;
    if (kind === undefined) continue;
    if (kind === 'blob') texts.set(path, decode(stdout.subarray(at, at + Number(size))));
    at += Number(size) + 1;
  }
  return texts;
}

async function worktreeRoot(io: Io): Promise<string> {
  const { code, stdout, stderr } = await io.git(['rev-parse', '--show-toplevel']);
  if (code === 0) return stdout.toString('utf8').trim();
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
