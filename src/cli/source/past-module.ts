/**
 * Runs a definition as a baseline has it, with everything it imports as the baseline has that: by relative path, by a link of a
 * workspace, by `paths` of tsconfig.json, by `imports` and `exports` of package.json. The code of the baseline is put into a folder of
 * its own; a link of node_modules that leads into the repository leads into that folder there. Packages from a registry are those
 * installed now, so a definition that uses one whose locked version changed cannot be run as it was.
 */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { SourceFile } from './file.ts';
import { lockedDifference } from './locked-packages.ts';
import { moduleRunner, notRun, type Ran, type RunModule, resolver } from './module.ts';
import { start } from './place.ts';
import { isCode, lockNames, type Snapshot } from './snapshot.ts';
import type { Tree } from './tree.ts';
import type { Flaw } from './unreadable.ts';

export interface PastModules {
  readonly run: RunModule;
  /** Takes the folder away. */
  close(): Promise<void>;
}

export function pastModules(tree: Tree): PastModules {
  let opened: Promise<Opened> | undefined;
  return {
    async run(file) {
      opened ??= open(tree);
      const { snapshot, root, run } = await opened;
      const ran = await changedPackage(file, snapshot, root).then(
        (flaw) => (flaw === undefined ? run(file) : refused(flaw)),
        (error: unknown) => notRun(error, file),
      );
      return 'flaws' in ran ? { flaws: withoutFolder(ran.flaws, root) } : ran;
    },
    async close() {
      const folder = await opened?.then(({ temporary }) => temporary).catch(() => undefined);
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Opened {
  readonly temporary: string;
  readonly snapshot: Snapshot;
  /** Where the snapshot's root is now. */
  readonly root: string;
  readonly run: RunModule;
}

async function open(tree: Tree): Promise<Opened> {
  const snapshot = await tree.snapshot();
  const temporary = await realpath(await mkdtemp(join(tmpdir(), 'herald-past-')));
  const root = join(temporary, 'root');
  const folders = new Set<string>(['']);
  for (const path of snapshot.files.keys())
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) folders.add(folder);
  for (const folder of folders) await mkdir(join(root, folder), { recursive: true });
  for (const [path, text] of snapshot.files) await writeFile(join(root, path), text);
  for (const [path, target] of snapshot.links)
    if (!isAbsolute(target) && !relative('.', join(dirname(path), target)).startsWith('..')) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await symlink(target, join(root, path));
    }
  for (const folder of folders) await linkPackages(snapshot, root, folder);
  const above = packagesAbove(snapshot.root);
  if (above !== undefined) await symlink(above, join(temporary, 'node_modules'), 'dir');
  return { temporary, snapshot, root, run: moduleRunner(join(root, snapshot.prefix)) };
}

/** Messages of Node.js and of loaders name files of the copy. */
function withoutFolder(flaws: readonly Flaw[], root: string): readonly Flaw[] {
  return flaws.map(({ place, message }) => ({ place, message: message.replaceAll(`${root}${sep}`, '') }));
}

function refused(message: string): Ran {
  return { flaws: [{ place: start, message }] };
}

function packagesAbove(root: string): string | undefined {
  for (let at = dirname(root); ; at = dirname(at)) {
    if (existsSync(join(at, 'node_modules'))) return join(at, 'node_modules');
    if (at === dirname(at)) return undefined;
  }
}

/** A node_modules of links: one entry a package, those of a scope in a folder of their own. */
async function linkPackages(snapshot: Snapshot, root: string, folder: string): Promise<void> {
  const from = [snapshot.installed, snapshot.root]
    .filter((each) => each !== undefined)
    .map((each) => join(each, folder, 'node_modules'))
    .find((each) => existsSync(each));
  if (from === undefined) return;
  const to = join(root, folder, 'node_modules');
  for (const name of readdirSync(from))
    if (name.startsWith('@'))
      for (const scoped of readdirSync(join(from, name)))
        await linkPackage(snapshot, root, from, to, `${name}/${scoped}`);
    else if (!name.startsWith('.')) await linkPackage(snapshot, root, from, to, name);
}

async function linkPackage(snapshot: Snapshot, root: string, from: string, to: string, name: string): Promise<void> {
  const target = existsSync(join(from, name)) ? realpathSync(join(from, name)) : undefined;
  if (target === undefined) return;
  const inside = relative(snapshot.installed ?? snapshot.root, target);
  const isInstalled = inside.split(sep).includes('node_modules');
  const isOurs = !inside.startsWith('..') && !isInstalled;
  // a package outside of the repository and of any node_modules has no past that could be known
  if (!isOurs && !target.split(sep).includes('node_modules')) return;
  const link = join(to, name);
  await mkdir(dirname(link), { recursive: true });
  await symlink(isOurs ? join(root, inside) : target, link, 'dir');
}

const specifier =
  /(?:^|[^.\w])(?:import|export)\b(?!\s+type\b)[^'"`;]*?["']([^"'\n]+)["']|\brequire\s*\(\s*["']([^"'\n]+)["']/g;

/** Why a definition cannot be run as it was: a package it uses, directly or not, was another version then. */
async function changedPackage(file: SourceFile, snapshot: Snapshot, root: string): Promise<string | undefined> {
  if (snapshot.installed !== undefined) return undefined;
  const now = await lockFilesNow(snapshot);
  const resolve = await resolver();
  const first = join(root, snapshot.prefix, file.path);
  const seen = new Set<string>([first]);
  const queue = [{ path: first, text: file.text }];
  for (let at = queue.pop(); at; at = queue.pop())
    for (const match of at.text.matchAll(specifier)) {
      const found = resolve(match[1] ?? match[2] ?? '', at.path);
      if (found === undefined || seen.has(found)) continue;
      seen.add(found);
      const inside = relative(root, found);
      if (!inside.startsWith('..') && !inside.split(sep).includes('node_modules')) {
        if (isCode(found) && existsSync(found)) queue.push({ path: found, text: readFileSync(found, 'utf8') });
        continue;
      }
      const folder = relative(root, dirname(at.path)).replaceAll(sep, '/');
      for (const name of packagesBehind(found)) {
        const difference = lockedDifference(name, folder, snapshot.files, now);
        if (difference !== undefined)
          return `it uses the package "${name}", and ${difference}: only what is installed now can be run. Change the version in a change of its own, or check with --registry`;
      }
    }
  return undefined;
}

/** As they are now, beside those that the baseline has, and above. */
async function lockFilesNow({ root, files }: Snapshot): Promise<ReadonlyMap<string, string>> {
  const folders = new Set(['', ...[...files.keys()].filter((path) => path.endsWith('package.json')).map(dirname)]);
  const found = new Map<string, string>();
  for (const folder of folders)
    for (const name of ['package.json', ...lockNames]) {
      const path = folder === '' || folder === '.' ? name : `${folder}/${name}`;
      if (existsSync(join(root, path))) found.set(path, readFileSync(join(root, path), 'utf8'));
    }
  return found;
}

/** The package a file belongs to, and every package that one depends on, as installed. */
function packagesBehind(file: string): ReadonlySet<string> {
  const own = packageFolder(file);
  const names = new Set<string>();
  const queue = own === undefined ? [] : [own];
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    const { name, dependencies = {} } = manifest(folder);
    if (name === undefined || names.has(name)) continue;
    names.add(name);
    for (const each of Object.keys(dependencies)) {
      const next = installedFolder(folder, each);
      if (next !== undefined) queue.push(next);
    }
  }
  return names;
}

function packageFolder(file: string): string | undefined {
  for (let at = dirname(file); at !== dirname(at); at = dirname(at))
    if (existsSync(join(at, 'package.json')) && manifest(at).name !== undefined) return at;
  return undefined;
}

function manifest(folder: string): {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
} {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

function installedFolder(from: string, name: string): string | undefined {
  for (let at = from; at !== dirname(at); at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (existsSync(join(folder, 'package.json'))) return realpathSync(folder);
  }
  return undefined;
}
