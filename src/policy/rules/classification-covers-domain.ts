import type { PolicyFinding, PolicyRule } from '../rule.ts';

/** A document that classifies by module means the least that each of its events has. */
export const classificationCoversDomain: PolicyRule = {
  id: 'classification-covers-domain',
  summary: 'The event is at least as sensitive as its domain: the classification of a domain is a floor.',
  severity: 'error',
  fault: 'POLICY_REFUSED',
  *check({ name, contract, catalog }): Generator<PolicyFinding> {
    const { levels } = catalog.classification;
    const domain = name && Object.hasOwn(catalog.domains, name.domain) ? catalog.domains[name.domain] : undefined;
    const floor = domain?.classification;
    const stated = contract.classification;
    // what is no level of the catalog is the finding of another rule
    if (floor === undefined || stated === undefined || !levels.includes(stated)) return;
    if (levels.indexOf(stated) >= levels.indexOf(floor)) return;
    yield {
      pointer: '/x-contract/classification',
      message: `The event is ${stated}, but events of the domain "${name?.domain ?? ''}" are ${floor} at least.`,
      hint: `Leave "classification" out of x-contract, or state ${levels.slice(levels.indexOf(floor)).join(' or ')}.`,
      params: { classification: stated, domain: floor },
    };
  },
};
