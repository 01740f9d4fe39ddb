/**
 * Several processes of one registry behind one port, for machines with several cores. The first one starts the others, starts
 * them again when they die, and stops them; it serves nothing itself. What they share is PostgreSQL.
 */
import cluster, { type Worker } from 'node:cluster';
import type { Config } from './config.ts';
import { Fault } from './errors.ts';
import { giveMetricsOfAll } from './http/gathered-metrics.ts';
import { createLog } from './http/log.ts';
import { type RunningServer, type ServerIo, startServer } from './server.ts';

export interface Serving extends Pick<RunningServer, 'url' | 'close'> {
  /** False in all but the first of several processes: one of them talks to whoever started it. */
  readonly speaks: boolean;
}

/** Milliseconds: a process that dies at once is not started a thousand times a second. */
const soonest = 200;
const latest = 10_000;
const endsWithin = 20_000;

/** One process or several, as configured. Faults: as startServer. */
export async function serve(config: Config, io: ServerIo = {}): Promise<Serving> {
  if (cluster.isWorker) return serveAsOne(config, io);
  if (config.processes > 1) return serveAsMany(config, io);
  return { ...(await startServer(config, io)), speaks: true };
}

async function serveAsOne(config: Config, io: ServerIo): Promise<Serving> {
  const { url, close } = await startServer(config, io);
  return {
    url,
    speaks: false,
    close: async () => {
      await close();
      process.disconnect?.(); // the connection to the first process keeps this one alive
    },
  };
}

async function serveAsMany({ processes, host, logLevel }: Config, io: ServerIo): Promise<Serving> {
  const log = createLog(logLevel, io.log);
  giveMetricsOfAll(); // before the first of them listens
  const port = await portOf(cluster.fork());
  // where any port would do, the others must not get another one once nobody listens for a moment
  cluster.setupPrimary({ args: [...process.argv.slice(2), '--port', String(port)] });
  let closing = false;
  const restart = restarter();
  cluster.on('exit', (worker, code, signal) => {
    if (closing) return;
    log.say('a process ended and is started again', { pid: worker.process.pid ?? 0, ended: signal ?? code });
    restart(() => !closing && cluster.fork());
  });
  for (let more = 1; more < processes; more += 1) cluster.fork();
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    speaks: true,
    close: async () => {
      closing = true;
      await Promise.all(workers().map(ended));
    },
  };
}

function workers(): readonly Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
}

function portOf(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.once('listening', ({ port }) => resolve(port));
    worker.once('exit', () =>
      reject(
        new Fault('CONFIG_INVALID', {}, { message: 'The first process did not start; what it says stands above.' }),
      ),
    );
  });
}

/** Asked to end; after that, made to. A server gives its requests ten seconds. */
function ended(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => worker.process.kill('SIGKILL'), endsWithin);
    worker.once('exit', () => {
      clearTimeout(late);
      resolve();
    });
    worker.process.kill('SIGTERM');
  });
}

/** Waits twice as long after every death, and starts over once nobody died for as long as the longest wait. */
function restarter(): (start: () => void) => void {
  let wait = soonest;
  let calm: NodeJS.Timeout | undefined;
  return (start) => {
    clearTimeout(calm);
    setTimeout(start, wait);
    wait = Math.min(wait * 2, latest);
    calm = setTimeout(() => {
      wait = soonest;
    }, wait + latest).unref();
  };
}
