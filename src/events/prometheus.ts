/** The series the documents name, in Prometheus form. Labels are groups and subjects: nothing of an event. */
import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RunningConsumer } from './consumer/consumer.ts';
import type { EventMetrics, FailureClass } from './metrics.ts';
import type { SqlStore } from './store/sql.ts';

/** What is asked of `prom-client`, so that the caller's own copy of it is used. */
export interface PrometheusLibrary {
  readonly Counter: typeof Counter;
  readonly Gauge: typeof Gauge;
  readonly Histogram: typeof Histogram;
}

export interface PrometheusOptions {
  readonly register: Registry;
  /** Asked at each scrape for `outbox_pending_count` and `outbox_age_seconds`. */
  readonly store?: SqlStore;
  /** Asked at each scrape for `consumer_backlog`. */
  readonly consumers?: () => readonly RunningConsumer[];
}

/** A row is one series that counts. Dots of the third document's names are no names of Prometheus: they are written with `_`. */
const counters = {
  published: ['events_published_total', 'Events the broker has confirmed.', ['type']],
  processed: ['events_processed_total', 'Events a group has handled.', ['group', 'type']],
  eventProcessed: ['event_processed', 'event.processed: events a group has handled.', ['group', 'type']],
  eventFailed: ['event_failed', 'event.failed: attempts that failed.', ['group', 'type']],
  failures: ['delivery_failures', 'Attempts that failed, by kind.', ['group', 'type', 'class']],
  duplicates: ['duplicate_events_skipped_total', 'Events a group had processed before.', ['group', 'type']],
  parked: ['events_parked_total', 'Events set aside.', ['group', 'type']],
} as const;

const processingBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30];
const lagBuckets = [0.01, 0.05, 0.1, 0.5, 1, 5, 30, 60, 300, 3_600];

/**
 * @example
 * import * as prometheus from 'prom-client';
 * const metrics = prometheusMetrics(prometheus, { register: prometheus.register, store });
 * const events = createEvents<Events>({ …, metrics });
 */
export function prometheusMetrics(library: PrometheusLibrary, options: PrometheusOptions): EventMetrics {
  const registers = [options.register];
  const counter = (row: keyof typeof counters) => {
    const [name, help, labelNames] = counters[row];
    return new library.Counter({ name, help, labelNames: [...labelNames], registers });
  };
  const made = {
    published: counter('published'),
    processed: counter('processed'),
    eventProcessed: counter('eventProcessed'),
    eventFailed: counter('eventFailed'),
    failures: counter('failures'),
    duplicates: counter('duplicates'),
    parked: counter('parked'),
  } satisfies Record<keyof typeof counters, Counter>;
  const histogram = (name: string, help: string, buckets: readonly number[]) =>
    new library.Histogram({ name, help, buckets: [...buckets], labelNames: ['group', 'type'], registers });
  const duration = histogram('event_processing_duration_seconds', 'How long a handler takes.', processingBuckets);
  const lag = histogram('event_lag_seconds', 'From what happened to its handling.', lagBuckets);
  gauges(library, options);
  return {
    published: (type) => made.published.inc({ type }),
    processed(group, type, seconds, lagSeconds) {
      made.processed.inc({ group, type });
      made.eventProcessed.inc({ group, type });
      duration.observe({ group, type }, seconds);
      if (lagSeconds !== undefined) lag.observe({ group, type }, lagSeconds);
    },
    deliveryFailed(group, type, why: FailureClass) {
      made.failures.inc({ group, type, class: why });
      made.eventFailed.inc({ group, type });
    },
    duplicateSkipped: (group, type) => made.duplicates.inc({ group, type }),
    parked: (group, type) => made.parked.inc({ group, type }),
  };
}

function gauges({ Gauge }: PrometheusLibrary, { register, store, consumers }: PrometheusOptions): void {
  const registers = [register];
  if (store !== undefined) {
    new Gauge({
      name: 'outbox_pending_count',
      help: 'Events not yet published.',
      registers,
      async collect(this: Gauge) {
        this.set((await store.outbox.pending(store.db)).count);
      },
    });
    new Gauge({
      name: 'outbox_age_seconds',
      help: 'Age of the oldest event not yet published.',
      registers,
      async collect(this: Gauge) {
        this.set((await store.outbox.pending(store.db)).ageSeconds);
      },
    });
  }
  if (consumers !== undefined)
    new Gauge({
      name: 'consumer_backlog',
      help: 'Events a group has still to handle.',
      labelNames: ['group'],
      registers,
      async collect(this: Gauge) {
        for (const consumer of consumers()) {
          const { pending, inFlight } = await consumer.backlog();
          this.set({ group: consumer.group }, pending + inFlight);
        }
      },
    });
}
