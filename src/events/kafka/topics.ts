/** A stream is a topic; its partitions keep the order of keys. */
import type { Channel } from '../bus.ts';
import { EventFault } from '../error.ts';
import { refuseMissing } from '../wire.ts';
import type { NewTopic } from './client.ts';
import type { Connection } from './connection.ts';

export interface TopicSettings {
  readonly partitions: number;
  readonly replicas: number;
}

export async function ensureTopics(
  connection: Connection,
  channels: readonly Channel[],
  settings: TopicSettings,
): Promise<void> {
  refuseNames(channels);
  const missing = await missingTopics(connection, channels);
  if (missing.length === 0) return;
  const topics = newTopics(
    channels.filter(({ stream }) => missing.includes(stream)),
    settings,
  );
  try {
    await connection.ask((admin) => admin.createTopics({ topics: [...topics], waitForLeaders: true }));
  } catch (error) {
    // somebody else may have made it meanwhile
    if ((await missingTopics(connection, channels)).length === 0) return;
    // it answers, so that it is not that it is away
    if (connection.fault(error).code === 'BUS_FORBIDDEN') throw error;
    const message = `Kafka does not let this service make ${missing.join(', ')}.`;
    const commands = topics.map(({ topic, numPartitions }) => `--topic ${topic} --partitions ${numPartitions}`);
    const remedy = `Make them with kafka-topics.sh --create: ${commands.join('; ')}.`;
    throw new EventFault('BUS_UNSUPPORTED', { bus: 'kafka', streams: missing }, { message, remedy, cause: error });
  }
}

/** As large as the longest of what is kept in it; everything else is the broker's own default. */
export function newTopics(channels: readonly Channel[], { partitions, replicas }: TopicSettings): readonly NewTopic[] {
  return [...new Set(channels.map(({ stream }) => stream))].map((topic) => {
    const kept = channels.filter(({ stream }) => stream === topic).map(({ retentionMs }) => retentionMs);
    const longest = kept.includes(undefined) ? undefined : Math.max(...kept.map((ms) => ms ?? 0));
    return {
      topic,
      numPartitions: partitions,
      replicationFactor: replicas,
      configEntries: longest === undefined ? [] : [{ name: 'retention.ms', value: String(longest) }],
    };
  });
}

export async function verifyTopics(connection: Connection, channels: readonly Channel[]): Promise<void> {
  refuseNames(channels);
  refuseMissing(await missingTopics(connection, channels));
}

/** All are asked for: a broker may make a topic that is asked for by name. */
async function missingTopics(connection: Connection, channels: readonly Channel[]): Promise<readonly string[]> {
  const there = new Set(await connection.ask((admin) => admin.listTopics()));
  return [...new Set(channels.map(({ stream }) => stream))].filter((topic) => !there.has(topic));
}

/** https://kafka.apache.org/documentation/#topicconfigs: what a topic may be called. */
const name = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;

function refuseNames(channels: readonly Channel[]): void {
  const wrong = channels.map(({ stream }) => stream).filter((stream) => !name.test(stream));
  if (wrong.length === 0) return;
  throw new EventFault(
    'BUS_UNSUPPORTED',
    { bus: 'kafka', streams: wrong },
    {
      message: `Kafka has no topics called ${wrong.join(', ')}.`,
      remedy: 'Let transports.kafka.topic of the catalog make names of letters, digits, ".", "_" and "-".',
    },
  );
}
