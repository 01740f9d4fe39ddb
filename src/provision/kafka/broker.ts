/** Kafka, through KafkaJS: topics with their configuration, and rules of access where the cluster has an authorizer. */
import { connect as plain, type Socket } from 'node:net';
import { connect as secured } from 'node:tls';
import type { Admin, Kafka } from 'kafkajs';
import { Fault } from '../../errors.ts';
import { kafkaAddress } from '../../schema/kafka-address.ts';
import type { Broker } from '../broker.ts';
import { loaded } from '../library.ts';
import type { Change, Remark } from '../plan.ts';
import { answeredWithin, unreachable, withoutCredentials } from '../reach.ts';
import { type Found, keyOf, type Wanted } from '../resource.ts';
import { kafkaLedger, kafkaLedgerOf, type Ledger } from './ledger.ts';
import { observedOnKafka } from './observed.ts';
import { entryOf, everyRule, namesIn, ruleNamed } from './rules.ts';
import { saidBy } from './said.ts';
import { changeTopic, makeTopic, topicsFound } from './topics.ts';
import { kafkaGrades, kafkaRemarks, wantedOnKafka } from './wanted.ts';

type Library = typeof import('kafkajs');

const timeoutMs = 30_000;
/** What answers nothing for so long is no Kafka. */
const greetingMs = 15_000;

interface Connected {
  readonly library: Library;
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly ledger: Ledger;
  readonly server: string;
  readonly brokers: number;
  close(): Promise<void>;
}

export async function kafkaBroker(url: string): Promise<Broker> {
  const ask = <Result>(run: () => Promise<Result>): Promise<Result> =>
    run().catch((error: unknown) => {
      throw error instanceof Fault ? error : unreachable(url, new Error(saidBy(error), { cause: error }));
    });
  const connected = await ask(() => connect(url));
  return {
    target: withoutCredentials(url),
    kind: 'kafka',
    grades: kafkaGrades,
    read: (sources, environment) =>
      ask(async () => {
        const { topics, rules } = await foundOn(connected);
        const all = wantedOnKafka(sources, environment);
        const wanted = rules === undefined ? all.filter(({ kind }) => kind !== 'acl') : all;
        const found = [...topics, ...(rules ?? [])];
        const remarks = [
          ...kafkaRemarks(sources, wanted, { environment, brokers: connected.brokers, found }),
          ...(rules === undefined && all.some(({ kind }) => kind === 'acl') ? [open] : []),
        ];
        return { server: connected.server, found, wanted, remarks };
      }),
    async apply(change, wanted) {
      try {
        await carryOut(connected, change, wanted);
      } catch (error) {
        throw new Error(saidBy(error), { cause: error });
      }
    },
    address: (_, subject) => subject,
    observe: (sources) => ask(() => observedOnKafka(connected, sources)),
    close: connected.close,
  };
}

const open: Remark = {
  level: 'warning',
  code: 'no-authorizer',
  about: 'cluster',
  message:
    'This cluster has no authorizer, so that everybody may do everything: rules of access are neither read nor made. Set authorizer.class.name on its brokers.',
};

async function connect(url: string): Promise<Connected> {
  const address = kafkaAddress(url);
  if (address === undefined)
    throw new Fault(
      'USAGE_INVALID',
      {},
      {
        message: `"${withoutCredentials(url)}" is no address of Kafka: kafka://host:9092, or kafka://host:9092,host2:9092.`,
      },
    );
  const library = await loaded('kafkajs', async () => (await import('kafkajs')).default as Library);
  const { brokers, isEncrypted, login } = address;
  const sockets = new Set<Socket>();
  let isOver = false;
  const kafka = new library.Kafka({
    clientId: 'herald-provision',
    brokers: [...brokers],
    connectionTimeout: 5_000,
    requestTimeout: 15_000,
    // the client leaves open what it was not answered on, and the program would not end
    socketFactory({ host, port, ssl, onConnect }) {
      const socket = ssl
        ? secured({ host, port, servername: host, ...ssl }, onConnect)
        : plain({ host, port }, onConnect);
      sockets.add(socket);
      if (isOver) setImmediate(() => socket.destroy(new Error('over')));
      socket.on('close', () => sockets.delete(socket));
      return socket;
    },
    // its log would be the program's standard output
    logLevel: library.logLevel.NOTHING,
    retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 500 },
    ...(isEncrypted && { ssl: true }),
    ...(login && { sasl: { mechanism: 'plain', username: login.user, password: login.password } }),
  });
  const admin = kafka.admin();
  const end = () => {
    isOver = true;
    for (const socket of sockets) socket.destroy();
  };
  try {
    const cluster = await answeredWithin(
      greetingMs,
      "Kafka's protocol",
      admin.connect().then(() => admin.describeCluster()),
    );
    const server = `Kafka cluster ${cluster.clusterId}`;
    const ledger = kafkaLedgerOf({ kafka, admin, timeoutMs });
    const close = () => admin.disconnect().finally(end);
    return { library, kafka, admin, ledger, server, brokers: cluster.brokers.length, close };
  } catch (error) {
    end();
    // what it still tries fails at once
    void admin.disconnect().catch(() => {});
    throw error;
  }
}

/** `rules` undefined: nothing decides there who may do what. */
async function foundOn({ library, admin, ledger }: Connected) {
  const owners = await ledger.read();
  const topics = await topicsFound(library, admin, owners);
  const rules = await rulesFound(library, admin, owners);
  return { topics, rules };
}

async function rulesFound(library: Library, admin: Admin, owners: ReadonlyMap<string, string>) {
  try {
    const names = namesIn(library, await admin.describeAcls(everyRule(library)));
    return [...new Set(names)].sort().map((name): Found => {
      const catalog = owners.get(`acl ${name}`);
      return { kind: 'acl', name, ...(catalog !== undefined && { catalog }), settings: {} };
    });
  } catch (error) {
    if (/SECURITY_DISABLED/.test(saidBy(error))) return undefined;
    throw error;
  }
}

/** First the thing, then whose it is: what is left between the two is seen by the next plan. */
async function carryOut({ library, admin, ledger }: Connected, change: Change, wanted: Wanted | undefined) {
  const { kind, name } = change;
  if (kind === 'topic') {
    if (wanted === undefined) await admin.deleteTopics({ topics: [name] });
    else if (change.class === 'create') await makeTopic(admin, wanted);
    else if (change.settings.some(({ key }) => key !== 'catalog')) await changeTopic(library, admin, wanted);
  } else {
    const rule = ruleNamed(name);
    if (rule === undefined) throw new Error(`"${name}" is no rule that herald makes`);
    const entry = entryOf(library, rule);
    if (wanted === undefined) await admin.deleteAcls({ filters: [entry] });
    else await admin.createAcls({ acl: [entry] });
  }
  await ledger.write(keyOf(change), wanted?.catalog).catch((error: unknown) => {
    const message = `It is done, and whose it is could not be written to the topic ${kafkaLedger}: ${saidBy(error)}`;
    throw new Error(message, { cause: error });
  });
}
