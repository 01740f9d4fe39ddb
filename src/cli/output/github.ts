/** GitHub workflow commands: annotations on the lines of a pull request. Their text is escaped as the runner unescapes it. */
import type { CheckFinding } from '../../check/report.ts';
import type { Run } from '../check/run.ts';
import { adviceLines } from './advice.ts';
import type { Format } from './format.ts';
import { olderLine, pathInRepository, rulesLines, shown, summaryLine } from './summary.ts';
import { type TypeBreak, typeBreaks, typesLines } from './types-of-change.ts';

const commands: Readonly<Record<CheckFinding['severity'], string>> = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
};

export const github: Format = {
  name: 'github',
  summary: 'annotations in GitHub Actions',
  render(run, { all }) {
    const lines = shown(run, all).map((placed) => {
      const { file, place, finding } = placed;
      const body = [
        finding.message,
        finding.witness && `Witness: ${JSON.stringify(finding.witness.value).slice(0, 2_000)}`,
        finding.hint,
        ...adviceLines(placed),
      ]
        .filter(Boolean)
        .join('\n');
      const at = `file=${property(pathInRepository(run, file))},line=${place.line},col=${place.column},title=${property(finding.rule)}`;
      return `::${commands[finding.severity]} ${at}::${data(body)}`;
    });
    // printed as they are: a line that began with two colons would be a command
    const older = olderLine(run, all);
    const said = [summaryLine(run), ...rulesLines(run), ...typesLines(run), ...(older === undefined ? [] : [older])];
    return `${[...lines, ...typeBreaks(run).map((one) => typeNotice(run, one)), ...said].join('\n')}\n`;
  },
};

function typeNotice(run: Run, { file, message, code, error }: TypeBreak): string {
  const at = `file=${property(pathInRepository(run, file))},line=1,title=TypeScript`;
  return `::notice ${at}::${data(`${message}\n${code}\n${error}`)}`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
