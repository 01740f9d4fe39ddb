/** Events as access is asked about them. */
import type { AccessSubject } from '../policy/access.ts';
import type { Source } from './broker.ts';

export function accessFacts({ events }: Pick<Source, 'events'>): readonly AccessSubject[] {
  return events.map(({ subject, contract }) => ({
    subject,
    stage: 'active',
    consumers: (contract.consumers ?? []).map(({ service }) => service),
    ...(contract.producer !== undefined && { producer: contract.producer }),
    ...(contract.classification !== undefined && { classification: contract.classification }),
  }));
}
