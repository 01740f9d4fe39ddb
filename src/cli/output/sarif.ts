/** SARIF 2.1.0 (OASIS): code-scanning tools read it; `partialFingerprints` keep a finding the same when its line moves. */
import type { CheckFinding } from '../../check/report.ts';
import { fingerprint } from '../../schema/canonical.ts';
import type { Placed, Run } from '../check/run.ts';
import { explain } from '../explain/explain.ts';
import { adviceLines } from './advice.ts';
import type { Format } from './format.ts';
import { pathInRepository, shown } from './summary.ts';
import { type TypeBreak, typeBreaks, typeRule } from './types-of-change.ts';

const levels: Readonly<Record<CheckFinding['severity'], string>> = { error: 'error', warning: 'warning', info: 'note' };

export const sarif: Format = {
  name: 'sarif',
  summary: 'SARIF 2.1.0, for code scanning',
  render(run, { all }) {
    const findings = shown(run, all);
    const breaks = typeBreaks(run);
    const rules = [...new Set(findings.map(({ finding }) => finding.rule))].sort();
    const notes = breaks.length > 0 ? [typeDescriptor] : [];
    const log = {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'herald', rules: [...rules.map(descriptor), ...notes] } },
          invocations: [{ executionSuccessful: true }],
          columnKind: 'utf16CodeUnits',
          results: [
            ...findings.map((placed) => result(run, placed, rules)),
            ...breaks.map((one) => typeNote(run, one, rules.length)),
          ],
        },
      ],
    };
    return `${JSON.stringify(log, null, 2)}\n`;
  },
};

/** What a viewer shows beside a finding. The reference is in the tool, so the address names a command and no page. */
function descriptor(id: string): object {
  const known = explain(id);
  const command = `herald explain ${id}`;
  const help = known ? `${known.meaning}\n\n${known.effect}\n\n${known.remedy}\n\n${command}` : command;
  return {
    id,
    name: id,
    shortDescription: { text: known?.meaning ?? id },
    fullDescription: { text: known ? `${known.meaning} ${known.effect}` : id },
    help: { text: help, markdown: help.replace(command, `\`${command}\``) },
    helpUri: `urn:herald:rule:${encodeURIComponent(id)}`,
  };
}

function result(run: Run, placed: Placed, rules: readonly string[]): object {
  const { file, place, subject, finding } = placed;
  return {
    ruleId: finding.rule,
    ruleIndex: rules.indexOf(finding.rule),
    level: levels[finding.severity],
    message: { text: [finding.message, finding.hint, ...adviceLines(placed)].filter(Boolean).join('\n') },
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

const typeDescriptor = {
  id: typeRule,
  name: typeRule,
  shortDescription: { text: 'TypeScript that compiled with the former types does not compile with the new ones.' },
};

function typeNote(run: Run, { file, subject, message, code, error, key }: TypeBreak, ruleIndex: number) {
  return {
    ruleId: typeRule,
    ruleIndex,
    level: 'note',
    message: { text: [message, code, error].join('\n') },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uri(pathInRepository(run, file)) }, region: { startLine: 1 } },
        logicalLocations: [{ fullyQualifiedName: subject, kind: 'resource' }],
      },
    ],
    partialFingerprints: { 'heraldFinding/v1': fingerprint([typeRule, subject, key]) },
  };
}

/** A relative reference (RFC 3986): `#` and `?` in names of files are no fragment and no query. */
function uri(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
