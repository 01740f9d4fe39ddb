/**
 * Writes the tables of the reference pages from the code they describe, between `<!-- table NAME -->` and `<!-- end -->`.
 * `--check` fails where a page differs. Reads dist/: run after `npm run build`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { avroFindings } from '../dist/avro/finding.js';
import { commands } from '../dist/cli/commands/index.js';
import { allFormats } from '../dist/cli/output/index.js';
import { catalogue } from '../dist/compat/finding/table.js';
import { variables } from '../dist/config.js';
import { confluentRoutes } from '../dist/confluent/routes/index.js';
import { faults } from '../dist/errors.js';
import { routes } from '../dist/http/routes/index.js';
import { transitions } from '../dist/lifecycle/transition.js';
import { lintRules } from '../dist/lint/rules/index.js';
import { policyRules } from '../dist/policy/rules/index.js';
import { protoFindings } from '../dist/protobuf/finding.js';
import { catalogSchema, listCatalogMembers } from '../dist/schema/catalog-schema.js';

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

const rules = (kind, rows) =>
  table(
    [kind, 'severity', 'asks'],
    rows.map(({ id, severity, summary }) => [`\`${id}\``, severity, summary]),
  );

const formatFindings = (rows) =>
  table(
    ['finding', 'effect', 'means'],
    Object.entries(rows).map(([id, { effect, meaning }]) => [`\`${id}\``, effect, meaning]),
  );

const formats = await allFormats();

/** A row is one page: where it stands, and how each of its tables is made. Whoever adds a table names it in the page too. */
const pages = {
  'src/cli/README.md': {
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
  },
  'src/compat/finding/README.md': {
    findings: () =>
      table(
        ['finding', 'effect', 'means', 'example'],
        catalogue.map(({ id, row }) => [`\`${id}\``, row.effect, row.meaning, example(row)]),
      ),
  },
  'src/avro/README.md': { findings: () => formatFindings(avroFindings) },
  'src/protobuf/README.md': { findings: () => formatFindings(protoFindings) },
  'src/confluent/README.md': {
    routes: () =>
      table(
        ['method', 'path'],
        confluentRoutes.map(({ method, path }) => [method, `\`${path}\``]),
      ),
  },
  'src/policy/README.md': {
    policy: () => rules('rule', policyRules),
    lints: () => rules('lint', lintRules),
  },
  'src/lifecycle/README.md': {
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
  },
  '.github/docs/catalog.md': {
    members: () =>
      table(
        ['member', 'form', 'default', 'means'],
        listCatalogMembers().map(({ path, type, required, default: fallback, meaning }) => [
          `\`${path}\``,
          `${type}${required ? ', required' : ''}`,
          fallback === undefined ? '' : code(fallback),
          meaning ?? 'As for one setting.',
        ]),
      ),
  },
  'src/http/README.md': {
    routes: () =>
      table(
        ['method', 'path', 'does'],
        routes.map(({ method, path, summary }) => [method.toUpperCase(), `\`${path}\``, summary]),
      ),
    variables: () =>
      table(
        ['variable', 'default', 'means'],
        variables.map(({ name, fallback, meaning }) => [`\`${name}\``, fallback, meaning]),
      ),
    faults: () =>
      table(
        ['code', 'status', 'exit', 'means'],
        Object.entries(faults).map(([name, row]) => [`\`${name}\``, row.status, row.exit, row.title]),
      ),
  },
};

/** The page as the code would have it. Throws where page and row name different tables. */
function written(page, before, tables) {
  const seen = new Set();
  const after = before.replace(/<!-- table (\w+) -->\n[\s\S]*?<!-- end -->/g, (_, name) => {
    if (!Object.hasOwn(tables, name)) throw new Error(`${page} asks for a table "${name}" that nobody makes`);
    seen.add(name);
    return `<!-- table ${name} -->\n${tables[name]()}\n<!-- end -->`;
  });
  const missing = Object.keys(tables).filter((name) => !seen.has(name));
  if (missing.length > 0) throw new Error(`${page} does not show the tables ${missing.join(', ')}`);
  return after;
}

let stale = 0;

/** Files that are generated as a whole. */
const whole = { 'src/schema/catalog.schema.json': () => `${JSON.stringify(catalogSchema(), null, 2)}\n` };
for (const [file, make] of Object.entries(whole)) {
  const path = new URL(`../${file}`, import.meta.url);
  if (existsSync(path) && readFileSync(path, 'utf8') === make()) continue;
  stale += 1;
  if (process.argv.includes('--check')) console.error(`${file} differs from the code.`);
  else writeFileSync(path, make());
}

for (const [page, tables] of Object.entries(pages)) {
  const path = new URL(`../${page}`, import.meta.url);
  const before = readFileSync(path, 'utf8');
  const after = written(page, before, tables);
  if (before === after) continue;
  stale += 1;
  if (process.argv.includes('--check')) console.error(`${page} differs from the code.`);
  else writeFileSync(path, after);
}
if (process.argv.includes('--check')) {
  if (stale > 0) {
    console.error('Run: npm run build && node scripts/reference.mjs');
    process.exit(1);
  }
  console.log(`${Object.keys(pages).length} reference pages equal the code`);
}
