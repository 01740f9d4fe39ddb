/** JetStream, 2.9 and later: reads streams and durables, makes and changes them. */
import type { ConsumerConfig, ConsumerInfo, StreamConfig, StreamInfo } from '@nats-io/jetstream';
import { Fault } from '../../errors.ts';
import {
  addressesOfDurable,
  describedDurable,
  durableReading,
  filtersSeveral,
  natsLeases,
} from '../../schema/nats-names.ts';
import { natsSubject } from '../../schema/transport.ts';
import type { Broker } from '../broker.ts';
import type { Change } from '../plan.ts';
import { unreachable, withoutCredentials } from '../reach.ts';
import type { Found, Wanted } from '../resource.ts';
import { type Connected, connect } from './connection.ts';
import { natsGrades } from './grades.ts';
import { observedOnNats } from './observed.ts';
import { listOf, natsRemarks } from './remarks.ts';
import { natsSaid } from './said.ts';
import { wantedOnNats } from './wanted.ts';

const millisecond = 1_000_000;
const managed = /^Provisioned by herald from the catalog ([a-z][a-z0-9-]*)\.$/;
const describe = (catalog: string) => `Provisioned by herald from the catalog ${catalog}.`;

/** `credentials`: the content of a `.creds` file. */
export async function natsBroker(url: string, credentials?: string): Promise<Broker> {
  const connected = await connect(url, credentials).catch((error: unknown) => {
    throw error instanceof Fault ? error : unreachable(url, natsSaid(error));
  });
  const ask = <Result>(run: () => Promise<Result>): Promise<Result> =>
    run().catch((error: unknown) => {
      throw unreachable(url, natsSaid(error));
    });
  return {
    target: withoutCredentials(url),
    kind: 'nats',
    grades: natsGrades,
    async read(sources, environment) {
      const wanted = wantedOnNats(sources, environment);
      const found = await ask(() => foundOn(connected, wanted));
      const remarks = natsRemarks(connected.server, sources, environment, wanted, found);
      return { server: `NATS ${connected.server.version}`, found, wanted, remarks };
    },
    apply: (change, wanted) =>
      carryOut(connected, change, wanted).catch((error: unknown) => {
        throw natsSaid(error);
      }),
    address: natsSubject,
    observe: (sources) => ask(() => observedOnNats(connected, sources)),
    close: () => connected.nc.close(),
  };
}

/** All streams, since any of them may hold a subject of ours; durables of those that are wanted or were provisioned. */
async function foundOn({ jsm }: Connected, wanted: readonly Wanted[]): Promise<readonly Found[]> {
  const streams: Found[] = [];
  for await (const info of jsm.streams.list()) streams.push(streamFound(info));
  streams.sort(byName);
  const names = new Set(wanted.filter(({ kind }) => kind === 'stream').map(({ name }) => name));
  const durables: Found[] = [];
  for (const { name, catalog } of streams) {
    if (!names.has(name) && catalog === undefined) continue;
    for await (const info of jsm.consumers.list(name)) if (info.config.durable_name) durables.push(durableFound(info));
  }
  return [...streams, ...durables.sort(byName)];
}

function byName(left: Found, right: Found): number {
  const [a, b] = [`${left.of ?? ''}/${left.name}`, `${right.of ?? ''}/${right.name}`];
  return a < b ? -1 : a > b ? 1 : 0;
}

function streamFound({ config }: StreamInfo): Found {
  const catalog = managed.exec(config.description ?? '')?.[1];
  return {
    kind: 'stream',
    name: config.name,
    ...(catalog !== undefined && { catalog }),
    settings: {
      subjects: [...(config.subjects ?? [])].sort(),
      storage: config.storage,
      retention: config.retention,
      replicas: config.num_replicas,
      maxAgeMs: Math.round(config.max_age / millisecond),
      duplicateWindowMs: Math.round(config.duplicate_window / millisecond),
      maxBytes: config.max_bytes,
      maxMessages: config.max_msgs,
      maxMessageBytes: config.max_msg_size,
    },
  };
}

function durableFound({ stream_name, config }: ConsumerInfo): Found {
  const said = describedDurable(config.description);
  return {
    kind: 'durable',
    name: config.durable_name ?? '',
    of: stream_name,
    ...(said?.catalog !== undefined && { catalog: said.catalog }),
    settings: {
      // what was made without saying whose it is has the group's name for its own
      group: said?.group ?? config.durable_name ?? '',
      subjects: [...addressesOfDurable(config)].sort(),
      acknowledgement: config.ack_policy,
      ackWaitMs: Math.round((config.ack_wait ?? 0) / millisecond),
      maxAckPending: config.max_ack_pending ?? 0,
      maxDeliver: config.max_deliver ?? -1,
    },
  };
}

async function carryOut({ jsm, server }: Connected, change: Change, wanted: Wanted | undefined): Promise<void> {
  const { kind, name, of } = change;
  if (wanted === undefined) {
    if (kind === 'stream') await jsm.streams.delete(name);
    else await jsm.consumers.delete(of ?? '', name);
    return;
  }
  if (kind === 'stream') {
    const config = streamConfig(wanted);
    if (change.class === 'create') await jsm.streams.add({ ...config, name });
    else await jsm.streams.update(name, config);
    return;
  }
  const config = durableConfig(wanted, filtersSeveral(server.version));
  if (change.class === 'create')
    await jsm.consumers.add(of ?? '', { ...config, ...madeWith(wanted), durable_name: name });
  else await jsm.consumers.update(of ?? '', name, config);
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

function streamConfig({ settings, catalog, onlyMade }: Wanted): Partial<Omit<StreamConfig, 'name'>> {
  const number = (key: string) => Number(settings[key]);
  const config: Writable<Partial<Omit<StreamConfig, 'name'>>> = {
    description: onlyMade ? natsLeases.description : describe(catalog),
    subjects: [...listOf(settings.subjects)],
    storage: settings.storage === 'memory' ? 'memory' : 'file',
    retention: retentions[String(settings.retention)] ?? 'limits',
    num_replicas: number('replicas'),
    max_age: number('maxAgeMs') * millisecond,
    duplicate_window: number('duplicateWindowMs') * millisecond,
  };
  if ('maxBytes' in settings) config.max_bytes = number('maxBytes');
  if ('maxMessages' in settings) config.max_msgs = number('maxMessages');
  if ('maxMessageBytes' in settings) config.max_msg_size = number('maxMessageBytes');
  if ('maxMessagesPerSubject' in settings) config.max_msgs_per_subject = number('maxMessagesPerSubject');
  return config;
}

const retentions: Readonly<Record<string, StreamConfig['retention']>> = {
  limits: 'limits',
  workqueue: 'workqueue',
  interest: 'interest',
};

function durableConfig({ settings, catalog }: Wanted, several: boolean): Partial<ConsumerConfig> {
  const reads = durableReading(several, { group: String(settings.group), catalog }, listOf(settings.subjects));
  const { description, filter_subject, filter_subjects } = reads;
  return {
    description,
    ...(filter_subject !== undefined && { filter_subject }),
    ...(filter_subjects !== undefined && { filter_subjects }),
    ack_wait: Number(settings.ackWaitMs) * millisecond,
    max_ack_pending: Number(settings.maxAckPending),
    max_deliver: Number(settings.maxDeliver),
  };
}

/** Where a durable begins is decided once: later it goes on from where it is. */
function madeWith({ made }: Wanted): Partial<ConsumerConfig> {
  return { ack_policy: 'explicit', deliver_policy: made?.start === 'new' ? 'new' : 'all' };
}
