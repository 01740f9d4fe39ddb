/** Modules of types that stand in one folder: which of them declares what another one refers to. */
import type { SchemaDocument } from '../schema/document.ts';
import type { Pointer } from '../schema/pointer.ts';
import type { SchemaLocation } from '../schema/reference.ts';
import { parseRegisteredUri } from '../schema/registered.ts';
import { folderNames } from './folders.ts';
import type { ArtifactInput } from './input.ts';
import { scopeOf } from './scope.ts';

export interface Siblings {
  /** Whose types stand in one folder for each catalog. */
  readonly inputs: readonly ArtifactInput[];
}

/** Where a schema of another document is declared. */
export interface Declared {
  /** As an import writes it. */
  readonly path: string;
  readonly name: string;
}

/** For schemas that `input` reaches in other documents: their declarations in the modules of `siblings`. */
export function declarationsBeside(
  input: ArtifactInput,
  { inputs }: Siblings,
  namesOf: (input: ArtifactInput) => { readonly root: string; readonly reserved: readonly string[] },
): (place: SchemaLocation) => Declared | undefined {
  const modules = new Map<SchemaDocument, ReadonlyMap<Pointer, Declared>>();
  for (const [uri, document] of bundleOf(input.document)) {
    const named = parseRegisteredUri(uri);
    const found = named && inputs.find((one) => one.catalog.name === named.catalog && one.subject === named.subject);
    // another version than the one that stands there has types of its own
    if (found === undefined || found === input || !isSame(found.document, document)) continue;
    const { root, reserved } = namesOf(found);
    const path = pathBetween(input, found, inputs);
    const scope = scopeOf(found.document, root, reserved);
    const own = scope.definitions.filter(({ place }) => place.resource.document === found.document);
    modules.set(
      document,
      new Map([['', { path, name: root }], ...own.map(({ place, name }) => [place.pointer, { path, name }] as const)]),
    );
  }
  return ({ resource, pointer }) => modules.get(resource.document)?.get(pointer);
}

function bundleOf(document: SchemaDocument): ReadonlyMap<string, SchemaDocument> {
  const found = new Map<string, SchemaDocument>(document.bundle);
  for (const other of found.values()) for (const [uri, next] of other.bundle) if (!found.has(uri)) found.set(uri, next);
  return found;
}

function isSame(one: SchemaDocument, other: SchemaDocument): boolean {
  return one === other || JSON.stringify(one.root) === JSON.stringify(other.root);
}

function pathBetween(from: ArtifactInput, to: ArtifactInput, inputs: readonly ArtifactInput[]): string {
  const beside = inputs.filter(({ catalog }) => catalog.name === to.catalog.name).map(({ subject }) => subject);
  const folder = folderNames(beside).get(to.subject) ?? to.subject;
  return from.catalog.name === to.catalog.name
    ? `../${folder}/types.js`
    : `../../${to.catalog.name}/${folder}/types.js`;
}
