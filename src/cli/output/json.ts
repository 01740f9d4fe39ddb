/** For programs: every report whole, and the findings with their places. */
import type { Format } from './format.ts';
import { count } from './summary.ts';

export const json: Format = {
  name: 'json',
  summary: 'the whole reports, for programs',
  render(run) {
    return `${JSON.stringify({ baseline: run.baseline ?? null, rules: run.rules, notices: run.notices ?? [], count: count(run), files: run.files, findings: run.findings }, null, 2)}\n`;
  },
};
