/** Catalogs and their definitions as found in a tree: `catalog.json` rules over every file at or below its folder. */
import { dirname } from 'node:path';
import type { Waiver } from '../../check/input.ts';
import { Fault } from '../../errors.ts';
import { type Catalog, readCatalog } from '../../schema/catalog.ts';
import type { Json } from '../../schema/json.ts';
import { bareCatalog } from './bare-catalog.ts';
import { type Definition, isDefinitionFile, readDefinition, type SourceFile } from './file.ts';
import { locateInJson } from './place.ts';
import type { Tree } from './tree.ts';
import { readWaivers } from './waivers.ts';

export interface Located extends Definition {
  readonly file: string;
  readonly text: string;
}

export interface Collection {
  readonly catalog: Catalog;
  /** The folder of its catalog.json; undefined for files under no catalog. */
  readonly folder: string | undefined;
  readonly definitions: readonly Located[];
  readonly waivers: readonly (Waiver & { readonly file: string; readonly line: number })[];
}

export type RunModule = (file: SourceFile) => Promise<unknown>;

/** Every collection touched by `paths`. The catalog.json above a path is found too when only a single file is named. */
export async function readWorkspace(
  tree: Tree,
  paths: readonly string[],
  run: RunModule,
): Promise<readonly Collection[]> {
  const files = await tree.list(paths);
  const catalogFiles = await tree.read(catalogCandidates(files));
  const folders = new Map<string, Catalog>();
  for (const [path, text] of catalogFiles) folders.set(dirname(path), parseCatalog(path, text));
  const grouped = new Map<string | undefined, string[]>();
  for (const folder of folders.keys()) grouped.set(folder, []);
  for (const file of files.filter(isDefinitionFile)) {
    const folder = owner(file, folders);
    grouped.set(folder, [...(grouped.get(folder) ?? []), file]);
  }
  const collections: Collection[] = [];
  for (const [folder, members] of grouped) {
    const catalog = folder === undefined ? bareCatalog : folders.get(folder);
    if (!catalog || (folder === undefined && members.length === 0)) continue;
    collections.push(await readCollection(tree, folder, catalog, members, run));
  }
  return collections.toSorted((a, b) => (a.catalog.name < b.catalog.name ? -1 : 1));
}

async function readCollection(
  tree: Tree,
  folder: string | undefined,
  catalog: Catalog,
  members: readonly string[],
  run: RunModule,
): Promise<Collection> {
  const texts = await tree.read(members);
  const definitions: Located[] = [];
  const bySubject = new Map<string, string>();
  for (const [path, text] of texts) {
    const definition = await readDefinition({ path, text }, run);
    const other = bySubject.get(definition.subject);
    if (other !== undefined)
      throw new Fault(
        'INPUT_UNREADABLE',
        { file: path },
        { message: `${other} and ${path} both define "${definition.subject}"; one of them must go.` },
      );
    bySubject.set(definition.subject, path);
    definitions.push({ ...definition, file: path, text });
  }
  const waivers =
    folder === undefined ? [] : await readWaivers(tree, `${folder === '.' ? '' : `${folder}/`}waivers.json`);
  return { catalog, folder, definitions, waivers };
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

function owner(file: string, folders: ReadonlyMap<string, Catalog>): string | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (folders.has(folder)) return folder;
    if (folder === '.' || folder === '/' || folder === '..') return undefined;
  }
}

function parseCatalog(path: string, text: string): Catalog {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Fault(
      'CATALOG_INVALID',
      { file: path },
      { message: `${path} is not JSON: ${error instanceof Error ? error.message : ''}`, cause: error },
    );
  }
  const reading = readCatalog(value);
  if (reading.ok) return reading.catalog;
  const locate = locateInJson(text);
  const problems = reading.problems.map(({ pointer, message }) => {
    const { line, column } = locate(pointer);
    return { pointer, message, place: `${path}:${line}:${column}` };
  });
  throw new Fault('CATALOG_INVALID', { problems }, { message: `${path} is no catalog:` });
}

/** A definition as a JSON value; null where its text is no JSON: whoever checks it says so. */
export function readableValue({ source }: Located): Json {
  if ('value' in source) return source.value;
  try {
    return JSON.parse(source.text);
  } catch {
    return null;
  }
}
