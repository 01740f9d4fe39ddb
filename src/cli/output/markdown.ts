/** For a pull-request comment: within the length GitHub takes, and with nothing in it that a name could turn into markup. */
import type { Placed, Proposed } from '../check/run.ts';
import { adviceLines } from './advice.ts';
import type { Format } from './format.ts';
import { atLeast, olderLine, rulesLines, shown, summaryLine } from './summary.ts';
import { type TypeBreak, typeBreaks, typesLines } from './types-of-change.ts';

/** GitHub takes 65,536 characters. */
const maxCharacters = 60_000;

export const markdown: Format = {
  name: 'markdown',
  summary: 'for a pull-request comment',
  render(run, { all }) {
    const visible = shown(run, all);
    const failed = run.findings.some(({ finding }) => atLeast(finding, 'error'));
    const older = olderLine(run, all);
    const lines = [...[...rulesLines(run), ...typesLines(run)].map(plain), ...(older === undefined ? [] : [older])];
    const title = failed ? '❌ Herald refuses this change' : '✅ Herald finds no break';
    const head = `### ${title}\n\n${plain(summaryLine(run))}\n${lines.map((line) => `\n${line}\n`).join('')}${proposed(run.proposals ?? [])}`;
    const found = fitting(visible.map(section), maxCharacters - head.length);
    return head + found + fitting(typeBreaks(run).map(typeSection), maxCharacters - head.length - found.length);
  },
};

/** As many of them as fit, and how many do not. */
function fitting(sections: readonly string[], characters: number): string {
  let length = 0;
  const fit = sections.findIndex((section) => {
    length += section.length;
    return length > characters;
  });
  return fit < 0 ? sections.join('') : `${sections.slice(0, fit).join('')}\n… and ${sections.length - fit} more.\n`;
}

const maxProposals = 50;
const maxOutcomeCharacters = 500;

/** First of all that is said: where the change is decided, or who said no. */
function proposed(proposals: readonly Proposed[]): string {
  const rows = proposals.slice(0, maxProposals).map(({ subject, state, outcome, page }) => {
    const link = page !== undefined && isSafeLink(page) ? ` [The proposal](<${page}>)` : '';
    return `\n- ${marks[state]} ${plain(subject)}: ${plain(outcome.slice(0, maxOutcomeCharacters))}.${link}\n`;
  });
  const more = proposals.length - rows.length;
  return [...rows, ...(more > 0 ? [`\n… and ${more} more.\n`] : [])].join('');
}

const marks: Readonly<Record<Proposed['state'], string>> = {
  open: '⏳',
  approved: '✅',
  rejected: '❌',
  refused: '❌',
};

/** Of a registry's address and its answer, nothing may end the link. */
function isSafeLink(page: string): boolean {
  return /^https?:\/\/[\w.~:/?#@!$&'()*+,;=%[\]-]+$/.test(page);
}

function section(placed: Placed): string {
  const { file, place, finding } = placed;
  const witness = finding.witness
    ? `\n  \`\`\`json\n${indent(JSON.stringify(finding.witness.value, null, 2).slice(0, 4_000))}\n  \`\`\`\n`
    : '';
  const hint = finding.hint === undefined ? '' : `\n  ${plain(finding.hint)}\n`;
  const advice = adviceLines(placed)
    .map((line) => `\n  ${plain(line)}\n`)
    .join('');
  return `\n- **${finding.severity}** \`${finding.rule}\` in ${plain(`${file}:${place.line}`)}: ${plain(finding.message)}\n${witness}${hint}${advice}`;
}

function typeSection({ file, code, error, message }: TypeBreak): string {
  const shown = indent(`${code}\n// ${error}`.slice(0, maxCodeCharacters));
  return `\n- **TypeScript** in ${plain(file)}: ${plain(message)}\n\n  \`\`\`ts\n${shown}\n  \`\`\`\n`;
}

const maxCodeCharacters = 2_000;

function indent(text: string): string {
  return text.replace(/^/gm, '  ').replaceAll('```', "'''");
}

/**
 * Names come from schemas: nothing in them may turn into markup, a link, a mention or a reference to an issue. A mention is looked
 * for after entities were read, so a space of no width keeps it apart.
 */
function plain(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[@#](?=\w)/g, '$&\u200b')
    .replace(/[<>&|`*_[\]~\\!$:]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/\bwww\./gi, 'www&#46;');
}
