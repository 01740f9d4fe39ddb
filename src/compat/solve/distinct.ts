/** `uniqueItems`: different values for all slots, by matching slots to values; exact because domains are listed as far as needed. */
import type { Json } from '../../schema/json.ts';
import { oneOfValues, valueKey } from '../graph/connective.ts';
import { type Lit, negate } from '../graph/node.ts';
import { nth } from '../nth.ts';
import type { Arrays } from './array.ts';
import { matching } from './matching.ts';
import { type Slot, signature, slotOutcome, uncounted } from './slots.ts';
import { type Outcome, sat, UNSAT } from './solver.ts';

interface Domain {
  /** By their keys. */
  readonly values: ReadonlyMap<string, Json>;
  /** These are all, or as many as there are slots. */
  readonly enough: boolean;
}

export function distinctValues(arrays: Arrays, slots: readonly Slot[]): Outcome {
  const domains = new Map<string, Domain>();
  const ofSlot: Domain[] = [];
  for (const slot of slots) {
    const same = signature(arrays, slots, slot);
    let domain = domains.get(same);
    if (domain === undefined) {
      domain = listDomain(arrays, slots, slot);
      domains.set(same, domain);
    }
    if (domain.values.size === 0 && domain.enough) return UNSAT;
    ofSlot.push(domain);
  }
  const matched = matching(ofSlot.map(({ values }) => [...values.keys()]));
  if (matched !== undefined) return sat(matched.map((key, at) => nth(ofSlot, at).values.get(key) as Json));
  return ofSlot.every((domain) => domain.enough) ? UNSAT : uncounted;
}

/** As many different values of the slot as there are slots, or all. */
function listDomain(arrays: Arrays, slots: readonly Slot[], slot: Slot): Domain {
  const values = new Map<string, Json>();
  while (values.size < slots.length) {
    const not: readonly Lit[] =
      values.size === 0 ? [] : [negate(oneOfValues(arrays.tab.solver.context.arena, new Map(values)))];
    const outcome = slotOutcome(arrays, slots, slot, not);
    if (outcome.kind === 'unknown') return { values, enough: false };
    if (outcome.kind === 'unsat') return { values, enough: true };
    values.set(valueKey(outcome.value), outcome.value);
  }
  return { values, enough: true };
}
