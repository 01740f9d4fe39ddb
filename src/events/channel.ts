/** From catalog to broker: where a subject's messages go. */
import type { Catalog } from '../schema/catalog.ts';
import type { Contract } from '../schema/contract.ts';
import { keptMs, streamOfSubject } from '../schema/delivery.ts';
import { kafkaTopic, natsSubject } from '../schema/transport.ts';
import type { Channel } from './bus.ts';

/** The channel of `subject` on a bus of this kind. Equal inputs give equal channels. */
export function channelOf(catalog: Catalog, subject: string, contract: Contract, kind: string): Channel {
  const retentionMs = keptMs(catalog, subject, contract);
  return {
    subject,
    address: addressOf(catalog, subject, kind),
    stream: streamOfSubject(catalog, subject),
    ...(retentionMs !== undefined && { retentionMs }),
  };
}

/** Only NATS and Kafka have templates in catalogs; elsewhere the subject is the address. */
function addressOf(catalog: Catalog, subject: string, kind: string): string {
  if (kind === 'nats') return natsSubject(catalog, subject);
  return kind === 'kafka' ? kafkaTopic(catalog, subject) : subject;
}
