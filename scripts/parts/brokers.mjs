/** Brokers of a proof's own, which it may kill: on a free port, with a folder that outlives them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A row is a broker: how it is started. */
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
};

export async function brokerOf(kind) {
  const folder = mkdtempSync(join(tmpdir(), `herald-${kind}-`));
  const port = await freePort();
  let running;
  const start = async () => {
    running = spawn(...commands[kind](port, folder), { stdio: 'ignore' });
    running.on('error', (error) => {
      throw error;
    });
    while (!(await answers(port))) await pause(50);
  };
  const kill = async () => {
    running.kill('SIGKILL');
    await once(running, 'exit');
  };
  // whatever ends the proof ends its broker
  process.on('exit', () => running?.kill('SIGKILL'));
  await start();
  return {
    url: `${kind}://127.0.0.1:${port}`,
    start,
    kill,
    async end() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
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
