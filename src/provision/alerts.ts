/**
 * Prometheus rules with the thresholds of the documents, on the series that `herald-registry/events/prometheus` counts: lag above 5 s and
 * failures above 0.1 % (political-sphere), an outbox above 1,000 rows or 60 s and a p99 above 1 s (choice-sherpa).
 */

import { failureShare } from './failure-share.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly severity: 'warning' | 'critical';
  readonly summary: string;
}

/** A row is one alert. A p99 of a histogram is as exact as its buckets: 5 s and 1 s are bounds of buckets. */
export const alertRules: readonly Rule[] = [
  {
    alert: 'EventLagHigh',
    expr: 'histogram_quantile(0.99, sum by (group, le) (rate(event_lag_seconds_bucket[5m]))) > 5',
    for: '2m',
    severity: 'warning',
    summary: 'The group {{ $labels.group }} handles events more than 5 s after they happened.',
  },
  {
    alert: 'DeliveryFailuresHigh',
    expr: `${failureShare()} > 0.001`,
    for: '5m',
    severity: 'warning',
    summary: 'More than 0.1 % of the attempts of {{ $labels.group }} fail.',
  },
  {
    alert: 'EventsParked',
    // a series begins with its first event: what it grew from is not there to be seen
    expr: 'sum by (group) (increase(events_parked_total[15m])) > 0 or sum by (group) (events_parked_total unless events_parked_total offset 15m) > 0',
    for: '0m',
    severity: 'warning',
    summary: 'The group {{ $labels.group }} set events aside: herald parked list shows them.',
  },
  {
    alert: 'OutboxPendingHigh',
    expr: 'max by (job, instance) (outbox_pending_count) > 1000',
    for: '1m',
    severity: 'warning',
    summary: 'More than 1,000 events wait in the outbox of {{ $labels.job }}.',
  },
  {
    alert: 'OutboxAgeHigh',
    expr: 'max by (job, instance) (outbox_age_seconds) > 60',
    for: '0m',
    severity: 'critical',
    summary: 'An event waits in the outbox of {{ $labels.job }} for more than 60 s.',
  },
  {
    alert: 'ProcessingSlow',
    expr: 'histogram_quantile(0.99, sum by (group, type, le) (rate(event_processing_duration_seconds_bucket[5m]))) > 1',
    for: '5m',
    severity: 'warning',
    summary: 'The p99 of {{ $labels.group }} handling {{ $labels.type }} is above 1 s.',
  },
];

/** A rule file, one group. `catalogs`: whose it is, for people. */
export function alertsFile(catalogs: readonly string[]): string {
  const lines = alertRules.flatMap((rule) => [
    `      - alert: ${rule.alert}`,
    `        expr: ${JSON.stringify(rule.expr)}`,
    `        for: ${rule.for}`,
    '        labels:',
    `          severity: ${rule.severity}`,
    '        annotations:',
    `          summary: ${JSON.stringify(rule.summary)}`,
  ]);
  return [
    `# Made by "herald provision alerts" for ${catalogs.join(', ')}: make it anew instead of editing it.`,
    'groups:',
    '  - name: herald-events',
    '    rules:',
    ...lines,
    '',
  ].join('\n');
}
