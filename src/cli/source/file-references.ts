/**
 * References from file to file: `./customer.json#/properties/address`. A file with nothing but definitions, or one that others refer to
 * and that has neither a contract nor the name of an event, is no event: what is used of it becomes part of the event. A reference to
 * another event becomes one to its version.
 */
import { posix } from 'node:path';
import { declaredDialect } from '../../schema/dialect.ts';
import { isArray, isObject, type Json } from '../../schema/json.ts';
import { registryLimits } from '../../schema/limits.ts';
import { append, type Pointer } from '../../schema/pointer.ts';
import { registeredUri } from '../../schema/registered.ts';
import { measure } from '../../schema/value-size.ts';
import { type Collection, type Located, type NumberOf, readableValue } from './collection.ts';
import { readDefinition } from './file.ts';
import { isModuleFile } from './file-names.ts';
import type { RunModule } from './module.ts';
import type { Tree } from './tree.ts';
import type { Flaw, Unreadable } from './unreadable.ts';

interface Target {
  readonly located: Located;
  /** Undefined for a file of definitions. */
  readonly event?: { readonly catalog: string; readonly subject: string };
}

interface Reference {
  readonly pointer: Pointer;
  /** From the root of the tree. */
  readonly path: string;
  readonly fragment: string;
}

/** The collections without files that are no events, and with every reference between files resolved. */
export async function withFileReferences(
  tree: Tree,
  collections: readonly Collection[],
  run: RunModule,
): Promise<readonly Collection[]> {
  const all = collections.flatMap(({ catalog, definitions }) =>
    definitions.map((located) => ({ located, event: { catalog: catalog.name, subject: located.subject } })),
  );
  const named = new Set(all.flatMap(({ located }) => referencesOf(located).map(({ path }) => path)));
  const targets = new Map<string, Target>();
  for (const { located, event } of all)
    targets.set(located.file, isShared(located, named.has(located.file)) ? { located } : { located, event });
  if (named.size === 0 && [...targets.values()].every(({ event }) => event !== undefined)) return collections;
  await readOutside(tree, targets, run);
  return collections.map((collection) => linkedCollection(collection, targets));
}

function linkedCollection(collection: Collection, targets: ReadonlyMap<string, Target>): Collection {
  const definitions: Located[] = [];
  const unreadable: Unreadable[] = [...collection.unreadable];
  for (const located of collection.definitions) {
    if (targets.get(located.file)?.event === undefined) continue;
    // one too deep to be rewritten is told so by whoever parses it
    if (referencesOf(located).length === 0 || nestsTooDeep(readableValue(located))) definitions.push(located);
    else {
      const flaws = flawsOf(located, targets);
      const { subject, file } = located;
      if (flaws.length > 0) unreadable.push({ subject, file, flaws, isModule: false });
      else definitions.push(linked(located, targets));
    }
  }
  return { ...collection, definitions, unreadable };
}

/** Files that are referred to and lie outside of what was named. */
async function readOutside(tree: Tree, targets: Map<string, Target>, run: RunModule): Promise<void> {
  const queue = [...targets.values()].map(({ located }) => located);
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const missing = referencesOf(at)
      .map(({ path }) => path)
      .filter((path) => !targets.has(path));
    for (const [path, decoded] of await tree.read([...new Set(missing)])) {
      if ('flaw' in decoded || isModuleFile(path)) continue;
      const definition = await readDefinition({ path, text: decoded.text }, run);
      if ('flaws' in definition || !canBePart(readableValue(definition))) continue;
      const located = { ...definition, file: path, text: decoded.text };
      targets.set(path, { located });
      queue.push(located);
    }
  }
}

const definitionsOnly = new Set(['$schema', '$id', 'id', '$comment', 'title', 'description', '$defs', 'definitions']);

function isShared(located: Located, isNamed: boolean): boolean {
  if (!isNamed && !mayHoldDefinitions(located)) return false;
  const value = readableValue(located);
  if (isModuleFile(located.file) || !canBePart(value)) return false;
  if (isObject(value)) {
    if (Object.hasOwn(value, 'x-contract')) return false;
    const names = Object.keys(value);
    const holdsDefinitions = names.includes('$defs') || names.includes('definitions');
    if (holdsDefinitions && names.every((name) => definitionsOnly.has(name))) return true;
  }
  return isNamed && !located.subject.includes('.');
}

/** Whether it can be put into another document: `true` and `false` are schemas too. */
function canBePart(value: Json): boolean {
  return (isObject(value) || typeof value === 'boolean') && !nestsTooDeep(value);
}

function nestsTooDeep(value: Json): boolean {
  return measure(value).depth > registryLimits.depth;
}

/** Of most files the text says that they are none, without being read for it; with a backslash a name may be spelt otherwise. */
function mayHoldDefinitions({ source }: Located): boolean {
  return !('text' in source) || ['$defs', 'definitions', '\\'].some((part) => source.text.includes(part));
}

const cache = new WeakMap<Located, readonly Reference[]>();

function referencesOf(located: Located): readonly Reference[] {
  const known = cache.get(located);
  if (known) return known;
  const found = isModuleFile(located.file) || !located.text.includes('$ref') ? [] : [...references(located)];
  cache.set(located, found);
  return found;
}

/** In the order of the document. */
function* references(located: Located): Generator<Reference> {
  const stack: { readonly value: Json; readonly pointer: Pointer }[] = [{ value: readableValue(located), pointer: '' }];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const { value, pointer } = at;
    if (isArray(value))
      for (const [index, item] of [...value.entries()].reverse())
        stack.push({ value: item, pointer: append(pointer, index) });
    else if (isObject(value))
      for (const [name, member] of Object.entries(value).reverse()) {
        const reference =
          name === '$ref' && typeof member === 'string' ? fileReference(member, located.file) : undefined;
        if (reference) yield { ...reference, pointer: append(pointer, name) };
        stack.push({ value: member, pointer: append(pointer, name) });
      }
  }
}

/** A relative path to a file of JSON or YAML; undefined for everything else. */
function fileReference(reference: string, from: string): Omit<Reference, 'pointer'> | undefined {
  const [, path = '', fragment = ''] = /^([^#]*)(?:#(.*))?$/.exec(reference) ?? [];
  if (!/\.(json|ya?ml)$/.test(path) || /^([a-z][a-z0-9+.-]*:|\/)/i.test(path)) return undefined;
  return { path: posix.join(posix.dirname(from), percentDecoded(path)), fragment };
}

/** A path that no file can have is left as it is written, so that a message can name it. */
function percentDecoded(path: string): string {
  try {
    const decoded = decodeURIComponent(path);
    return decoded.includes('\0') ? path : decoded;
  } catch (error) {
    if (error instanceof URIError) return path;
    throw error;
  }
}

function flawsOf(located: Located, targets: ReadonlyMap<string, Target>): readonly Flaw[] {
  const dialect = declaredDialect(readableValue(located)) ?? '2020-12';
  return referencesOf(located).flatMap((given) => {
    const place = located.locate(given.pointer);
    return [...referencesFrom(given, targets)].flatMap(({ path, fragment, way }) => {
      const target = targets.get(path);
      if (!target) return [{ place, message: `it refers to ${way}, which is not there or cannot be read as a schema` }];
      if (fragment !== '' && !fragment.startsWith('/'))
        return [
          { place, message: `it refers to "#${fragment}" of ${way}: between files a reference is a JSON Pointer` },
        ];
      const other = declaredDialect(readableValue(target.located)) ?? dialect;
      if (target.event === undefined && other !== dialect)
        return [{ place, message: `it refers to ${way}, which is of another dialect (${other}, not ${dialect})` }];
      return [];
    });
  });
}

/** A reference, and those of the files of definitions it leads to. `way`: the file it leads to, behind those that lead there. */
function* referencesFrom(
  given: Reference,
  targets: ReadonlyMap<string, Target>,
): Generator<Reference & { readonly way: string }> {
  const seen = new Set<string>();
  const stack = [{ ...given, way: given.path }];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    yield at;
    const target = targets.get(at.path);
    if (target === undefined || target.event !== undefined || seen.has(at.path)) continue;
    seen.add(at.path);
    for (const next of referencesOf(target.located).toReversed())
      stack.push({ ...next, way: `${at.way}, which refers to ${next.path}` });
  }
}

/** The event as one document. Where a version is referred to, `numberOf` says which; until then it is the file as it is. */
function linked(located: Located, targets: ReadonlyMap<string, Target>): Located {
  const link = (numberOf: NumberOf) => linkedValue(located, targets, numberOf).value;
  const { value, files } = linkedValue(located, targets, () => 1);
  const pointers = new Map(
    referencesOf(located).map(({ path, pointer }) => [targets.get(path)?.located.file, pointer]),
  );
  // what came from another file is shown where that file is referred to
  const locate = (pointer: Pointer) => {
    const from = embeddedAt(pointer, files);
    if (from === undefined) return located.locate(pointer);
    return located.locate(pointers.get(from.file) ?? [...pointers.values()][0] ?? pointer);
  };
  const sharedAt = (pointer: Pointer) => {
    const from = embeddedAt(pointer, files);
    return from && `${from.file}#${from.pointer}`;
  };
  return { ...located, source: { value }, locate, link, sharedAt };
}

/** Where a pointer of the one document leads in the file it came from; undefined for what was there. */
function embeddedAt(pointer: Pointer, files: ReadonlyMap<string, string>) {
  const [, name, rest = ''] = /^\/(?:\$defs|definitions)\/([^/]+)(.*)$/.exec(pointer) ?? [];
  const file = name === undefined ? undefined : files.get(name);
  return file === undefined ? undefined : { file, pointer: rest };
}

interface Linked {
  readonly value: Json;
  /** The files whose definitions it holds, by the names it gave them. */
  readonly files: ReadonlyMap<string, string>;
}

/** Within another document it is a part of that one, of its dialect. */
function withoutIdentity(value: Json): Json {
  if (!isObject(value)) return value;
  const { $schema: _, $id: __, id: ___, ...rest } = value;
  return rest;
}

function linkedValue(located: Located, targets: ReadonlyMap<string, Target>, numberOf: NumberOf): Linked {
  const root = readableValue(located);
  const keyword = /^draft-0[467]$/.test(declaredDialect(root) ?? '') ? 'definitions' : '$defs';
  const taken = new Set(isObject(root) && isObject(root[keyword]) ? Object.keys(root[keyword]) : []);
  const names = new Map<string, string>();
  const embedded: Record<string, Json> = {};
  const nameOf = (target: Located): string => {
    const known = names.get(target.file);
    if (known !== undefined) return known;
    // as it stands in a reference, where these would mean something else
    const wanted = target.subject.replaceAll(/[%~#]/g, '_');
    let name = wanted;
    for (let at = 2; taken.has(name); at += 1) name = `${wanted}${at}`;
    taken.add(name);
    names.set(target.file, name);
    embedded[name] = rewritten(withoutIdentity(readableValue(target)), target.file, `/${keyword}/${name}`);
    return name;
  };
  const rewritten = (value: Json, file: string, base: Pointer): Json => {
    if (isArray(value)) return value.map((item) => rewritten(item, file, base));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        name === '$ref' && typeof member === 'string' ? reference(member, file, base) : rewritten(member, file, base),
      ]),
    );
  };
  const reference = (given: string, file: string, base: Pointer): string => {
    if (given === '#' || given.startsWith('#/')) return `#${base}${given.slice(1)}`;
    const found = fileReference(given, file);
    const target = found && targets.get(found.path);
    if (!found || !target) return given;
    if (target.located.file === located.file) return `#${found.fragment}`;
    if (!target.event) return `#/${keyword}/${nameOf(target.located)}${found.fragment}`;
    const { catalog, subject } = target.event;
    const fragment = found.fragment === '' ? '' : `#${found.fragment}`;
    return `${registeredUri({ catalog, subject, number: numberOf(catalog, subject) })}${fragment}`;
  };
  const value = rewritten(root, located.file, '');
  const files = new Map([...names].map(([file, name]) => [name, file]));
  if (!isObject(value) || files.size === 0) return { value, files };
  const own = isObject(value[keyword]) ? value[keyword] : {};
  return { value: { ...value, [keyword]: { ...own, ...embedded } }, files };
}
