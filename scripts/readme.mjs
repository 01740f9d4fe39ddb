/**
 * Writes the README's tables from the code they describe, between `<!-- table NAME -->` marks. `--check` fails where they differ.
 * Reads dist/: run after `npm run build`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { commands } from '../dist/cli/commands/index.js';
import { formats } from '../dist/cli/output/index.js';
import { catalogue } from '../dist/compat/finding/table.js';
import { variables } from '../dist/config.js';
import { faults } from '../dist/errors.js';
import { transitions } from '../dist/lifecycle/transition.js';
import { lintRules } from '../dist/lint/rules/index.js';
import { policyRules } from '../dist/policy/rules/index.js';

const path = new URL('../README.md', import.meta.url);

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (value) => `\`${cell(JSON.stringify(value))}\``;
const table = (head, rows) =>
  [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
  ].join('\n');

function example({ example: shown, unshown }) {
  if (!shown) return unshown ?? '';
  const proofs = [
    ...('lost' in shown ? [`lost ${code(shown.lost)}`] : []),
    ...('gained' in shown ? [`gained ${code(shown.gained)}`] : []),
  ];
  return `${code(shown.previous)} → ${code(shown.next)}${proofs.length > 0 ? `: ${proofs.join(', ')}` : ''}`;
}

/** One row per table of the README. */
const tables = {
  commands: () =>
    table(
      ['command', 'does'],
      commands.map(({ name, summary }) => [`\`herald ${name}\``, summary]),
    ),
  formats: () =>
    table(
      ['format', 'for'],
      formats.map(({ name, summary }) => [`\`${name}\``, summary]),
    ),
  transitions: () =>
    table(
      ['transition', 'from', 'to', 'by', 'only when', 'meanwhile'],
      Object.entries(transitions).map(([name, row]) => [
        name,
        row.from.join(', '),
        row.to,
        row.by,
        row.requires.join(', ') || 'always',
        row.meanwhile,
      ]),
    ),
  policy: () =>
    table(
      ['rule', 'severity', 'asks'],
      policyRules.map(({ id, severity, summary }) => [`\`${id}\``, severity, summary]),
    ),
  lints: () =>
    table(
      ['lint', 'severity', 'asks'],
      lintRules.map(({ id, severity, summary }) => [`\`${id}\``, severity, summary]),
    ),
  findings: () =>
    table(
      ['finding', 'effect', 'means', 'example'],
      catalogue.map(({ id, row }) => [`\`${id}\``, row.effect, row.meaning, example(row)]),
    ),
  faults: () =>
    table(
      ['code', 'status', 'exit', 'means'],
      Object.entries(faults).map(([name, row]) => [`\`${name}\``, row.status, row.exit, row.title]),
    ),
  variables: () =>
    table(
      ['variable', 'means'],
      variables.map(({ name, meaning }) => [`\`${name}\``, meaning]),
    ),
};

const before = readFileSync(path, 'utf8');
const seen = new Set();
const after = before.replace(/<!-- table (\w+) -->\n[\s\S]*?<!-- end -->/g, (_, name) => {
  if (!(name in tables)) throw new Error(`the README asks for a table "${name}" that nobody makes`);
  seen.add(name);
  return `<!-- table ${name} -->\n${tables[name]()}\n<!-- end -->`;
});
for (const name of Object.keys(tables))
  if (!seen.has(name)) throw new Error(`the README has no place for the table "${name}"`);

if (process.argv.includes('--check')) {
  if (before !== after) {
    console.error('README.md differs from the code. Run: npm run build && node scripts/readme.mjs');
    process.exit(1);
  }
  console.log(`README.md: ${seen.size} tables equal the code`);
} else writeFileSync(path, after);
