import { catalogRules } from '../../check/rules.ts';
import { Fault } from '../../errors.ts';
import { type AppliedRule, ruleTable } from '../../policy/rule-table.ts';
import type { Catalog } from '../../schema/catalog.ts';
import { type Command, text } from '../command.ts';
import { folderTree } from '../source/folder.ts';
import { moduleRunner } from '../source/module.ts';
import { namedPaths } from '../source/paths.ts';
import { readWorkspace } from '../source/workspace.ts';

const formats = ['text', 'markdown', 'json'] as const;

export const command: Command = {
  name: 'rules',
  summary: 'lists the rules with the severity each catalog gives them',
  usage: '[PATH…] [--format text|markdown|json]',
  takes: [0, 1_000],
  options: {
    format: { type: 'string', short: 'f', value: 'FORMAT', summary: 'text (default), markdown or json.' },
  },
  examples: ['herald rules schemas', 'herald rules schemas --format markdown'],
  async run(input, io) {
    const format = formats.find((name) => name === (text(input, 'format') ?? 'text'));
    if (!format) throw new Fault('USAGE_INVALID', {}, { message: `--format takes ${formats.join(', ')}.` });
    const paths = await namedPaths(io, input.positionals);
    const collections = await readWorkspace(folderTree(io.cwd, 'the working folder'), paths, moduleRunner(io.cwd));
    const catalogs = collections.map(({ catalog }) => catalog);
    io.out(renderers[format](catalogs));
    return 0;
  },
};

const renderers: Readonly<Record<(typeof formats)[number], (catalogs: readonly Catalog[]) => string>> = {
  json: (catalogs) =>
    `${JSON.stringify(
      catalogs.map((catalog) => ({ catalog: catalog.name, rules: ruleTable(catalog, catalogRules) })),
      null,
      2,
    )}\n`,
  markdown: (catalogs) => grid(catalogs).map(markdownLine).join(''),
  text: (catalogs) => aligned(grid(catalogs)),
};

/** A row for each rule, a column for each catalog. */
function grid(catalogs: readonly Catalog[]): readonly (readonly string[])[] {
  const tables = catalogs.map((catalog) => ruleTable(catalog, catalogRules));
  const rules = [...new Set(tables.flatMap((table) => table.map(({ rule }) => rule)))];
  return [
    ['rule', ...catalogs.map(({ name }) => name)],
    ...rules.map((rule) => [rule, ...tables.map((table) => cell(table.filter((row) => row.rule === rule)))]),
  ];
}

/** `error*2`: two exceptions are recorded; `warning, off for telemetry.*`. */
function cell(rows: readonly AppliedRule[]): string {
  return rows
    .map(({ severity, subjects, exceptions }, index) => {
      const excused = index === 0 && exceptions.length > 0 ? `*${exceptions.length}` : '';
      return `${severity}${excused}${subjects ? ` for ${subjects.join(' ')}` : ''}`;
    })
    .join(', ');
}

function markdownLine(cells: readonly string[], index: number): string {
  const line = `| ${cells.map((text) => text.replaceAll('|', '\\|').replaceAll('*', '\\*')).join(' | ')} |\n`;
  return index === 0 ? `${line}|${'---|'.repeat(cells.length)}\n` : line;
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((text, column) => text.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
