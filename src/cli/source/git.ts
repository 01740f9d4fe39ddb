/** The files of a commit, read as blobs through the git binary: nothing is checked out, nothing in the repository changes. */
import { relative } from 'node:path';
import { Fault } from '../../errors.ts';
import type { Io } from '../io.ts';
import type { Tree } from './tree.ts';

/** The tree at the merge base of HEAD and `ref`: what the current branch changed is what it is compared with. */
export async function gitTree(io: Io, ref: string): Promise<Tree> {
  const root = await ask(io, ['rev-parse', '--show-toplevel'], () => notARepository(io));
  const commit = await ask(io, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], () => unknownRef(io, ref));
  const base = await mergeBase(io, ref, commit);
  const prefix = relative(root, io.cwd).replaceAll('\\', '/');
  const inRoot = (path: string) => normal(prefix === '' ? path : `${prefix}/${path}`);
  const below = (path: string) => (prefix === '' ? path : relative(prefix, path).replaceAll('\\', '/'));
  return {
    name: `${ref} (${base.slice(0, 7)})`,
    async list(paths) {
      const answer = await io.git([
        'ls-tree',
        '-r',
        '-z',
        '--name-only',
        '--full-tree',
        base,
        '--',
        ...paths.map(inRoot),
      ]);
      if (answer.code !== 0) throw gitFault(`git cannot list ${base}: ${answer.stderr.trim()}`);
      return answer.stdout.toString('utf8').split('\0').filter(Boolean).map(below).sort();
    },
    read: (paths) => readBlobs(io, base, paths, inRoot),
  };
}

async function readBlobs(
  io: Io,
  commit: string,
  paths: readonly string[],
  inRoot: (path: string) => string,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  if (paths.length === 0) return texts;
  const asked = paths.map((path) => `${commit}:${inRoot(path)}\n`).join('');
  const { code, stdout, stderr } = await io.git(['cat-file', '--batch'], asked);
  if (code !== 0) throw gitFault(`git cannot read ${commit}: ${stderr.trim()}`);
  let at = 0;
  for (const path of paths) {
    const end = stdout.indexOf(0x0a, at);
    const [, kind, size = '0'] = stdout.subarray(at, end).toString('utf8').split(' ').slice(-3);
    at = end + 1;
    if (kind !== 'blob') continue;
    texts.set(path, stdout.subarray(at, at + Number(size)).toString('utf8'));
    at += Number(size) + 1;
  }
  return texts;
}

async function mergeBase(io: Io, ref: string, commit: string): Promise<string> {
  const { code, stdout } = await io.git(['merge-base', 'HEAD', commit]);
  if (code === 0) return stdout.toString('utf8').trim();
  const shallow = (await io.git(['rev-parse', '--is-shallow-repository'])).stdout.toString('utf8').trim() === 'true';
  throw gitFault(
    shallow
      ? `This clone is shallow and does not reach back to where it left "${ref}". Run "git fetch --unshallow" (in GitHub Actions: actions/checkout with fetch-depth: 0).`
      : `HEAD and "${ref}" have no common ancestor.`,
  );
}

async function unknownRef(io: Io, ref: string): Promise<Fault> {
  const remote = await io.git(['rev-parse', '--verify', '--quiet', `origin/${ref}^{commit}`]);
  if (remote.code === 0) return gitFault(`There is no local "${ref}"; use --against origin/${ref}.`);
  return gitFault(
    `git knows no commit, branch or tag "${ref}". Run "git fetch origin ${ref}:refs/remotes/origin/${ref}" and use --against origin/${ref}.`,
  );
}

function notARepository(io: Io): Promise<Fault> {
  return Promise.resolve(
    gitFault(`${io.cwd} is in no git repository, so --against cannot be a git ref. Give a folder, or use --registry.`),
  );
}

async function ask(io: Io, args: readonly string[], refuse: () => Promise<Fault>): Promise<string> {
  const { code, stdout } = await io.git(args);
  if (code !== 0) throw await refuse();
  return stdout.toString('utf8').trim();
}

function gitFault(message: string): Fault {
  return new Fault('GIT_UNUSABLE', {}, { message });
}

function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/') || '.';
}
