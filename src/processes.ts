/**
 * Several processes of one registry behind one port, for machines with several cores. The first one starts the others, restarts
 * them when they die, and stops them; it serves nothing itself. They share PostgreSQL.
 */
import cluster, { type Worker } from 'node:cluster';
import { randomBytes } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import type { Config } from './config.ts';
import { Fault } from './errors.ts';
import { giveMetricsOfAll } from './http/gathered-metrics.ts';
import { createLog } from './http/log.ts';
import { type RunningServer, type ServerIo, startServer } from './server.ts';

export interface Serving extends Pick<RunningServer, 'url' | 'close'> {
  /** False in all but the first of several processes: only one of them prints to the terminal. */
  readonly isFirst: boolean;
}

/** A process that dies as it starts must not be started a thousand times a second. */
const minRestartDelayMs = 200;
const maxRestartDelayMs = 10_000;
/** Longer than the ten seconds in which a server finishes its requests. */
const stopTimeoutMs = 20_000;

/** One process or several, as configured. Faults: as startServer. */
export async function serve(config: Config, io: ServerIo = {}): Promise<Serving> {
  if (cluster.isWorker) return serveAsOne(config, io);
  if (config.processes > 1) return serveAsMany(config, io);
  return { ...(await startServer(config, io)), isFirst: true };
}

async function serveAsOne(config: Config, io: ServerIo): Promise<Serving> {
  // the connection to the first process keeps this one alive
  const leave = () => process.disconnect?.();
  const { url, close } = await startServer(config, io).catch((error: unknown) => {
    leave();
    throw error;
  });
  return { url, isFirst: false, close: () => close().finally(leave) };
}

async function serveAsMany(
  { processes, host, port: stated, log: logSettings, signIn }: Config,
  io: ServerIo,
): Promise<Serving> {
  const log = createLog(logSettings, io.log);
  giveMetricsOfAll(); // before the first of them listens
  // a session that one process sealed must open in the others
  const environment = signIn.sessionKey === undefined ? { HERALD_SESSION_KEY: randomBytes(32).toString('hex') } : {};
  // all of them ask for one and the same number: those that ask for 0 share another port than those that ask for it by its number
  const port = stated === 0 ? await freePort(host) : stated;
  cluster.setupPrimary({ args: [...process.argv.slice(2), '--port', String(port)] });
  await listening(cluster.fork(environment));
  let closing = false;
  const restart = restarter();
  cluster.on('exit', (worker, code, signal) => {
    if (closing) return;
    log.info('a process ended and is restarted', { pid: worker.process.pid ?? 0, ended: signal ?? code });
    restart(() => !closing && cluster.fork(environment));
  });
  for (let more = 1; more < processes; more += 1) cluster.fork(environment);
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    isFirst: true,
    close: async () => {
      closing = true;
      await Promise.all(workers().map(ended));
    },
  };
}

function workers(): readonly Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
}

function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function listening(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('listening', () => resolve());
    worker.once('exit', () =>
      reject(new Fault('CONFIG_INVALID', {}, { message: 'The first process did not start; its error is above.' })),
    );
  });
}

/** Sends SIGTERM, and SIGKILL where that was not enough. */
function ended(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => worker.process.kill('SIGKILL'), stopTimeoutMs);
    worker.once('exit', () => {
      clearTimeout(late);
      resolve();
    });
    worker.process.kill('SIGTERM');
  });
}

/** Doubles the delay after every death, and resets it once no process died for as long as the longest delay. */
function restarter(): (start: () => void) => void {
  let delayMs = minRestartDelayMs;
  let reset: NodeJS.Timeout | undefined;
  return (start) => {
    clearTimeout(reset);
    setTimeout(start, delayMs);
    delayMs = Math.min(delayMs * 2, maxRestartDelayMs);
    reset = setTimeout(() => {
      delayMs = minRestartDelayMs;
    }, delayMs + maxRestartDelayMs).unref();
  };
}
