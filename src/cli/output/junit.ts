/**
 * JUnit XML as Jenkins and GitLab read it (junit-4.xsd): a suite for each catalog, a case for each schema. A schema that breaks
 * somebody has failed; one that could not be read or decided is in error.
 */
import type { Placed, Run } from '../check/run.ts';
import { adviceLines } from './advice.ts';
import type { Format } from './format.ts';
import { shown } from './summary.ts';
import { typeBreaks } from './types-of-change.ts';

interface Case {
  /** What becomes of TypeScript, which fails nothing. */
  readonly said: readonly string[];
  readonly catalog: string;
  readonly subject: string;
  readonly file: string;
  readonly blocking: readonly Placed[];
}

export const junit: Format = {
  name: 'junit',
  summary: 'JUnit XML, one test case per schema',
  render(run) {
    const cases = casesOf(run);
    const catalogs = [...new Set(cases.map(({ catalog }) => catalog))].sort();
    const suites = catalogs.map((name) =>
      suite(
        name,
        cases.filter(({ catalog }) => catalog === name),
      ),
    );
    return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="herald check" ${totals(cases)}>\n${suites.join('')}</testsuites>\n`;
  },
};

function casesOf(run: Run): readonly Case[] {
  const blocking = new Map<string, Placed[]>();
  for (const placed of shown(run, false).filter(({ finding }) => finding.severity === 'error')) {
    // each event that has it is a failed case
    for (const { catalog, subject } of [placed, ...(placed.alsoIn ?? [])]) {
      const key = `${catalog}/${subject}`;
      blocking.set(key, [...(blocking.get(key) ?? []), placed]);
    }
  }
  // a file that is gone or cannot be read was not checked, and has findings all the same
  const checked = new Map(run.files.map((file) => [`${file.catalog}/${file.subject}`, file]));
  for (const [key, [first]] of blocking) if (first && !checked.has(key)) checked.set(key, first);
  return [...checked].map(([key, { catalog, subject, file }]) => ({
    catalog,
    subject,
    file,
    blocking: blocking.get(key) ?? [],
    said: typeBreaks(run)
      .filter((one) => `${one.catalog}/${one.subject}` === key)
      .map(({ message, code, error }) => [message, code, error].join('\n')),
  }));
}

function suite(name: string, cases: readonly Case[]): string {
  return `  <testsuite name="${xml(name)}" ${totals(cases)}>\n${cases.map(testCase).join('')}  </testsuite>\n`;
}

function totals(cases: readonly Case[]): string {
  const errors = cases.filter(isError).length;
  const failures = cases.filter(({ blocking }) => blocking.length > 0).length - errors;
  return `tests="${cases.length}" failures="${failures}" errors="${errors}"`;
}

function isError({ blocking }: Case): boolean {
  return (
    blocking.length > 0 && blocking.every(({ finding }) => finding.kind === 'schema' || finding.effect === 'undecided')
  );
}

function testCase(of: Case): string {
  const { file, subject, blocking, said } = of;
  const out = said.length > 0 ? `      <system-out>${xml(said.join('\n'))}</system-out>\n` : '';
  const head = `    <testcase classname="${xml(file)}" name="${xml(subject)}"`;
  const [first] = blocking;
  if (!first) return out === '' ? `${head}/>\n` : `${head}>\n${out}    </testcase>\n`;
  const element = isError(of) ? 'error' : 'failure';
  const { rule, message } = first.finding;
  return `${head}>\n      <${element} type="${xml(rule)}" message="${xml(message)}">${xml(blocking.map(findingText).join('\n'))}</${element}>\n${out}    </testcase>\n`;
}

function findingText(placed: Placed): string {
  const { file, place, finding } = placed;
  const { rule, message, witness, hint } = finding;
  return [
    `${file}:${place.line}:${place.column} ${rule}: ${message}`,
    ...(witness ? [`witness: ${JSON.stringify(witness.value)}`] : []),
    ...(hint === undefined ? [] : [`hint: ${hint}`]),
    ...adviceLines(placed),
  ].join('\n');
}

/** XML 1.0 cannot carry most control characters nor half a surrogate pair at all, not even escaped. */
function xml(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those are the ones that must go
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      // a parser makes a space of a line break in an attribute
      .replaceAll('\n', '&#10;')
  );
}
