/**
 * One comparison, for people: the verdict for level and world first, then both worlds side by side, then what changed, and what
 * the next schema says that its author hardly means.
 */
import { type Comparison, directions, type Finding, type Verdict, worlds } from '../../compat/report.ts';
import type { Lint } from '../../lint/lint.ts';
import { fixText } from './fix.ts';
import { type Paint, paint } from './paint.ts';
import { visible } from './visible.ts';
import { rejectionText, witnessLines } from './witness.ts';

export function comparisonText(comparison: Comparison, lints: readonly Lint[], color: boolean): string {
  const ink = paint(color);
  const lines = [
    `${verdictInk(comparison.verdict, ink)} at ${comparison.level} in the ${comparison.world} world`,
    '',
    `  ${''.padEnd(8)}${'stored events (backward)'.padEnd(28)}running consumers (forward)`,
    ...worlds.map((world) => {
      const cells = directions.map((direction) => comparison.worlds[world][direction].verdict.padEnd(28));
      return `  ${world.padEnd(8)}${cells.join('')}`.trimEnd();
    }),
    ...comparison.findings.flatMap((finding) => block(finding, ink)),
    ...unexplained(comparison),
    ...lints.flatMap((each) => lintBlock(each, ink)),
  ];
  return `${lines.join('\n')}\n`;
}

function verdictInk(verdict: Verdict, ink: Paint): string {
  return { compatible: ink.green, incompatible: ink.red, undecided: ink.yellow }[verdict](verdict);
}

function head({ severity, message }: Pick<Finding, 'severity' | 'message'>, rule: string, at: string, ink: Paint) {
  const shown = { error: ink.red('error'), warning: ink.yellow('warning'), info: ink.dim('info') }[severity];
  return ['', `${shown}  ${visible(message)} ${ink.dim(visible(`[${rule} #${at}]`))}`];
}

function hintLines(hint: string | undefined, ink: Paint): string[] {
  return hint === undefined ? [] : [ink.dim(visible(`    hint: ${hint}`))];
}

function lintBlock({ rule, pointer, message, hint }: Lint, ink: Paint): string[] {
  return [...head({ severity: rule.severity, message }, rule.id, pointer, ink), ...hintLines(hint, ink)];
}

function block(finding: Finding, ink: Paint): string[] {
  const at = finding.nextPointer ?? finding.previousPointer ?? '';
  const witness = finding.witness
    ? [
        visible(`    ${rejectionText(finding.witness)}:`),
        ...witnessLines(finding.witness).map((line) => visible(line.marked ? `  > ${line.text}` : `    ${line.text}`)),
      ]
    : [];
  const fixes = (finding.fixes ?? []).map((fix) => ink.dim(visible(`    ${fixText(fix, '')}`)));
  return [...head(finding, finding.rule, at, ink), ...witness, ...hintLines(finding.hint, ink), ...fixes];
}

/** A direction that is not compatible and that no finding explains is printed with its own witness or reason. */
function unexplained(comparison: Comparison): string[] {
  const explained = new Set(comparison.findings.flatMap((finding) => finding.breaks[comparison.world]));
  return directions.flatMap((direction) => {
    const { verdict, witness, undecided } = comparison.worlds[comparison.world][direction];
    if (verdict === 'compatible' || explained.has(direction)) return [];
    const why = (undecided ?? []).map((row) => visible(`    ${row.reason}: ${row.detail}`));
    return [
      '',
      `${direction} is ${verdict}`,
      ...(witness ? [visible(`    ${JSON.stringify(witness.value)}`), visible(`    ${rejectionText(witness)}`)] : []),
      ...why,
    ];
  });
}
