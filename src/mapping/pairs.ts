/** During dual-writing: does what was written to both lines agree, once the mapping has explained what it can? */
import type { Json } from '../schema/json.ts';
import { type Difference, differences } from './difference.ts';
import { readMapping } from './expression.ts';

export interface PairsTask {
  /** The plan's mapping from the successor's payload to the old one. */
  readonly backward: string;
  readonly pairs: readonly { readonly old: Json; readonly new: Json }[];
}

/** Where the old event and the mapped new one differ; empty where they agree. `failed`: the mapping made nothing of it. */
export interface PairVerdict {
  readonly differences: readonly Difference[];
  readonly failed?: string;
}

export async function comparePairs({ backward, pairs }: PairsTask): Promise<readonly PairVerdict[]> {
  const reading = readMapping(backward);
  // it was read when the plan was announced
  if (!reading.ok) throw new Error('the mapping of a plan cannot be read');
  const verdicts: PairVerdict[] = [];
  for (const pair of pairs) {
    const mapped = await reading.map(pair.new);
    verdicts.push(
      mapped.ok ? { differences: differences(pair.old, mapped.value) } : { differences: [], failed: mapped.code },
    );
  }
  return verdicts;
}
