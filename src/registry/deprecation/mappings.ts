/** The work that runs expressions of strangers, behind one port: in this thread, or in processes that can be ended (threads/work.ts). */
import { comparePairs, type PairsTask, type PairVerdict } from '../../mapping/pairs.ts';
import { type Proof, type ProofTask, prove } from '../../mapping/prove.ts';
import type { Requester } from '../requester.ts';

/** Faults: MAPPING_TOO_COSTLY where the work took too much time or memory; OVERLOADED, RATE_LIMITED, CANCELLED. */
export interface Mappings {
  prove(task: ProofTask, requester: Requester): Promise<Proof>;
  comparePairs(task: PairsTask, requester: Requester): Promise<readonly PairVerdict[]>;
}

export const inlineMappings: Mappings = {
  prove: (task) => prove(task),
  comparePairs: (task) => comparePairs(task),
};
