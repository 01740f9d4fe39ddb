/** Whether a package is the same version in two lock files, as npm, pnpm, yarn and bun write them. */
import { basename, dirname } from 'node:path';
import { isObject, type Json } from '../../schema/json.ts';
import { lockNames } from './snapshot.ts';

type Files = ReadonlyMap<string, string>;

/** `folder` is where the importing package is, from the root. Undefined where both lock the same. */
export function lockedDifference(name: string, folder: string, before: Files, now: Files): string | undefined {
  const [was, is] = [nearestLock(folder, before), nearestLock(folder, now)];
  if (was === undefined || is === undefined || basename(was) !== basename(is)) {
    const ranges = [rangesOf(name, folder, before), rangesOf(name, folder, now)] as const;
    return ranges[0] === ranges[1] ? undefined : `package.json asks for ${ranges[1]}, and asked for ${ranges[0]}`;
  }
  const entries = [entriesOf(name, was, before), entriesOf(name, is, now)] as const;
  return entries[0] === entries[1] ? undefined : `${is} locks another version of it`;
}

function foldersUp(folder: string): readonly string[] {
  return folder === '' || folder === '.' ? [''] : [folder, ...foldersUp(dirname(folder))];
}

const at = (folder: string, name: string) => (folder === '' ? name : `${folder}/${name}`);

function nearestLock(folder: string, files: Files): string | undefined {
  return foldersUp(folder)
    .flatMap((each) => lockNames.map((name) => at(each, name)))
    .find((path) => files.has(path));
}

function rangesOf(name: string, folder: string, files: Files): string {
  const found = foldersUp(folder).flatMap((each) => {
    const value = parsed(files.get(at(each, 'package.json')));
    return ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'].flatMap((member) => {
      const listed = isObject(value) ? value[member] : undefined;
      const range = isObject(listed) && Object.hasOwn(listed, name) ? listed[name] : undefined;
      return typeof range === 'string' ? [range] : [];
    });
  });
  return found.join(', ') || 'none';
}

function entriesOf(name: string, lock: string, files: Files): string {
  const text = files.get(lock) ?? '';
  return lock.endsWith('.json') ? npmEntries(name, parsed(text)) : blocksOf(name, text);
}

function npmEntries(name: string, lock: Json | undefined): string {
  const packages = isObject(lock) && isObject(lock.packages) ? lock.packages : {};
  const found = Object.entries(packages)
    .filter(([path]) => path.endsWith(`node_modules/${name}`))
    .map(([path, row]) => [path, isObject(row) ? [row.version ?? '', row.resolved ?? '', row.integrity ?? ''] : row]);
  return JSON.stringify(found.sort());
}

/** These files separate packages by blank lines, and begin each with `name@`. */
function blocksOf(name: string, text: string): string {
  const blocks = text.split(/\n\s*\n/).filter((block) => {
    const [head = ''] = block.trimStart().split('\n');
    return new RegExp(`(^|["'/, ])${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}@`).test(head);
  });
  return blocks.join('\n\n');
}

function parsed(text: string | undefined): Json | undefined {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined; // a broken lock locks nothing, and the package manager says so
  }
}
