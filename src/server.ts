/** The composition root of the registry: config → store, verbs, HTTP, announcer. `herald serve` and tests start it. */

import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { DestinationStream } from 'pino';
import { startAnnouncer } from './announce/announcer.ts';
import { poster } from './announce/post.ts';
import { permissionOf, resolveHost } from './announce/target.ts';
import type { Config } from './config.ts';
import { Fault } from './errors.ts';
import { answerCache } from './http/answers.ts';
import { createApp } from './http/app.ts';
import { authenticator } from './http/auth.ts';
import { bodyLimits } from './http/body.ts';
import type { Deps } from './http/deps.ts';
import { metricsOfAll } from './http/gathered-metrics.ts';
import { may } from './http/identity.ts';
import { createLog, type Log } from './http/log.ts';
import { createMetrics, sourcesOn } from './http/metrics.ts';
import { observedChecks } from './http/observed-checks.ts';
import { rateLimit } from './http/rate.ts';
import { recentProofs } from './http/recent-proofs.ts';
import { refusalRecorder } from './http/refusals.ts';
import { shortcut } from './http/shortcut.ts';
import { remindOfSunsets } from './registry/deprecation/reminders.ts';
import { watchCatalogFields } from './registry/fields.ts';
import { watchFreshness } from './registry/freshness.ts';
import type { Clock, Deliveries, Store } from './registry/ports.ts';
import { judgeCache } from './registry/validation/judges.ts';
import { createMeter } from './registry/validation/meter.ts';
import { validatorCache } from './registry/validation/validators.ts';
import { watchWireTypes } from './registry/validation/wire-types.ts';
import type { Checks } from './registry/versions/checks.ts';
import { registryLimits } from './schema/limits.ts';
import { openStore } from './store/open.ts';
import { type MappingPool, openMappings } from './threads/mapping-pool.ts';
import { openChecks } from './threads/pool.ts';

export interface ServerIo {
  /** Where log lines go; standard error where absent. */
  readonly log?: DestinationStream;
  readonly clock?: Clock;
  /** Milliseconds between looks for sunsets to remind of. */
  readonly sweepEvery?: number;
}

export interface RunningServer {
  /** Where it listens, with the port it got. */
  readonly url: string;
  /** The store it serves, for loading catalogs in the same process. */
  readonly deps: Deps;
  /** Finishes what was accepted, then lets go of the database. Safe to call twice. */
  readonly close: () => Promise<void>;
}

const systemClock: Clock = { now: Date.now };
const flushEvery = 5_000;
/** Reminders go by the day: a minute late is on time. */
const sweepEvery = 60_000;
const headEvery = 3_600_000;
const patience = 10_000;
/** Longer than the minute for which balancers and clients keep a connection: else they write to one that is being closed. */
const keepAlive = 75_000;

/** Faults: DATA_FOLDER_IN_USE, MIGRATIONS_INVALID, STORE_UNAVAILABLE, CONFIG_INVALID (the port is taken). */
export async function startServer(config: Config, io: ServerIo = {}): Promise<RunningServer> {
  const clock = io.clock ?? systemClock;
  const log = createLog(config.logLevel, io.log);
  const store = await openStore(config.storage, clock);
  const checks = openChecks();
  const mappings = openMappings();
  try {
    let closing = false;
    const deps = depsOf(config, store, clock, { checks, mappings }, () => closing);
    const server = await listen(config, listenerOf(config, deps, log));
    const url = urlOf(config.host, server);
    const stopTelling = repeat(headEvery, () => tellHead(store, log), log);
    const stopMeter = repeat(flushEvery, () => deps.meter.flush(), log);
    const stopSweeper = repeat(io.sweepEvery ?? sweepEvery, () => remindOfSunsets({ store, clock }), log);
    const announcer = startAnnouncer({
      store,
      clock,
      post: poster(permissionOf(config.webhookHosts), resolveHost),
      random: Math.random,
      // The same for every process on one database: receivers know an event by source and id.
      source: '/herald',
      onError: (error) => log.trouble('announcing failed; it will be tried again', error),
    });
    log.say('listening', { url, storage: config.storage.kind });
    let closed: Promise<void> | undefined;
    const close = async () => {
      closing = true;
      log.say('closing');
      await finish(server);
      await announcer.stop();
      stopMeter();
      stopTelling();
      await tellHead(store, log).catch((error: unknown) => log.trouble('the audit log was not read', error));
      stopSweeper();
      await deps.meter.flush().catch((error: unknown) => log.trouble('usage was not written', error));
      await Promise.all([checks.close(), mappings.close()]);
      await store.close();
      log.say('closed');
    };
    return {
      url,
      deps,
      close: () => {
        closed ??= close();
        return closed;
      },
    };
  } catch (error) {
    await Promise.all([checks.close(), mappings.close()]);
    await store.close();
    throw error;
  }
}

/** A log that leaves the machine keeps what somebody who holds the database could cut off. */
async function tellHead(store: Store, log: Log): Promise<void> {
  const { sequence, hash } = await store.auditHead();
  log.say('the audit log ends here', { auditHead: `${sequence}:${hash}` });
}

interface Threads {
  readonly checks: Checks;
  readonly mappings: MappingPool;
}

function depsOf(
  config: Config,
  store: Store & Deliveries,
  clock: Clock,
  { checks, mappings }: Threads,
  closing: () => boolean,
): Deps {
  const freshness = watchFreshness(store);
  const metrics = createMetrics({ process: true, gather: metricsOfAll, ...sourcesOn(store, clock) });
  return {
    store,
    clock,
    limits: registryLimits,
    checks: observedChecks(checks, metrics),
    mappings,
    judges: judgeCache(
      validatorCache(config.limits.validators, registryLimits.bundle),
      freshness,
      config.limits.validators,
    ),
    fields: watchCatalogFields(store),
    wireTypes: watchWireTypes(store),
    meter: createMeter(store, clock),
    freshness,
    answers: answerCache(config.limits.cacheBytes),
    metrics,
    closing,
  };
}

/** What is known by heart is answered ahead of the app; everything else by the app. */
function listenerOf(config: Config, deps: Deps, log: Log): RequestListener {
  const { bodyBytes, batchBytes, perSecond } = config.limits;
  const rate = perSecond > 0 ? rateLimit(perSecond, deps.clock) : undefined;
  const proofs = recentProofs(authenticator(config.auth, deps.clock, deps.store), deps.store, deps.clock);
  const app = createApp({
    deps,
    authenticate: proofs.authenticate,
    limits: { ...bodyLimits, single: bodyBytes, batch: batchBytes },
    ...(rate && { rate }),
    onRequest: log.request,
    onRefused: refusalRecorder(deps.store, deps.clock),
    onTrouble: log.trouble,
    onBug: log.bug,
    onUndeclared: (route, fault) => log.trouble(`${route.id} does not declare ${fault.code}`, fault),
  });
  const known = shortcut(deps, (authorization) => {
    const identity = proofs.find(authorization);
    return identity !== undefined && may(identity, 'read') && (rate?.spend(identity.actor) ?? true);
  });
  // the adapter would put its own Request and Response in place of the global ones, for everybody in the process
  const asked = getRequestListener(app.fetch, { hostname: config.host, overrideGlobalObjects: false });
  return (request, response) => {
    if (!known(request, response)) void asked(request, response);
  };
}

function listen({ host, port }: Config, listener: RequestListener): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ keepAliveTimeout: keepAlive }, listener);
    server.listen(port, host, () => resolve(server));
    server.on('error', (cause: NodeJS.ErrnoException) => {
      const message =
        cause.code === 'EADDRINUSE'
          ? `Port ${port} on ${host} is taken.`
          : `Cannot listen on ${host}:${port} (${cause.code}).`;
      reject(new Fault('CONFIG_INVALID', { host, port }, { message, cause }));
    });
  });
}

function urlOf(host: string, server: Server): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Accepted requests are answered; connections that only wait are closed; whoever takes too long is cut off. */
async function finish(server: Server): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  server.keepAliveTimeout = 1; // of connections that become idle from now on
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), patience);
  await ended;
  clearTimeout(cut);
}

/** Runs `work` every so often, never twice at once; answers the way to stop. */
function repeat(milliseconds: number, work: () => Promise<unknown>, log: Log): () => void {
  let running = false;
  const timer = setInterval(() => {
    if (running) return;
    running = true;
    work()
      .catch((error: unknown) => log.trouble('background work failed; it will be tried again', error))
      .finally(() => {
        running = false;
      });
  }, milliseconds);
  timer.unref();
  return () => clearInterval(timer);
}
