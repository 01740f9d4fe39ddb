/** Topics as a cluster has them: partitions, replicas, and of their configuration what a catalog may decide. */
import type { Admin, ConfigEntries } from 'kafkajs';
import type { Found, Settings, Wanted } from '../resource.ts';
import { kafkaLedger } from './ledger.ts';

type Library = typeof import('kafkajs');

/** A row is a key of a topic's configuration and how its text is read. */
const read: Readonly<Record<string, (text: string) => string | number>> = {
  'cleanup.policy': String,
  'retention.ms': Number,
  'retention.bytes': Number,
  'max.message.bytes': Number,
  'min.insync.replicas': Number,
};

/** Of a topic itself, and not of its configuration. */
const shape = new Set(['partitions', 'replicas']);

/** Of one request: a cluster may have thousands of topics, each with about thirty keys. */
const maxTopics = 100;

export async function topicsFound(library: Library, admin: Admin, owners: ReadonlyMap<string, string>) {
  const names = (await admin.listTopics()).filter((name) => !isInternal(name)).sort();
  const found: Found[] = [];
  for (let from = 0; from < names.length; from += maxTopics) {
    const some = names.slice(from, from + maxTopics);
    const { topics } = await admin.fetchTopicMetadata({ topics: some });
    const configs = new Map((await configsOf(library, admin, some)).map(({ name, entries }) => [name, entries]));
    for (const { name, partitions } of topics) {
      const catalog = owners.get(`topic ${name}`);
      const stated = Object.fromEntries(
        (configs.get(name) ?? []).flatMap(({ configName, configValue }) => {
          const value = Object.hasOwn(read, configName) ? read[configName]?.(configValue) : undefined;
          return value === undefined ? [] : [[configName, value]];
        }),
      );
      const replicas = Math.min(...partitions.map((partition) => partition.replicas.length));
      const settings: Settings = { partitions: partitions.length, replicas, ...stated };
      found.push({ kind: 'topic', name, ...(catalog !== undefined && { catalog }), settings });
    }
  }
  return found;
}

function isInternal(name: string): boolean {
  return name.startsWith('__') || name === kafkaLedger;
}

async function configsOf(library: Library, admin: Admin, names: readonly string[]) {
  const resources = names.map((name) => ({ type: library.ConfigResourceTypes.TOPIC, name }));
  const described = await admin.describeConfigs({ resources, includeSynonyms: false });
  return described.resources.map(({ resourceName, configEntries }) => ({ name: resourceName, entries: configEntries }));
}

export async function makeTopic(admin: Admin, { name, settings, made = {} }: Wanted): Promise<void> {
  const all = { ...made, ...settings };
  const topic = {
    topic: name,
    // -1: as the cluster decides
    numPartitions: Number(all.partitions ?? -1),
    replicationFactor: Number(all.replicas ?? -1),
    configEntries: configured(settings),
  };
  await admin.createTopics({ topics: [topic], waitForLeaders: true });
}

/**
 * The client knows only the request that replaces a topic's whole configuration: what was set on the topic before, by whomever, is
 * said again with it.
 */
export async function changeTopic(library: Library, admin: Admin, { name, settings }: Wanted): Promise<void> {
  const [described] = await configsOf(library, admin, [name]);
  const wanted = configured(settings);
  const kept = (described?.entries ?? [])
    .filter((entry) => isSetOnTopic(entry) && !wanted.some((one) => one.name === entry.configName))
    .map(({ configName, configValue }) => ({ name: configName, value: configValue }));
  const resource = { type: library.ConfigResourceTypes.TOPIC, name, configEntries: [...kept, ...wanted] };
  await admin.alterConfigs({ validateOnly: false, resources: [resource] });
}

/** https://kafka.apache.org/protocol: DescribeConfigs, config_source 1 is DYNAMIC_TOPIC_CONFIG. */
function isSetOnTopic({ configSource, readOnly }: ConfigEntries): boolean {
  return Number(configSource) === 1 && !readOnly;
}

function configured(settings: Settings): { name: string; value: string }[] {
  return Object.entries(settings)
    .filter(([key]) => !shape.has(key))
    .map(([name, value]) => ({ name, value: String(value) }));
}
