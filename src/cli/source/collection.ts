/** What a folder holds of one catalog: its rules, its events, its waivers and plans. */
import type { KnownReader } from '../../check/input.ts';
import type { Catalog } from '../../schema/catalog.ts';
import type { Attached, Definition as FormatDefinition } from '../../schema/definition.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import type { Pointer } from '../../schema/pointer.ts';
import { registeredReferences } from '../../schema/registered.ts';
import type { KnownDeprecation } from './deprecations.ts';
import type { Definition } from './file.ts';
import type { Locate } from './place.ts';
import type { Unreadable } from './unreadable.ts';
import type { PlacedWaiver } from './waivers.ts';

/** The version number of an event that a file refers to. */
export type NumberOf = (catalog: string, subject: string) => number;

/** An Avro or Protobuf definition with what it uses; `source` is then the JSON Schema of its events. */
export interface NativeDefinition {
  readonly definition: FormatDefinition;
  readonly document: SchemaDocument;
  /** Of its content and of all it uses: there are no version numbers in a folder. */
  readonly fingerprint: string;
  readonly attached: Attached;
  /** What it uses by name, and the subject of the same catalog that defines it. */
  readonly uses: readonly { readonly name: string; readonly subject: string }[];
}

export interface Located extends Definition {
  readonly file: string;
  readonly text: string;
  readonly native?: NativeDefinition;
  /** Where it refers to other files: the document with the versions of events that `numberOf` says. */
  readonly link?: (numberOf: NumberOf) => Json;
  /** `FILE#POINTER` of what came from a file of definitions; undefined for what is its own. */
  readonly sharedAt?: (pointer: Pointer) => string | undefined;
}

export interface Collection {
  readonly catalog: Catalog;
  /** The folder of its catalog.json; undefined for files under no catalog. */
  readonly folder: string | undefined;
  /** Where a pointer of its catalog.json stands. */
  readonly locateCatalog: Locate;
  readonly definitions: readonly Located[];
  /** Files that should define a subject too. Empty but where a survey was asked for. */
  readonly unreadable: readonly Unreadable[];
  readonly waivers: readonly PlacedWaiver[];
  /** By subject: who reads it, by files of consumers' own repositories. */
  readonly readers?: ReadonlyMap<string, readonly KnownReader[]>;
  /** By subject: what is known here of subjects on their way out. */
  readonly deprecations: ReadonlyMap<string, KnownDeprecation>;
  /** The events of every catalog of the tree, by `catalog/subject`; absent where this is the only one. */
  readonly targets?: ReadonlyMap<string, Located>;
  /** What pinned references lead to, by URI, where that was looked up; undefined for a version nobody knows. */
  readonly pinned?: ReadonlyMap<string, Definition['source'] | undefined>;
  /** Whether the paths that were named take in its whole folder. */
  readonly isWhole: boolean;
}

/** A definition as a JSON value; null where its text is no JSON: whoever checks it says so. */
export function readableValue({ source }: Pick<Located, 'source'>): Json {
  if ('value' in source) return source.value;
  try {
    return JSON.parse(source.text);
  } catch {
    return null;
  }
}

/** The subjects a definition refers to, as versions or by a name of its format: then they are of its own catalog. */
export function usesOf(definition: Located): readonly { readonly catalog?: string; readonly subject: string }[] {
  return definition.native?.uses ?? [...registeredReferences(readableValue(definition)).values()];
}
