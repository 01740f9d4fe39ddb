/** The files of a commit, read as blobs through the git binary: nothing is checked out, nothing in the repository changes. */
import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import type { Io } from '../io.ts';
import { type Decoded, decode } from './decode.ts';
import { findCommit, gitFault } from './git-ref.ts';
import { isCode } from './snapshot.ts';
import { isSkipped, type Tree } from './tree.ts';

/** The tree at the merge base of HEAD and `ref`: what the current branch changed is what it is compared with. */
export async function gitTree(io: Io, ref: string): Promise<Tree> {
  const root = await worktreeRoot(io);
  const { name, base } = await findCommit(io, ref);
  // the paths of a repository, whatever links lead to the folder the command runs in
  const here = (await gitOutput(io, ['rev-parse', '--show-prefix'])).replace(/\/$/, '');
  const inRoot = (path: string) => within(root, resolve(root, here, path), path);
  const below = (path: string) => relative(here, path).replaceAll('\\', '/') || '.';
  return {
    name: `${name} (${base.slice(0, 7)})`,
    async list(paths) {
      const asked = paths.map((path) => inRoot(path));
      const found = new Map<string, Entry>();
      for (const entry of await entries(io, base, asked.includes('') ? [] : asked)) found.set(entry.path, entry);
      for (const [index, path] of asked.entries()) refuseUnfollowed(found.get(path), paths[index] ?? path, name);
      return [...found.values()]
        .filter(({ mode, path }) => isFile(mode) && !isHidden(path, asked))
        .map(({ path }) => below(path))
        .sort();
    },
    read: (paths) => readBlobs(io, base, paths, inRoot),
    async snapshot() {
      const code = (await entries(io, base, [])).filter(({ mode, path }) => isFile(mode) && isCode(path));
      const blobs = await readBlobs(
        io,
        base,
        code.map(({ path }) => path),
        (path) => path,
      );
      const texts = [...blobs].flatMap(([path, blob]) => ('text' in blob ? [[path, blob.text] as const] : []));
      return { root: await realpath(root), prefix: here, files: new Map(texts) };
    },
  };
}

/** From the repository's root to the folder the command runs in, `services/orders/`; empty at the root and outside of git. */
export async function prefixInRepository(io: Io): Promise<string> {
  const { code, stdout } = await io.git(['rev-parse', '--show-prefix']);
  return code === 0 ? stdout.toString('utf8').trim() : '';
}

interface Entry {
  readonly mode: string;
  readonly path: string;
}

/** Symbolic links (120000) and submodules (160000) are none. */
function isFile(mode: string): boolean {
  return mode.startsWith('100');
}

async function entries(io: Io, commit: string, paths: readonly string[]): Promise<readonly Entry[]> {
  const answer = await io.git(['ls-tree', '-r', '-z', '--full-tree', commit, '--', ...paths]);
  if (answer.code !== 0) throw gitFault(`git cannot list ${commit}: ${answer.stderr.trim()}`);
  return answer.stdout
    .toString('utf8')
    .split('\0')
    .filter(Boolean)
    .map((line) => ({ mode: line.slice(0, 6), path: line.slice(line.indexOf('\t') + 1) }));
}

/** What a walk through the working folder does not find is not gone. */
function isHidden(path: string, asked: readonly string[]): boolean {
  const from = asked.find((folder) => folder === '' || path === folder || path.startsWith(`${folder}/`)) ?? '';
  return path.slice(from.length).split('/').slice(0, -1).some(isSkipped);
}

/** A link or a submodule where schemas are looked for holds none for git: everything would seem new, and nothing broken. */
function refuseUnfollowed(entry: Entry | undefined, path: string, ref: string): void {
  if (entry?.mode === '120000')
    throw gitFault(`"${path}" is a symbolic link in ${ref}, which git does not follow. Name the folder it leads to.`);
  if (entry?.mode === '160000')
    throw gitFault(
      `"${path}" is a submodule in ${ref}: its files belong to another repository. Run herald check inside it.`,
    );
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
