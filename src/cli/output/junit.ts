/** JUnit XML: one test case per schema file, failed where a finding blocks. */
import type { Placed } from '../checking.ts';
import type { Format } from './format.ts';
import { shown } from './summary.ts';

export const junit: Format = {
  name: 'junit',
  summary: 'JUnit XML, one test case per schema',
  render(run) {
    const blocking = shown(run, false).filter(({ finding }) => finding.severity === 'error');
    const byFile = group(blocking);
    const names = new Map(run.files.map(({ file, subject }) => [file, subject]));
    for (const { file, subject } of blocking) if (!names.has(file)) names.set(file, subject);
    const cases = [...names].map(([file, subject]) => testCase(file, subject, byFile.get(file) ?? []));
    const failures = byFile.size;
    return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="herald" tests="${names.size}" failures="${failures}">\n  <testsuite name="herald check" tests="${names.size}" failures="${failures}">\n${cases.join('\n')}\n  </testsuite>\n</testsuites>\n`;
  },
};

function testCase(file: string, subject: string, findings: readonly Placed[]): string {
  const head = `    <testcase classname="${xml(file)}" name="${xml(subject)}"`;
  if (findings.length === 0) return `${head}/>`;
  const [first] = findings;
  const body = findings
    .map(
      ({ place, finding }) =>
        `${file}:${place.line}:${place.column} ${finding.rule}: ${finding.message}${finding.witness ? `\nwitness: ${JSON.stringify(finding.witness.value)}` : ''}`,
    )
    .join('\n');
  return `${head}>\n      <failure type="${xml(first?.finding.rule ?? '')}" message="${xml(first?.finding.message ?? '')}">${xml(body)}</failure>\n    </testcase>`;
}

function group(findings: readonly Placed[]): Map<string, Placed[]> {
  const grouped = new Map<string, Placed[]>();
  for (const placed of findings) grouped.set(placed.file, [...(grouped.get(placed.file) ?? []), placed]);
  return grouped;
}

/** XML 1.0 cannot carry most control characters at all, not even escaped. */
function xml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those are the ones that must go
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}
