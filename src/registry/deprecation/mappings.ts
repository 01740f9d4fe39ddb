/** The port behind which callers' expressions run: in this thread, or in threads that can be ended (threads/mapping-pool.ts). */
import { comparePairs, type PairsTask, type PairVerdict } from '../../mapping/pairs.ts';
import { type Proof, type ProofTask, prove } from '../../mapping/prove.ts';

/** Faults: MAPPING_TOO_COSTLY, where the work took too much time or memory and was ended. */
export interface Mappings {
  prove(task: ProofTask): Promise<Proof>;
  comparePairs(task: PairsTask): Promise<readonly PairVerdict[]>;
}

export const inlineMappings: Mappings = { prove, comparePairs };
