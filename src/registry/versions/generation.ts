/** What is generated from schemas, behind one port: in this thread, or in others that can be ended (threads/work.ts). */
import { type Artifact, type ArtifactInput, type ArtifactName, artifact } from '../../codegen/artifacts.ts';
import { asyncApiText } from '../../codegen/asyncapi.ts';
import { CannotGenerate } from '../../codegen/cannot-generate.ts';
import { Fault } from '../../errors.ts';
import { type DataMap, type DataMapEntry, type DataMapFilter, dataMap } from '../../policy/data-map.ts';
import type { Catalog } from '../../schema/catalog.ts';
import type { Dialect, SchemaDocument } from '../../schema/document.ts';
import { trustedSchema } from '../../schema/parse.ts';
import { othersTurn } from '../../turns.ts';
import type { Requester } from '../requester.ts';

/** A registered document as its text: parsed where it is used. */
export interface StoredDocument {
  readonly text: string;
  readonly dialect: Dialect;
  readonly bundle: ReadonlyMap<string, SchemaDocument>;
}

export type Stored<Input extends { readonly document: SchemaDocument }> = Omit<Input, 'document'> & {
  readonly stored: StoredDocument;
};

/** Faults: GENERATION_TOO_COSTLY where the work took too much time or memory; OVERLOADED, RATE_LIMITED, CANCELLED. */
export interface Generation {
  artifact(name: ArtifactName, input: Stored<ArtifactInput>, requester: Requester): Promise<Artifact>;
  asyncApi(catalog: Catalog, inputs: readonly Stored<ArtifactInput>[], requester: Requester): Promise<string>;
  dataMap(
    catalog: Catalog,
    entries: readonly Stored<DataMapEntry>[],
    filter: DataMapFilter,
    requester: Requester,
  ): Promise<DataMap>;
}

export const inlineGeneration: Generation = {
  async artifact(name, input) {
    await othersTurn();
    return generated(name, parsed(input));
  },
  async asyncApi(catalog, inputs) {
    await othersTurn();
    return asyncApiText(catalog, inputs.map(parsed));
  },
  async dataMap(catalog, entries, filter) {
    await othersTurn();
    return dataMap(catalog, entries.map(parsed), filter);
  },
};

/** What the generator cannot make is a fault of its own: the version is as it is, and every try ends the same. */
function generated(...[name, input]: Parameters<typeof artifact>): Artifact {
  try {
    return artifact(name, input);
  } catch (cause) {
    if (!(cause instanceof CannotGenerate)) throw cause;
    throw new Fault('SCHEMA_TOO_LARGE', { limit: name }, { message: cause.message, cause });
  }
}

function parsed<Rest extends object>({ stored, ...rest }: Rest & { readonly stored: StoredDocument }) {
  return { ...rest, document: trustedSchema(stored.text, stored.dialect, stored.bundle) };
}
