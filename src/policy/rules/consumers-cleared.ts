import { append } from '../../schema/pointer.ts';
import { permits } from '../access.ts';
import { eventSensitivity } from '../effective.ts';
import type { PolicyFinding, PolicyRule } from '../rule.ts';

export const consumersCleared: PolicyRule = {
  id: 'consumers-cleared',
  summary: 'Consumers are known to the catalog, may subscribe, and are cleared for what they receive.',
  severity: 'error',
  fault: 'POLICY_REFUSED',
  aboutNeighbours: true,
  *check({ contract, document, name, subject, catalog, neighbours }): Generator<PolicyFinding> {
    // what of the event nobody receives need not be gathered
    if (!contract.consumers?.length && !neighbours.declared?.length) return;
    const { levels } = catalog.classification;
    const { classification: level } = eventSensitivity(document, contract, name, catalog);
    for (const [index, { service }] of (contract.consumers ?? []).entries()) {
      const pointer = append('/x-contract/consumers', index);
      const row = Object.hasOwn(catalog.services, service) ? catalog.services[service] : undefined;
      if (!row)
        yield {
          pointer,
          message: `The catalog knows no service "${service}".`,
          hint: 'New services are added in catalog.json.',
          params: { service },
        };
      else if (!permits(row, 'subscribe', subject))
        yield {
          pointer,
          message: `The catalog does not let "${service}" subscribe to "${subject}".`,
          hint: `Its "subscribe" and "deny" stand in catalog.json under /services.`,
          params: { service, subject },
        };
      else if (isAbove(levels, level, row.clearance))
        yield {
          pointer,
          message: `"${service}" is cleared up to ${row.clearance}, but the event is ${level}.`,
          params: { service, clearance: row.clearance ?? '', classification: level ?? '' },
        };
    }
    const named = new Set((contract.consumers ?? []).map(({ service }) => service));
    for (const service of neighbours.declared ?? []) {
      const row = Object.hasOwn(catalog.services, service) ? catalog.services[service] : undefined;
      if (named.has(service) || !row || !isAbove(levels, level, row.clearance)) continue;
      yield {
        pointer: '',
        message: `"${service}" declared that it consumes "${subject}" and is cleared up to ${row.clearance}, but the event is ${level}.`,
        hint: 'Raise its clearance in catalog.json, or have it withdraw its declaration.',
        params: { service, clearance: row.clearance ?? '', classification: level ?? '' },
      };
    }
  },
};

function isAbove(levels: readonly string[], level: string | undefined, clearance: string | undefined): boolean {
  return level !== undefined && clearance !== undefined && levels.indexOf(level) > levels.indexOf(clearance);
}
