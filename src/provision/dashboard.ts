/**
 * A Grafana dashboard of what the documents ask to see: throughput, lag, what is parked, latency; by group and type. In the classic model
 * (https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/), which every version imports;
 * scripts/proof/dashboard.mjs holds it against the schemas that Grafana publishes of it.
 */
import type { Json } from '../schema/json.ts';
import { failureShare } from './failure-share.ts';

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly queries: readonly { readonly expr: string; readonly legend: string }[];
  /** Where it becomes red, as the alerts have it. */
  readonly limit?: number;
}

/** A row is one panel; two stand beside each other. `$group` and `$type` are chosen above. */
export const panels: readonly Panel[] = [
  {
    title: 'Published',
    unit: 'ops',
    queries: [{ expr: 'sum by (type) (rate(events_published_total{type=~"$type"}[5m]))', legend: '{{type}}' }],
  },
  {
    title: 'Processed',
    unit: 'ops',
    queries: [
      { expr: 'sum by (group) (rate(events_processed_total{group=~"$group",type=~"$type"}[5m]))', legend: '{{group}}' },
    ],
  },
  {
    title: 'Lag, p99',
    unit: 's',
    limit: 5,
    queries: [
      {
        expr: 'histogram_quantile(0.99, sum by (group, le) (rate(event_lag_seconds_bucket{group=~"$group",type=~"$type"}[5m])))',
        legend: '{{group}}',
      },
    ],
  },
  {
    title: 'Backlog',
    unit: 'short',
    queries: [{ expr: 'sum by (group) (consumer_backlog{group=~"$group"})', legend: '{{group}}' }],
  },
  {
    title: 'Processing latency',
    unit: 's',
    limit: 1,
    queries: ['0.5', '0.99'].map((quantile) => ({
      expr: `histogram_quantile(${quantile}, sum by (group, le) (rate(event_processing_duration_seconds_bucket{group=~"$group",type=~"$type"}[5m])))`,
      legend: `{{group}} p${Number(quantile) * 100}`,
    })),
  },
  {
    title: 'Failed attempts',
    unit: 'percentunit',
    limit: 0.001,
    queries: [
      {
        expr: failureShare('{group=~"$group",type=~"$type"}'),
        legend: '{{group}}',
      },
    ],
  },
  {
    title: 'Parked (dead letters)',
    unit: 'ops',
    queries: [
      {
        expr: 'sum by (group, type) (rate(events_parked_total{group=~"$group",type=~"$type"}[5m]))',
        legend: '{{group}} {{type}}',
      },
    ],
  },
  {
    title: 'Outbox: waiting',
    unit: 'short',
    limit: 1_000,
    queries: [{ expr: 'max by (job) (outbox_pending_count)', legend: '{{job}}' }],
  },
  {
    title: 'Outbox: age of the oldest',
    unit: 's',
    limit: 60,
    queries: [{ expr: 'max by (job) (outbox_age_seconds)', legend: '{{job}}' }],
  },
  {
    title: 'Duplicates skipped',
    unit: 'ops',
    queries: [
      {
        expr: 'sum by (group) (rate(duplicate_events_skipped_total{group=~"$group",type=~"$type"}[5m]))',
        legend: '{{group}}',
      },
    ],
  },
];

const [width, height] = [12, 8];

export function dashboard(catalogs: readonly string[]): string {
  const content: Json = {
    uid: 'herald-events',
    title: `Events: ${catalogs.join(', ')}`,
    tags: ['herald'],
    schemaVersion: 39,
    timezone: 'browser',
    time: { from: 'now-6h', to: 'now' },
    refresh: '30s',
    annotations: { list: [] },
    templating: {
      list: [
        source,
        variable('group', '{__name__=~"events_processed_total|delivery_failures|consumer_backlog"}'),
        variable('type', '{__name__=~"events_published_total|events_processed_total|delivery_failures"}'),
      ],
    },
    panels: panels.map(panelAt),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

const dataSource: Json = { type: 'prometheus', uid: '$source' };

const source: Json = { name: 'source', label: 'Data source', type: 'datasource', query: 'prometheus' };

function variable(name: string, series: string): Json {
  const query = `label_values(${series}, ${name})`;
  return {
    name,
    type: 'query',
    datasource: dataSource,
    query,
    definition: query,
    refresh: 2,
    includeAll: true,
    multi: true,
    allValue: '.*',
    current: { text: 'All', value: '$__all' },
  };
}

function panelAt({ title, unit, queries, limit }: Panel, index: number): Json {
  const steps: Json = [
    { color: 'green', value: null },
    ...(limit === undefined ? [] : [{ color: 'red', value: limit }]),
  ];
  return {
    id: index + 1,
    type: 'timeseries',
    title,
    datasource: dataSource,
    gridPos: { x: (index % 2) * width, y: Math.floor(index / 2) * height, w: width, h: height },
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        thresholds: { mode: 'absolute', steps },
        custom: { thresholdsStyle: { mode: limit === undefined ? 'off' : 'dashed' } },
      },
      overrides: [],
    },
    targets: queries.map(({ expr, legend }, place) => ({
      refId: String.fromCharCode(65 + place),
      expr,
      legendFormat: legend,
    })),
  };
}
