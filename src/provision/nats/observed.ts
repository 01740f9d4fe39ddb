/** What JetStream reports: durables with what they read, and how many events of each subject are held. */
import { streamsOf } from '../../schema/delivery.ts';
import { addressesOfDurable, describedDurable, natsCovers, natsStreamName } from '../../schema/nats-names.ts';
import { natsSubject } from '../../schema/transport.ts';
import type { Observed, Source } from '../broker.ts';
import type { Connected } from './connection.ts';
import { addressesOf } from './remarks.ts';

export async function observedOnNats(
  { jsm, server }: Pick<Connected, 'jsm' | 'server'>,
  sources: readonly Source[],
): Promise<Observed> {
  const groups = [];
  const addresses = [];
  const placed = [];
  const known = new Set<string>();
  for await (const { config } of jsm.streams.list()) known.add(config.name);
  for (const source of sources) {
    const own = [...addressesOf(source).keys()];
    for (const { name, subjects } of streamsOf(source.catalog, source.events)) {
      const stream = natsStreamName(name);
      if (!known.has(stream)) continue;
      placed.push(...subjects.map((subject) => natsSubject(source.catalog, subject)));
      for await (const info of jsm.consumers.list(stream)) {
        if (!info.config.durable_name) continue;
        const patterns = addressesOfDurable(info.config);
        groups.push({
          stream,
          group: describedDurable(info.config.description)?.group ?? info.config.durable_name,
          addresses: own.filter((address) => patterns.some((pattern) => natsCovers(pattern, address))),
        });
      }
      const { state } = await jsm.streams.info(stream, { subjects_filter: '>' });
      for (const [address, messages] of Object.entries(state.subjects ?? {})) addresses.push({ address, messages });
    }
  }
  return { server: `NATS ${server.version}`, placed, groups, addresses, unreported: [] };
}
