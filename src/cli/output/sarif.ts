/** SARIF 2.1.0 (OASIS): code-scanning tools read it; `partialFingerprints` keep a finding the same when its line moves. */
import type { CheckFinding } from '../../check/report.ts';
import type { Placed, Run } from '../check/run.ts';
import type { Format } from './format.ts';
import { pathInRepository, shown } from './summary.ts';

const levels: Readonly<Record<CheckFinding['severity'], string>> = { error: 'error', warning: 'warning', info: 'note' };

export const sarif: Format = {
  name: 'sarif',
  summary: 'SARIF 2.1.0, for code scanning',
  render(run, { all }) {
    const findings = shown(run, all);
    const rules = [...new Set(findings.map(({ finding }) => finding.rule))].sort();
    const log = {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'herald', rules: rules.map((id) => ({ id, name: id })) } },
          invocations: [{ executionSuccessful: true }],
          columnKind: 'utf16CodeUnits',
          results: findings.map((placed) => result(run, placed, rules)),
        },
      ],
    };
    return `${JSON.stringify(log, null, 2)}\n`;
  },
};

function result(run: Run, { file, place, subject, finding }: Placed, rules: readonly string[]): object {
  return {
    ruleId: finding.rule,
    ruleIndex: rules.indexOf(finding.rule),
    level: levels[finding.severity],
    message: { text: finding.hint === undefined ? finding.message : `${finding.message}\n${finding.hint}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uri(pathInRepository(run, file)) },
          region: { startLine: place.line, startColumn: place.column },
        },
        logicalLocations: [{ fullyQualifiedName: subject, kind: 'resource' }],
      },
    ],
    partialFingerprints: { 'heraldFinding/v1': finding.fingerprint },
    ...(run.baseline !== undefined && { baselineState: finding.preexisting ? 'unchanged' : 'new' }),
    ...(finding.waiver && {
      suppressions: [{ kind: 'external', status: 'accepted', justification: finding.waiver.reason }],
    }),
    ...(finding.witness && { properties: { witness: finding.witness.value } }),
  };
}

/** A relative reference (RFC 3986): `#` and `?` in names of files are no fragment and no query. */
function uri(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
