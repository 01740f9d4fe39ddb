/** For programs: every report whole, and the findings with their places. */
import type { Placed } from '../check/run.ts';
import { explainText, waiveTexts } from './advice.ts';
import type { Format } from './format.ts';
import { count } from './summary.ts';

export const json: Format = {
  name: 'json',
  summary: 'the whole reports, for programs',
  render(run) {
    return `${JSON.stringify({ baseline: run.baseline ?? null, rules: run.rules, notices: run.notices ?? [], count: count(run), files: run.files, findings: run.findings.map(withAdvice), ...(run.proposals && { proposals: run.proposals }), ...(run.types && { types: run.types }) }, null, 2)}\n`;
  },
};

function withAdvice(placed: Placed): object {
  const [waive] = waiveTexts(placed);
  return { ...placed, explain: explainText(placed.finding), ...(waive !== undefined && { waive }) };
}
