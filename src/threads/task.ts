/** What goes to a thread: plain data, copied on the way. */
import type { PairsTask } from '../mapping/pairs.ts';
import type { ProofTask } from '../mapping/prove.ts';
import type { Checks } from '../registry/versions/checks.ts';

export type Task =
  | { readonly kind: 'check'; readonly input: Parameters<Checks['check']> }
  | { readonly kind: 'compare'; readonly input: Parameters<Checks['compare']> };

export type MappingWork =
  | { readonly kind: 'prove'; readonly task: ProofTask }
  | { readonly kind: 'pairs'; readonly task: PairsTask };
