/** Counting and choosing findings, alike in every format. */
import type { CheckFinding } from '../../check/report.ts';
import type { Placed, Run } from '../check/run.ts';
import { plural } from './plural.ts';

export type Threshold = CheckFinding['severity'];

const order: readonly Threshold[] = ['info', 'warning', 'error'];

export function atLeast(finding: CheckFinding, threshold: Threshold): boolean {
  return !isExcused(finding) && order.indexOf(finding.severity) >= order.indexOf(threshold);
}

/** Neither this change's doing, nor unpermitted. */
function isExcused({ waiver, preexisting }: CheckFinding): boolean {
  return waiver !== undefined || preexisting === true;
}

/** Findings worth showing, by file and place. */
export function shown(run: Run, all: boolean): readonly Placed[] {
  return run.findings
    .filter(({ finding }) => all || (finding.severity !== 'info' && !isExcused(finding)))
    .toSorted(
      (a, b) =>
        compareText(a.file, b.file) || a.place.line - b.place.line || compareText(a.finding.rule, b.finding.rule),
    );
}

export function count(run: Run): Readonly<Record<Threshold | 'waived' | 'older', number>> {
  const counted = { error: 0, warning: 0, info: 0, waived: 0, older: 0 };
  for (const { finding } of run.findings)
    counted[
      finding.waiver ? 'waived' : finding.preexisting && finding.severity !== 'info' ? 'older' : finding.severity
    ] += 1;
  return counted;
}

export function summaryLine(run: Run): string {
  const { error, warning, waived } = count(run);
  const against = run.baseline === undefined ? 'no baseline' : `against ${run.baseline}`;
  const parts = [plural(run.files.length, 'schema'), against, plural(error, 'error'), plural(warning, 'warning')];
  return [...parts, ...(waived > 0 ? [`${waived} waived`] : [])].join(', ');
}

/** Whose rules checked what, where a change of a catalog makes that a question. */
export function rulesLines(run: Run): readonly string[] {
  const rules = run.rules
    .filter(({ isChanged }) => isChanged)
    .map(({ catalog, from }) => `catalog "${catalog}" checked by the rules of ${from}`);
  return [...rules, ...leftOutLines(run)];
}

/** Versions that a change is not held against whole. */
function leftOutLines({ files }: Run): readonly string[] {
  return files.flatMap(({ subject, report }) =>
    (report?.leftOut ?? []).map(
      ({ number, because }) => `${subject}: stored events of version ${number} are left out: ${because}`,
    ),
  );
}

/** As the repository calls a file, whichever of its folders the command ran in: what CI servers show lines of. */
export function pathInRepository({ prefix }: Run, file: string): string {
  const parts: string[] = [];
  for (const part of `${prefix}${file}`.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** What is left out, so that nobody takes silence for cleanliness. */
export function olderLine(run: Run, all: boolean): string | undefined {
  const { older } = count(run);
  const settled = run.files.filter((file) => file.settled).length;
  const parts = [
    ...(older > 0 ? [`${plural(older, 'older finding')} not shown`] : []),
    ...(settled > 0 ? [`${plural(settled, 'unchanged schema')} not checked again`] : []),
  ];
  return parts.length === 0 || all ? undefined : `${parts.join(', ')}; --all shows everything`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
