/** Checks whose time is measured, whoever runs them. */
import type { Checks } from '../registry/versions/checks.ts';
import type { Metrics } from './metrics.ts';

export function observedChecks(checks: Checks, metrics: Pick<Metrics, 'check'>): Checks {
  return {
    ...checks,
    async check(candidate, history, rules, requester) {
      const started = performance.now();
      const checked = await checks.check(candidate, history, rules, requester);
      metrics.check((performance.now() - started) / 1_000, checked.report.verdict);
      return checked;
    },
    async checkLong(candidate, history, long, rules, requester) {
      const started = performance.now();
      const found = await checks.checkLong(candidate, history, long, rules, requester);
      if (found.checked) metrics.check((performance.now() - started) / 1_000, found.checked.report.verdict);
      return found;
    },
    async checkInOrder(ordered, requester) {
      const started = performance.now();
      const found = await checks.checkInOrder(ordered, requester);
      const seconds = (performance.now() - started) / 1_000 / found.checked.length;
      for (const { report } of found.checked) metrics.check(seconds, report.verdict);
      return found;
    },
  };
}
