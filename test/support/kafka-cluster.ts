/**
 * A Kafka for tests of provisioning, at the edge of the protocol: a server that answers what is asked about topics, their configuration,
 * rules of access and coordinators itself, and hands everything else to librdkafka's broker, which does not know those requests. What
 * it answers follows https://kafka.apache.org/protocol; it was written for these tests and proves nothing of a real cluster.
 */
import { createRequire } from 'node:module';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { type KafkaMock, kafkaMock } from './kafka.ts';

interface Writer {
  writeInt8(value: number): Writer;
  writeInt16(value: number): Writer;
  writeInt32(value: number): Writer;
  writeBoolean(value: boolean): Writer;
  writeString(value: string | null): Writer;
  writeArray(values: readonly (Writer | number)[]): Writer;
  readonly buffer: Buffer;
}
interface Reader {
  readInt8(): number;
  readInt16(): number;
  readInt32(): number;
  readBoolean(): boolean;
  readString(): string | null;
  readArray<Value>(read: (reader: Reader) => Value): Value[];
}
const load = createRequire(import.meta.url);
const Encoder = load('kafkajs/src/protocol/encoder') as new () => Writer;
const Decoder = load('kafkajs/src/protocol/decoder') as new (buffer: Buffer) => Reader;
const write = () => new Encoder();

/** https://kafka.apache.org/protocol#protocol_error_codes */
export const kafkaErrors = {
  unknownTopic: 3,
  invalidTopic: 17,
  topicForbidden: 29,
  clusterForbidden: 31,
  unsupportedVersion: 35,
  topicExists: 36,
  invalidReplication: 38,
  invalidConfig: 40,
  securityDisabled: 54,
} as const;

/** What Kafka has where nobody says otherwise. */
const defaults: Readonly<Record<string, string>> = {
  'cleanup.policy': 'delete',
  'compression.type': 'producer',
  'max.message.bytes': '1048588',
  'min.insync.replicas': '1',
  'retention.bytes': '-1',
  'retention.ms': '604800000',
  'segment.ms': '604800000',
};

export interface FakeTopic {
  readonly partitions: number;
  readonly replicas: number;
  /** What was set on the topic; everything else is a default. */
  config: ReadonlyMap<string, string>;
}

/** In the protocol's numbers: resource type, name, pattern type, principal, host, operation, permission. */
export type FakeRule = readonly [number, string, number, string, string, number, number];

export interface KafkaCluster {
  readonly url: string;
  readonly address: string;
  readonly topics: Map<string, FakeTopic>;
  rules: readonly FakeRule[];
  /** Requests that were answered here, as `CreateTopics name`. */
  readonly asked: string[];
  /** The error a request about this name is answered with: 0 is none; `down` ends all connections and refuses new ones. */
  refuses: (request: string, name: string) => number | 'down';
  make(name: string, partitions: number, replicas?: number, config?: Readonly<Record<string, string>>): Promise<void>;
  up(): void;
  close(): Promise<void>;
}

export interface ClusterOptions {
  readonly brokers?: number;
  readonly hasAuthorizer?: boolean;
}

/** A row is a request that is answered here, with the versions of it that are understood. */
const versions: Readonly<Record<number, readonly [number, number]>> = {
  3: [1, 2],
  10: [0, 1],
  16: [0, 1],
  18: [0, 2],
  19: [2, 3],
  20: [1, 2],
  29: [1, 1],
  30: [1, 1],
  31: [1, 1],
  32: [1, 2],
  33: [0, 1],
};

export async function kafkaCluster({ brokers = 1, hasAuthorizer = true }: ClusterOptions = {}): Promise<KafkaCluster> {
  const mock = await kafkaMock();
  const [mockHost = '', mockPort = ''] = mock.address.split(':');
  const known = await versionsOf(mock);
  const committed = new Set<string>();
  const sockets = new Set<Socket>();
  let isDown = false;
  const server = createServer((client) => {
    sockets.add(client);
    client.on('close', () => sockets.delete(client)).on('error', () => {});
    if (isDown) return void client.destroy();
    const upstream = dial(Number(mockPort), mockHost);
    upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
    upstream.pipe(client);
    // one answer after another, as a broker gives them
    let before: Promise<unknown> = Promise.resolve();
    onFrames(client, (frame) => {
      before = before.then(async () => {
        const answer = await answered(frame);
        if (answer === 'down') down();
        else if (answer === undefined) upstream.write(framed(frame));
        else client.write(framed(answer));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const address = `127.0.0.1:${port}`;

  function down(): void {
    isDown = true;
    for (const socket of sockets) socket.destroy();
  }

  const cluster: KafkaCluster = {
    url: `kafka://${address}`,
    address,
    topics: new Map(),
    rules: [],
    asked: [],
    refuses: () => 0,
    async make(name, partitions, replicas = 1, config = {}) {
      cluster.topics.set(name, { partitions, replicas, config: new Map(Object.entries(config)) });
      await mock.make(name, partitions);
    },
    up() {
      isDown = false;
    },
    async close() {
      down();
      await new Promise((resolve) => server.close(resolve));
      mock.close();
    },
  };

  const verdict = (request: string, name: string): number | 'down' => {
    cluster.asked.push(`${request} ${name}`);
    return cluster.refuses(request, name);
  };

  /** Undefined: not answered here. */
  async function answered(frame: Buffer): Promise<Buffer | 'down' | undefined> {
    const reader = new Decoder(frame);
    const [key, version, correlation] = [reader.readInt16(), reader.readInt16(), reader.readInt32()];
    reader.readString();
    if (key === 8) committed.add(reader.readString() ?? '');
    const answer = Object.hasOwn(answers, key) ? await answers[key]?.(reader, version) : undefined;
    if (answer === undefined || answer === 'down') return answer;
    return Buffer.concat([write().writeInt32(correlation).buffer, answer.buffer]);
  }

  const answers: Readonly<
    Record<number, (reader: Reader, version: number) => Writer | 'down' | Promise<Writer | 'down'>>
  > = {
    18: (_, version) => {
      const list = Object.entries({ ...known, ...versions }).map(([key, [min, max]]) =>
        write().writeInt16(Number(key)).writeInt16(min).writeInt16(max),
      );
      const refused = version > 2;
      const body = write()
        .writeInt16(refused ? kafkaErrors.unsupportedVersion : 0)
        .writeArray(list);
      return version === 0 || refused ? body : body.writeInt32(0);
    },
    3: (reader, version) => {
      const named = arrayOrNull(reader, (each) => each.readString() ?? '');
      const body = write().writeArray(
        Array.from({ length: brokers }, (_, id) =>
          write()
            .writeInt32(id + 1)
            .writeString('127.0.0.1')
            .writeInt32(port)
            .writeString(null),
        ),
      );
      if (version >= 2) body.writeString('test-cluster');
      return body.writeInt32(1).writeArray((named ?? [...cluster.topics.keys()]).map((name) => topicMetadata(name)));
    },
    10: (_, version) => {
      const body = write();
      if (version >= 1) body.writeInt32(0);
      body.writeInt16(0);
      if (version >= 1) body.writeString(null);
      return body.writeInt32(1).writeString('127.0.0.1').writeInt32(port);
    },
    16: (_, version) => {
      const body = write();
      if (version >= 1) body.writeInt32(0);
      return body
        .writeInt16(0)
        .writeArray([...committed].map((group) => write().writeString(group).writeString('consumer')));
    },
    19: async (reader) => {
      const topics = reader.readArray(readTopic);
      const results: Writer[] = [];
      for (const topic of topics) {
        const code = verdict('CreateTopics', topic.name) || topicError(topic);
        if (code === 'down') return code;
        if (code === 0)
          await cluster.make(topic.name, Math.max(topic.partitions, 1), Math.max(topic.replicas, 1), topic.config);
        results.push(write().writeString(topic.name).writeInt16(code).writeString(null));
      }
      return write().writeInt32(0).writeArray(results);
    },
    20: (reader) => {
      const results = reader
        .readArray((each) => each.readString() ?? '')
        .map((name) => {
          const isThere = cluster.topics.delete(name);
          return write()
            .writeString(name)
            .writeInt16(isThere ? 0 : kafkaErrors.unknownTopic);
        });
      return write().writeInt32(0).writeArray(results);
    },
    29: (reader) => {
      const filter = readRule(reader);
      const refused = verdict('DescribeAcls', '');
      if (refused === 'down') return refused;
      const code = hasAuthorizer ? refused : kafkaErrors.securityDisabled;
      const matching = code === 0 ? cluster.rules.filter((rule) => matches(filter, rule)) : [];
      const rows = matching.map(([type, name, pattern, principal, host, operation, permission]) =>
        write()
          .writeInt8(type)
          .writeString(name)
          .writeInt8(pattern)
          .writeArray([write().writeString(principal).writeString(host).writeInt8(operation).writeInt8(permission)]),
      );
      return write().writeInt32(0).writeInt16(code).writeString(null).writeArray(rows);
    },
    30: (reader) => {
      const results: Writer[] = [];
      for (const rule of reader.readArray((each) => readRule(each) as FakeRule)) {
        const code = hasAuthorizer ? verdict('CreateAcls', `${rule[3]} ${rule[1]}`) : kafkaErrors.securityDisabled;
        if (code === 'down') return code;
        if (code === 0 && !cluster.rules.some((one) => String(one) === String(rule)))
          cluster.rules = [...cluster.rules, rule];
        results.push(write().writeInt16(code).writeString(null));
      }
      return write().writeInt32(0).writeArray(results);
    },
    31: (reader) => {
      const results = reader.readArray(readRule).map((filter) => {
        const gone = cluster.rules.filter((rule) => matches(filter, rule));
        cluster.rules = cluster.rules.filter((rule) => !gone.includes(rule));
        const rows = gone.map(([type, name, pattern, principal, host, operation, permission]) =>
          write()
            .writeInt16(0)
            .writeString(null)
            .writeInt8(type)
            .writeString(name)
            .writeInt8(pattern)
            .writeString(principal)
            .writeString(host)
            .writeInt8(operation)
            .writeInt8(permission),
        );
        return write().writeInt16(0).writeString(null).writeArray(rows);
      });
      return write().writeInt32(0).writeArray(results);
    },
    32: (reader) => {
      const resources = reader.readArray((each) => {
        const [type, name] = [each.readInt8(), each.readString() ?? ''];
        arrayOrNull(each, (key) => key.readString());
        return { type, name };
      });
      const results = resources.map(({ type, name }) => {
        const topic = cluster.topics.get(name);
        const config = { ...defaults, ...Object.fromEntries(topic?.config ?? []) };
        const entries = Object.entries(config).map(([key, value]) =>
          write()
            .writeString(key)
            .writeString(value)
            .writeBoolean(false)
            .writeInt8(topic?.config.has(key) ? 1 : 5)
            .writeBoolean(false)
            .writeArray([]),
        );
        return write()
          .writeInt16(topic === undefined ? kafkaErrors.unknownTopic : 0)
          .writeString(null)
          .writeInt8(type)
          .writeString(name)
          .writeArray(topic === undefined ? [] : entries);
      });
      return write().writeInt32(0).writeArray(results);
    },
    33: (reader) => {
      const results: Writer[] = [];
      const resources = reader.readArray((each) => ({
        type: each.readInt8(),
        name: each.readString() ?? '',
        config: each.readArray((entry) => [entry.readString() ?? '', entry.readString() ?? ''] as const),
      }));
      for (const { type, name, config } of resources) {
        const topic = cluster.topics.get(name);
        const code =
          verdict('AlterConfigs', name) || (topic === undefined ? kafkaErrors.unknownTopic : configError(config));
        if (code === 'down') return code;
        // the request says the whole configuration: what it leaves out is a default again
        if (code === 0 && topic !== undefined) topic.config = new Map(config);
        results.push(write().writeInt16(code).writeString(null).writeInt8(type).writeString(name));
      }
      return write().writeInt32(0).writeArray(results);
    },
  };

  function topicMetadata(name: string): Writer {
    const topic = cluster.topics.get(name);
    const replicas = Array.from({ length: topic?.replicas ?? 0 }, (_, id) => id + 1);
    const partitions = Array.from({ length: topic?.partitions ?? 0 }, (_, id) =>
      write().writeInt16(0).writeInt32(id).writeInt32(1).writeArray(replicas).writeArray(replicas),
    );
    return write()
      .writeInt16(topic === undefined ? kafkaErrors.unknownTopic : 0)
      .writeString(name)
      .writeBoolean(false)
      .writeArray(partitions);
  }

  function topicError({ name, replicas, config }: ReturnType<typeof readTopic>): number {
    if (cluster.topics.has(name)) return kafkaErrors.topicExists;
    if (!/^[A-Za-z0-9._-]{1,249}$/.test(name)) return kafkaErrors.invalidTopic;
    if (replicas > brokers) return kafkaErrors.invalidReplication;
    return configError(Object.entries(config));
  }

  return cluster;
}

function configError(config: readonly (readonly [string, string])[]): number {
  return config.every(([key]) => Object.hasOwn(defaults, key)) ? 0 : kafkaErrors.invalidConfig;
}

function readTopic(reader: Reader) {
  const [name, partitions, replicas] = [reader.readString() ?? '', reader.readInt32(), reader.readInt16()];
  reader.readArray((each) => [each.readInt32(), each.readArray((id) => id.readInt32())]);
  const config = Object.fromEntries(reader.readArray((each) => [each.readString() ?? '', each.readString() ?? '']));
  return { name, partitions, replicas, config };
}

type Filter = readonly [number, string | null, number, string | null, string | null, number, number];

function readRule(reader: Reader): Filter {
  return [
    reader.readInt8(),
    reader.readString(),
    reader.readInt8(),
    reader.readString(),
    reader.readString(),
    reader.readInt8(),
    reader.readInt8(),
  ];
}

/** 1 stands for any number, no text for any text. */
function matches(filter: Filter, rule: FakeRule): boolean {
  return filter.every((part, index) => part === null || part === 1 || part === rule[index]);
}

function arrayOrNull<Value>(reader: Reader, read: (reader: Reader) => Value): readonly Value[] | undefined {
  const count = reader.readInt32();
  return count < 0 ? undefined : Array.from({ length: count }, () => read(reader));
}

function framed(body: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

function onFrames(socket: Socket, take: (frame: Buffer) => void): void {
  let held = Buffer.alloc(0);
  socket.on('data', (data: Buffer) => {
    held = Buffer.concat([held, data]);
    while (held.length >= 4 && held.length >= 4 + held.readInt32BE(0)) {
      const end = 4 + held.readInt32BE(0);
      take(Buffer.from(held.subarray(4, end)));
      held = held.subarray(end);
    }
  });
}

/** What librdkafka's broker answers, by key: lowest and highest version. */
async function versionsOf(mock: KafkaMock): Promise<Readonly<Record<number, readonly [number, number]>>> {
  const [host = '', port = ''] = mock.address.split(':');
  const socket = dial(Number(port), host);
  try {
    const frame = await new Promise<Buffer>((resolve, reject) => {
      socket.on('error', reject);
      onFrames(socket, resolve);
      socket.write(framed(write().writeInt16(18).writeInt16(0).writeInt32(7).writeString('test').buffer));
    });
    const reader = new Decoder(frame);
    reader.readInt32();
    reader.readInt16();
    return Object.fromEntries(
      reader.readArray((each) => [each.readInt16(), [each.readInt16(), each.readInt16()] as const] as const),
    );
  } finally {
    socket.destroy();
  }
}
