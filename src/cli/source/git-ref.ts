/** From what a person calls a baseline to a commit: branch, tag, commit, or a branch only the remote has. */
import { Fault } from '../../errors.ts';
import type { Io } from '../io.ts';

export interface Baseline {
  /** As git knows it: `origin/main` where only the remote has a `main`. */
  readonly name: string;
  /** The merge base of HEAD and it. */
  readonly base: string;
}

/** What is found where nothing is missing, in one process; undefined where `findCommit` has to look closer. */
export async function quickBase(io: Io, ref: string): Promise<Baseline | undefined> {
  const { code, stdout } = await io.git(['merge-base', '--end-of-options', 'HEAD', `${ref}^{commit}`]);
  return code === 0 ? { name: ref, base: stdout.toString('utf8').trim() } : undefined;
}

export async function findCommit(io: Io, ref: string): Promise<Baseline> {
  if ((await commitOf(io, 'HEAD')) === undefined)
    throw gitFault(`This repository has no commit yet, so there is no "${ref}" to compare with.`);
  const remote = await remoteName(io);
  for (const name of [ref, ...(remote === undefined ? [] : [`${remote}/${ref}`])]) {
    const commit = await commitOf(io, name);
    if (commit !== undefined) return { name, base: await mergeBase(io, name, commit, remote) };
  }
  throw gitFault(await unknownRef(io, ref, remote));
}

export async function isCommit(io: Io, name: string): Promise<boolean> {
  return (await commitOf(io, name)) !== undefined;
}

async function commitOf(io: Io, name: string): Promise<string | undefined> {
  const { code, stdout } = await io.git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
  return code === 0 ? stdout.toString('utf8').trim() : undefined;
}

/** `origin`, else the only remote there is. */
async function remoteName(io: Io): Promise<string | undefined> {
  const names = (await io.git(['remote'])).stdout.toString('utf8').split('\n').filter(Boolean);
  return names.includes('origin') ? 'origin' : names.length === 1 ? names[0] : undefined;
}

async function mergeBase(io: Io, name: string, commit: string, remote: string | undefined): Promise<string> {
  const { code, stdout } = await io.git(['merge-base', 'HEAD', commit]);
  if (code === 0) return stdout.toString('utf8').trim();
  throw gitFault(
    (await isShallow(io))
      ? `This clone is shallow and does not reach back to where it left "${name}". Run "git fetch --unshallow${remote === undefined ? '' : ` ${remote}`}" (in GitHub Actions: actions/checkout with fetch-depth: 0; in GitLab: GIT_DEPTH: 0).`
      : `HEAD and "${name}" have no common ancestor.`,
  );
}

async function unknownRef(io: Io, ref: string, remote: string | undefined): Promise<string> {
  const unknown = `git knows no commit, branch or tag "${ref}".`;
  if (remote === undefined) return `${unknown} "git branch --all" and "git tag" list what there is.`;
  const branch = ref.startsWith(`${remote}/`) ? ref.slice(remote.length + 1) : ref;
  if (/^[0-9a-f]{7,40}$/.test(ref)) return `${unknown} Run "git fetch ${remote} ${ref}", or "git fetch --unshallow".`;
  const deepen = (await isShallow(io)) ? '--unshallow ' : '';
  return `${unknown} Run "git fetch ${deepen}${remote} ${branch}:refs/remotes/${remote}/${branch}" and check again.`;
}

async function isShallow(io: Io): Promise<boolean> {
  return (await io.git(['rev-parse', '--is-shallow-repository'])).stdout.toString('utf8').trim() === 'true';
}

export function gitFault(message: string): Fault {
  return new Fault('GIT_UNUSABLE', {}, { message });
}
