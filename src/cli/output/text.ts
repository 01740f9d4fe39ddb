/** For people at a terminal: grouped by file, the witness shown as the event, the hint below. */
import type { CheckFinding } from '../../check/report.ts';
import type { Placed, Run } from '../check/run.ts';
import { alsoInText, breaksText, consumersText, explainText, successorText, waiveTexts } from './advice.ts';
import { changeLines } from './changes.ts';
import { fixText } from './fix.ts';
import type { Format } from './format.ts';
import { paint } from './paint.ts';
import { atLeast, olderLine, rulesLines, shown, summaryLine } from './summary.ts';
import { typesLines, typesText } from './types-of-change.ts';
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
    lines.push(...typesText(run, ink));
    const older = olderLine(run, all);
    const rules = [...rulesLines(run), ...typesLines(run)].map((line) => `  ${visible(line)}`);
    const passed = changeLines(run).map((line) => `${ink.green('✓')} ${visible(line)}`);
    lines.push('', ...passed, verdictLine(run, ink), ...rules, ...(older === undefined ? [] : [ink.dim(`  ${older}`)]));
    return `${lines.join('\n').replace(/^\n/, '')}\n`;
  },
};

function block(placed: Placed, ink: ReturnType<typeof paint>): string[] {
  const { place, finding } = placed;
  const where = ink.dim(`${place.line}:${place.column}`);
  const head = `  ${where}  ${severity(finding, ink)}  ${visible(finding.message)} ${ink.dim(`[${visible(finding.rule)}]`)}`;
  return [head, ...sideLines(finding), ...eventLines(finding, ink), ...tail(placed, ink)];
}

function severity(finding: CheckFinding, ink: ReturnType<typeof paint>): string {
  if (finding.waiver) return ink.dim('waived');
  if (finding.preexisting) return ink.dim(`older ${finding.severity}`);
  return { error: ink.red('error'), warning: ink.yellow('warning'), info: ink.dim('info') }[finding.severity];
}

function eventLines({ witness }: CheckFinding, ink: ReturnType<typeof paint>): string[] {
  if (!witness) return [];
  const lines = witnessLines(witness).map((line) =>
    line.marked ? ink.red(`    > ${visible(line.text)}`) : `      ${visible(line.text)}`,
  );
  return [`      For example this event, ${visible(rejectionText(witness))}:`, ...lines];
}

function sideLines(finding: CheckFinding): string[] {
  const line = breaksText(finding);
  return line === undefined ? [] : [`      ${visible(line)}`];
}

function tail(placed: Placed, ink: ReturnType<typeof paint>): string[] {
  const { finding, file } = placed;
  const { waiver, exception, hint, instancePointer } = finding;
  const isError = finding.severity === 'error';
  const [fix] = finding.fixes ?? [];
  const lines = [
    waiver && `waived by ${waiver.author} until ${waiver.expires}: ${waiver.reason}`,
    exception === undefined ? undefined : `excused by the catalog's exception "${exception}"`,
    hint === undefined ? undefined : `hint: ${hint}`,
    alsoInText(placed),
    consumersText(finding),
    fix && fixText(fix, file, instancePointer),
    isError ? successorText(finding) : undefined,
    isError ? `fingerprint: ${finding.fingerprint}` : undefined,
    ...(waiver ? [] : waiveTexts(placed).map((waive) => `to let it pass: ${waive}`)),
    finding.severity === 'info' ? undefined : `more: ${explainText(finding)}`,
  ];
  return lines.filter((line) => line !== undefined).map((line) => ink.dim(visible(`      ${line}`)));
}

function verdictLine(run: Run, ink: ReturnType<typeof paint>): string {
  const failed = run.findings.some(({ finding }) => atLeast(finding, 'error'));
  return `${failed ? ink.red('✗') : ink.green('✓')} ${visible(summaryLine(run))}`;
}
