import { canonicalize } from '../../schema/canonical.ts';
import { asJson, type Json } from '../../schema/json.ts';
import { append, type Pointer } from '../../schema/pointer.ts';
import type { PolicyFinding, PolicyRule } from '../rule.ts';

export const readersKept: PolicyRule = {
  id: 'readers-kept',
  summary:
    'The contract says no less of its consumers than before: none is dropped, none reads less or is less critical. Whoever declares itself to the registry is left out.',
  severity: 'warning',
  fault: 'POLICY_REFUSED',
  aboutNeighbours: true,
  *check({ contract, previous, neighbours }): Generator<PolicyFinding> {
    const rows = contract.consumers ?? [];
    const declared = new Set(neighbours.declared ?? []);
    for (const before of previous?.contract.consumers ?? []) {
      const { service } = before;
      if (declared.has(service)) continue;
      const index = rows.findIndex((row) => row.service === service);
      const lost = index < 0 ? ['is no longer named'] : lostBetween(before, rows[index] ?? before);
      if (lost.length === 0) continue;
      yield {
        pointer: index < 0 ? '/x-contract' : append('/x-contract/consumers', index),
        message: `The contract says less of the consumer "${service}" than before: it ${lost.join(', ')}. That counts from the next version on.`,
        hint: 'This change is checked by what the contract said before. Ask the consumer, or let it declare itself what it reads: herald consume publish.',
        params: { service, lost },
      };
    }
  },
};

/** What a row may say beside the name of the service. */
interface Row {
  readonly service: string;
  readonly reads?: readonly Pointer[] | undefined;
  readonly requires?: Json | undefined;
  readonly samples?: readonly Json[] | undefined;
  readonly critical?: boolean | undefined;
}

function lostBetween(before: Row, now: Row): readonly string[] {
  const { requires } = before;
  const kept = new Set((now.samples ?? []).map((sample) => canonicalize(sample)));
  const isDropped = (before.samples ?? []).some((sample) => !kept.has(canonicalize(sample)));
  return [
    ...readingLost(before, now),
    ...(requires !== undefined && !isEqual(requires, now.requires) ? ['requires another schema'] : []),
    ...(isDropped ? ['has fewer samples'] : []),
    ...(before.critical && !now.critical ? ['is no longer critical'] : []),
  ];
}

function readingLost(before: Row, now: Row): readonly string[] {
  if (readsEverything(now)) return [];
  if (readsEverything(before)) return ['reads a part, where it was taken to read everything'];
  const lost = (before.reads ?? []).filter((pointer) => !(now.reads ?? []).some((wide) => covers(wide, pointer)));
  return lost.length > 0 ? [`does not read ${lost.join(', ')}`] : [];
}

/** Who says nothing of what it reads is taken to read everything. */
function readsEverything({ reads, requires, samples = [] }: Row): boolean {
  return reads === undefined && requires === undefined && samples.length === 0;
}

function covers(wide: string, pointer: string): boolean {
  return pointer === wide || pointer.startsWith(`${wide}/`);
}

function isEqual(one: Json | undefined, other: Json | undefined): boolean {
  return canonicalize(asJson({ one })) === canonicalize(asJson({ one: other }));
}
