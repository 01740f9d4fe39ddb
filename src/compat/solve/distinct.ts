/** `uniqueItems`: different values for all slots, by matching slots to values; exact because domains are listed as far as needed. */
import type { Json } from '../../schema/json.ts';
import { oneOfValues, valueKey, valueSet } from '../graph/connective.ts';
import { type Lit, negate } from '../graph/node.ts';
import { nth } from '../nth.ts';
import type { Arrays } from './array.ts';
import { type Slot, signature, slotOutcome, uncounted } from './slots.ts';
import { type Outcome, sat, UNSAT } from './solver.ts';

interface Domain {
  readonly values: readonly Json[];
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
    if (domain.values.length === 0 && domain.enough) return UNSAT;
    ofSlot.push(domain);
  }
  const matched = match(ofSlot);
  if (matched !== undefined) return sat(matched);
  return ofSlot.every((domain) => domain.enough) ? UNSAT : uncounted;
}

/** As many different values of the slot as there are slots, or all. */
function listDomain(arrays: Arrays, slots: readonly Slot[], slot: Slot): Domain {
  const values: Json[] = [];
  while (values.length < slots.length) {
    const not: readonly Lit[] =
      values.length === 0 ? [] : [negate(oneOfValues(arrays.tab.solver.context.arena, valueSet(values)))];
    const outcome = slotOutcome(arrays, slots, slot, not);
    if (outcome.kind === 'unknown') return { values, enough: false };
    if (outcome.kind === 'unsat') return { values, enough: true };
    values.push(outcome.value);
  }
  return { values, enough: true };
}

/** Augmenting paths; undefined where some slot gets no value of its own. */
function match(domains: readonly Domain[]): readonly Json[] | undefined {
  const takenBy = new Map<string, number>();
  const given = new Map<number, Json>();
  const augment = (slot: number, seen: Set<string>): boolean => {
    for (const value of nth(domains, slot).values) {
      const key = valueKey(value);
      if (seen.has(key)) continue;
      seen.add(key);
      const holder = takenBy.get(key);
      if (holder !== undefined && !augment(holder, seen)) continue;
      takenBy.set(key, slot);
      given.set(slot, value);
      return true;
    }
    return false;
  };
  for (let slot = 0; slot < domains.length; slot++) if (!augment(slot, new Set())) return undefined;
  return domains.map((_, slot) => given.get(slot) as Json);
}
