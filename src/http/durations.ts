/**
 * A histogram with cheap observations. prom-client's own looks for the series of its labels at each observation, which costs as much
 * as half a look-up from memory; here a series is found by its key and then counts in an array. Both outputs of the library ask a
 * histogram for `getForPromString`, which its types do not declare: package.json pins it exactly, and a test compares the outputs.
 */
import { Histogram, type Registry } from 'prom-client';

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

class CountedHistogram extends Histogram {
  readonly #options: DurationsOptions;
  readonly #all: Map<string, Series>;

  constructor(options: DurationsOptions, all: Map<string, Series>, registry: Registry) {
    const { name, help, labelNames, buckets } = options;
    super({ name, help, labelNames: [...labelNames], buckets: [...buckets], registers: [registry] });
    this.#options = options;
    this.#all = all;
  }

  async getForPromString() {
    const { name, help, buckets } = this.#options;
    const values = [...this.#all.values()].flatMap((series) => valuesOf(name, buckets, series));
    return { name, help, type: 'histogram', aggregator: 'sum', values };
  }
}

export function durations(registry: Registry, options: DurationsOptions): Observe {
  const { labelNames, buckets } = options;
  const all = new Map<string, Series>();
  new CountedHistogram(options, all, registry);
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

function valuesOf(name: string, buckets: readonly number[], { labels: sharedLabels, counts, sum }: Series) {
  let count = 0;
  const cumulative = counts.map((own, index) => {
    count += own;
    return { metricName: `${name}_bucket`, labels: { le: buckets[index] ?? '+Inf' }, sharedLabels, value: count };
  });
  return [
    ...cumulative,
    { metricName: `${name}_sum`, labels: {}, sharedLabels, value: sum },
    { metricName: `${name}_count`, labels: {}, sharedLabels, value: count },
  ];
}
