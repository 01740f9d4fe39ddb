/** For people at a terminal: grouped by file, the witness shown as the event, the hint below. */
import type { CheckFinding } from '../../check/report.ts';
import type { Placed, Run } from '../check/run.ts';
import { fixText } from './fix.ts';
import type { Format } from './format.ts';
import { paint } from './paint.ts';
import { atLeast, olderLine, rulesLines, shown, summaryLine } from './summary.ts';
import { visible } from './visible.ts';
import { rejectionText, witnessLines } from './witness.ts';

export const text: Format = {
  name: 'text',
  summary: 'for people, with colours on a terminal',
  render(run, { color, all }) {
    const ink = paint(color);
    const findings = shown(run, all);
    const lines: string[] = [];
    let file = '';
    for (const placed of findings) {
      if (placed.file !== file) {
        file = placed.file;
        lines.push('', ink.bold(visible(file)));
      }
      lines.push(...block(placed, ink));
    }
    const older = olderLine(run, all);
    const rules = rulesLines(run).map((line) => `  ${visible(line)}`);
    lines.push('', verdictLine(run, ink), ...rules, ...(older === undefined ? [] : [ink.dim(`  ${older}`)]));
    return `${lines.join('\n').replace(/^\n/, '')}\n`;
  },
};

function block({ place, finding }: Placed, ink: ReturnType<typeof paint>): string[] {
  const where = ink.dim(`${place.line}:${place.column}`);
  const head = `  ${where}  ${severity(finding, ink)}  ${visible(finding.message)} ${ink.dim(`[${visible(finding.rule)}]`)}`;
  return [head, ...breaksLine(finding), ...eventLines(finding, ink), ...tail(finding, ink)];
}

function severity(finding: CheckFinding, ink: ReturnType<typeof paint>): string {
  if (finding.waiver) return ink.dim('waived');
  if (finding.preexisting) return ink.dim(`older ${finding.severity}`);
  return { error: ink.red('error'), warning: ink.yellow('warning'), info: ink.dim('info') }[finding.severity];
}

const sides = { backward: 'stored events', forward: 'running consumers' } as const;

function breaksLine({ breaks }: CheckFinding): string[] {
  if (!breaks) return [];
  const closed = breaks.closed.map((direction) => sides[direction]);
  const onlyOpen = breaks.open
    .filter((direction) => !breaks.closed.includes(direction))
    .map((direction) => sides[direction]);
  const parts = [
    ...(closed.length > 0 ? [`breaks ${closed.join(' and ')}`] : []),
    ...(onlyOpen.length > 0 ? [`in the open world also ${onlyOpen.join(' and ')}`] : []),
  ];
  return parts.length === 0 ? [] : [`      ${parts.join('; ')}`];
}

function eventLines({ witness }: CheckFinding, ink: ReturnType<typeof paint>): string[] {
  if (!witness) return [];
  const lines = witnessLines(witness).map((line) =>
    line.marked ? ink.red(`    > ${visible(line.text)}`) : `      ${visible(line.text)}`,
  );
  return [`      For example this event, ${visible(rejectionText(witness))}:`, ...lines];
}

function tail(finding: CheckFinding, ink: ReturnType<typeof paint>): string[] {
  const { waiver, exception, hint, fixes } = finding;
  return [
    ...(waiver ? [ink.dim(visible(`      waived by ${waiver.author} until ${waiver.expires}: ${waiver.reason}`))] : []),
    ...(exception !== undefined ? [ink.dim(visible(`      excused by the catalog's exception "${exception}"`))] : []),
    ...(hint !== undefined ? [ink.dim(visible(`      hint: ${hint}`))] : []),
    ...(fixes ?? []).slice(0, 1).map((fix) => ink.dim(visible(`      ${fixText(fix)}  ${JSON.stringify(fix.patch)}`))),
    ...(finding.severity === 'error' ? [ink.dim(`      fingerprint: ${finding.fingerprint}`)] : []),
  ];
}

function verdictLine(run: Run, ink: ReturnType<typeof paint>): string {
  const failed = run.findings.some(({ finding }) => atLeast(finding, 'error'));
  return `${failed ? ink.red('✗') : ink.green('✓')} ${visible(summaryLine(run))}`;
}
