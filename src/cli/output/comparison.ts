/** One comparison, for people: the verdict for level and world first, then both worlds side by side, then what changed. */
import { type Comparison, directions, type Finding, type Verdict, worlds } from '../../compat/report.ts';
import { fixText } from './fix.ts';
import { type Paint, paint } from './paint.ts';
import { rejectionText, witnessLines } from './witness.ts';

export function comparisonText(comparison: Comparison, color: boolean): string {
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
  ];
  return `${lines.join('\n')}\n`;
}

function verdictInk(verdict: Verdict, ink: Paint): string {
  return { compatible: ink.green, incompatible: ink.red, undecided: ink.yellow }[verdict](verdict);
}

function block(finding: Finding, ink: Paint): string[] {
  const severity = { error: ink.red('error'), warning: ink.yellow('warning'), info: ink.dim('info') }[finding.severity];
  const at = finding.nextPointer ?? finding.previousPointer ?? '';
  const head = ['', `${severity}  ${finding.message} ${ink.dim(`[${finding.rule} #${at}]`)}`];
  const witness = finding.witness
    ? [
        `    ${rejectionText(finding.witness)}:`,
        ...witnessLines(finding.witness).map((line) => (line.marked ? `  > ${line.text}` : `    ${line.text}`)),
      ]
    : [];
  const hint = finding.hint === undefined ? [] : [ink.dim(`    hint: ${finding.hint}`)];
  const fixes = (finding.fixes ?? []).map((fix) => ink.dim(`    ${fixText(fix)}  ${JSON.stringify(fix.patch)}`));
  return [...head, ...witness, ...hint, ...fixes];
}

/** A verdict that no finding speaks for is told with its own witness or reason. */
function unexplained(comparison: Comparison): string[] {
  const told = new Set(comparison.findings.flatMap((finding) => finding.breaks[comparison.world]));
  return directions.flatMap((direction) => {
    const { verdict, witness, undecided } = comparison.worlds[comparison.world][direction];
    if (verdict === 'compatible' || told.has(direction)) return [];
    const why = (undecided ?? []).map((row) => `    ${row.reason}: ${row.detail}`);
    return [
      '',
      `${direction} is ${verdict}`,
      ...(witness ? [`    ${JSON.stringify(witness.value)}`, `    ${rejectionText(witness)}`] : []),
      ...why,
    ];
  });
}
