/** GitLab's code-quality report: a subset of the Code Climate format. */
import type { CheckFinding } from '../../check/report.ts';
import { fingerprint } from '../../schema/canonical.ts';
import type { Placed, Run } from '../check/run.ts';
import { adviceLines } from './advice.ts';
import type { Format } from './format.ts';
import { pathInRepository, shown } from './summary.ts';
import { type TypeBreak, typeBreaks, typeRule } from './types-of-change.ts';

const severities: Readonly<Record<CheckFinding['severity'], string>> = {
  error: 'blocker',
  warning: 'minor',
  info: 'info',
};

export const gitlab: Format = {
  name: 'gitlab',
  summary: 'code-quality report of GitLab',
  render(run, { all }) {
    const issues = [
      ...shown(run, all).map((placed) => describe(placed, run)),
      ...typeBreaks(run).map((one) => typeIssue(one, run)),
    ];
    return `${JSON.stringify(issues, null, 2)}\n`;
  },
};

function describe(placed: Placed, run: Run) {
  const { catalog, file, place, subject, finding } = placed;
  return {
    description: [finding.message, finding.hint, ...adviceLines(placed)].filter(Boolean).join('\n'),
    check_name: finding.rule,
    // GitLab drops issues with equal fingerprints: the same finding in two subjects is two issues
    fingerprint: fingerprint([finding.fingerprint, catalog, subject]),
    severity: severities[finding.severity],
    location: { path: pathInRepository(run, file), lines: { begin: place.line } },
  };
}

function typeIssue({ catalog, subject, file, message, code, error, key }: TypeBreak, run: Run) {
  return {
    description: [message, code, error].join('\n'),
    check_name: typeRule,
    fingerprint: fingerprint([typeRule, catalog, subject, key]),
    severity: severities.info,
    location: { path: pathInRepository(run, file), lines: { begin: 1 } },
  };
}
