import type { PolicyFinding, PolicyRule } from '../rule.ts';

export const producerKnown: PolicyRule = {
  id: 'producer-known',
  summary: 'The contract names one producer, and the catalog knows it.',
  severity: 'error',
  fault: 'PRODUCER_UNKNOWN',
  *check({ contract, catalog }): Generator<PolicyFinding> {
    const { producer } = contract;
    if (producer === undefined)
      yield {
        pointer: '/x-contract',
        message: 'The contract names no producer.',
        hint: 'State "producer" in x-contract: the one service that emits this event.',
      };
    else if (!Object.hasOwn(catalog.services, producer))
      yield {
        pointer: '/x-contract/producer',
        message: `The catalog knows no service "${producer}".`,
        hint: nearest(producer, Object.keys(catalog.services)),
        params: { producer },
      };
  },
};

function nearest(given: string, known: readonly string[]): string {
  const alike = known.filter((name) => name.includes(given) || given.includes(name));
  const listed = (alike.length > 0 ? alike : known).toSorted().slice(0, 10);
  return listed.length === 0
    ? 'catalog.json lists no services yet; add it there.'
    : `Known: ${listed.join(', ')}. New services are added in catalog.json.`;
}
