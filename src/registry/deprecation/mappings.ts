/** The work that runs expressions of strangers, behind one port: in this thread, or in others that can be ended (threads/mapping-pool.ts). */
import { comparePairs, type PairsTask, type PairVerdict } from '../../mapping/pairs.ts';
import { type Proof, type ProofTask, prove } from '../../mapping/prove.ts';

/** Fault MAPPING_TOO_COSTLY where the work was ended because it took too much time or memory. */
export interface Mappings {
  prove(task: ProofTask): Promise<Proof>;
  comparePairs(task: PairsTask): Promise<readonly PairVerdict[]>;
}

export const inlineMappings: Mappings = { prove, comparePairs };
