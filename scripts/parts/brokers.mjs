/** Brokers of a proof's own, which it may kill: on a free port, with a folder that outlives them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A row is a broker on a port of its own: command, arguments and what is added to the environment. */
const commands = {
  nats: (port, folder) => {
    const file = join(folder, 'nats.conf');
    writeFileSync(file, `listen: 127.0.0.1:${port}\njetstream { store_dir: "${folder}" }\n`);
    return ['nats-server', ['-c', file]];
  },
  redis: (port, folder) => [
    'redis-server',
    [
      ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', ''],
      // with "everysec" Redis confirms what it has not written yet while its disk is busy
      ...['--appendonly', 'yes', '--appendfsync', 'always'],
    ],
  ],
  rabbitmq: (port, folder) => {
    const plugins = join(folder, 'plugins');
    writeFileSync(plugins, '[].');
    const settings = {
      RABBITMQ_NODENAME: `herald-${port}@localhost`,
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: String(port),
      RABBITMQ_DIST_PORT: String(port + 1),
      RABBITMQ_MNESIA_BASE: folder,
      RABBITMQ_LOG_BASE: folder,
      RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
      // nothing of the machine's own server
      RABBITMQ_CONFIG_FILE: join(folder, 'none'),
      RABBITMQ_CONF_ENV_FILE: join(folder, 'none'),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
      ERL_EPMD_ADDRESS: '127.0.0.1',
      HOME: folder,
    };
    // Debian's own wrapper of that name would change to another user
    return ['/usr/lib/rabbitmq/bin/rabbitmq-server', [], settings];
  },
};

/** What stands before the host of its address. */
const schemes = { nats: 'nats://', redis: 'redis://', rabbitmq: 'amqp://guest:guest@' };

/** Until it survives being killed: RabbitMQ 3.10 never finds the leader of a quorum queue again that it made seconds before. */
const settleMs = { nats: 0, redis: 0, rabbitmq: 10_000 };

/**
 * `make(subjects)`: what must be there before a bus is asked to ensure it; `settleMs`: how long what was made must be left alone.
 * `program`: another one than is installed.
 */
export async function brokerOf(kind, { program } = {}) {
  if (kind === 'kafka') return kafkaBroker();
  const folder = mkdtempSync(join(tmpdir(), `herald-${kind}-`));
  const port = await freePort();
  const [command, args, settings = {}] = commands[kind](port, folder);
  let running;
  const start = async () => {
    // a group of its own, since what is started may start what must be killed
    running = spawn(program ?? command, args, {
      stdio: 'ignore',
      detached: true,
      env: { ...process.env, ...settings },
    });
    running.on('error', (error) => {
      throw error;
    });
    while (!(await answers(port))) {
      if (running.exitCode !== null) throw new Error(`${program ?? command} ended with ${running.exitCode}`);
      await pause(50);
    }
  };
  const signal = () => {
    if (running?.exitCode === null && running.signalCode === null) process.kill(-running.pid, 'SIGKILL');
  };
  const kill = async () => {
    const exited = once(running, 'exit');
    signal();
    await exited;
    while (await answers(port)) await pause(50);
  };
  // whatever ends the proof ends its broker
  process.on('exit', signal);
  await start();
  return {
    url: `${schemes[kind]}127.0.0.1:${port}`,
    make: async () => {},
    settleMs: settleMs[kind],
    start,
    kill,
    async end() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * The broker that librdkafka brings along keeps everything in memory: it is not killed, but ends its connections and answers nobody.
 * It makes no topics when a client asks for it.
 */
async function kafkaBroker() {
  const script = new URL('../../test/support/kafka-mock.py', import.meta.url).pathname;
  const running = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: running.stdout })[Symbol.asyncIterator]();
  const line = async () => String((await lines.next()).value);
  const tell = async (command) => {
    running.stdin.write(`${command}\n`);
    await line();
  };
  return {
    url: `kafka://${await line()}`,
    async make(subjects) {
      for (const topic of subjects) await tell(`make ${topic} 6`);
    },
    settleMs: 0,
    start: () => tell('up'),
    kill: () => tell('down'),
    async end() {
      running.stdin.end();
      await once(running, 'exit');
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
