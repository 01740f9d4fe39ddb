/** From catalog to broker: where a subject's messages go. */
import type { Catalog } from '../schema/catalog.ts';
import { retentionDays } from '../schema/catalog.ts';
import type { Contract } from '../schema/contract.ts';
import { parseSubject } from '../schema/subject.ts';
import { kafkaTopic, natsSubject } from '../schema/transport.ts';
import type { Channel } from './bus.ts';

const dayMs = 86_400_000;

/** The channel of `subject` on a bus of this kind. Equal inputs give equal channels. */
export function channelOf(catalog: Catalog, subject: string, contract: Contract, kind: string): Channel {
  const domain = parseSubject(subject)?.domain ?? subject;
  const row = Object.hasOwn(catalog.domains, domain) ? catalog.domains[domain] : undefined;
  const stated = contract.retention ?? row?.retention;
  const days = stated === undefined ? undefined : retentionDays(catalog, stated)?.max;
  return {
    subject,
    address: addressOf(catalog, subject, kind),
    stream: row?.stream ?? `EVT_${domain.toUpperCase()}`,
    ...(days !== undefined && Number.isFinite(days) && { retentionMs: days * dayMs }),
  };
}

/** Only NATS and Kafka have templates in catalogs; elsewhere the subject is the address. */
function addressOf(catalog: Catalog, subject: string, kind: string): string {
  if (kind === 'nats') return natsSubject(catalog, subject);
  return kind === 'kafka' ? kafkaTopic(catalog, subject) : subject;
}
