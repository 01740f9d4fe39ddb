/** SARIF 2.1.0 (OASIS): code-scanning tools read it; `partialFingerprints` keep a finding the same when its line moves. */
import type { CheckFinding } from '../../check/report.ts';
import type { Format } from './format.ts';
import { shown } from './summary.ts';

const levels: Readonly<Record<CheckFinding['severity'], string>> = { error: 'error', warning: 'warning', info: 'note' };

export const sarif: Format = {
  name: 'sarif',
  summary: 'SARIF 2.1.0, for code scanning',
  render(run) {
    const findings = shown(run, true);
    const rules = [...new Set(findings.map(({ finding }) => finding.rule))].sort();
    const log = {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'herald', rules: rules.map((id) => ({ id })) } },
          columnKind: 'utf16CodeUnits',
          results: findings.map(({ file, place, subject, finding }) => ({
            ruleId: finding.rule,
            ruleIndex: rules.indexOf(finding.rule),
            level: levels[finding.severity],
            message: { text: finding.hint === undefined ? finding.message : `${finding.message}\n${finding.hint}` },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: encodeURI(file) },
                  region: { startLine: place.line, startColumn: place.column },
                },
                logicalLocations: [{ fullyQualifiedName: subject, kind: 'resource' }],
              },
            ],
            partialFingerprints: { 'heraldFinding/v1': finding.fingerprint },
            ...(finding.waiver && {
              suppressions: [{ kind: 'external', status: 'accepted', justification: finding.waiver.reason }],
            }),
            ...(finding.witness && { properties: { witness: finding.witness.value } }),
          })),
        },
      ],
    };
    return `${JSON.stringify(log, null, 2)}\n`;
  },
};
