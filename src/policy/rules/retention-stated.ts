import { retentionDays } from '../../schema/catalog.ts';
import type { PolicyFinding, PolicyRule } from '../rule.ts';

export const retentionStated: PolicyRule = {
  id: 'retention-stated',
  summary: 'Every event says how long it is kept, within the retention class of its domain.',
  severity: 'error',
  fault: 'POLICY_REFUSED',
  *check({ name, contract, catalog }): Generator<PolicyFinding> {
    const domain = name && Object.hasOwn(catalog.domains, name.domain) ? catalog.domains[name.domain] : undefined;
    const stated = contract.retention ?? domain?.retention;
    if (stated === undefined) {
      yield {
        pointer: '/x-contract',
        message: 'The event says not how long it is kept, and its domain gives no retention.',
        hint: 'State "retention" in x-contract: a duration such as P90D, "permanent", or a retention class.',
      };
      return;
    }
    const days = retentionDays(catalog, stated);
    const window = domain?.retention === undefined ? undefined : retentionDays(catalog, domain.retention);
    if (!days)
      yield {
        pointer: '/x-contract/retention',
        message: `"${stated}" is neither a duration nor a retention class of this catalog.`,
        params: { retention: stated },
      };
    else if (window && (days.min < window.min || days.max > window.max))
      yield {
        pointer: '/x-contract/retention',
        message: `"${stated}" is outside the window of the domain's retention "${domain?.retention}".`,
        params: { retention: stated },
      };
  },
};
