/** Who reads on a bus, whatever contracts say and whether it runs or not: each durable group keeps what comes for it. */
import type { Client } from '../client/client.ts';
import type { Bus, Channel, Group } from './bus.ts';

export interface SubjectReaders {
  readonly subject: string;
  /** By name. */
  readonly groups: readonly Group[];
}

/** The durable groups of each channel. Rejects with EventFault where the bus cannot be asked. */
export async function readersOn(
  bus: Pick<Bus, 'groupsOf'>,
  channels: readonly Channel[],
): Promise<readonly SubjectReaders[]> {
  const found: SubjectReaders[] = [];
  // brokers list all their groups for each question: one after another
  for (const channel of channels) {
    const groups = await bus.groupsOf(channel);
    found.push({ subject: channel.subject, groups: groups.toSorted((a, b) => (a.name < b.name ? -1 : 1)) });
  }
  return found;
}

interface Parts {
  readonly catalog: string;
  /** The bus, as reports name it. */
  readonly busName: string;
  readonly bus: Pick<Bus, 'groupsOf'>;
  readonly client: Pick<Client, 'reportReaders'>;
}

/** Tells the registry who reads this channel now: it holds a retirement back while somebody does. */
export async function reportReaders(
  { catalog, busName, bus, client }: Parts,
  channel: Channel,
): Promise<readonly Group[]> {
  const [readers] = await readersOn(bus, [channel]);
  const groups = readers?.groups ?? [];
  const names = [...new Set(groups.map(({ name }) => name))];
  await client.reportReaders(catalog, channel.subject, busName, names);
  return groups;
}
