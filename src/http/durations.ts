/**
 * A histogram that prom-client's registry takes for one of its own. The library's looks for the series of its labels at each
 * observation, which costs as much as half a look-up from memory; here a series is found once and then counts in an array.
 */
import type { Histogram, MetricValueWithName, Registry } from 'prom-client';

export interface DurationsOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  /** Upper bounds in seconds, ascending. */
  readonly buckets: readonly number[];
}

/** `labels`: in the order of `labelNames`. */
export type Observe = (seconds: number, ...labels: readonly string[]) => void;

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Of each bucket alone, and at the end of what is above all of them. */
  readonly counts: number[];
  sum: number;
}

export function durations(registry: Registry, { name, help, labelNames, buckets }: DurationsOptions): Observe {
  const all = new Map<string, Series>();
  const metric = {
    name,
    help,
    type: 'histogram',
    aggregator: 'sum',
    get: async () => ({
      name,
      help,
      type: 'histogram',
      aggregator: 'sum',
      values: [...all.values()].flatMap((series) => valuesOf(name, buckets, series)),
    }),
    reset: () => all.clear(),
  };
  // what its registry asks of a metric is here; the rest of the class only observes
  registry.registerMetric(metric as unknown as Histogram);
  const begun = (key: string, labels: readonly string[]): Series => {
    const series = {
      labels: Object.fromEntries(labelNames.map((label, index) => [label, labels[index] ?? ''])),
      counts: Array.from({ length: buckets.length + 1 }, () => 0),
      sum: 0,
    };
    all.set(key, series);
    return series;
  };
  return (seconds, ...labels) => {
    const key = labels.join('\n');
    const series = all.get(key) ?? begun(key, labels);
    let bucket = 0;
    while (bucket < buckets.length && seconds > buckets[bucket]!) bucket += 1;
    series.counts[bucket]! += 1;
    series.sum += seconds;
  };
}

function valuesOf(name: string, buckets: readonly number[], { labels, counts, sum }: Series) {
  const values: MetricValueWithName<string>[] = [];
  let count = 0;
  for (const [index, own] of counts.entries()) {
    count += own;
    values.push({ metricName: `${name}_bucket`, labels: { le: buckets[index] ?? '+Inf', ...labels }, value: count });
  }
  return [
    ...values,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
