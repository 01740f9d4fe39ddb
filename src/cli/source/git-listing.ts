/** What a commit lists at and below some paths. A large repository is listed whole only where a link may lead anywhere. */
import type { Io } from '../io.ts';
import { ours } from './file-names.ts';
import { type Entry, linksAmong } from './git-links.ts';
import { gitFault } from './git-ref.ts';

export interface Listing {
  /** Of the repository; empty for its root. Whatever lies at or below one of them is an entry. */
  readonly paths: readonly string[];
  readonly entries: ReadonlyMap<string, Entry>;
}

export function listingOf(paths: readonly string[], found: readonly Entry[]): Listing {
  return { paths, entries: new Map(found.map((entry) => [entry.path, entry])) };
}

/** Whether the listing would have it if the commit had. */
export function isListed({ paths }: Listing, path: string): boolean {
  return paths.some((listed) => isAtOrBelow(path, listed));
}

function isAtOrBelow(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

/** Of all arguments of a command; Windows takes 32,767. */
const maxCharacters = 20_000;

/**
 * Of `asked`, and of the catalogs above. Undefined where that may not be all: where links lead from them or to them, or something is not
 * there.
 */
export async function listingNear(io: Io, commit: string, asked: readonly string[]): Promise<Listing | undefined> {
  if (asked.includes('')) return undefined;
  const paths = [...new Set([...asked, ...asked.flatMap(oursAbove)])];
  if (paths.join(' ').length > maxCharacters) return undefined;
  const found = await entriesBelow(io, commit, paths);
  const isThere = (path: string) => found.some((entry) => isAtOrBelow(entry.path, path));
  return linksAmong(found).length === 0 && asked.every(isThere) ? listingOf(paths, found) : undefined;
}

/** Where each folder above a path may have files of Herald's own. */
function oursAbove(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.flatMap((_, depth) => [...ours].map((name) => [...parts.slice(0, depth), name].join('/')));
}

/** At and below `paths`; the whole commit where there are none. */
export async function entriesBelow(io: Io, commit: string, paths: readonly string[]): Promise<readonly Entry[]> {
  const args = ['--literal-pathspecs', 'ls-tree', '-r', '-z', '--full-tree', commit, '--', ...paths];
  const { code, stdout, stderr } = await io.git(args);
  if (code !== 0) throw gitFault(`git cannot list ${commit}: ${stderr.trim()}`);
  return stdout
    .toString('utf8')
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const tab = line.indexOf('\t');
      const [mode = '', , id = ''] = line.slice(0, tab).split(' ');
      return { mode, id, path: line.slice(tab + 1) };
    });
}
