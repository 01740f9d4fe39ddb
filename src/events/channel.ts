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
    address: kind === 'nats' ? natsSubject(catalog, subject) : subject,
    // a topic is what keeps an order on Kafka, and the catalog says which
    stream: kind === 'kafka' ? kafkaTopic(catalog, subject) : streamOfSubject(catalog, subject),
    ...(retentionMs !== undefined && { retentionMs }),
  };
}
