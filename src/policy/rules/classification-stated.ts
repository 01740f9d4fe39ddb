import type { PolicyFinding, PolicyRule } from '../rule.ts';

export const classificationStated: PolicyRule = {
  id: 'classification-stated',
  summary: 'Every event has a classification, and it is one of the levels of the catalog.',
  severity: 'error',
  fault: 'CLASSIFICATION_MISSING',
  *check({ name, contract, catalog }): Generator<PolicyFinding> {
    const { levels } = catalog.classification;
    const domain = name && Object.hasOwn(catalog.domains, name.domain) ? catalog.domains[name.domain] : undefined;
    const stated = contract.classification ?? domain?.classification;
    const hint = `Levels of ${catalog.name}, from harmless to most sensitive: ${levels.join(', ')}.`;
    if (stated === undefined)
      yield { pointer: '/x-contract', message: 'The event has no classification, and its domain gives none.', hint };
    else if (!levels.includes(stated))
      yield {
        pointer: '/x-contract/classification',
        message: `"${stated}" is not a classification of this catalog.`,
        hint,
        params: { classification: stated },
      };
  },
};
