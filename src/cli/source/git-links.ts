/** The files of a commit at and below some paths, symbolic links followed within the commit: git itself does not follow them. */
import { posix } from 'node:path';
import { gitFault } from './git-ref.ts';
import { isSkipped } from './tree.ts';

export interface Entry {
  /** As git writes it: 120000 is a symbolic link, 160000 a submodule. */
  readonly mode: string;
  /** Of its content. */
  readonly id: string;
  readonly path: string;
}

const linkMode = '120000';
const submoduleMode = '160000';

/** By the path each file has for who walks there: the path it really has. `targets`: what each symbolic link holds. */
export function followed(
  entries: readonly Entry[],
  targets: ReadonlyMap<string, string>,
  asked: readonly string[],
  ref: string,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const modes = new Map(entries.map(({ path, mode }) => [path, mode]));
  const children = childrenOf(entries);
  const walk = (shown: string, path: string, around: readonly string[]): void => {
    const real = resolved(path, targets);
    // where it leads out of the commit, the working folder refuses it or has it no more
    if (real === undefined) return;
    const mode = modes.get(real);
    if (mode === submoduleMode) throw submodule(shown, ref);
    if (mode !== undefined) found.set(shown, real);
    if (mode !== undefined || around.includes(real)) return;
    for (const name of children.get(real) ?? [])
      if (!isSkipped(name)) walk(posix.join(shown, name), posix.join(real, name), [...around, real]);
  };
  for (const path of asked) walk(path, path, []);
  return found;
}

export function linksAmong(entries: readonly Entry[]): readonly Entry[] {
  return entries.filter(({ mode }) => mode === linkMode);
}

export function isRegularFile({ mode }: Entry): boolean {
  return mode.startsWith('100');
}

function childrenOf(entries: readonly Entry[]): ReadonlyMap<string, ReadonlySet<string>> {
  const children = new Map<string, Set<string>>();
  for (const { path } of entries)
    for (let at = path; at !== ''; at = folderOf(at)) {
      const folder = folderOf(at);
      const names = children.get(folder) ?? new Set<string>();
      const name = at.slice(folder === '' ? 0 : folder.length + 1);
      if (names.has(name)) break;
      children.set(folder, names.add(name));
    }
  return children;
}

function folderOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end < 0 ? '' : path.slice(0, end);
}

/** As many as Linux follows. */
const maxLinks = 40;

/** The path without links; undefined where they lead out of the repository, or round in a circle. */
function resolved(path: string, targets: ReadonlyMap<string, string>): string | undefined {
  let left = path === '' ? [] : path.split('/');
  let real = '';
  for (let links = 0; left.length > 0; ) {
    const [name = '', ...rest] = left;
    const next = real === '' ? name : `${real}/${name}`;
    const target = targets.get(next);
    left = rest;
    if (target === undefined) {
      real = next;
      continue;
    }
    links += 1;
    const led = posix.normalize(posix.join(real, target)).replace(/\/$/, '');
    if (links > maxLinks || posix.isAbsolute(target) || led === '..' || led.startsWith('../')) return undefined;
    left = [...(led === '.' ? [] : led.split('/')), ...rest];
    real = '';
  }
  return real;
}

function submodule(path: string, ref: string) {
  return gitFault(
    `"${path}" is a submodule in ${ref}: its files belong to another repository, and a change of them would not be seen. Run herald check inside it, and name the other folders here.`,
  );
}
