import { permits } from '../access.ts';
import type { PolicyFinding, PolicyRule } from '../rule.ts';

export const producerOwnsDomain: PolicyRule = {
  id: 'producer-owns-domain',
  summary: "A service emits only events about data it owns: the producer owns the domain of the event's name.",
  severity: 'error',
  fault: 'PRODUCER_NOT_OWNER',
  *check({ name, contract, catalog, subject }): Generator<PolicyFinding> {
    if (!name || contract.producer === undefined) return;
    const domain = Object.hasOwn(catalog.domains, name.domain) ? catalog.domains[name.domain] : undefined;
    if (!domain)
      yield {
        pointer: '',
        message: `The catalog has no domain "${name.domain}".`,
        hint: `Known: ${Object.keys(catalog.domains).toSorted().join(', ')}. A new domain and its owner are added in catalog.json.`,
        params: { domain: name.domain },
      };
    else if (domain.owner !== contract.producer)
      yield {
        pointer: '/x-contract/producer',
        message: `"${contract.producer}" may not emit events of the domain "${name.domain}", which "${domain.owner}" owns.`,
        params: { domain: name.domain, owner: domain.owner, producer: contract.producer },
      };
    else if (
      !permits(
        Object.hasOwn(catalog.services, contract.producer) ? catalog.services[contract.producer] : undefined,
        'publish',
        subject,
      )
    )
      yield {
        pointer: '/x-contract/producer',
        message: `The catalog does not let "${contract.producer}" publish "${subject}".`,
        hint: 'Its "publish" and "deny" stand in catalog.json under /services.',
        params: { producer: contract.producer, subject },
      };
  },
};
