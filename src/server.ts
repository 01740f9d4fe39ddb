/** The composition root of the registry: config → store, verbs, HTTP, announcer. `herald serve` and tests start it. */

import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DestinationStream } from 'pino';
import { startAnnouncer } from './announce/announcer.ts';
import { poster } from './announce/post.ts';
import { permissionOf, resolveHost } from './announce/target.ts';
import type { Config } from './config.ts';
import { Fault } from './errors.ts';
import type { Deps } from './http/deps.ts';
import { feedsWith } from './http/feeds.ts';
import { metricsOfAll } from './http/gathered-metrics.ts';
import { createLog, type Log } from './http/log.ts';
import { atMostEvery, createMetrics, sourcesOn } from './http/metrics.ts';
import { observedChecks } from './http/observed-checks.ts';
import { replyCache } from './http/reply-cache.ts';
import { validationTargets } from './http/validation-shortcut.ts';
import { listenerOf } from './listener.ts';
import { lru } from './lru.ts';
import { makeSearchable } from './registry/catalogs/search.ts';
import { remindOfSunsets } from './registry/deprecation/reminders.ts';
import { catalogFields } from './registry/fields.ts';
import { watchFreshness } from './registry/freshness.ts';
import type { Clock, Deliveries, Store } from './registry/ports.ts';
import { refusalQuota } from './registry/refusal-quota.ts';
import { sealWith } from './registry/transfer/seal.ts';
import { envelopeValidatorCache } from './registry/validation/envelope-validators.ts';
import { createMeter } from './registry/validation/meter.ts';
import { validatorCache } from './registry/validation/validators.ts';
import { versionValidatorCache } from './registry/validation/version-validators.ts';
import { watchWireTypes } from './registry/validation/wire-types.ts';
import { registryLimits } from './schema/limits.ts';
import { openStore, type StandbyState, type StoreOptions } from './store/open.ts';
import { workBudget } from './threads/budget.ts';
import { startWork, type Work } from './threads/work.ts';

export interface ServerIo {
  /** Where log lines go; standard error where absent. */
  readonly log?: DestinationStream;
  readonly clock?: Clock;
  /** Between two searches for sunsets to remind of. */
  readonly sweepIntervalMs?: number;
  /** Where work of callers runs: threads and processes of its own where absent. */
  readonly work?: Work;
}

export interface RunningServer {
  /** Where it listens, with the port it got. */
  readonly url: string;
  /** The store it serves, for loading catalogs in the same process. */
  readonly deps: Deps;
  /** Finishes accepted requests, then closes the database. Safe to call twice. */
  readonly close: () => Promise<void>;
}

const systemClock: Clock = { now: Date.now };
const flushIntervalMs = 5_000;
/** Reminders are due by the day, so a minute is soon enough. */
const sweepIntervalMs = 60_000;
/** Subjects of a registry from before there was a search are indexed a portion at a time. */
const searchIntervalMs = 2_000;
/** So are the fields of versions that came without them. */
const fieldsIntervalMs = 2_000;
const auditHeadIntervalMs = 3_600_000;
/** The metrics are as old as this, at most. */
const metricsHeldMs = 1_000;
/** Generated files held in memory, at most. */
const artifactCacheBytes = 32_000_000;
/** Paths at which events were validated. */
const targetCharacters = 1_000_000;
/** For requests under way; after that their connections are cut, and the work they wait for is cancelled. */
const closeTimeoutMs = 10_000;
/** Longer than the minute for which balancers and clients keep a connection: otherwise they write to one that is being closed. */
const keepAliveTimeoutMs = 75_000;

/** Faults: DATA_FOLDER_IN_USE, MIGRATIONS_INVALID, STORE_UNAVAILABLE, CONFIG_INVALID (the port is taken). */
export async function startServer(config: Config, io: ServerIo = {}): Promise<RunningServer> {
  const clock = io.clock ?? systemClock;
  const log = createLog(config.log, io.log);
  const store = await openStore(storageOf(config.storage, log), clock);
  const { workSecondsPerMinute } = config.limits;
  const budget = workSecondsPerMinute > 0 ? workBudget(workSecondsPerMinute, clock.now) : undefined;
  const work = io.work ?? startWork({ budget, processes: config.processes });
  try {
    let closing = false;
    const deps = depsOf(config, store, clock, work, () => closing);
    const server = await listen(config, listenerOf(config, deps, log));
    const metricsServer = await listenForMetrics(config, deps).catch((error: unknown) => {
      server.close();
      throw error;
    });
    const url = urlOf(config.host, server);
    const stopHeadLog = repeat(auditHeadIntervalMs, () => logAuditHead(store, log), log);
    const stopMeter = repeat(flushIntervalMs, () => deps.meter.flush(), log);
    const stopIndexing = repeat(searchIntervalMs, () => makeSearchable(deps), log);
    const stopFields = repeat(fieldsIntervalMs, () => deps.fields.complete(store, () => closing), log);
    const stopSweeper = repeat(io.sweepIntervalMs ?? sweepIntervalMs, () => remindOfSunsets({ store, clock }), log);
    const announcer = startAnnouncer({
      store,
      clock,
      post: poster(permissionOf(config.webhookHosts), resolveHost),
      random: Math.random,
      // the same for every process on one database: receivers identify an event by source and id
      source: '/herald',
      onError: (error) => log.warn('announcing failed; it will be tried again', error),
    });
    log.info('listening', { url, storage: config.storage.kind });
    let closed: Promise<void> | undefined;
    const close = async () => {
      closing = true;
      log.info('closing');
      await Promise.all([server, ...(metricsServer ? [metricsServer] : [])].map(finish));
      await announcer.stop();
      stopMeter();
      stopHeadLog();
      await logAuditHead(store, log).catch((error: unknown) => log.warn('the audit log could not be read', error));
      stopSweeper();
      stopIndexing();
      stopFields();
      await deps.meter.flush().catch((error: unknown) => log.warn('usage counts could not be written', error));
      await work.close();
      await store.close();
      log.info('closed');
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
    await work.close();
    await store.close();
    throw error;
  }
}

/** A standby that goes away is told of once, and when it is back. */
function storageOf(storage: Config['storage'], log: Log): StoreOptions {
  if (storage.kind !== 'postgres' || storage.readUrl === undefined) return storage;
  let known: StandbyState | undefined;
  const onStandby = (state: StandbyState, why?: string) => {
    if (state === known) return;
    known = state;
    if (state === 'answers') log.info('the standby answers look-ups and lists');
    else log.warn('the standby does not answer; the primary does', new Error(why));
  };
  return { ...storage, onStandby };
}

/** A log that is kept elsewhere shows later whether somebody with access to the database removed the last rows of the audit log. */
async function logAuditHead(store: Store, log: Log): Promise<void> {
  const { sequence, hash } = await store.auditHead();
  log.info('audit log head', { auditHead: `${sequence}:${hash}` });
}

function depsOf(config: Config, store: Store & Deliveries, clock: Clock, work: Work, closing: () => boolean): Deps {
  const freshness = watchFreshness(store);
  const metrics = atMostEvery(
    metricsHeldMs,
    createMetrics({ process: true, gather: metricsOfAll, ...sourcesOn(store, clock) }),
  );
  return {
    store,
    clock,
    limits: registryLimits,
    checks: observedChecks(work, metrics),
    mappings: work,
    generation: work,
    artifacts: lru(artifactCacheBytes),
    validations: work,
    versionValidators: versionValidatorCache(
      validatorCache(config.limits.validators, registryLimits.bundle),
      freshness,
      config.limits.validators,
    ),
    envelopes: envelopeValidatorCache(config.limits.validators),
    fields: catalogFields(store),
    refusals: refusalQuota(clock),
    ...(config.exportKey !== undefined && { seal: sealWith(config.exportKey) }),
    wireTypes: watchWireTypes(store),
    validationTargets: validationTargets(targetCharacters),
    meter: createMeter(store, clock),
    freshness,
    replies: replyCache(config.limits.cacheBytes),
    metrics,
    ...(config.feedKey !== undefined && { feeds: feedsWith(config.feedKey) }),
    closing,
  };
}

function listen({ host, port }: Pick<Config, 'host' | 'port'>, listener: RequestListener): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ keepAliveTimeout: keepAliveTimeoutMs }, listener);
    server.listen(port, host, () => resolve(server));
    server.on('error', (cause: NodeJS.ErrnoException) => {
      const message =
        cause.code === 'EADDRINUSE'
          ? `Port ${port} on ${host} is already in use.`
          : `Cannot listen on ${host}:${port} (${cause.code}).`;
      reject(new Fault('CONFIG_INVALID', { host, port }, { message, cause }));
    });
  });
}

/** Metrics on a port of their own need no credentials: who reaches that port is for the network to decide. */
async function listenForMetrics({ host, metricsPort }: Config, { metrics }: Deps): Promise<Server | undefined> {
  if (metricsPort === undefined) return undefined;
  return listen({ host, port: metricsPort }, (request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'Content-Type': metrics.mediaType }).end(text),
      () => response.writeHead(503).end(),
    );
  });
}

function urlOf(host: string, server: Server): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Accepted requests are answered, idle connections are closed, and requests that take too long are cut off. */
async function finish(server: Server): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  server.keepAliveTimeout = 1; // of connections that become idle from now on
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), closeTimeoutMs);
  await ended;
  clearTimeout(cut);
}

/** Runs `work` at an interval, never twice at once. Returns the function that stops it. */
function repeat(intervalMs: number, work: () => Promise<unknown>, log: Log): () => void {
  let running = false;
  const timer = setInterval(() => {
    if (running) return;
    running = true;
    work()
      .catch((error: unknown) => log.warn('background work failed; it will be tried again', error))
      .finally(() => {
        running = false;
      });
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
