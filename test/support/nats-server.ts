/** A nats-server of a test's own, where the program is there: with JetStream, on a free port, gone with the test. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = process.env.NATS_SERVER ?? 'nats-server';

/** Missing, it is a failure where CI may skip nothing. */
export function hasNatsServer(): boolean {
  const isThere = spawnSync(program, ['-v']).status === 0;
  if (!isThere && process.env.TEST_REQUIRES_BROKERS === '1') throw new Error(`${program} is not there`);
  return isThere;
}

export interface NatsServer {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  stop(): Promise<void>;
}

export interface NatsServerOptions {
  /** More of the configuration, such as accounts. */
  readonly config?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export async function natsServer({ config = '', env = {} }: NatsServerOptions = {}): Promise<NatsServer> {
  const folder = mkdtempSync(join(tmpdir(), 'herald-nats-'));
  const port = await freePort();
  const base = `listen: 127.0.0.1:${port}\njetstream { store_dir: ${JSON.stringify(folder)} }\n`;
  const child = await started(port, folder, base + config, env);
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    folder,
    async stop() {
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Three servers that keep three copies. Any of them answers at `url` once they have a leader. */
export async function natsCluster(): Promise<NatsServer> {
  const folder = mkdtempSync(join(tmpdir(), 'herald-nats-cluster-'));
  const ports = await Promise.all([freePort(), freePort(), freePort()]);
  const routes = await Promise.all([freePort(), freePort(), freePort()]);
  const all = routes.map((port) => `nats://127.0.0.1:${port}`);
  const children = await Promise.all(
    ports.map((port, index) => {
      const own = join(folder, String(index));
      const cluster = `cluster { name: test, listen: "127.0.0.1:${routes[index]}", routes: ${JSON.stringify(all)} }`;
      const config = `listen: 127.0.0.1:${port}\nserver_name: n${index}\njetstream { store_dir: ${JSON.stringify(own)} }\n${cluster}\n`;
      return started(port, folder, config, {}, `${index}.conf`);
    }),
  );
  const [port = 0] = ports;
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    folder,
    async stop() {
      await Promise.all(children.map(ended));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function started(
  port: number,
  folder: string,
  config: string,
  env: Readonly<Record<string, string>>,
  name = 'server.conf',
): Promise<ChildProcess> {
  const path = join(folder, name);
  writeFileSync(path, config);
  const child = spawn(program, ['-c', path], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2_000);
  });
  for (let tried = 0; tried < 100; tried += 1) {
    if (child.exitCode !== null) throw new Error(`nats-server ended: ${said}`);
    if (await answers(port)) return child;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nats-server does not answer: ${said}`);
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
