/** For a pull-request comment. */
import type { Placed } from '../checking.ts';
import type { Format } from './format.ts';
import { shown, summaryLine } from './summary.ts';

export const markdown: Format = {
  name: 'markdown',
  summary: 'for a pull-request comment',
  render(run, { all }) {
    const visible = shown(run, all);
    const failed = visible.some(({ finding }) => finding.severity === 'error' && !finding.waiver);
    const head = `### ${failed ? '❌ Herald refuses this change' : '✅ Herald finds no break'}\n\n${summaryLine(run)}\n`;
    return `${head}${visible.map(section).join('')}`;
  },
};

function section({ file, place, finding }: Placed): string {
  const witness = finding.witness
    ? `\n  \`\`\`json\n${indent(JSON.stringify(finding.witness.value, null, 2).slice(0, 4_000))}\n  \`\`\`\n`
    : '';
  const hint = finding.hint === undefined ? '' : `\n  ${plain(finding.hint)}\n`;
  return `\n- **${finding.severity}** \`${finding.rule}\` in \`${file}:${place.line}\`: ${plain(finding.message)}\n${witness}${hint}`;
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ').replaceAll('```', "'''");
}

/** Names come from schemas: nothing in them may turn into markup or a mention. */
function plain(text: string): string {
  return text.replace(/[<>&@|`*_[\]]/g, (character) => `&#${character.charCodeAt(0)};`);
}
