/** The metrics at /metrics. Labels are route ids, codes and verdicts: never URLs, names of subjects, or anything from a payload. */

import { type Aggregator, Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { Fault } from '../errors.ts';
import type { Clock, Deliveries, Store } from '../registry/ports.ts';
import { durations } from './durations.ts';

/** Methods with a label of their own: HTTP knows forty more, and a stranger may send them all. */
const known: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS']);

export interface Backlog {
  readonly pending: number;
  readonly parked: number;
  readonly oldestSeconds: number;
}

export interface Metrics {
  request(route: string, method: string, status: number, seconds: number): void;
  fault(code: string, route: string): void;
  /** A registration that was refused, once per blocking rule. */
  refusal(rule: string): void;
  registration(outcome: 'new' | 'same'): void;
  validation(verdict: 'valid' | 'invalid', count?: number): void;
  lookUp(cache: 'hit' | 'miss'): void;
  check(seconds: number, verdict: string): void;
  text(): Promise<string>;
  readonly mediaType: string;
}

export interface MetricSources {
  readonly backlog?: () => Promise<Backlog>;
  readonly stages?: () => Promise<Readonly<Record<string, number>>>;
  /** Rows of the audit log: where the figure falls, the log was truncated. */
  readonly audited?: () => Promise<number>;
  /** Process figures (memory, event loop, handles); off in tests. */
  readonly process?: boolean;
  /** Where several processes answer for one registry: gives the figures of all of them. */
  readonly gather?: (own: Registry) => (() => Promise<string>) | undefined;
}

/** Figures that only the store knows, read at each scrape. */
export function sourcesOn(store: Deliveries & Pick<Store, 'deprecations' | 'auditHead'>, clock: Clock): MetricSources {
  return {
    backlog: () => store.backlog(new Date(clock.now()).toISOString()),
    stages: async () => counted((await store.deprecations()).map(({ stage }) => stage)),
    audited: async () => (await store.auditHead()).sequence,
  };
}

/** Composes the text at most so often, however many ask for it: they need no credentials everywhere. */
export function atMostEvery(milliseconds: number, metrics: Metrics): Metrics {
  let last: { readonly at: number; readonly text: Promise<string> } | undefined;
  return {
    ...metrics,
    text: () => {
      if (!last || performance.now() - last.at >= milliseconds) last = { at: performance.now(), text: metrics.text() };
      return last.text;
    },
  };
}

function counted(names: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}

export function createMetrics(sources: MetricSources = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (sources.process) collectDefaultMetrics({ register: registry });
  const counter = (name: string, help: string, labelNames: readonly string[]) =>
    new Counter({ name, help, labelNames: [...labelNames], registers });

  const requests = durations(registry, {
    name: 'herald_http_request_seconds',
    help: 'Time to answer, by route.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
  });
  const faults = counter('herald_faults_total', 'Requests refused, by code.', ['code', 'route']);
  const refusals = counter('herald_refusals_total', 'Registrations refused, by rule.', ['rule']);
  const registrations = counter('herald_registrations_total', 'Registrations taken.', ['outcome']);
  const validations = frequent(registry, {
    name: 'herald_validations_total',
    help: 'Events validated.',
    label: 'verdict',
    values: ['valid', 'invalid'],
  });
  const lookUps = frequent(registry, {
    name: 'herald_lookups_total',
    help: 'Look-ups of versions and schemas.',
    label: 'cache',
    values: ['hit', 'miss'],
  });
  const checks = durations(registry, {
    name: 'herald_check_seconds',
    help: 'Time of one check.',
    labelNames: ['verdict'],
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
  });
  if (sources.backlog) backlogGauges(registry, sources.backlog);
  if (sources.stages) stageGauge(registry, sources.stages);
  if (sources.audited) auditGauge(registry, sources.audited);

  return {
    request: (route, method, status, seconds) =>
      requests(seconds, route, known.has(method) ? method : 'other', String(status)),
    fault: (code, route) => faults.inc({ code, route }),
    refusal: (rule) => refusals.inc({ rule }),
    registration: (outcome) => registrations.inc({ outcome }),
    validation: (verdict, count = 1) => validations(verdict, count),
    lookUp: (cache) => lookUps(cache, 1),
    check: (seconds, verdict) => checks(seconds, verdict),
    text: sources.gather?.(registry) ?? (() => registry.metrics()),
    mediaType: registry.contentType,
  };
}

interface Frequent<Value extends string> {
  readonly name: string;
  readonly help: string;
  readonly label: string;
  readonly values: readonly Value[];
}

/** A counter that is brought up to date at each scrape: the library looks for the series of its labels each time it counts. */
function frequent<const Value extends string>(
  registry: Registry,
  { name, help, label, values }: Frequent<Value>,
): (value: Value, count: number) => void {
  const pending = new Map<Value, number>();
  new Counter({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      for (const value of values) this.inc({ [label]: value }, pending.get(value) ?? 0);
      pending.clear();
    },
  });
  return (value, count) => pending.set(value, (pending.get(value) ?? 0) + count);
}

/** Every process reads the same figure from the database: the sum over processes would be wrong. */
const sameEverywhere: Aggregator = 'max';

function backlogGauges(registry: Registry, backlog: () => Promise<Backlog>): void {
  const now = sharedQuery(() => unlessDown(backlog()));
  const gauge = (name: string, help: string, aggregator: Aggregator, reading: (now: Backlog | undefined) => number) =>
    new Gauge({
      name,
      help,
      aggregator,
      registers: [registry],
      async collect() {
        this.set(reading(await now()));
      },
    });
  gauge('herald_outbox_pending', 'Deliveries waiting.', sameEverywhere, (found) => found?.pending ?? Number.NaN);
  gauge('herald_outbox_parked', 'Deliveries given up on.', sameEverywhere, (found) => found?.parked ?? Number.NaN);
  gauge('herald_outbox_age_seconds', 'Age of the oldest waiting delivery.', sameEverywhere, (found) =>
    found ? found.oldestSeconds : Number.NaN,
  );
  gauge('herald_store_up', 'Whether the database answers.', 'min', (found) => (found ? 1 : 0));
}

/** Several gauges that are collected at the same time share one query. */
function sharedQuery<T>(query: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= query().finally(() => {
      running = undefined;
    });
    return running;
  };
}

function stageGauge(registry: Registry, stages: () => Promise<Readonly<Record<string, number>>>): void {
  new Gauge({
    name: 'herald_deprecations',
    help: 'Deprecation plans, by stage.',
    labelNames: ['stage'],
    registers: [registry],
    aggregator: sameEverywhere,
    async collect() {
      const counts = await unlessDown(stages());
      this.reset();
      for (const [stage, count] of Object.entries(counts ?? {})) this.set({ stage }, count);
    },
  });
}

function auditGauge(registry: Registry, audited: () => Promise<number>): void {
  new Gauge({
    name: 'herald_audit_rows',
    help: 'Rows of the audit log; it never falls.',
    registers: [registry],
    aggregator: sameEverywhere,
    async collect() {
      const rows = await unlessDown(audited());
      if (rows !== undefined) this.set(rows);
    },
  });
}

/** The other metrics matter most while the database is down: its own figures are left out, and "up" is 0. */
async function unlessDown<T>(query: Promise<T>): Promise<T | undefined> {
  try {
    return await query;
  } catch (error) {
    if (error instanceof Fault && error.status === 503) return undefined;
    throw error;
  }
}
