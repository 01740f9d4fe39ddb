/** Catalogs and their definitions as found in a tree: `catalog.json` rules over every file at or below its folder. */

import { dirname } from 'node:path';
import { catalogProblems, ruleSettingProblems } from '../../check/catalog-problems.ts';
import { Fault } from '../../errors.ts';
import { type Catalog, readCatalog } from '../../schema/catalog.ts';
import type { Json } from '../../schema/json.ts';
import { bareCatalog } from './bare-catalog.ts';
import type { Collection, Located } from './collection.ts';
import { readDeprecations } from './deprecations.ts';
import { readDefinition } from './file.ts';
import { isDefinitionFile, isModuleFile, isSkippedByName, subjectOf } from './file-names.ts';
import { withFileReferences } from './file-references.ts';
import type { RunModule } from './module.ts';
import { withNativeDefinitions } from './native.ts';
import { type Locate, locateInJson, start } from './place.ts';
import { notJson, textOf } from './required.ts';
import type { Tree } from './tree.ts';
import { refuse, type Unreadable } from './unreadable.ts';
import { readWaivers } from './waivers.ts';

/** Every collection touched by `paths`; refused where one of the files cannot be read. */
export async function readWorkspace(
  tree: Tree,
  paths: readonly string[],
  run: RunModule,
): Promise<readonly Collection[]> {
  const collections = await surveyWorkspace(tree, paths, run);
  const [unreadable] = collections.flatMap((collection) => collection.unreadable);
  if (unreadable) throw refuse(unreadable);
  refuseTwice(collections);
  return collections;
}

/** One catalog has one catalog.json: of two, each command would take another. */
export function refuseTwice(collections: readonly Collection[]): void {
  const folders = new Map<string, string>();
  for (const { catalog, folder } of collections) {
    if (folder === undefined) continue;
    const other = folders.get(catalog.name);
    if (other !== undefined)
      throw new Fault(
        'CATALOG_INVALID',
        {},
        {
          message: `${catalogPath(other)} and ${catalogPath(folder)} both define the catalog "${catalog.name}". Put its events below one of them, or give the other another name.`,
        },
      );
    folders.set(catalog.name, folder);
  }
}

/** What a person should know of files that were not checked, or not by any rules. */
export async function surveyNotices(
  tree: Tree,
  paths: readonly string[],
  collections: readonly Collection[],
): Promise<readonly string[]> {
  const files = await tree.list(paths);
  const skipped = files.filter(isSkippedByName);
  const bare = collections.filter(({ folder }) => folder === undefined).flatMap(({ definitions }) => definitions);
  const empty = paths.filter(
    (path) => path !== '.' && !files.some((file) => isBelow(file, path) && isDefinitionFile(file)),
  );
  return [
    ...(skipped.length > 0 ? [`not checked, for their names: ${listed(skipped)}`] : []),
    ...(bare.length > 0
      ? [`under no catalog.json, so checked for compatibility alone: ${listed(bare.map(({ file }) => file))}`]
      : []),
    ...(empty.length > 0 ? [`no schema at ${listed(empty)}`] : []),
  ];
}

function isBelow(file: string, folder: string): boolean {
  return file === folder || file.startsWith(`${folder}/`);
}

const maxListed = 5;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, maxListed).join(', ');
  return names.length > maxListed ? `${shown} and ${names.length - maxListed} more` : shown;
}

function catalogPath(folder: string): string {
  return folder === '.' ? 'catalog.json' : `${folder}/catalog.json`;
}

/** Whether the catalogs are those of a baseline: an envelope there that is no schema can only be mended by a change checked against it. */
type Side = 'checked' | 'baseline';

/** Every collection touched by `paths`, and what cannot be read. The catalog.json above a path is found too when only a single file is named. */
export async function surveyWorkspace(
  tree: Tree,
  paths: readonly string[],
  run: RunModule,
  side: Side = 'checked',
): Promise<readonly Collection[]> {
  const files = await tree.list(paths);
  const catalogFiles = await tree.read(catalogCandidates(files));
  const folders = new Map<string, CatalogFile>();
  for (const [path, decoded] of catalogFiles) {
    const text = textOf(path, decoded);
    folders.set(dirname(path), { catalog: parseCatalog(path, text, tree, side), locate: locateInJson(text) });
  }
  const grouped = new Map<string | undefined, string[]>();
  for (const folder of folders.keys()) grouped.set(folder, []);
  for (const file of files.filter(isDefinitionFile)) {
    const folder = owner(file, folders);
    const members = grouped.get(folder) ?? [];
    members.push(file);
    grouped.set(folder, members);
  }
  const collections: Collection[] = [];
  for (const [folder, members] of grouped) {
    const file = folder === undefined ? bare : folders.get(folder);
    if (!file || (folder === undefined && members.length === 0)) continue;
    collections.push(await readCollection(tree, { folder, file, members, named: new Set(paths) }, run));
  }
  const linked = await withFileReferences(tree, collections.map(withNativeDefinitions), run);
  const targets = new Map(
    linked.flatMap(({ catalog, definitions }) =>
      definitions.map((located) => [`${catalog.name}/${located.subject}`, located] as const),
    ),
  );
  return linked
    .map((collection) => ({ ...collection, targets }))
    .filter(({ folder, definitions, unreadable }) => folder !== undefined || definitions.length + unreadable.length > 0)
    .toSorted((a, b) => (a.catalog.name < b.catalog.name ? -1 : 1));
}

interface CatalogFile {
  readonly catalog: Catalog;
  readonly locate: Locate;
}

const bare: CatalogFile = { catalog: bareCatalog, locate: () => start };

interface Members {
  readonly folder: string | undefined;
  readonly file: CatalogFile;
  readonly members: readonly string[];
  /** Paths given by name: such a module must define an event. */
  readonly named: ReadonlySet<string>;
}

async function readCollection(tree: Tree, of: Members, run: RunModule): Promise<Collection> {
  const { folder, members, named } = of;
  const { catalog, locate: locateCatalog } = of.file;
  const definitions: Located[] = [];
  const unreadable: Unreadable[] = [];
  const bySubject = new Map<string, string>();
  for (const [path, decoded] of await tree.read(members)) {
    const subject = subjectOf(path);
    if ('flaw' in decoded) {
      unreadable.push({ subject, file: path, flaws: [decoded.flaw], isModule: false });
      continue;
    }
    const { text } = decoded;
    // modules stand beside events for them to import
    if (isModuleFile(path) && !named.has(path) && !text.includes('defineEvent')) continue;
    const other = bySubject.get(subject);
    bySubject.set(subject, other ?? path);
    const definition = other === undefined ? await readDefinition({ path, text }, run) : secondOf(subject, other, path);
    if ('flaws' in definition) unreadable.push(definition);
    else definitions.push({ ...definition, file: path, text });
  }
  const waivers =
    folder === undefined ? [] : await readWaivers(tree, `${folder === '.' ? '' : `${folder}/`}waivers.json`);
  const deprecations = folder === undefined ? new Map() : await readDeprecations(tree, folder, catalog.name);
  const isWhole = [...named].some((path) => path === '.' || path === folder || folder?.startsWith(`${path}/`));
  return { catalog, folder, locateCatalog, definitions, unreadable, waivers, deprecations, isWhole };
}

function secondOf(subject: string, first: string, file: string): Unreadable {
  const message = `${first} defines "${subject}" too; one of the two must go`;
  return { subject, file, flaws: [{ place: start, message }], isModule: false };
}

/** Where a catalog.json may stand: in the folder of any file, or above it. */
function catalogCandidates(files: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const file of files)
    for (let folder = dirname(file); ; folder = dirname(folder)) {
      const path = folder === '.' ? 'catalog.json' : `${folder}/catalog.json`;
      if (found.has(path)) break;
      found.add(path);
      if (folder === '.' || folder === '/' || folder === '..') break;
    }
  return [...found].sort();
}

function owner(file: string, folders: ReadonlyMap<string, unknown>): string | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (folders.has(folder)) return folder;
    if (folder === '.' || folder === '/' || folder === '..') return undefined;
  }
}

function parseCatalog(path: string, text: string, tree: Tree, side: Side): Catalog {
  const named = side === 'baseline' ? `in ${tree.name}, ${path}` : path;
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Fault('CATALOG_INVALID', { file: path }, { message: notJson(named, text), cause: error });
  }
  const reading = readCatalog(value);
  const problemsOf = side === 'baseline' ? ruleSettingProblems : catalogProblems;
  const found = reading.ok ? problemsOf(reading.catalog) : reading.problems;
  if (reading.ok && found.length === 0) return reading.catalog;
  const locate = locateInJson(text);
  const problems = found.map(({ pointer, message }) => {
    const { line, column } = locate(pointer);
    return { pointer, message, place: `${path}:${line}:${column}` };
  });
  throw new Fault('CATALOG_INVALID', { problems }, { message: `${named} is no catalog:` });
}
