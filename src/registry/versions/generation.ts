/** What is generated from schemas, behind one port: in this thread, or in others that can be ended (threads/work.ts). */
import { type Artifact, type ArtifactInput, type ArtifactName, artifact } from '../../codegen/artifacts.ts';
import { asyncApiText } from '../../codegen/asyncapi.ts';
import { type DataMap, type DataMapEntry, type DataMapFilter, dataMap } from '../../policy/data-map.ts';
import type { Catalog } from '../../schema/catalog.ts';
import type { Requester } from '../requester.ts';
import { othersTurn } from '../turns.ts';

/** Faults: GENERATION_TOO_COSTLY where the work took too much time or memory; OVERLOADED, RATE_LIMITED, CANCELLED. */
export interface Generation {
  artifact(name: ArtifactName, input: ArtifactInput, requester: Requester): Promise<Artifact>;
  asyncApi(catalog: Catalog, inputs: readonly ArtifactInput[], requester: Requester): Promise<string>;
  dataMap(
    catalog: Catalog,
    entries: readonly DataMapEntry[],
    filter: DataMapFilter,
    requester: Requester,
  ): Promise<DataMap>;
}

export const inlineGeneration: Generation = {
  async artifact(name, input) {
    await othersTurn();
    return artifact(name, input);
  },
  async asyncApi(catalog, inputs) {
    await othersTurn();
    return asyncApiText(catalog, inputs);
  },
  async dataMap(catalog, entries, filter) {
    await othersTurn();
    return dataMap(catalog, entries, filter);
  },
};
