/** Alerts and dashboards: the documents' thresholds on the series the event room counts, read by Prometheus's own tool where it is there. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { alertRules, alertsFile } from '../src/provision/alerts.ts';
import { dashboard, panels } from '../src/provision/dashboard.ts';
import { observations } from '../src/provision/observed.ts';
import { readCatalog } from '../src/schema/catalog.ts';
import { hasPromtool, promtool } from './support/prometheus.ts';

const folder = mkdtempSync(join(tmpdir(), 'herald-alerts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Names of series in the file that registers them. */
function counted(): ReadonlySet<string> {
  const text = readFileSync(new URL('../src/events/prometheus.ts', import.meta.url), 'utf8');
  const names = [...text.matchAll(/'([a-z]+(?:_[a-z]+)+)'/g)].map(([, name = '']) => name);
  return new Set(names.flatMap((name) => [name, `${name}_bucket`]));
}

/** Words of an expression that are followed by labels, a range or an end, and are no functions. */
function seriesIn(expr: string): readonly string[] {
  const words = expr.match(/\b[a-z]+(?:_[a-z]+)+\b(?!\()/g) ?? [];
  return words.filter((word) => word !== 'histogram_quantile');
}

describe('alerts', () => {
  it('and panels ask for series that the event room counts', () => {
    const known = counted();
    const asked = [
      ...alertRules.map(({ expr }) => expr),
      ...panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)),
    ];
    const series = [...new Set(asked.flatMap(seriesIn))].sort();
    expect(series.length).toBeGreaterThan(8);
    expect(series.filter((name) => !known.has(name))).toEqual([]);
  });

  it.skipIf(!hasPromtool())('are rules that promtool accepts, and fire above each threshold and not at it', () => {
    const rules = join(folder, 'rules.yml');
    writeFileSync(rules, alertsFile(['daarion']));
    const checked = spawnSync(promtool, ['check', 'rules', rules], { encoding: 'utf8' });
    expect([checked.status, checked.stdout]).toEqual([0, expect.stringContaining('SUCCESS: 6 rules found')]);

    /** A row is an alert, what brings it about, and what almost does. */
    const rows: readonly (readonly [
      string,
      readonly (readonly [string, string])[],
      readonly (readonly [string, string])[],
    ])[] = [
      [
        'OutboxPendingHigh',
        [['outbox_pending_count{job="shop",instance="a"}', '1001x20']],
        [['outbox_pending_count{job="shop",instance="a"}', '1000x20']],
      ],
      [
        'OutboxAgeHigh',
        [['outbox_age_seconds{job="shop",instance="a"}', '61x20']],
        [['outbox_age_seconds{job="shop",instance="a"}', '60x20']],
      ],
      [
        'DeliveryFailuresHigh',
        [
          ['events_processed_total{group="g",type="t"}', '0+1000x20'],
          ['delivery_failures{group="g",type="t",class="handler"}', '0+2x20'],
        ],
        [
          ['events_processed_total{group="g",type="t"}', '0+10000x20'],
          ['delivery_failures{group="g",type="t",class="handler"}', '0+1x20'],
        ],
      ],
      [
        'DeliveryFailuresHigh',
        // not one attempt succeeds
        [['delivery_failures{group="g",type="t",class="handler"}', '0+2x20']],
        [['delivery_failures{group="g",type="t",class="handler"}', '7x20']],
      ],
      [
        'EventsParked',
        // the first of its series
        [['events_parked_total{group="g",type="t"}', '_x10 1x10']],
        [['events_parked_total{group="g",type="t"}', '1x20']],
      ],
      [
        'EventLagHigh',
        [
          ['event_lag_seconds_bucket{group="g",type="t",le="5"}', '0+90x20'],
          ['event_lag_seconds_bucket{group="g",type="t",le="30"}', '0+100x20'],
          ['event_lag_seconds_bucket{group="g",type="t",le="+Inf"}', '0+100x20'],
        ],
        [
          ['event_lag_seconds_bucket{group="g",type="t",le="5"}', '0+100x20'],
          ['event_lag_seconds_bucket{group="g",type="t",le="30"}', '0+100x20'],
          ['event_lag_seconds_bucket{group="g",type="t",le="+Inf"}', '0+100x20'],
        ],
      ],
      [
        'ProcessingSlow',
        [
          ['event_processing_duration_seconds_bucket{group="g",type="t",le="1"}', '0+90x20'],
          ['event_processing_duration_seconds_bucket{group="g",type="t",le="5"}', '0+100x20'],
          ['event_processing_duration_seconds_bucket{group="g",type="t",le="+Inf"}', '0+100x20'],
        ],
        [
          ['event_processing_duration_seconds_bucket{group="g",type="t",le="1"}', '0+100x20'],
          ['event_processing_duration_seconds_bucket{group="g",type="t",le="5"}', '0+100x20'],
          ['event_processing_duration_seconds_bucket{group="g",type="t",le="+Inf"}', '0+100x20'],
        ],
      ],
      [
        'EventsParked',
        [['events_parked_total{group="g",type="t"}', '0+1x20']],
        [['events_parked_total{group="g",type="t"}', '7x20']],
      ],
    ];
    expect([...new Set(rows.map(([alert]) => alert))].sort()).toEqual(alertRules.map(({ alert }) => alert).sort());
    const labels: Readonly<Record<string, object>> = {
      OutboxPendingHigh: { job: 'shop', instance: 'a' },
      OutboxAgeHigh: { job: 'shop', instance: 'a' },
      ProcessingSlow: { group: 'g', type: 't' },
    };
    const fires = (alert: string, series: readonly (readonly [string, string])[], expected: boolean) => ({
      interval: '1m',
      input_series: series.map(([name, values]) => ({ series: name, values })),
      alert_rule_test: [
        {
          eval_time: '15m',
          alertname: alert,
          exp_alerts: expected
            ? [
                {
                  exp_labels: {
                    severity: alertRules.find((rule) => rule.alert === alert)!.severity,
                    ...(labels[alert] ?? { group: 'g' }),
                  },
                  exp_annotations: { summary: summaryOf(alert) },
                },
              ]
            : [],
        },
      ],
    });
    const tests = rows.flatMap(([alert, above, at]) => [fires(alert, above, true), fires(alert, at, false)]);
    const file = join(folder, 'test.yml');
    writeFileSync(file, JSON.stringify({ rule_files: [rules], evaluation_interval: '1m', tests }));
    const tested = spawnSync(promtool, ['test', 'rules', file], { encoding: 'utf8' });
    expect(`${tested.stdout}${tested.stderr}`).toMatch(/SUCCESS/);
  });
});

function summaryOf(alert: string): string {
  const { summary } = alertRules.find((rule) => rule.alert === alert)!;
  return summary
    .replace('{{ $labels.group }}', 'g')
    .replace('{{ $labels.type }}', 't')
    .replace('{{ $labels.job }}', 'shop');
}

describe('the dashboard', () => {
  it('shows throughput, lag, what is parked and latency, no panel over another', () => {
    const made = JSON.parse(dashboard(['daarion'])) as {
      readonly title: string;
      readonly panels: readonly {
        readonly id: number;
        readonly title: string;
        readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
        readonly targets: readonly { readonly expr: string }[];
      }[];
    };
    expect(made.title).toBe('Events: daarion');
    const titles = made.panels.map(({ title }) => title).join(' ');
    for (const wanted of ['Published', 'Processed', 'Lag', 'Parked', 'latency', 'Backlog', 'Outbox'])
      expect(titles).toContain(wanted);
    const cells = made.panels.map(({ gridPos: { x, y } }) => `${x},${y}`);
    expect(new Set(cells).size).toBe(made.panels.length);
    for (const { gridPos, targets } of made.panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      expect(targets.length).toBeGreaterThan(0);
    }
    expect(dashboard(['daarion'])).toBe(dashboard(['daarion']));
  });
});

describe('what brokers report', () => {
  const reading = readCatalog({
    name: 'shop',
    title: 'Shop',
    names: { segments: [{ name: 'domain', style: 'any' }], major: 'optional' },
    envelope: 'cloudevents-1.0',
    classification: { levels: ['public'] },
    domains: { order: { owner: 'orders' }, job: { owner: 'orders' } },
    services: { orders: {}, billing: {}, mail: {} },
    delivery: { streams: { EVT_JOB: { retention: 'workqueue' } } },
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const contract = { producer: 'orders', consumers: [{ service: 'billing' }] };
  const source = {
    catalog: reading.catalog,
    events: ['order.placed', 'order.paid', 'job.asked'].map((subject) => ({ subject, contract })),
  };
  const group = (name: string, ...addresses: readonly string[]) => ({ stream: 'EVT_ORDER', group: name, addresses });
  const held = (...addresses: readonly string[]) => addresses.map((address) => ({ address, messages: 1 }));
  const found = (report: object) => {
    const nothing = { server: 'NATS', placed: [], groups: [], addresses: [], unreported: [] };
    return observations({ ...nothing, ...report }, source, (subject) => subject).map(
      ({ id, level, subject, group: name }) => `${level} ${id} ${subject}${name === undefined ? '' : ` ${name}`}`,
    );
  };
  const agreed = {
    groups: [group('billing', 'order.placed', 'order.paid', 'job.asked')],
    addresses: held('order.placed', 'order.paid'),
  };

  it.each<[string, object, readonly string[]]>([
    ['and agrees with the contracts', agreed, []],
    [
      'a group of nobody',
      { ...agreed, groups: [...agreed.groups, group('spy', 'order.paid')] },
      ['error undeclared-consumer order.paid spy'],
    ],
    [
      'a declared consumer that does not read',
      { ...agreed, groups: [group('billing', 'order.placed', 'job.asked')] },
      ['warning absent-consumer order.paid billing'],
    ],
    [
      'an event that is not registered',
      { ...agreed, addresses: [...agreed.addresses, ...held('order.lost')] },
      ['error undeclared-event order.lost'],
    ],
    [
      'a producer that is silent, but for work that is done',
      { ...agreed, addresses: held('order.paid') },
      ['warning silent-producer order.placed'],
    ],
    [
      'nothing of a producer of whose events it knows no number',
      { ...agreed, addresses: [{ address: 'order.placed' }, { address: 'order.paid' }] },
      [],
    ],
  ])('%s', (_, report, observed) => {
    expect(found(report)).toEqual(observed);
  });
});
