/**
 * RabbitMQ without its management interface. AMQP says of one exchange or queue whether it is there, makes what is missing, and refuses
 * what stands otherwise. It lists nothing, shows no binding and knows no policy: what it does not report, plans say.
 */
import type { Channel, Connection } from 'rabbitmq-client';
import { Fault } from '../../errors.ts';
import { rabbitRecords } from '../../schema/rabbit-names.ts';
import type { Broker } from '../broker.ts';
import { loaded } from '../library.ts';
import type { Change, Remark } from '../plan.ts';
import { answeredWithin, unreachable, withoutCredentials } from '../reach.ts';
import type { Found, Wanted } from '../resource.ts';
import { rabbitRemarks } from './remarks.ts';
import { policyPattern, queueArguments, recordOf, wantedOnRabbit } from './wanted.ts';

const timeoutMs = 5_000;

const unreported = [
  'how an exchange or a queue that is there was made: declaring it again is refused where it differs',
  'which bindings there are: those of the catalog are made again, which changes nothing, and those of others are not seen',
  'policies: how long and how much is kept is not compared, and not set',
  'whose anything is, and what was provisioned before',
];

export async function rabbitOverAmqp(url: string): Promise<Broker> {
  const connection = await connect(url);
  const ask = <Result>(run: () => Promise<Result>): Promise<Result> =>
    run().catch((error: unknown) => {
      throw unreachable(url, error);
    });
  return {
    target: withoutCredentials(url),
    kind: 'rabbitmq',
    grades: {},
    async read(sources, environment) {
      const all = wantedOnRabbit(sources, environment);
      const wanted = all.filter(({ kind }) => kind !== 'policy');
      const policies = all.filter(({ kind }) => kind === 'policy').map((policy) => byHand(policy, vhostOf(url)));
      const found = await ask(() => foundOn(connection, wanted));
      const remarks = [...rabbitRemarks(undefined, sources, environment), ...policies];
      return { server: 'RabbitMQ, over AMQP alone', wanted, found, remarks, unreported };
    },
    async apply(change, wanted) {
      if (wanted !== undefined) await carryOut(connection, change, wanted);
    },
    address: (_, subject) => subject,
    async observe() {
      const message =
        'AMQP lists neither queues nor bindings: who reads is asked of the management interface (--management URL).';
      throw new Fault('USAGE_INVALID', {}, { message });
    },
    close: () => connection.close(),
  };
}

async function connect(url: string): Promise<Connection> {
  const { Connection: Client } = await loaded('rabbitmq-client', () => import('rabbitmq-client'));
  const client = new Client({ url, connectionTimeout: timeoutMs, acquireTimeout: timeoutMs });
  try {
    const greeting = new Promise<void>((resolve, reject) => {
      client.once('connection', resolve);
      // an event that nobody hears ends the process: this one is heard for as long as the client lives
      client.on('error', reject);
    });
    await answeredWithin(timeoutMs, 'AMQP', greeting);
    return client;
  } catch (error) {
    client.unsafeDestroy();
    throw unreachable(url, error);
  }
}

function vhostOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.replace(/^\//, '')) || '/';
}

/** What whoever operates RabbitMQ does in our place. */
function byHand({ name, of = '', settings }: Wanted, vhost: string): Remark {
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const about = [name, policyPattern(of), JSON.stringify(settings)].map(quoted).join(' ');
  const command = `rabbitmqctl set_policy -p ${quoted(vhost)} --apply-to queues --priority 1 ${about}`;
  return { level: 'warning', code: 'policy-by-hand', about: `policy ${name}`, message: `AMQP sets none: ${command}` };
}

/** On a channel of its own: RabbitMQ closes one with the first thing it refuses. */
async function on<Result>(connection: Connection, run: (channel: Channel) => Promise<Result>): Promise<Result> {
  const channel = await connection.acquire({ emitErrorsFromChannel: true });
  // what went wrong rejects what was asked
  channel.on('error', () => {});
  try {
    return await run(channel);
  } finally {
    await channel.close().catch(() => {});
  }
}

async function foundOn(connection: Connection, wanted: readonly Wanted[]): Promise<readonly Found[]> {
  const there = new Set<string>();
  for (const { kind, name } of wanted)
    if (kind !== 'binding' && (await isThere(connection, kind, name))) there.add(`${kind} ${name}`);
  return wanted
    .filter(({ kind, name, of, settings: { exchange } }) =>
      // what is missing at one of its ends is missing itself
      kind === 'binding' ? there.has(`queue ${of}`) && there.has(`exchange ${exchange}`) : there.has(`${kind} ${name}`),
    )
    .map(({ kind, name, of }) => ({ kind, name, ...(of !== undefined && { of }), settings: {}, isUnreported: true }));
}

async function isThere(connection: Connection, kind: string, name: string): Promise<boolean> {
  try {
    await on<unknown>(connection, (channel) =>
      kind === 'exchange'
        ? channel.exchangeDeclare({ exchange: name, passive: true })
        : channel.queueDeclare({ queue: name, passive: true }),
    );
    return true;
  } catch (error) {
    if (codeOf(error) === 'NOT_FOUND') return false;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

async function carryOut(connection: Connection, { kind, name, of = '' }: Change, wanted: Wanted): Promise<void> {
  const { settings, made } = wanted;
  if (kind === 'queue') return declared(connection, name, queueArguments(settings));
  await on(connection, async (channel) => {
    if (kind === 'exchange') return channel.exchangeDeclare({ exchange: name, type: 'topic', durable: true });
    const [exchange, routingKey] = [String(settings.exchange), String(settings.key)];
    if (made?.group !== undefined) {
      await channel.confirmSelect();
      const record = { routingKey: rabbitRecords(exchange), durable: true, ...recordOf(made) };
      await channel.basicPublish(record, Buffer.alloc(0));
    }
    await channel.queueBind({ queue: of, exchange, routingKey });
  });
}

type Arguments = Readonly<Record<string, string | number | boolean>>;

/** How RabbitMQ says that a queue has an argument that was not asked for. */
const besides =
  /inequivalent arg '([^']+)' .*received none but current is the value '([^']*)' of type '(longstr|signedint|long|bool)'/;
const maxBesides = 20;

/**
 * What others made besides stays: a queue with more arguments than the catalog decides is declared with those too, one after another, as
 * RabbitMQ names them.
 */
async function declared(connection: Connection, queue: string, decided: Arguments): Promise<void> {
  let given = decided;
  for (let tried = 0; ; tried += 1)
    try {
      await on(connection, (channel) => channel.queueDeclare({ queue, durable: true, arguments: given }));
      return;
    } catch (error) {
      const [, key = '', value = '', type] = besides.exec(error instanceof Error ? error.message : '') ?? [];
      if (type === undefined || key === 'x-single-active-consumer' || tried === maxBesides) throw error;
      given = { ...given, [key]: type === 'longstr' ? value : type === 'bool' ? value === 'true' : Number(value) };
    }
}
